"""plan.ics: an event for every shift and every stop, which a later version of the plan replaces."""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Timezone

from patrolplan.i18n import Words, words_of
from patrolplan.io import holder_words as texts
from patrolplan.io.atomic import atomic_path
from patrolplan.io.card_words import duty_lines
from patrolplan.io.ride_words import ride_lines
from patrolplan.io.route_facts import RouteFacts, StopFacts, all_routes, plan_hash
from patrolplan.io.text import one_line
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

DIGITS = "X-PATROLPLAN"
"""Property that holds the plan's hash."""
_OURS = uuid.UUID("6f1d7a2e-0c55-5f6b-9d2b-3f3c1a7a9e10")
"""Namespace of our identifiers: any fixed UUID does."""


def write_ics(
    plan: PatrolPlan,
    path: str | os.PathLike[str],
    *,
    previous: str | os.PathLike[str] | None = None,
) -> Path:
    """Write shifts and stops as iCalendar (RFC 5545) and return the path.

    An event's UID follows from community, crew, day and stop number alone, so that a calendar
    that reads a later version moves the event instead of adding one. The SEQUENCE is one above
    that of the version before where the plan has changed, and events that are no longer planned
    are marked as cancelled. The same plan after the same version gives the same bytes.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all.
    previous
        The version before, if there is one; default: what stands at ``path``.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    content = ics_bytes(plan, previous=Path(previous or path))
    with atomic_path(path) as unfinished:
        unfinished.write_bytes(content)
    return Path(path)


def ics_bytes(
    plan: PatrolPlan, *, previous: Path | None = None, routes: Sequence[RouteFacts] | None = None
) -> bytes:
    """The calendar as bytes; see :func:`write_ics`."""
    words = words_of(plan.language)
    told, before = routes or all_routes(plan), _read(previous)
    digits = _digits(plan, told)
    old = {str(event["UID"]): event for event in before.walk("VEVENT")} if before else {}
    same = before is not None and str(before.get(DIGITS, "")) == digits
    sequence = _sequence(digits, before)
    calendar = _calendar(plan, digits)
    stamp = _stamp(plan, sequence)
    new = list(_events(plan, told))
    planned = {str(event["UID"]) for event in new}
    gone = [event for uid, event in sorted(old.items()) if uid not in planned]
    calendar.add_component(_zone(plan))
    for event in [*new, *([] if same else (_cancelled(event, words) for event in gone))]:
        _set(event, "SEQUENCE", sequence)
        _set(event, "DTSTAMP", stamp)
        calendar.add_component(event)
    for event in gone if same else ():
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def version_after(
    plan: PatrolPlan, previous: Path | None, *, routes: Sequence[RouteFacts] | None = None
) -> int:
    """Which version of its days' plan this is: 1, or one above that of ``previous`` if the plan differs."""
    return _sequence(_digits(plan, routes or ()), _read(previous)) + 1


def _digits(plan: PatrolPlan, routes: Sequence[RouteFacts]) -> str:
    return routes[0].digits if routes else plan_hash(plan)


def _sequence(digits: str, before: Calendar | None) -> int:
    """That of the version before for the same plan, the next one for another."""
    if before is None:
        return 0
    last = max((int(event.get("SEQUENCE", 0)) for event in before.walk("VEVENT")), default=-1)
    return last if last >= 0 and str(before.get(DIGITS, "")) == digits else last + 1


def _read(path: Path | None) -> Calendar | None:
    """The version before; whatever can't be read as a calendar of ours counts as none."""
    if path is None or not path.is_file():
        return None
    try:
        calendar = Calendar.from_ical(path.read_bytes())
    except (ValueError, OSError):
        return None
    return calendar if isinstance(calendar, Calendar) and DIGITS in calendar else None


def _calendar(plan: PatrolPlan, digits: str) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", "-//patrolplan//foot patrols//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", f"{words_of(plan.language)(texts.SHIFT)}: {one_line(plan.community)}")
    calendar.add("X-WR-TIMEZONE", plan.timezone)
    calendar.add(DIGITS, digits)
    return calendar


