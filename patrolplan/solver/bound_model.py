"""What the upper bound works on: a patrol problem with some rules dropped, as tables on a grid of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.bound_chains import GAPS, NONE, Shorts, Singles, fill_follow
from patrolplan.solver.problem import NEVER, PatrolProblem, at_pace
from patrolplan.solver.score import Ints, score_tables

FAR = 2**28
"""Slots of a walk that does not exist."""

MOST_CELLS = 60_000_000
"""Cells of the table of gaps between visits (240 MB); a coarser grid of time keeps within."""

MOST_WORK = 5.0e8
"""Walks times slots that one look at all routes may take."""

BEND = 0.35
"""Effect at which the rounding of times costs nothing; any value gives a bound."""


@dataclass(frozen=True, kw_only=True)
class CrewKind:
    """Crews whose best way on from a stop is the same.

    Attributes
    ----------
    end_at, end_s, pace, rest
        Where and by when they must be home, pace, (earliest, latest, length) of the break.
    allowed
        [stops] bool.
    starts
        (location, second) of each start with the number of crews.
    """

    end_at: int
    end_s: int
    pace: float
    rest: tuple[int, int, int]
    allowed: NDArray[np.bool_]
    starts: dict[tuple[int, int], int]


@dataclass(frozen=True, kw_only=True)
class Chains:
    """Bounds on visits to each stop by slots of ``slot_s`` seconds (arguments of ``best_chains``).

    Attributes
    ----------
    open_at
        [stops, slots] bool: whether a visit may begin in the slot.
    always
        [stops] bool: visits may follow within one slot; such a stop counts as always served.
    constant
        What those stops and visits made already give.
    """

    slot_s: int
    follow: Singles
    alone: Singles
    least: Ints
    most: Ints
    open_at: NDArray[np.bool_]
    always: NDArray[np.bool_]
    constant: float

    @property
    def slots(self) -> int:
        """Slots in the horizon."""
        return int(self.alone.shape[1])


def crew_kinds(problem: PatrolProblem, *, most: int = 4) -> tuple[CrewKind, ...]:
    """The crews by kind; more than ``most`` kinds are merged into some that may do what any may."""
    found: dict[tuple[object, ...], CrewKind] = {}
    for c in range(problem.n_crews):
        rest = tuple(int(v) for v in problem.break_s[c])
        at, end, pace = int(problem.crew_end_at[c]), int(problem.crew_end_s[c]), float(problem.crew_pace[c])
        allowed = problem.allowed[c]
        kind = CrewKind(
            end_at=at, end_s=end, pace=pace, rest=(rest[0], rest[1], rest[2]), allowed=allowed, starts={}
        )
        kind = found.setdefault((at, end, pace, rest, allowed.tobytes()), kind)
        start = (int(problem.crew_start_at[c]), int(problem.crew_start_s[c]))
        kind.starts[start] = kind.starts.get(start, 0) + 1
    kinds = list(found.values())
    if len(kinds) <= most:
        return tuple(kinds)
    by_end: dict[int, list[CrewKind]] = {}
    for kind in kinds:
        by_end.setdefault(kind.end_at, []).append(kind)
    groups = list(by_end.values())
    if len(groups) > most:
        groups = [*groups[: most - 1], [kind for group in groups[most - 1 :] for kind in group]]
    return tuple(_merged(group) for group in groups)


def kinds_whatever_the_end(kinds: tuple[CrewKind, ...]) -> tuple[CrewKind, ...]:
    """Kinds that differ in the place of their end alone as one that ends at the nearest: fewer tables."""
    alike: dict[tuple[object, ...], list[CrewKind]] = {}
    for kind in kinds:
        alike.setdefault((kind.end_s, kind.pace, kind.rest, kind.allowed.tobytes()), []).append(kind)
    return tuple(_merged(group) if len(group) > 1 else group[0] for group in alike.values())


def _merged(kinds: list[CrewKind]) -> CrewKind:
    starts: dict[tuple[int, int], int] = {}
    for kind in kinds:
        for start, count in kind.starts.items():
            starts[start] = starts.get(start, 0) + count
    ends, same_rest = {kind.end_at for kind in kinds}, {kind.rest for kind in kinds}
    return CrewKind(
        end_at=kinds[0].end_at if len(ends) == 1 else NEVER,
        end_s=max(kind.end_s for kind in kinds),
        pace=max(kind.pace for kind in kinds),
        rest=kinds[0].rest if len(same_rest) == 1 else (NEVER, NEVER, 0),
        allowed=np.logical_or.reduce([kind.allowed for kind in kinds]),
        starts=starts,
    )


def make_chains(problem: PatrolProblem) -> Chains:
    """Tables of the stops' side."""
    n, horizon = problem.n_stops, problem.horizon_s
    once = problem.most_visits <= 1
    apart = problem.dwell_s.astype(np.int64) + problem.min_gap_s
    reach = problem.dwell_s.astype(np.int64) + problem.fade_s
    slot_s = 60
    for slot_s in (60, 120, 300, 600, 1800, 3600):
        slots = -(-horizon // slot_s)
        least, most = apart // slot_s, -(-reach // slot_s)
        always = ~once & (least < 1)
        chained = ~once & ~always
        gaps = int(np.minimum(most - least + 1, slots)[chained].max(initial=1))
        if n * max(1, gaps) * slots <= MOST_CELLS:
            break
    least, most = np.where(chained, least, slots), np.where(chained, np.maximum(most, least), slots)
    follow = np.full((n, max(1, gaps), slots), NONE, dtype=np.float32)
    alone = np.zeros((n, slots), dtype=np.float32)
    tables = score_tables(problem)
    fill_follow(tables, slot_s, least, np.full(n, BEND), follow, alone)
    held = problem.stop_of_segment >= 0
    need = (problem.segment_rate * np.diff(problem.knots_s)).sum(axis=1)
    whole = np.bincount(problem.stop_of_segment[held], weights=need[held], minlength=n) + problem.prize
    given = float(whole[always].sum()) + carried_value(problem)
    return Chains(
        slot_s=slot_s,
        follow=follow,
        alone=alone,
        least=least,
        most=most,
        open_at=_open_at(problem, slot_s, slots),
        always=always,
        constant=given,
    )


def carried_value(problem: PatrolProblem) -> float:
    """Most that visits made already add: each by itself, every minute at the effect of its beginning."""
    held = problem.stop_of_segment >= 0
    minute = np.arange(problem.horizon_s // 60) * 60
    of_minute = np.searchsorted(problem.knots_s, minute, side="right") - 1
    total = 0.0
    for _, start, stop in problem.carried.tolist():
        rate = problem.segment_rate[held & (problem.stop_of_segment == stop)].sum(axis=0)[of_minute]
        end = start + int(problem.dwell_s[stop])
        left = float(problem.quality[stop]) * np.clip(1 - (minute - end) / problem.fade_s, 0.0, 1.0)
        effect = np.where(minute < end, 1.0, left) * (minute + 60 > start)
        total += float((rate * effect).sum() * 60 + problem.prize[stop])
    return total


def _open_at(problem: PatrolProblem, slot_s: int, slots: int) -> NDArray[np.bool_]:
    """Whether some second of the slot lies in a window of the stop, [stops, slots]."""
    windows = problem.windows_s.astype(np.int64)
    real = windows[:, :, 0] != NEVER
    latest = windows[:, :, 1] - problem.dwell_s[:, None]
    at = np.arange(slots) * slot_s
    found = np.repeat(~real.any(axis=1)[:, None], slots, axis=1)
    for w in range(windows.shape[1]):
        opens, closes = windows[:, w, :1], latest[:, w, None]
        found |= real[:, w, None] & (closes >= opens) & (at + slot_s > opens) & (at <= closes)
    return found & (problem.most_visits > 0)[:, None]


@dataclass(frozen=True, kw_only=True)
class Walks:
    """The crews' side of one kind on a grid of ``step_s`` seconds (arguments of ``best_onward``)."""

    step_s: int
    steps: Shorts
    last: Ints
    last_resting: Ints
    open_at: NDArray[np.bool_]
    least: int
    order: Shorts
    apart: Ints


def grid_of(problem: PatrolProblem, kinds: tuple[CrewKind, ...], wanted_s: int, slot_s: int) -> int:
    """Seconds of the crews' grid: at most the wanted and the shortest visit with its walk; 0 for none."""
    shortest = min((int(_durations(problem, kind).min(initial=FAR)) for kind in kinds), default=FAR)
    longest = max((kind.end_s for kind in kinds), default=0)
    work = float(problem.n_stops) ** 2 * len(kinds) * longest
    fits = [
        step for step in range(1, 61)
        if slot_s % step == 0 and step <= max(wanted_s, work / MOST_WORK) and step <= shortest
    ]  # fmt: skip
    return max(fits, default=0)


def make_walks(problem: PatrolProblem, kind: CrewKind, chains: Chains, step_s: int) -> Walks:
    """Tables of one kind of crews."""
    slots = chains.slots * (chains.slot_s // step_s)
    steps = np.where(_durations(problem, kind) >= FAR, FAR, _durations(problem, kind) // step_s)
    home = home_walk(problem, kind)
    latest = kind.end_s - problem.dwell_s.astype(np.int64) - home
    length = kind.rest[2]
    resting = np.minimum(latest - length, kind.rest[1] - problem.dwell_s) if length else latest
    closed = home >= FAR
    return Walks(
        step_s=step_s,
        steps=steps.astype(np.int32),
        last=np.where(closed, -1, latest // step_s),
        last_resting=np.where(closed, -1, resting // step_s),
        open_at=np.repeat(chains.open_at & kind.allowed[:, None], slots // chains.slots, axis=1),
        least=max(1, int(steps.min(initial=slots))),
        order=np.ascontiguousarray(np.argsort(steps, axis=1, kind="stable").astype(np.int32)),
        apart=(problem.dwell_s.astype(np.int64) + problem.min_gap_s) // step_s,
    )


def home_walk(problem: PatrolProblem, kind: CrewKind) -> Ints:
    """[stops] seconds from each stop home, FAR where no walk leads; to the nearest end of merged kinds."""
    ends = np.unique(problem.crew_end_at) if kind.end_at == NEVER else np.array([kind.end_at])
    walk = at_pace(problem.travel_s[: problem.n_stops][:, ends], kind.pace).astype(np.int64)
    least: Ints = np.where(walk < 0, FAR, walk).min(axis=1)
    return least


def start_walk(problem: PatrolProblem, kind: CrewKind, start_at: int) -> Ints:
    """[stops] seconds from a station to each stop, FAR where no walk leads."""
    walk = at_pace(problem.travel_s[start_at, : problem.n_stops], kind.pace).astype(np.int64)
    return np.where(walk < 0, FAR, walk)


def _durations(problem: PatrolProblem, kind: CrewKind) -> Ints:
    """[stops, stops] seconds from the start of a visit to the next, FAR where not possible."""
    n = problem.n_stops
    walk = at_pace(problem.travel_s[:n, :n], kind.pace).astype(np.int64)
    whole = np.where(walk < 0, FAR, walk + problem.dwell_s[:, None])
    np.fill_diagonal(whole, FAR)
    return whole


__all__ = ["FAR", "GAPS", "Chains", "CrewKind", "Walks", "crew_kinds", "grid_of", "home_walk",
           "kinds_whatever_the_end", "make_chains", "make_walks", "start_walk"]  # fmt: skip
