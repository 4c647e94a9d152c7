"""The true score of a set of visits and passes in closed form: the one kernel search and check share.

For each segment the score is the integral over the horizon of ``rate(t) * effect(t)``. Effect is the
greatest of: 1 while an officer dwells at its stop; ``q * max(0, 1 - (t - e) / R)`` after a visit that
ended at ``e``; ``q_pass * max(0, 1 - (t - p) / R)`` after a leg passed at ``p``. With the running
integrals ``A(t)`` of rate and ``B(t)`` of rate times t, the integral of ``rate * (c0 + c1 * t)`` from
u to v is ``c0 * (A(v) - A(u)) + c1 * (B(v) - B(u))``: a few table look-ups.

Of two visits to a stop the later one leaves the stronger effect at every instant after it, and so does
the later of two passes; hence only the latest visit and the latest pass matter at any instant.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.compiled import compiled, entry, inlined, kernel
from patrolplan.solver.problem import PatrolProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_Record = TypeVar("_Record", bound=tuple[Any, ...])


DWELL_S, QUALITY, PRIZE = 0, 1, 2
"""Columns of ``ScoreTables.stop_real``."""

RATE, AREA, MOMENT = 0, 1, 2
"""Last axis of the tables of need: rate in the bin, and A and B at the bin's start."""


class ScoreTables(NamedTuple):
    """What the score needs of a problem, as few plain arrays."""

    horizon_s: float
    fade_s: float
    pass_quality: float
    bin_of_minute: Ints  # [minutes + 1]
    knots_s: Floats  # [bins + 1]
    stop_real: Floats  # [stops, 3]
    stop_need: Floats  # [stops, bins, 3]
    segment_need: Floats  # [segments, bins, 3]
    stop_of_segment: Ints  # [segments]


