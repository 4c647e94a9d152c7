"""A planner's changes to a week: visits pinned, moved or banned, put into the problem they bear on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.solver.problem import PatrolProblem
from patrolplan.week.grid import WeekGrid
from patrolplan.week.people import Area, Fixed, WeekOfficer

PIN, BAN, MOVE = "pin", "ban", "move"
SAME_PLACE_M = 80.0
"""A place of this week whose entry is this near to an edited one is the same."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One line of the sheet of changes.

    Attributes
    ----------
    officer
        Whose patrol it is.
    shift_start, shift_end
        Of the patrol, local wall clock.
    area
        Settlement of the patrol, "" where there is one area alone.
    what
        "pin", "ban" or "move".
    label
        The place in words.
    lon, lat
        Where the place is, degrees.
    start
        When the visit begins (of a ban: None).
    row
        Row of the sheet, for messages.
    """

    officer: str
    shift_start: datetime
    shift_end: datetime
    area: str
    what: str
    label: str
    lon: float
    lat: float
    start: datetime | None
    row: int = 0


def plain_edits(edits: Sequence[Edit]) -> list[dict[str, Any]]:
    """Edits as JSON holds them: a move is kept as the pin it comes to, so that they read back the same."""
    rows = [
        {
            key: value.isoformat() if isinstance(value, datetime) else value
            for key, value in dataclasses.asdict(edit).items()
            if key != "row"
        }
        | {"what": BAN if edit.what == BAN else PIN}
        for edit in edits
    ]
    return sorted(
        rows, key=lambda row: (row["shift_start"], row["officer"], row["start"] or "", row["label"])
    )


def edits_from(plain: Sequence[Mapping[str, Any]]) -> tuple[Edit, ...]:
    """Edits as `plain_edits` wrote them."""
    times = ("shift_start", "shift_end", "start")
    made = []
    for row in plain:
        fields: dict[str, Any] = dict(row)
        fields |= {key: datetime.fromisoformat(row[key]) for key in times if row[key]}
        made.append(Edit(**fields))
    return tuple(made)


def fixed_by(
    edits: Sequence[Edit], grid: WeekGrid, officers: Sequence[WeekOfficer], areas: Sequence[Area]
) -> tuple[Fixed, ...]:
    """The patrols that edits bear on, set as they are.

    Raises
    ------
    InputError
        A patrol of another week, or of an officer or settlement that is no more.
    """
    names, places = [officer.name for officer in officers], [area.name for area in areas]
    found, faults = set(), []
    for edit in edits:
        where = f"sheet of changes, row {edit.row}"
        if edit.officer not in names or edit.area not in places:
            faults.append(f"{where}: its officer or settlement is no more; take its word out")
            continue
        officer, area = names.index(edit.officer), places.index(edit.area)
        monday = datetime.combine(grid.monday, datetime.min.time())
        begin, end = (round((at - monday).total_seconds() / 60) for at in (edit.shift_start, edit.shift_end))
        station = officers[officer].station
        starts = np.flatnonzero(areas[area].arrive_min[station] == begin)
        ends = np.flatnonzero(areas[area].leave_min[station] == end)
        if not len(starts) or not len(ends):
            span = f"{edit.shift_start} to {edit.shift_end:%H:%M}"
            faults.append(f"{where}: no patrol can be on foot from {span}")
            continue
        found.add((officer, int(starts[-1]), int(ends[0]), area))
    if faults:
        raise InputError(faults)
    return tuple(
        Fixed(officer=officer, start_slot=start, end_slot=end, area=area)
        for officer, start, end, area in sorted(found)
    )


def with_edits(
    problem: PatrolProblem,
    edits: Sequence[Edit],
    *,
    crews: Sequence[int],
    stops: Sequence[int],
    starts_s: Sequence[int],
) -> PatrolProblem:
    """The problem with the edits in it.

    Parameters
    ----------
    problem
        Of the week.
    edits
        What the planner wants.
    crews, stops
        Row of the crew and of the stop of each edit, -1 where there is none any more: passed over.
    starts_s
        Second of the horizon at which each visit shall begin.
    """
    allowed = problem.allowed.copy()
    pinned = [tuple(row) for row in problem.pinned.tolist()]
    for edit, crew, stop, start in zip(edits, crews, stops, starts_s, strict=True):
        if crew < 0 or stop < 0:
            continue
        if edit.what == BAN:
            allowed[crew, stop] = False
        else:
            pinned.append((crew, start, stop))
    rows = np.array(sorted(set(pinned)), dtype=np.int32).reshape(-1, 3)
    return dataclasses.replace(problem, allowed=allowed, pinned=rows)


def nearest_stops(
    edits: Sequence[Edit], edit_xy: NDArray[np.float64], stop_xy: NDArray[np.float64]
) -> list[int]:
    """The stop each edit means: the nearest entry within reach, -1 for none.

    Parameters
    ----------
    edits
        As read.
    edit_xy, stop_xy
        [edits, 2] and [stops, 2] in metres.
    """
    found = []
    for number in range(len(edits)):
        away = np.hypot(*(stop_xy - edit_xy[number]).T)
        nearest = int(np.argmin(away))
        found.append(nearest if away[nearest] <= SAME_PLACE_M else -1)
    return found
