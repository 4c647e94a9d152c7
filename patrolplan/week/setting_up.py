"""A plan file's settings as the numbers that a roster is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from patrolplan.config.crews import OfficerSettings
from patrolplan.config.settings import Settings
from patrolplan.config.values import days_of_span
from patrolplan.errors import InputError
from patrolplan.week.grid import MINUTES_PER_DAY, Bools, WeekGrid
from patrolplan.week.past import Past
from patrolplan.week.people import Cover, Fixed, WeekOfficer, WorkRules


def officers_of(
    settings: Settings, grid: WeekGrid, *, staff: pd.DataFrame | None, past: Past, closed: Bools
) -> tuple[WeekOfficer, ...]:
    """The officers of the plan file, then those of its table of officers.

    Parameters
    ----------
    settings
        Of the plan file.
    grid
        The week.
    staff
        As `read_officers` returns it.
    past
        The weeks before.
    closed
        [slots] hours in which nobody patrols.

    Raises
    ------
    InputError
        No officers, or a station that nobody defines.
    """
    stations = [station.name for station in settings.stations]
    if not stations:
        raise InputError("no stations: add [[stations]] to the plan file, where patrols begin and end")
    known: dict[str, WeekOfficer] = {}
    faults: list[str] = []
    for row in [*_own(settings, grid), *_of_table(settings, grid, staff)]:
        name, hours, pace, station, free, leave_days = row
        if station and station not in stations:
            faults.append(
                f'officer "{name}": no station is named "{station}"; there are {", ".join(stations)}'
            )
            continue
        known[name] = WeekOfficer(
            name=name,
            minutes=_due(hours, leave_days, grid),
            free=free & ~closed,
            station=stations.index(station) if station else 0,
            pace=pace,
            rested_from=_rested_from(past, name, settings, grid),
            nights_before=int(past.of_officer(name)["night"].sum()),
            minutes_before=int(past.of_officer(name)["minutes"].sum()),
            habits=past.habits(name),
        )
    if faults:
        raise InputError(faults)
    if not known:
        raise InputError(
            "no officers who may walk alone: add [[officers]] to the plan file, or name a table under [staff]"
        )
    return tuple(known.values())


def free_of(officer: OfficerSettings, grid: WeekGrid) -> tuple[Bools, set[int]]:
    """[slots] whether a person may patrol, and the days of work that leave takes."""
    free = ~grid.touched(officer.off)
    if officer.when.strip():
        free &= grid.inside(officer.when)
    return free, _leave(grid, [days_of_span(text) for text in officer.leave], free)


def rules_of_work(settings: Settings, grid: WeekGrid, cover: tuple[Cover, ...]) -> WorkRules:
    """The rules of work in slots."""
    week = settings.week
    first, last = week.minutes
    step = grid.step_min
    return WorkRules(
        shortest=round(week.shortest_block_h * 60) // step,
        longest=round(week.longest_block_h * 60) // step,
        first=first // step,
        last=last // step,
        rest=math.ceil(week.rest_h * 60 / step),
        blocks_a_day=week.blocks_a_day,
        most_days=week.most_days,
        most_nights=week.most_nights,
        night=grid.touched(week.night),
        cover=cover,
        least_foot_min=max(60, 2 * settings.hot_spots.dwell_min),
    )


def covers_of(
    settings: Settings, grid: WeekGrid, areas: Sequence[str], no_school: Sequence[date]
) -> tuple[Cover, ...]:
    """Times at which some must be on the street; those of school days leave out days without school."""
    made = []
    free = np.zeros(grid.slots, dtype=np.bool_)
    for day in no_school:
        first = grid.slot_of(grid.number(day), 0)
        free[max(first, 0) : max(first + grid.per_day, 0)] = True
    for cover in settings.week.cover:
        if cover.settlement is not None and cover.settlement not in areas:
            listed = ", ".join(name for name in areas if name) or "none: set week.ride"
            raise InputError(f'week.cover: no settlement "{cover.settlement}"; there are {listed}')
        slots = grid.touched(cover.hours)
        slots = slots & ~free if cover.school_days else slots
        where = f" in {cover.settlement}" if cover.settlement else ""
        made.append(
            Cover(
                slots=slots,
                officers=cover.officers,
                area=-1 if cover.settlement is None else list(areas).index(cover.settlement),
                words=f"at least {cover.officers} on the street{where}: {cover.hours}",
            )
        )
    return tuple(made)


def fixed_of(
    roster: pd.DataFrame | None, grid: WeekGrid, officers: Sequence[WeekOfficer]
) -> tuple[Fixed, ...]:
    """Patrols of a settled roster that begin in the week.

    Raises
    ------
    InputError
        An officer that nobody defines, or times that are not on the grid.
    """
    if roster is None:
        return ()
    names = [officer.name for officer in officers]
    made, faults = [], []
    shifts: Any = roster.to_dict("records")
    for shift in shifts:
        day = grid.number(shift["start"].date())
        if not 0 <= day < 7:
            continue
        begin = day * MINUTES_PER_DAY + shift["start"].hour * 60 + shift["start"].minute
        end = begin + round((shift["end"] - shift["start"]).total_seconds() / 60)
        if shift["officer"] not in names:
            faults.append(f"roster, row {shift['row']}: its officer is not among [[officers]] or [staff]")
        elif begin % grid.step_min or end % grid.step_min:
            faults.append(
                f"roster, row {shift['row']}: begins or ends off the grid of {grid.step_min} minutes; "
                "set week.step_min to 15 or change the time"
            )
        else:
            slots = begin // grid.step_min, end // grid.step_min
            made.append(
                Fixed(officer=names.index(shift["officer"]), start_slot=slots[0], end_slot=slots[1], area=0)
            )
    if faults:
        raise InputError(faults)
    return tuple(made)


_Row = tuple[str, float, float, str, Bools, set[int]]


def _own(settings: Settings, grid: WeekGrid) -> list[_Row]:
    rows: list[_Row] = []
    for officer in settings.officers:
        if officer.volunteer:
            continue
        free, leave = free_of(officer, grid)
        hours = settings.week.hours if officer.hours is None else officer.hours
        rows.append((officer.name, hours, officer.pace, officer.start or "", free, leave))
    return rows


def _of_table(settings: Settings, grid: WeekGrid, staff: pd.DataFrame | None) -> list[_Row]:
    rows: list[_Row] = []
    people: Any = [] if staff is None else staff.to_dict("records")
    for person in people:
        free = np.zeros(grid.slots, dtype=np.bool_)
        early, late, hours = (person[key] for key in ("earliest_min", "latest_min", "hours_per_week"))
        for day in range(-1, 8):
            if day % 7 in person["days"]:
                earliest = 0 if math.isnan(early) else int(early)
                latest = MINUTES_PER_DAY if math.isnan(late) else int(late)
                first, last = (grid.slot_of(day, minute) for minute in (earliest, latest))
                free[max(first, 0) : max(last, 0)] = True
        leave = _leave(grid, person["away"], free)
        hours = settings.week.hours if math.isnan(hours) else float(hours)
        rows.append((person["name"], hours, float(person["pace"]), person["station"], free, leave))
    return rows


def _leave(grid: WeekGrid, spans: Sequence[tuple[date, date]], free: Bools) -> set[int]:
    """Takes days of leave out of ``free``; returns those that would have been days of work."""
    gone = set()
    for first, last in spans:
        for day in range(max(grid.number(first), 0), min(grid.number(last), 7) + 1):
            slots = slice(day * grid.per_day, (day + 1) * grid.per_day)
            if free[slots].any() and day < 7:
                gone.add(day)
            free[slots] = False
    return gone


def _due(hours: float, leave: set[int], grid: WeekGrid) -> int:
    """Minutes due: hours of the week less a fifth for each day of leave, on the grid."""
    left = max(0.0, 1.0 - len(leave) / 5)
    return int(hours * 60 * left / grid.step_min) * grid.step_min


def _rested_from(past: Past, name: str, settings: Settings, grid: WeekGrid) -> int:
    end = past.last_end(name)
    if end is None:
        return 0
    rested = end + timedelta(hours=settings.week.rest_h) - datetime.combine(grid.monday, time())
    return max(0, math.ceil(rested.total_seconds() / 60 / grid.step_min))
