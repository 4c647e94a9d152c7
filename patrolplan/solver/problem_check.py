"""What must hold between the arrays of a PatrolProblem, all faults told at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError

if TYPE_CHECKING:
    from patrolplan.solver.problem import PatrolProblem


def check_one_way(problem: PatrolProblem) -> None:
    """Refuse crews that walk different streets: neither the search nor the bound looks at `more_travel_s`.

    Raises
    ------
    InputError
        With the way out.
    """
    if len(problem.more_travel_s):
        raise InputError(
            "crews of this problem walk different streets (more_travel_s): search each day's crews apart, "
            "with `patrolplan.week.days.part_of`"
        )


def check_problem(problem: PatrolProblem) -> None:
    """Raise one InputError that names every fault of the problem, if there is any."""
    faults = list(_wrong_shapes(problem))
    if not faults:
        faults = [*_wrong_values(problem), *_wrong_places(problem)]
    if faults:
        raise InputError(faults)


def _wrong_shapes(problem: PatrolProblem) -> Iterator[str]:
    n, m = problem.n_stops, problem.n_crews
    places = problem.travel_s.shape[0]
    bins, segments = len(problem.knots_s) - 1, len(problem.stop_of_segment)
    want: dict[str, tuple[int | None, ...]] = {
        "travel_s": (places, places),
        **dict.fromkeys(("dwell_s", "quality", "min_gap_s", "prize", "most_visits", "most_gap_s"), (n,)),
        "windows_s": (n, None, 2),
        **dict.fromkeys(("crew_start_s", "crew_end_s", "crew_start_at", "crew_end_at"), (m,)),
        **dict.fromkeys(("crew_pace", "most_walk_s"), (m,)),
        "break_s": (m, 3),
        "allowed": (m, n),
        "segment_rate": (segments, bins),
        "horizon_rate": (bins,),
        "on_shift": (bins,),
        "more_travel_s": (None, places, places),
        "crew_way": (m,),
        "pass_start": ((1 + len(problem.more_travel_s)) * places * places + 1,),
        "pass_offset_s": (len(problem.pass_segment),),
        **dict.fromkeys(("musts_s", "pinned", "carried"), (None, 3)),
        "in_group": (len(problem.group_labels), n),
        "group_bounds": (len(problem.group_labels), 3),
        "moment_price": (n, None),
    }
    for name, shape in want.items():
        has = getattr(problem, name).shape
        if len(has) != len(shape) or any(w is not None and w != h for w, h in zip(shape, has)):
            yield f"{name}: shape {has}, expected {tuple('any' if w is None else w for w in shape)}"
    if len(problem.clock_s) not in (0, bins):
        yield f"clock_s: {len(problem.clock_s)} values, expected none or {bins}"
    if bins < 1 or places < n:
        yield f"{bins} bins and {places} locations for {n} stops: at least one bin and every stop"


def _wrong_values(problem: PatrolProblem) -> Iterator[str]:
    knots = problem.knots_s
    if knots[0] != 0 or np.any(np.diff(knots) <= 0) or np.any(knots % 60):
        yield f"knots_s {knots.tolist()}: start at 0, increase, and lie on whole minutes"
    if problem.fade_s <= 0:
        yield f"fade_s {problem.fade_s}: give more than 0 seconds"
    if not 0 <= problem.pass_quality <= 1:
        yield f"pass_quality {problem.pass_quality}: give 0 to 1"
    if problem.crowd_s < 0 or problem.crowd_price < 0:
        yield f"crowd_s {problem.crowd_s} and crowd_price {problem.crowd_price}: give at least 0"
    if not np.isfinite(problem.moment_price).all():
        yield "moment_price: must be finite"
    for g in np.flatnonzero(problem.group_bounds[:, 0] > problem.group_bounds[:, 1]):
        least, most, _ = problem.group_bounds[g].tolist()
        yield f"group {problem.group_labels[g]}: at least {least} visits, at most {most}"
    rules: dict[str, NDArray[np.bool_]] = {
        "dwell_s must be at least 0": problem.dwell_s < 0,
        "quality must be 0 to 1": ~((problem.quality >= 0) & (problem.quality <= 1)),
        "min_gap_s must be at least 0": problem.min_gap_s < 0,
        "crew_pace must be above 0": ~(problem.crew_pace > 0),
        "crew_end_s must come after crew_start_s": problem.crew_end_s <= problem.crew_start_s,
        "segment_rate must be at least 0 and finite": np.any(~(problem.segment_rate >= 0), axis=1),
        "prize must be at least 0 and finite": ~((problem.prize >= 0) & np.isfinite(problem.prize)),
        "most_visits must be at least 0": problem.most_visits < 0,
        "most_gap_s must be above min_gap_s": problem.most_gap_s <= problem.min_gap_s,
        "group_bounds must be at least 0": np.any(problem.group_bounds < 0, axis=1),
    }
    for rule, wrong in rules.items():
        if wrong.any():
            rows = np.flatnonzero(wrong)
            yield f"{rule}: wrong in {rows.size} rows, the first {rows[:5].tolist()}"
    for c in np.flatnonzero((problem.crew_start_s < 0) | (problem.crew_end_s > knots[-1])):
        yield f"crew {problem.crew_labels[c]}: its shift leaves the horizon 0 to {knots[-1]} s"
    rest = problem.break_s
    for c in np.flatnonzero((rest[:, 2] > 0) & ((rest[:, 0] < 0) | (rest[:, 1] < rest[:, 0]))):
        yield f"crew {problem.crew_labels[c]}: its break {rest[c].tolist()} has no span to begin in"


def _wrong_places(problem: PatrolProblem) -> Iterator[str]:
    places, n, m = problem.travel_s.shape[0], problem.n_stops, problem.n_crews
    segments = len(problem.stop_of_segment)
    spans: list[tuple[str, NDArray[np.int32], int, int]] = [
        ("crew_start_at", problem.crew_start_at, 0, places),
        ("crew_end_at", problem.crew_end_at, 0, places),
        ("crew_way", problem.crew_way, 0, 1 + len(problem.more_travel_s)),
        ("stop_of_segment", problem.stop_of_segment, -1, n),
        ("pass_segment", problem.pass_segment, 0, segments),
        ("musts_s (stop)", problem.musts_s[:, 0], 0, n),
        ("pinned (crew)", problem.pinned[:, 0], 0, m),
        ("pinned (stop)", problem.pinned[:, 2], 0, n),
        ("carried (crew)", problem.carried[:, 0], 0, m),
        ("carried (stop)", problem.carried[:, 2], 0, n),
    ]
    for name, values, low, high in spans:
        wrong = (values < low) | (values >= high)
        if wrong.any():
            yield f"{name}: {values[wrong][:5].tolist()} lie outside {low} to {high - 1}"
    starts = problem.pass_start
    if starts[0] != 0 or np.any(np.diff(starts) < 0) or starts[-1] != len(problem.pass_segment):
        yield "pass_start: must rise from 0 to the number of passes"