def score_tables(problem: PatrolProblem, *, bins: NDArray[np.bool_] | None = None) -> ScoreTables:
    """Tables of running integrals; with ``bins``, need outside those bins counts as nothing."""
    rate = np.where(True if bins is None else bins, problem.segment_rate, 0.0)
    held = problem.stop_of_segment >= 0
    stop_rate = np.zeros((problem.n_stops, rate.shape[1]))
    np.add.at(stop_rate, problem.stop_of_segment[held], rate[held])
    minutes = np.arange(problem.horizon_s // 60 + 1) * 60
    bin_of_minute = np.searchsorted(problem.knots_s, minutes, side="right") - 1
    knots = problem.knots_s.astype(np.float64)
    return rows_first(
        ScoreTables(
            horizon_s=float(problem.horizon_s),
            fade_s=float(problem.fade_s),
            pass_quality=float(problem.pass_quality),
            bin_of_minute=np.minimum(bin_of_minute, rate.shape[1] - 1).astype(np.int64),
            knots_s=knots,
            stop_real=np.stack([problem.dwell_s, problem.quality, problem.prize], axis=1).astype(np.float64),
            stop_need=_running(stop_rate, knots),
            segment_need=_running(rate, knots),
            stop_of_segment=problem.stop_of_segment.astype(np.int64),
        )
    )


def rows_first(record: _Record) -> _Record:
    """The same named tuple with all arrays in C order: kernels are compiled anew for any other."""
    parts = (np.ascontiguousarray(part) if isinstance(part, np.ndarray) else part for part in record)
    return type(record)(*parts)


def _running(rate: Floats, knots: Floats) -> Floats:
    """Rates with their running integrals at each bin's start."""
    area, moment = rate * np.diff(knots), rate * np.diff(knots**2) / 2
    parts = [rate, np.cumsum(area, axis=1) - area, np.cumsum(moment, axis=1) - moment]
    return np.ascontiguousarray(np.stack(parts, axis=2))


@inlined
def linear_integral(
    need: Floats,
    bin_of_minute: Ints,
    knots: Floats,
    row: int,
    low: float,
    high: float,
    c0: float,
    c1: float,
) -> float:
    """Integral of ``rate[row](t) * (c0 + c1 * t)`` from low to high."""
    i, j = bin_of_minute[int(low) // 60], bin_of_minute[int(high) // 60]
    k, m = knots[i], knots[j]
    u, v = need[row, i, RATE], need[row, j, RATE]
    area = need[row, j, AREA] - need[row, i, AREA] + v * (high - m) - u * (low - k)
    moment = need[row, j, MOMENT] - need[row, i, MOMENT]
    moment += 0.5 * (v * (high * high - m * m) - u * (low * low - k * k))
    value: float = c0 * area + c1 * moment
    return value


@inlined
def fade_value(tables: ScoreTables, stop: int, end: float, low: float, high: float) -> float:
    """Value from low to high of the effect left by a visit that ended at ``end``, low not before it."""
    until = min(high, end + tables.fade_s, tables.horizon_s)
    if until <= low:
        return 0.0
    q = tables.stop_real[stop, QUALITY]
    c0, c1 = q * (1.0 + end / tables.fade_s), -q / tables.fade_s
    return linear_integral(tables.stop_need, tables.bin_of_minute, tables.knots_s, stop, low, until, c0, c1)


@entry
def visit_value(tables: ScoreTables, stop: int, start: float, following: float) -> float:
    """Value of a visit until the next visit to the same stop starts at ``following``."""
    until = min(following, tables.horizon_s)
    end = start + tables.stop_real[stop, DWELL_S]
    # A visit made before the horizon leaves its effect from the horizon's start.
    stay, begin, value = min(end, until), max(start, 0.0), 0.0
    if stay > begin:
        minute, knots = tables.bin_of_minute, tables.knots_s
        value = linear_integral(tables.stop_need, minute, knots, stop, begin, stay, 1.0, 0.0)
    if until > end:
        value += fade_value(tables, stop, end, max(end, 0.0), until)
    return value


@compiled
def visit_values(tables: ScoreTables, starts: Floats) -> Floats:
    """[stops, starts] value of a visit at each start if no other follows."""
    values = np.zeros((len(tables.stop_real), len(starts)))
    for stop in range(values.shape[0]):
        for k in range(len(starts)):
            values[stop, k] = visit_value(tables, stop, starts[k], 1.0e15)
    return values


@kernel
def pass_span_value(
    tables: ScoreTables, segment: int, passed: float, low: float, high: float, end: float, q: float
) -> float:
    """What a pass adds from low to high to the effect of the visit that ended at ``end`` (q 0: none)."""
    if high <= low:
        return 0.0
    need, minute, knots = tables.segment_need, tables.bin_of_minute, tables.knots_s
    fade, own = tables.fade_s, tables.pass_quality
    value = 0.0
    faded = end + fade
    if q > 0.0 and low < faded:
        below = min(high, faded)
        c0 = own - q + (own * passed - q * end) / fade
        c1 = (q - own) / fade
        u, v = low, below
        if c1 > 0.0:
            u = max(low, -c0 / c1)
        elif c1 < 0.0:
            v = min(below, -c0 / c1)
        elif c0 <= 0.0:
            u = below
        if u < v:
            value += linear_integral(need, minute, knots, segment, u, v, c0, c1)
        low = below
    if low < high:
        c0, c1 = own * (1.0 + passed / fade), -own / fade
        value += linear_integral(need, minute, knots, segment, low, high, c0, c1)
    return value


@entry
def pass_value(
    tables: ScoreTables, segment: int, passed: float, following: float, visits: Ints, n_visits: int
) -> float:
    """What one pass adds to the visits of its segment's stop until the next pass, or until faded.

    ``visits`` holds the sorted starts of the ``n_visits`` visits to the segment's stop.
    """
    until = min(following, passed + tables.fade_s, tables.horizon_s)
    if until <= passed:
        return 0.0
    if n_visits == 0:
        return pass_span_value(tables, segment, passed, passed, until, 0.0, 0.0)
    stop = tables.stop_of_segment[segment]
    q, dwell = tables.stop_real[stop, QUALITY], tables.stop_real[stop, DWELL_S]
    value = pass_span_value(tables, segment, passed, passed, min(until, float(visits[0])), 0.0, 0.0)
    for k in range(n_visits):
        end = float(visits[k]) + dwell
        upto = until if k + 1 == n_visits else min(until, float(visits[k + 1]))
        value += pass_span_value(tables, segment, passed, max(passed, end), upto, end, q)
    return value


@compiled
def score_of(
    tables: ScoreTables, visit_stop: Ints, visit_start: Ints, pass_segment: Ints, pass_time: Ints
) -> tuple[float, float, float]:
    """Parts of the score: effect of visits, what passes add, fixed prizes.

    ``visit_stop, visit_start`` are sorted by stop, then start; ``pass_segment, pass_time`` by
    segment, then time.
    """
    n, m, stops = len(visit_stop), len(pass_segment), len(tables.stop_real)
    first = np.zeros(stops + 1, np.int64)
    for k in range(n):
        first[visit_stop[k] + 1] += 1
    prizes = 0.0
    for s in range(stops):
        if first[s + 1] > 0:
            prizes += tables.stop_real[s, PRIZE]
        first[s + 1] += first[s]
    never = 4.0 * tables.horizon_s + 1.0e9
    visits = 0.0
    for k in range(n):
        last = k + 1 == n or visit_stop[k + 1] != visit_stop[k]
        following = never if last else float(visit_start[k + 1])
        visits += visit_value(tables, visit_stop[k], float(visit_start[k]), following)
    passes = 0.0
    for k in range(m):
        g = pass_segment[k]
        following = never if k + 1 == m or pass_segment[k + 1] != g else float(pass_time[k + 1])
        s = tables.stop_of_segment[g]
        u, v = (0, 0) if s < 0 else (first[s], first[s + 1])
        passes += pass_value(tables, g, float(pass_time[k]), following, visit_start[u:v], v - u)
    return visits, passes, prizes
