"""Who walks with whom and when: volunteers, hours of single persons, rest between shifts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from patrolplan.config.crews import (
    MINUTES_PER_DAY,
    CrewSettings,
    Fault,
    OfficerSettings,
    break_fault,
    clock_text,
)

if TYPE_CHECKING:
    from patrolplan.config.settings import Settings

START_STEP_MIN = 15
"""A shift that may begin within a span begins on the quarter hour, counted from its earliest start."""


def on_street(crew: CrewSettings, people: Mapping[str, OfficerSettings], day: dt.date) -> CrewSettings:
    """The crew on the day it walks, its shift cut to the hours in which everyone in it may walk.

    Of several spans that are left the longest counts, the first among equals. Where no hour is left the
    shift stays as it is: :func:`people_faults` tells that.

    Parameters
    ----------
    crew
        With a fixed shift (a shift that may begin later is taken to begin at its earliest).
    people
        Officers by name.
    day
        On which the shift begins.

    Examples
    --------
    >>> crew = CrewSettings(name="A", officers=["x", "y"], shift="16:00-22:00", start="S")
    >>> people = {"x": OfficerSettings(name="x"), "y": OfficerSettings(name="y", when="Mo 17:00-20:30")}
    >>> on_street(crew, people, dt.date(2026, 11, 23)).shift
    '17:00-20:30'
    """
    dated = crew.model_copy(update={"date": day, "latest_start": None})
    spans = list(_open_spans(dated, [people[name] for name in crew.officers if name in people], day))
    if not spans:
        return dated
    start, end = max(spans, key=lambda span: (span[1] - span[0], -span[0]))
    return dated if (start, end) == dated.minutes else dated.spanning(start, end)


def startings_of(
    crew: CrewSettings, people: Mapping[str, OfficerSettings], day: dt.date, *, least_min: int
) -> tuple[CrewSettings, ...]:
    """The crew with each fixed shift it may take: one, or one for every quarter hour up to its latest start.

    Shifts that the break does not fit into, or of which less than ``least_min`` minutes are left by the
    hours of its officers, are left out; the others are not cut to these hours yet (see :func:`on_street`).
    """
    start, _ = crew.minutes
    minutes = [*range(start, crew.latest_minute, START_STEP_MIN), crew.latest_minute]
    dated = crew.model_copy(update={"date": day})
    shifts = [dated.starting(minute) for minute in minutes]
    return tuple(
        one for one in shifts if not _unfit(on_street(one, people, one.date or day), people, least_min)
    )


def shifts_of(settings: Settings) -> tuple[CrewSettings, ...]:
    """The crews with each shift that they may walk, cut to the hours of everyone in it, in their order."""
    people = {officer.name: officer for officer in settings.officers}
    dated = [(crew, crew.date or settings.plan.date) for crew in settings.crews]
    least = settings.hot_spots.dwell_min
    return tuple(
        on_street(shift, people, shift.date or day)
        for crew, day in dated
        if day
        for shift in startings_of(crew, people, day, least_min=least)
    )


def people_faults(settings: Settings) -> list[Fault]:
    """Volunteers alone, hours that leave a crew no shift, officers on two shifts at once or not rested."""
    people = {officer.name: officer for officer in settings.officers}
    faults = []
    for k, crew in enumerate(settings.crews):
        known = [people[name] for name in crew.officers if name in people]
        if known and all(officer.volunteer for officer in known):
            told = ", ".join(f'"{officer.name}"' for officer in known)
            faults.append(
                Fault(
                    ("crews", k, "officers"),
                    f"{told} may not walk without an officer; name an officer beside or take volunteer out",
                )
            )
        day = crew.date or settings.plan.date
        if day is not None:
            faults += _hour_faults(k, crew, people, day, settings.hot_spots.dwell_min)
    faults += overlap_faults(settings.crews, settings.plan.date)
    return faults + rest_faults(settings.crews, settings.plan.date, settings.rules.rest_h)


def overlap_faults(crews: Iterable[CrewSettings], default_date: dt.date | None) -> list[Fault]:
    """Officers who would have to walk in two crews at once (by wall clock)."""
    faults = []
    for officer, (_, end, _, before), (start, _, k, after) in _in_turn(crews, default_date):
        if start < end:
            faults.append(
                Fault(
                    ("crews", k, "shift"),
                    f'officer "{officer}" is on two shifts at once: {_told(after)} with crew '
                    f'"{after.name}" and {_told(before)} with crew "{before.name}"; '
                    "change a time or give one of them to another officer",
                )
            )
    return faults


def rest_faults(
    crews: Iterable[CrewSettings], default_date: dt.date | None, rest_h: float | None
) -> list[Fault]:
    """Officers who rest less than ``rest_h`` hours between shifts that begin on different days."""
    faults = []
    for officer, (first, end, _, before), (start, _, k, after) in _in_turn(crews, default_date):
        same_day = first // MINUTES_PER_DAY == start // MINUTES_PER_DAY
        if rest_h is not None and not same_day and 0 <= start - end < rest_h * 60:
            rested, needed = (f"{(minutes) / 60:g}" for minutes in (start - end, rest_h * 60))
            faults.append(
                Fault(
                    ("crews", k, "shift"),
                    f'officer "{officer}" rests {rested} hours of {needed} (rules.rest_h) between '
                    f'{_told(before)} with crew "{before.name}" and {_told(after)} with crew "{after.name}"; '
                    "change a time or give one of them to another officer",
                )
            )
    return faults


_Turn = tuple[int, int, int, CrewSettings]


def _in_turn(
    crews: Iterable[CrewSettings], default_date: dt.date | None
) -> Iterator[tuple[str, _Turn, _Turn]]:
    """Each officer's shifts in pairs, one after another: first and last minute, number, crew.

    A shift that may begin later is held against the next by its latest end, and against the one before by
    its earliest start.
    """
    shifts: dict[str, list[_Turn]] = {}
    for k, crew in enumerate(crews):
        day = crew.date or default_date
        midnight = (day.toordinal() if day else 0) * MINUTES_PER_DAY
        start, end = crew.minutes
        last = end + crew.latest_minute - start
        for officer in dict.fromkeys(crew.officers):
            shifts.setdefault(officer, []).append((midnight + start, midnight + last, k, crew))
    for officer, turns in shifts.items():
        for before, after in pairwise(sorted(turns, key=lambda turn: turn[:3])):
            yield officer, before, after


def _told(crew: CrewSettings) -> str:
    later = f" (beginning up to {crew.latest_start})" if crew.latest_start else ""
    return f"{crew.shift}{f' on {crew.date}' if crew.date else ''}{later}"


def _hour_faults(
    k: int, crew: CrewSettings, people: Mapping[str, OfficerSettings], day: dt.date, least_min: int
) -> list[Fault]:
    if not any(people[name].when for name in crew.officers if name in people) and crew.latest_start is None:
        return []
    if startings_of(crew, people, day, least_min=least_min):
        return []
    hours = ", ".join(
        f'"{name}" ({people[name].when})' for name in crew.officers if name in people and people[name].when
    )
    left = on_street(crew, people, day)
    why = f"the hours of {hours}" if hours else "its break"
    told = f"{why} leave {_told(crew)} no shift of one stay (hot_spots.dwell_min) with its break in it"
    if left.minutes != crew.minutes:
        told += f"; {clock_text(left.minutes[0])}-{clock_text(left.minutes[1] % MINUTES_PER_DAY)} is left"
    return [Fault(("crews", k, "shift"), f"{told}; change the shift, the break or who walks")]


def _open_spans(
    crew: CrewSettings, people: Iterable[OfficerSettings], day: dt.date
) -> Iterator[tuple[int, int]]:
    """Spans of the shift, in minutes after midnight of its day, in which everyone may walk."""
    import numpy as np

    from patrolplan.risk.week_hours import week_minutes

    start, end = crew.minutes
    minutes = day.weekday() * MINUTES_PER_DAY + np.arange(start, end)
    free = np.ones(end - start, dtype=np.bool_)
    for officer in people:
        if officer.when.strip():
            week = week_minutes(officer.when)
            free &= week[minutes % len(week)]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]])))
    for first, last in edges.reshape(-1, 2).tolist():
        yield start + first, start + last


def _unfit(crew: CrewSettings, people: Mapping[str, OfficerSettings], least_min: int) -> bool:
    """Whether a fixed shift does not hold a stay and the break within everyone's hours."""
    (start, end), rest = crew.minutes, crew.rest.minutes if crew.rest else 0
    officers = [people[name] for name in crew.officers if name in people]
    whole = [(start, end)] == list(_open_spans(crew, officers, crew.date)) if crew.date else True
    return not whole or bool(break_fault(crew)) or end - start < least_min + rest
