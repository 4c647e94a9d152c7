"""What is unusual about a day, in words for what people hold: market, bells, events, curfew, closures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from patrolplan.dates import (
    BELL,
    CLOSED,
    CURFEW,
    EVENT,
    HOLIDAY,
    MARKET,
    MINUTES_PER_DAY,
    NO_MARKET,
    NO_SCHOOL,
    Notice,
    overlap,
    span_of_day,
)
from patrolplan.i18n import ENGLISH, Words
from patrolplan.io.text import one_line
from patrolplan.io.times import clock
from patrolplan.io.word_forms import listed
from patrolplan.plan import PatrolPlan

MOST_STREETS = 3
MOST_LINES = 6
"""Lines of a card's head; the nearest in time come first."""

_NAMES = {
    HOLIDAY: "Holiday",
    NO_SCHOOL: "No school",
    MARKET: "Market day",
    NO_MARKET: "No market",
    CURFEW: "Curfew",
    EVENT: "Event",
    BELL: "School bell",
    CLOSED: "Shut",
}


def notice_words(notice: Notice, words: Words = ENGLISH) -> str:
    """A notice as a line without its day.

    Examples
    --------
    >>> from datetime import date
    >>> day = date(2026, 11, 28)
    >>> notice_words(Notice(what="bell", day=day, start_min=810, place="School 3"))
    'Bell at 13:30: School 3'
    >>> notice_words(Notice(what="closed", day=day, start_min=600, end_min=960, streets=("Mill Lane",)))
    'Mill Lane: shut 10:00–16:00'
    """
    name, place, hours = one_line(notice.name), one_line(notice.place), _hours(notice)
    where = ", ".join(dict.fromkeys(filter(None, [name, place])))
    if notice.what == BELL:
        return _ended(words("Bell at {time}", time=hours), where)
    if notice.what == CLOSED:
        streets = listed([one_line(street) for street in notice.streets[:MOST_STREETS]], words)
        more = " …" if len(notice.streets) > MOST_STREETS else ""
        told = words("{what}: shut {hours}", what=streets + more, hours=hours or words("all day"))
        return f"{told} ({name})" if name else told
    if notice.what == EVENT:
        return ", ".join(filter(None, [where or words(_NAMES[EVENT]), hours]))
    if notice.what == MARKET and place:
        told = words("Market day: {place}", place=where)
        return ", ".join(filter(None, [told, hours]))
    if notice.what == CURFEW:
        return _ended(f"{words(_NAMES[CURFEW])} {hours}".strip(), where)
    return _ended(words(_NAMES[notice.what]), where)


def day_lines(notices: Sequence[Notice], words: Words = ENGLISH) -> tuple[str, ...]:
    """Notices with their days, a line each.

    Examples
    --------
    >>> from datetime import date
    >>> day_lines([Notice(what="market", day=date(2026, 11, 28))])
    ('2026-11-28: Market day',)
    """
    return tuple(f"{notice.day}: {notice_words(notice, words)}" for notice in notices)


def day_lines_of(plan: PatrolPlan, words: Words) -> tuple[str, ...]:
    """What is unusual about the plan's days; days are named where there are several."""
    notices = plan.around.notices
    if len({notice.day for notice in notices}) < 2:
        return tuple(dict.fromkeys(notice_words(notice, words) for notice in notices))
    return tuple(
        dict.fromkeys(f"{words.day(notice.day)}: {notice_words(notice, words)}" for notice in notices)
    )


def shift_lines(plan: PatrolPlan, crew: int, words: Words) -> tuple[str, ...]:
    """What a crew should know about its shift: what holds all day or in its hours, and who stands with it."""
    told = (
        _ended(notice_words(notice, words), _stay_words(plan, crew, notice, words))
        for notice in shift_notices(plan, crew)
    )
    return tuple(dict.fromkeys(told))[:MOST_LINES]


def shift_notices(plan: PatrolPlan, crew: int) -> tuple[Notice, ...]:
    """What holds all day or in the hours of a crew's shift, in order of time."""
    shift = plan.crews[crew].shift
    zone = ZoneInfo(plan.timezone)
    span: Any = tuple(at.astimezone(zone).replace(tzinfo=None) for at in (shift.start, shift.end))
    found = []
    for notice in plan.around.notices:
        if notice.start_min is None:
            holds = notice.day == span[0].date()
        else:
            end = notice.start_min + 1 if notice.end_min is None else notice.end_min
            holds = overlap(span_of_day(notice.day, notice.start_min, end), span)
        if holds:
            found.append(notice)
    return tuple(found)


def _stay_words(plan: PatrolPlan, crew: int, notice: Notice, words: Words) -> str:
    """When the crew stands at an event, and with whom."""
    if notice.what not in (EVENT, BELL):
        return ""
    stops = plan.stops
    here = stops[stops["label"].isin([label for label in (notice.name, notice.place) if label])]
    own = here[(here["crew"] == crew).to_numpy()]
    own = own[np.array([_within(stop, notice, plan.timezone) for stop in own.itertuples()], dtype=np.bool_)]
    if own.empty:
        return ""
    start, leave = own["start"].iloc[0], own["leave"].iloc[0]
    others = here[(here["crew"] != crew) & (here["start"] < leave) & (here["leave"] > start)]
    when = f"{clock(start)}–{clock(leave)}"
    if others.empty:
        return words("you are there {when}", when=when)
    names = listed([one_line(name) for name in dict.fromkeys(others["crew_name"])], words)
    return words("you are there {when}, together with {names}", when=when, names=names)


def _within(stop: Any, notice: Notice, timezone: str) -> bool:
    """Whether a stop lies in the hours of a notice (of a bell: around it)."""
    zone, first = ZoneInfo(timezone), notice.start_min or 0
    last = first + 1 if notice.end_min is None else notice.end_min
    stay = tuple(at.astimezone(zone).replace(tzinfo=None) for at in (stop.start, stop.leave))
    return overlap((stay[0], stay[1]), span_of_day(notice.day, first, last))


def _ended(head: str, tail: str) -> str:
    return f"{head}: {tail}" if tail else head


def _hours(notice: Notice) -> str:
    if notice.start_min is None:
        return ""
    if notice.end_min is None:
        return _clock(notice.start_min)
    return f"{_clock(notice.start_min)}–{_clock(notice.end_min)}"


def _clock(minute: int) -> str:
    if minute == MINUTES_PER_DAY:
        return "24:00"
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
