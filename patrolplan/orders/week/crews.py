"""A roster's patrols as crews of a plan file, with their dates, shifts, breaks and starts; and their days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from patrolplan.config.crews import BreakSettings, CrewSettings, OfficerSettings
from patrolplan.config.settings import Settings
from patrolplan.duty import Crew
from patrolplan.i18n import words_of
from patrolplan.orders.week.ground import Ground
from patrolplan.week.grid import clock
from patrolplan.week.roster import Block, Roster
from patrolplan.week.routes import DayTask
from patrolplan.week.setting_up import free_of


def crew_settings(roster: Roster, settings: Settings, ground: Ground) -> dict[str, Any]:
    """The roster's patrols as ``crews``, ``officers`` and ``stations`` of a plan file.

    Who walks in one of ``[[crews]]`` keeps its `avoid` and `only` here too (what all of his crews avoid,
    where any of them goes), and takes its volunteers along on patrols that lie within their hours.
    """
    words = words_of(settings.community.language)
    made: list[CrewSettings] = []
    taken = set()
    stations = {station.name: station for station in settings.stations}
    for block in roster.blocks:
        officer = roster.officers[block.officer]
        day = roster.grid.day(block.foot_from // 1440)
        where = roster.areas[block.area].name
        start = ground.starts[officer.station][block.area]
        stations[start.name] = start
        name = " ".join(
            filter(None, [words.weekdays()[day.weekday()], f"{day.day:02d}", officer.name, where])
        )
        name = name if name not in taken else f"{name} {clock(block.foot_from)}"
        taken.add(name)
        own = [crew for crew in settings.crews if officer.name in crew.officers]
        beside = tuple(_volunteers(block, roster, own, settings, made))
        made.append(
            CrewSettings(
                name=name,
                officers=(officer.name, *beside),
                avoid=_avoided(own),
                only=_places(own),
                shift=f"{clock(block.foot_from)}-{clock(block.foot_to)}",
                date=day,
                start=start.name,
                rest=_rest(block, settings),  # type: ignore[call-arg]
            )
        )
    people = {one.name: OfficerSettings(name=one.name, pace=one.pace) for one in roster.officers}
    people |= {officer.name: officer for officer in settings.officers}
    return {
        "crews": tuple(made), "stations": tuple(stations.values()), "officers": tuple(people.values()),
    }  # fmt: skip


def _avoided(own: Sequence[CrewSettings]) -> tuple[Any, ...]:
    """Where none of an officer's crews goes."""
    return tuple(place for place in own[0].avoid if all(place in crew.avoid for crew in own)) if own else ()


def _places(own: Sequence[CrewSettings]) -> tuple[Any, ...]:
    """Where any of an officer's crews goes; everywhere if one of them is not bound."""
    if not all(crew.only for crew in own):
        return ()
    return tuple(dict.fromkeys(place for crew in own for place in crew.only))


def _volunteers(
    block: Block,
    roster: Roster,
    own: Sequence[CrewSettings],
    settings: Settings,
    made: Sequence[CrewSettings],
) -> Iterator[str]:
    """Volunteers who walk in one of the officer's crews, where the whole patrol lies in their hours.

    Each walks with one patrol a day, and no more hours a week than named.
    """
    beside = {name for crew in own for name in crew.officers}
    slots = slice(block.start_min // roster.grid.step_min, -(-block.end_min // roster.grid.step_min))
    day = roster.grid.day(block.foot_from // 1440)
    for officer in settings.officers:
        if not officer.volunteer or officer.name not in beside:
            continue
        free = free_of(officer, roster.grid)[0]
        walked = [crew for crew in made if officer.name in crew.officers]
        spent = sum(end - start for start, end in (crew.minutes for crew in walked))
        due = 60 * (settings.week.hours if officer.hours is None else officer.hours)
        taken = any(crew.date == day for crew in walked)
        if free[slots].all() and not taken and spent + block.foot_to - block.foot_from <= due:
            yield officer.name


def day_tasks(crews: Sequence[Crew], timezone: str) -> tuple[DayTask, ...]:
    """The days on which crews set out, in order."""
    zone = ZoneInfo(timezone)
    by_day: dict[dt.date, list[int]] = {}
    for number, crew in enumerate(crews):
        by_day.setdefault(crew.shift.start.astimezone(zone).date(), []).append(number)
    made = []
    for day in sorted(by_day):
        first = min(crews[k].shift.start for k in by_day[day]).astimezone(zone)
        minute = first.hour * 60 + first.minute
        made.append(
            DayTask(day=day, crews=tuple(by_day[day]), first_slot=minute // 30, into_slot_s=minute % 30 * 60)
        )
    return tuple(made)


def _rest(block: Block, settings: Settings) -> BreakSettings | None:
    week = settings.week
    length = block.foot_to - block.foot_from
    if not week.break_min or length < week.break_after_h * 60:
        return None
    middle = (block.foot_from + block.foot_to - week.break_min) // 2
    spare = min(30, length // 8)
    return BreakSettings(earliest=clock(middle - spare), latest=clock(middle + spare), minutes=week.break_min)
