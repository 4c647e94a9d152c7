"""The calendar and the events in a week: each day its own streets, hours and crews at events."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from patrolplan.crews import crews_of
from patrolplan.dates import MINUTES_PER_DAY
from patrolplan.duty import Crew
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.shut import shut_streets
from patrolplan.orders.curfew import with_curfew
from patrolplan.orders.event_cover import shifts_of, with_cover
from patrolplan.orders.for_shifts import told_shut
from patrolplan.orders.load import Loaded
from patrolplan.orders.week.ground import Ground
from patrolplan.week.grid import Bools, WeekGrid
from patrolplan.week.people import Cover


@dataclass(frozen=True, kw_only=True)
class DayWays:
    """The streets of each day: those that are shut on some days, and which a crew walks.

    Attributes
    ----------
    networks
        One for each other set of streets that are shut in the shifts of a day.
    of_crew
        [crews] 0 where nothing is shut, else number of the network, from 1.
    """

    networks: tuple[StreetNetwork, ...] = ()
    of_crew: tuple[int, ...] = ()


def day_ways(loaded: Loaded, crews: Sequence[Crew]) -> DayWays:
    """The streets that the crews of each day may walk: none that is shut in any shift of that day."""
    spans = shifts_of(crews, loaded.settings.community.timezone)
    count = len(loaded.network.segments)
    found: dict[bytes, int] = {np.zeros(count, dtype=np.bool_).tobytes(): 0}
    networks, of_day = [], {}
    for day in sorted({span[0].date() for span in spans}):
        shut = loaded.dates.shut_during([span for span in spans if span[0].date() == day], count)
        key = shut.tobytes()
        if key not in found:
            found[key] = len(found)
            networks.append(shut_streets(loaded.network, shut))
        of_day[day] = found[key]
    return DayWays(networks=tuple(networks), of_crew=tuple(of_day[span[0].date()] for span in spans))


def for_week(loaded: Loaded, monday: dt.date) -> Loaded:
    """Everything read, with crews at the events of the week and its days told.

    The settings hold the roster's patrols as crews; a settled roster is cut to the hours without curfew.
    """
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    told = replace(loaded.around, notices=loaded.dates.notices(days))
    there = replace(loaded, around=told)
    if loaded.roster is not None:
        settings, cut = with_curfew(loaded.settings, loaded.dates)
        there = replace(there, settings=settings, notes=(*there.notes, *cut))
    crews = crews_of(there.settings)
    ways = day_ways(there, crews)
    spans = shifts_of(crews, loaded.settings.community.timezone)
    open_on = {
        span[0].date(): ways.networks[way - 1] for span, way in zip(spans, ways.of_crew, strict=True) if way
    }
    shut = [
        note
        for day in sorted({span[0].date() for span in spans})
        for note in told_shut(loaded.dates, [span for span in spans if span[0].date() == day])
    ]
    there = replace(there, notes=(*there.notes, *shut))
    return with_cover(there, crews, strict=False, open_on=open_on)


def curfew_slots(loaded: Loaded, grid: WeekGrid) -> Bools:
    """[slots] whether a curfew of the calendar touches a slot."""
    closed = np.zeros(grid.slots, dtype=np.bool_)
    for _, span in loaded.dates.curfews([grid.day(number) for number in range(-1, 8)]):
        first, last = (_minute_of(at, grid) for at in span)
        closed[max(0, first // grid.step_min) : max(0, math.ceil(last / grid.step_min))] = True
    return closed


def event_covers(loaded: Loaded, grid: WeekGrid, ground: Ground, closed: Bools) -> tuple[Cover, ...]:
    """Officers on the street through events and bells that ask for crews, and half an hour for the way.

    Only in hours in which the week's settings let anybody patrol.
    """
    made = []
    first, last = loaded.settings.week.minutes
    for day in range(7):
        for one in loaded.dates.happening_on(grid.day(day)):
            if not one.row.cover:
                continue
            start, end = one.row.span_min
            end = min(end, start + one.row.stay_min) if one.row.stay_min is not None else end
            begin, finish = max(first, start - grid.step_min), min(last, end)
            slots = np.zeros(grid.slots, dtype=np.bool_)
            low, high = (day * MINUTES_PER_DAY + minute for minute in (begin, finish))
            slots[max(0, low // grid.step_min) : math.ceil(high / grid.step_min)] = begin < finish
            made.append(
                Cover(
                    slots=slots & ~closed,
                    officers=1 if one.row.joint is False else one.row.cover,
                    area=_area_of(one.segments, ground),
                    words=f'"{one.name}" on {grid.day(day)}: {one.row.cover} at the event ({one.row.told})',
                )
            )
    return tuple(made)


def _area_of(segments: Bools, ground: Ground) -> int:
    """The settlement in which most of some streets lie; -1 where there is one area alone."""
    if len(ground.areas) < 2:
        return -1
    held = ground.of_segment[segments]
    held = held[held >= 0]
    return int(np.bincount(held).argmax()) if len(held) else -1


def _minute_of(at: dt.datetime, grid: WeekGrid) -> int:
    return round((at - dt.datetime.combine(grid.monday, dt.time())).total_seconds() / 60)