def _zone(plan: PatrolPlan) -> Timezone:
    """The zone's rules for the days of the plan, a year to either side."""
    days = [instant.date() for crew in plan.crews for instant in (crew.shift.start, crew.shift.end)]
    first, last = (min(days), max(days)) if days else (date(2026, 1, 1), date(2026, 1, 1))
    year = timedelta(days=366)
    return Timezone.from_tzid(plan.timezone, first_date=first - year, last_date=last + year)


def _stamp(plan: PatrolPlan, sequence: int) -> datetime:
    """A time of writing that follows from the plan: a week before its first shift, later versions later."""
    starts = [crew.shift.start for crew in plan.crews]
    first = min(starts).astimezone(UTC) if starts else datetime(2026, 1, 1, tzinfo=UTC)
    return first - timedelta(days=7) + timedelta(seconds=sequence)


def _events(plan: PatrolPlan, routes: Sequence[RouteFacts]) -> Iterator[Event]:
    shifts: Counter[tuple[str, date]] = Counter()
    zone = ZoneInfo(plan.timezone)
    for route in routes:
        day = route.crew.shift.start.astimezone(zone).date()
        shifts[route.name, day] += 1
        key = f"{one_line(plan.community)}|{route.name}|{day}|{shifts[route.name, day]}"
        yield _shift(plan, route, key, zone)
        for stop in route.visits:
            yield _stop(route, stop, f"{key}|{stop.order}", zone)


def _shift(plan: PatrolPlan, route: RouteFacts, key: str, zone: ZoneInfo) -> Event:
    event = _event(key, texts.shift_title(route.name, route.words), *route.crew.on_duty, zone)
    told = [texts.officers_line(route.officers, route.digits, route.words), one_line(plan.community)]
    told += [*route.lacks, *ride_lines(route.crew.ride, route.words), *duty_lines(route.crew, route.words)]
    told += route.days
    told += [
        f"{texts.when_words(stop, route.words)}  {texts.stop_title(stop, route.words)}"
        for stop in route.stops
    ]
    event.add("DESCRIPTION", "\n".join([*told, OSM_CREDIT]))
    # The shift holds the day; its stops are told inside it and need not block it twice.
    event.add("TRANSP", "OPAQUE")
    return event


def _stop(route: RouteFacts, stop: StopFacts, key: str, zone: ZoneInfo) -> Event:
    event = _event(key, f"{texts.stop_title(stop, route.words)} ({route.name})", stop.start, stop.leave, zone)
    event.add("LOCATION", ", ".join(dict.fromkeys(filter(None, [stop.label, stop.street, stop.landmark]))))
    event.add("GEO", (round(stop.lat, 6), round(stop.lon, 6)))
    event.add(
        "DESCRIPTION",
        "\n".join(
            [*texts.stop_lines(stop, route.words), f"{route.words(texts.PLAN)} {route.digits}", OSM_CREDIT]
        ),
    )
    event.add("TRANSP", "TRANSPARENT")
    return event


def _event(key: str, title: str, start: Any, end: Any, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("UID", f"{uuid.uuid5(_OURS, key)}@patrolplan")
    event.add("SUMMARY", title)
    event.add("DTSTART", _local(start, zone))
    event.add("DTEND", _local(end, zone))
    event.add("STATUS", "CONFIRMED")
    event.add("CLASS", "CONFIDENTIAL")
    return event


def _local(instant: Any, zone: ZoneInfo) -> datetime:
    """Local time; UTC in the hour that comes twice, where local time would be taken for the first."""
    local = datetime.fromtimestamp(int(instant.timestamp()), tz=zone)
    return local.astimezone(UTC) if local.fold else local


def _cancelled(event: Component, words: Words) -> Component:
    if str(event.get("STATUS")) != "CANCELLED":
        title = str(event["SUMMARY"])
        _set(event, "STATUS", "CANCELLED")
        _set(event, "SUMMARY", f"{words(texts.CANCELLED)}: {title}")
    return event


def _set(event: Component, name: str, value: Any) -> None:
    """Set a property anew."""
    if name in event:
        del event[name]
    event.add(name, value)
