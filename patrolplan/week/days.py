"""One day of a week's routing problem by itself, and its visits put back into the week."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.solution import Visit

Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, kw_only=True)
class DayPart:
    """A part of a week's problem.

    Attributes
    ----------
    problem
        Its crews and hours alone, the clock beginning with its first shift.
    crews
        Rows of its crews in the week's problem.
    offset_s
        Where its clock begins in the week's.
    """

    problem: PatrolProblem
    crews: tuple[int, ...]
    offset_s: int

    def in_week(self, visits: Iterable[Visit]) -> tuple[Visit, ...]:
        """The part's visits as those of the week."""
        return tuple(
            Visit(crew=self.crews[v.crew], start_s=v.start_s + self.offset_s, stop=v.stop) for v in visits
        )


def part_of(week: PatrolProblem, crews: Sequence[int]) -> DayPart:
    """The problem of some crews alone, from their first shift's start to their last one's end.

    Parameters
    ----------
    week
        Problem of all crews.
    crews
        Rows of those to keep.
    """
    rows = np.array(sorted(crews), dtype=np.int64)
    begin, end = int(week.crew_start_s[rows].min()), int(week.crew_end_s[rows].max())
    first, last = np.searchsorted(week.knots_s, [begin, end])
    knots = week.knots_s[first : last + 1] - begin
    middle = (knots[:-1] + knots[1:]) / 2 + begin
    starts, ends = week.crew_start_s[rows][:, None], week.crew_end_s[rows][:, None]
    on: NDArray[np.bool_] = np.asarray(((starts <= middle) & (middle < ends)).any(axis=0), dtype=np.bool_)
    problem = dataclasses.replace(
        week,
        **_way_of(week, rows),
        crew_labels=tuple(week.crew_labels[k] for k in rows),
        crew_start_s=week.crew_start_s[rows] - begin,
        crew_end_s=week.crew_end_s[rows] - begin,
        crew_start_at=week.crew_start_at[rows],
        crew_end_at=week.crew_end_at[rows],
        crew_pace=week.crew_pace[rows],
        break_s=_later(week.break_s[rows], begin),
        allowed=week.allowed[rows],
        most_walk_s=week.most_walk_s[rows],
        knots_s=knots,
        clock_s=week.clock_s[first:last],
        windows_s=_windows(week.windows_s, begin, end),
        segment_rate=week.segment_rate[:, first:last],
        horizon_rate=week.horizon_rate[first:last],
        on_shift=np.atleast_1d(on),
        musts_s=_rows_within(week.musts_s, begin, end),
        pinned=_pinned(week.pinned, rows, begin),
        group_bounds=_bounds(week, rows),
    )
    return DayPart(problem=problem, crews=tuple(rows.tolist()), offset_s=begin)


def _way_of(week: PatrolProblem, rows: Ints) -> dict[str, Any]:
    """Walks and passes of the crews' way alone; all crews of a part take one."""
    (way,) = np.unique(week.crew_way[rows]).tolist()
    places = week.travel_s.shape[0] ** 2
    starts = week.pass_start[way * places : (way + 1) * places + 1]
    held = slice(int(starts[0]), int(starts[-1]))
    return {
        "travel_s": week.more_travel_s[way - 1] if way else week.travel_s,
        "more_travel_s": week.more_travel_s[:0],
        "crew_way": np.zeros(len(rows), dtype=np.int32),
        "pass_start": starts - starts[0],
        "pass_segment": week.pass_segment[held],
        "pass_offset_s": week.pass_offset_s[held],
    }


def _later(breaks: NDArray[np.int32], begin: int) -> NDArray[np.int32]:
    moved = breaks.copy()
    there = breaks[:, 2] > 0
    moved[there, :2] -= begin
    return moved


def _windows(windows: NDArray[np.int32], begin: int, end: int) -> NDArray[np.int32]:
    """Opening hours within the part; a stop that has some, but none within, stays closed."""
    given = windows[:, :, 0] != NEVER
    clipped = np.clip(windows, begin, end) - begin
    open_ = given & (clipped[:, :, 1] > clipped[:, :, 0])
    made = np.where(open_[:, :, None], clipped, NEVER).astype(np.int32)
    made[given.any(axis=1) & ~open_.any(axis=1), 0] = (0, 0)
    return made


def _bounds(week: PatrolProblem, rows: Ints) -> NDArray[np.int32]:
    """Bounds of groups for a day: minutes by its share of all duty, floors where a crew may go at all."""
    bounds = week.group_bounds.copy()
    duty = (week.crew_end_s - week.crew_start_s).astype(np.float64)
    bounds[:, 2] = np.floor(bounds[:, 2] * duty[rows].sum() / max(1.0, duty.sum())).astype(np.int32)
    reached = week.in_group @ week.allowed[rows].any(axis=0)
    bounds[~reached, 0] = bounds[~reached, 2] = 0
    return bounds


def _rows_within(musts: NDArray[np.int32], begin: int, end: int) -> NDArray[np.int32]:
    inside = musts[(musts[:, 1] >= begin) & (musts[:, 2] <= end)].copy()
    inside[:, 1:] -= begin
    return inside


def _pinned(pinned: NDArray[np.int32], rows: Ints, begin: int) -> NDArray[np.int32]:
    own = pinned[np.isin(pinned[:, 0], rows)].copy()
    own[:, 0] = np.searchsorted(rows, own[:, 0])
    own[:, 1] -= begin
    return own
