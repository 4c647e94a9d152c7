"""A roster's patrols as crews of a plan file, with their dates, shifts, breaks and starts; and their days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from patrolplan.config import Settings
from patrolplan.config_crews import BreakSettings, CrewSettings
from patrolplan.duty import Crew
from patrolplan.i18n import words_of
from patrolplan.week.grid import clock
from patrolplan.week.roster import Block, Roster
from patrolplan.week.routes import DayTask
from patrolplan.week_ground import Ground


def crew_settings(roster: Roster, settings: Settings, ground: Ground) -> dict[str, Any]:
    """The roster's patrols as ``crews`` and ``stations`` of a plan file: dates, shifts, breaks."""
    words = words_of(settings.community.language)
    made, taken = [], set()
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
        made.append(
            CrewSettings(
                name=name,
                officers=(officer.name,),
                shift=f"{clock(block.foot_from)}-{clock(block.foot_to)}",
                date=day,
                start=start.name,
                rest=_rest(block, settings),  # type: ignore[call-arg]
            )
        )
    return {"crews": tuple(made), "stations": tuple(stations.values())}


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
