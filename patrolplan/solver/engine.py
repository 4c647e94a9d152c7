"""What the compiled search works on: the problem as plain arrays, a plan, and scratch space."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.problem import NEVER, NO_CAP, PatrolProblem, at_pace
from patrolplan.solver.score import RATE, Floats, Ints, ScoreTables, rows_first, score_tables, visit_values
from patrolplan.solver.side import CARRIED, CARRIED_ROWS, make_side, most_bonus
from patrolplan.solver.solution import Visit

NO_WAY = 2**28
"""Walking seconds where no walk leads."""

MOST_REPEATS = 64
"""Most visits to one stop that the search keeps."""

DWELL, GAP, CAP, WINDOWS = 0, 1, 2, 3
"""Columns of ``Static.stops``."""

BEGIN, FINISH, FROM, TO, EARLIEST, LATEST, REST, PACE, WALK = 0, 1, 2, 3, 4, 5, 6, 7, 8
"""Columns of ``Static.crews``; PACE is the row of ``travel`` and ``pass_offset``."""


class Static(NamedTuple):
    """The problem: never written to by the search, but for ``leg_value``, its own estimate."""

    tables: ScoreTables
    stops: Ints  # [stops, 4]
    windows: Ints  # [stops, w, 2], real ones first
    crews: Ints  # [crews, 9]
    travel: NDArray[np.int32]  # [paces, locations, locations]
    allowed: NDArray[np.bool_]  # [crews, stops]
    near: NDArray[np.int32]  # [locations, k] stops worth trying next to a location, -1 padded
    ring: NDArray[np.int32]  # [stops, k] stops by nearness, itself first
    leg_value: NDArray[np.float32]  # [locations, locations] estimate of what a leg's passes add
    bin_factor: Floats  # [bins] need of the bin over the mean
    most_gain: Floats  # [stops, bins] bound on what a visit that begins in the bin can add
    pass_start: Ints
    pass_segment: NDArray[np.int32]
    pass_offset: NDArray[np.int32]  # [paces, passes]
    stop_segment_start: Ints
    stop_segment: NDArray[np.int32]
    fixed: Ints  # [p, 3] pinned visits (crew, start, stop)
    side: Ints  # what stands beside the score, packed; see patrolplan.solver.side
    side_real: Floats


class Plan(NamedTuple):
    """Routes with start times, and the same visits by stop."""

    route: Ints  # [crews, m] stops
    start: Ints  # [crews, m]
    size: Ints  # [crews]
    rest: Ints  # [crews] gap that holds the break, -1 for none
    times: Ints  # [stops, v] sorted starts of the visits to a stop
    who: Ints  # [stops, v] crews of these
    repeats: Ints  # [stops] how many


class Scratch(NamedTuple):
    """Room to work in."""

    rng: NDArray[np.uint64]  # [1]
    latest: Ints  # [crews, m + 1] latest start that keeps the rest of the route possible
    moved: Ints  # [m + 1] new starts while a push or pull is tried
    gap_ratio: Floats  # [crews, m + 1] best insertion into the gap, value a second
    gap: Ints  # [crews, m + 1, 4] its stop, its start, rest after it, whether still fresh
    stop_mark: Ints  # [stops] touched since the last accepted plan
    crew_mark: Ints  # [crews]
    stop_value: Floats  # [stops] value of the visits in the accepted plan
    leg_sum: Floats  # [crews] estimated value of the legs in the accepted plan
    segment_value: Floats  # [segments] value of the passes in the accepted plan
    segment_new: Floats
    segment_mark: Ints
    segment_list: Ints
    head: Ints  # [segments] first pass of the segment, -1 for none
    link: Ints  # [events]
    event: Ints  # [events] times
    order: Ints  # [stops] and key: for sorting stops
    key: Floats
    figure: Floats  # see the columns below


SCORE, BEST, VISITS, PASSES, LEGS, RATIO, ERROR, TRIALS, EXACT, ACCEPTED, PRICE, SIDE = range(12)
"""Columns of ``Scratch.figure``: score of the accepted and the best plan, its visit and pass parts,
estimated legs, passes per estimate, mean error of the estimate, insertions tried, exact evaluations,
plans accepted, price of a second walked when plans are compared, what stands beside the score."""


def make_static(problem: PatrolProblem, *, near: int = 20, tables: ScoreTables | None = None) -> Static:
    """The problem packed for the search, with ``near`` candidate stops for each location."""
    tables = tables or score_tables(problem)
    paces, pace = np.unique(problem.crew_pace, return_inverse=True)
    travel = np.stack([at_pace(problem.travel_s, float(f)) for f in paces])
    offset = np.stack([_offsets(problem.pass_offset_s, float(f)) for f in paces])
    held = np.flatnonzero(problem.stop_of_segment >= 0)
    held = held[np.argsort(problem.stop_of_segment[held], kind="stable")]
    walk = np.where(problem.travel_s < 0, NO_WAY, problem.travel_s)
    bins = tables.stop_need[:, :, RATE].sum(axis=0)
    side, side_real = make_side(problem, tables)
    mean = bins[problem.on_shift].mean() if problem.on_shift.any() else bins.mean()
    return rows_first(
        Static(
            tables=tables,
            stops=_stops(problem),
            windows=_sorted_windows(problem),
            crews=_crews(problem, pace),
            travel=np.where(travel < 0, NO_WAY, travel).astype(np.int32),
            allowed=problem.allowed.astype(np.bool_),
            near=_near(problem, tables, walk, near),
            ring=_ring(walk, problem.n_stops),
            leg_value=_leg_value(problem),
            bin_factor=bins / mean if mean > 0 else np.ones_like(bins),
            most_gain=_most_gain(problem, tables) + most_bonus(problem, tables)[:, None],
            pass_start=problem.pass_start.astype(np.int64),
            pass_segment=problem.pass_segment.astype(np.int32),
            pass_offset=offset,
            stop_segment_start=np.searchsorted(
                problem.stop_of_segment[held], np.arange(problem.n_stops + 1)
            ).astype(np.int64),
            stop_segment=held.astype(np.int32),
            fixed=problem.pinned.astype(np.int64),
            side=side,
            side_real=side_real,
        )
    )


def empty_plan(static: Static) -> Plan:
    """A plan without visits; crews with a break hold it in their only gap."""
    crews, stops = len(static.crews), len(static.stops)
    most, repeats = most_in_route(static), max(1, int(static.stops[:, CAP].max(initial=1)))
    plan = Plan(
        route=np.full((crews, most), -1, dtype=np.int64),
        start=np.zeros((crews, most), dtype=np.int64),
        size=np.zeros(crews, dtype=np.int64),
        rest=np.where(static.crews[:, REST] > 0, 0, -1).astype(np.int64),
        times=np.zeros((stops, repeats), dtype=np.int64),
        who=np.zeros((stops, repeats), dtype=np.int64),
        repeats=np.zeros(stops, dtype=np.int64),
    )
    # Visits made already stand among the stop's visits, but in nobody's route.
    first, rows = int(static.side[CARRIED_ROWS]), int(static.side[CARRIED])
    for _, start, stop in static.side[first : first + 3 * rows].reshape(-1, 3):
        plan.times[stop, plan.repeats[stop]], plan.who[stop, plan.repeats[stop]] = start, -1
        plan.repeats[stop] += 1
    return plan


def make_scratch(static: Static, *, seed: int) -> Scratch:
    """Scratch space; ``seed`` starts the search's own random numbers."""
    crews, stops = len(static.crews), len(static.stops)
    most, segments = most_in_route(static), len(static.tables.stop_of_segment)
    longest = int(np.diff(static.pass_start).max(initial=0))
    events = max(1, crews * (most + 1) * longest)
    mixed = np.random.SeedSequence(seed).generate_state(1, np.uint64)

    def ints(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    return Scratch(
        rng=np.maximum(mixed, np.uint64(1)),
        latest=ints(crews, most + 1),
        moved=ints(most + 2),
        gap_ratio=np.zeros((crews, most + 2)),
        gap=ints(crews, most + 2, 4),
        stop_mark=ints(stops),
        crew_mark=ints(crews),
        stop_value=np.zeros(stops),
        leg_sum=np.zeros(crews),
        segment_value=np.zeros(segments),
        segment_new=np.zeros(segments),
        segment_mark=ints(segments),
        segment_list=ints(segments + 1),
        head=np.full(segments, -1, dtype=np.int64),
        link=ints(events),
        event=ints(events),
        order=ints(max(1, stops)),
        key=np.zeros(max(1, stops)),
        figure=np.zeros(16),
    )


def most_in_route(static: Static) -> int:
    """A bound on the number of visits in one route."""
    stops = len(static.stops)
    if stops == 0:
        return 1
    walk = static.travel[:, :, :stops].astype(np.int64)
    walk[:, np.arange(stops), np.arange(stops)] = NO_WAY
    step = max(1, int((static.stops[:, DWELL] + walk.min(axis=(0, 1))).min()))
    longest = int((static.crews[:, FINISH] - static.crews[:, BEGIN]).max())
    return max(1, min(longest // step + 2, int(static.stops[:, CAP].sum()))) + 1


def shortest_visit(static: Static) -> int:
    """Seconds that the shortest visit takes at least: less room than this holds nothing."""
    return int(static.stops[:, DWELL].min()) if len(static.stops) else 0


def visits_of(plan: Plan) -> tuple[Visit, ...]:
    """The plan's visits, sorted."""
    return tuple(
        Visit(crew=c, start_s=int(plan.start[c, k]), stop=int(plan.route[c, k]))
        for c in range(len(plan.size))
        for k in range(int(plan.size[c]))
    )


def copy_of(plan: Plan) -> Plan:
    """An independent copy."""
    return Plan(*(part.copy() for part in plan))


def _stops(problem: PatrolProblem) -> Ints:
    pace = np.maximum(1, problem.dwell_s.astype(np.int64) + problem.min_gap_s)
    cap = np.minimum(problem.horizon_s // pace + 2, MOST_REPEATS)
    count = (problem.windows_s[:, :, 0] != NEVER).sum(axis=1)
    made = np.bincount(problem.carried[:, 2], minlength=problem.n_stops)
    caps = np.minimum(cap, problem.most_visits) + made
    return np.stack([problem.dwell_s, problem.min_gap_s, caps, count], axis=1).astype(np.int64)


def _sorted_windows(problem: PatrolProblem) -> Ints:
    windows = problem.windows_s.astype(np.int64)
    key = np.where(windows[:, :, 0] == NEVER, np.iinfo(np.int64).max, windows[:, :, 0])
    order = np.argsort(key, axis=1, kind="stable")
    return np.ascontiguousarray(np.take_along_axis(windows, order[:, :, None], axis=1))


def _crews(problem: PatrolProblem, pace: NDArray[Any]) -> Ints:
    columns = [
        problem.crew_start_s, problem.crew_end_s, problem.crew_start_at, problem.crew_end_at,
        problem.break_s[:, 0], problem.break_s[:, 1], problem.break_s[:, 2], pace,
        np.where(problem.most_walk_s == NO_CAP, 2**40, problem.most_walk_s.astype(np.int64)),
    ]  # fmt: skip
    return np.stack([np.asarray(column, dtype=np.int64) for column in columns], axis=1)


def _near(problem: PatrolProblem, tables: ScoreTables, walk: Ints, count: int) -> NDArray[np.int32]:
    """Half the candidates by walk, half by need of the stop over the seconds it costs to get it."""
    n = problem.n_stops
    count = min(count, n)
    to = walk[:, :n].astype(np.float64)
    to[np.arange(n), np.arange(n)] = 4 * NO_WAY
    widths = np.diff(problem.knots_s)
    worth = (tables.stop_need[:, :, RATE] * widths).sum(axis=1) * problem.fade_s / problem.horizon_s
    worth = worth + problem.prize
    rank = worth / np.maximum(1.0, to + problem.dwell_s)
    by_walk = np.argsort(to, axis=1, kind="stable")[:, : (count + 1) // 2]
    chosen = rank.copy()
    chosen[np.arange(len(walk))[:, None], by_walk] = np.inf
    taken = np.argsort(-chosen, axis=1, kind="stable")[:, :count]
    best_first = np.argsort(-np.take_along_axis(rank, taken, axis=1), axis=1, kind="stable")
    order = np.take_along_axis(taken, best_first, axis=1)
    rows = np.take_along_axis(to, order, axis=1)
    return np.ascontiguousarray(np.where(rows >= NO_WAY, -1, order).astype(np.int32))


def _ring(walk: Ints, n: int) -> NDArray[np.int32]:
    between = (walk + walk.T)[:n, :n].astype(np.float64)
    between[np.arange(n), np.arange(n)] = -1
    order = np.argsort(between, axis=1, kind="stable")[:, : min(n, 100)]
    return np.ascontiguousarray(order.astype(np.int32))


def _offsets(seconds: NDArray[np.int32], pace: float) -> NDArray[np.int32]:
    """Seconds until a pass at the given pace; the largest arrays there are, so no copy without need."""
    return seconds if pace == 1.0 else np.floor(np.round(seconds / pace, 6)).astype(np.int32)


def _leg_value(problem: PatrolProblem) -> NDArray[np.float32]:
    """What the passes of each leg would add if nobody else came: need x q_pass x half the fade."""
    places = problem.travel_s.shape[0]
    hours = np.diff(problem.knots_s)[problem.on_shift]
    weight = problem.segment_rate[:, problem.on_shift] @ hours / max(1, hours.sum())
    weight = weight * problem.pass_quality * problem.fade_s / 2
    legs = np.zeros(places * places)
    for first in range(0, places * places, places):
        # One row of the table at a time: all passes at once would take gigabytes.
        ends = problem.pass_start[first : first + places + 1]
        total = np.zeros(int(ends[-1] - ends[0]) + 1)
        np.cumsum(weight[problem.pass_segment[ends[0] : ends[-1]]], out=total[1:])
        legs[first : first + places] = np.diff(total[ends - ends[0]])
    return legs.reshape(places, places).astype(np.float32)


def _most_gain(problem: PatrolProblem, tables: ScoreTables) -> Floats:
    """Greatest value of a visit that begins in the bin, sampled every five minutes, with one bin's reach."""
    starts = np.arange(0, problem.horizon_s, 300)
    values = visit_values(tables, starts.astype(np.float64))
    of_bin = tables.bin_of_minute[starts // 60]
    most = np.zeros((problem.n_stops, len(problem.knots_s) - 1))
    for b in range(most.shape[1]):
        near = values[:, (of_bin == b) | (starts == problem.knots_s[b + 1])]
        most[:, b] = near.max(axis=1, initial=0.0)
    return np.ascontiguousarray(most * 1.02 + problem.prize[:, None])
