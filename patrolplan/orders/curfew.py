"""Curfews of the calendar: shifts end before them and begin after them."""

from __future__ import annotations

import datetime as dt

from patrolplan.config.crews import MINUTES_PER_DAY, CrewSettings, break_fault, clock_text
from patrolplan.config.settings import Settings
from patrolplan.dates import Dates, Span, days_around, overlap, span_of_day
from patrolplan.errors import InputError


def with_curfew(settings: Settings, dates: Dates) -> tuple[Settings, tuple[str, ...]]:
    """The settings with every shift outside the curfews of its day, and plain sentences on what was cut.

    A curfew in the middle of a shift leaves its longer part.

    Raises
    ------
    InputError
        A shift that a curfew leaves nothing of, or whose break no longer fits (all gathered).
    """
    made, notes, faults = [], list[str](), list[str]()
    for crew in settings.crews:
        day = crew.date or settings.plan.date
        cut = crew
        if day is None:
            made.append(cut)
            continue
        for row, span in dates.curfews(days_around(_whole(crew, day))):
            before, cut = cut, _sooner(cut, day, span)
            left = _outside(span_of_day(day, *cut.minutes), span)
            if left is None or left[1] - left[0] < dt.timedelta(minutes=settings.hot_spots.dwell_min):
                faults.append(
                    f'crew "{crew.name}" ({crew.shift} on {day}): the curfew of {row.told} leaves nothing of '
                    "its shift; move the shift"
                )
                break
            cut, fault = _cut(cut, day, left)
            faults += [f"{fault} ({row.told})"] if fault else []
            if cut != before:
                notes.append(f'crew "{crew.name}" on {day}: curfew, {_told(before)} becomes {_told(cut)}')
        made.append(cut)
    if faults:
        raise InputError(faults)
    return settings.model_copy(update={"crews": tuple(made)}) if notes else settings, tuple(notes)


def _whole(crew: CrewSettings, day: dt.date) -> Span:
    """From the earliest beginning of a shift to its latest end."""
    start, end = crew.minutes
    return span_of_day(day, start, end + crew.latest_minute - start)


def _sooner(crew: CrewSettings, day: dt.date, curfew: Span) -> CrewSettings:
    """A shift that may begin later, no longer so late that it would run into a curfew after it."""
    start, end = crew.minutes
    if crew.latest_start is None or not overlap(_whole(crew, day), curfew):
        return crew
    midnight = dt.datetime.combine(day, dt.time())
    spare = round((curfew[0] - midnight).total_seconds() / 60) - end
    if spare <= 0:
        return crew.model_copy(update={"latest_start": None})
    return crew.model_copy(update={"latest_start": clock_text((start + spare) % MINUTES_PER_DAY)})


def _outside(shift: Span, curfew: Span) -> Span | None:
    """The longer part of a shift that lies outside a curfew, None if nothing does.

    Examples
    --------
    >>> at = [dt.datetime(2026, 11, 28, hour) for hour in (18, 20, 22, 23)]
    >>> [f"{when:%H}" for when in _outside((at[0], at[3]), (at[2], at[3]))]
    ['18', '22']
    >>> _outside((at[2], at[3]), (at[0], at[3])) is None
    True
    """
    if not overlap(shift, curfew):
        return shift
    before, after = (shift[0], min(shift[1], curfew[0])), (max(shift[0], curfew[1]), shift[1])
    best = max((before, after), key=lambda part: part[1] - part[0])
    return best if best[1] > best[0] else None


def _cut(crew: CrewSettings, day: dt.date, left: Span) -> tuple[CrewSettings, str]:
    midnight = dt.datetime.combine(day, dt.time())
    begin, end = (round((at - midnight).total_seconds() / 60) for at in left)
    if (begin, end) == crew.minutes:
        return crew, ""
    cut = crew.model_copy(update={"date": day}).spanning(begin, end)
    if break_fault(cut):
        told = f'crew "{crew.name}": after the curfew its shift is {cut.shift}, and its break no longer fits'
        return crew, f"{told}; move the break"
    return cut, ""


def _told(crew: CrewSettings) -> str:
    return crew.shift if crew.latest_start is None else f"{crew.shift} (beginning by {crew.latest_start})"
