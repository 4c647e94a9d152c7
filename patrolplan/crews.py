"""Crew settings on the clock: wall-clock shifts of a day become crews with aware times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from patrolplan.config.crews import MINUTES_PER_DAY, CrewSettings
from patrolplan.config.people import on_street
from patrolplan.config.settings import Settings
from patrolplan.duty import Break, Crew, Officer, Shift
from patrolplan.errors import InputError


def crews_of(settings: Settings, *, asked: Settings | None = None) -> tuple[Crew, ...]:
    """The crews of the settings, in their order, with aware times.

    ``asked`` are the settings before shifts were chosen that may begin within a span.

    A wall-clock time that the clocks skip in spring is moved on by what they skip (03:30 becomes
    04:30); of a time that comes twice in autumn the first is meant. :func:`clock_notes` says where.

    Raises
    ------
    InputError
        No crews, or a shift that a change of the clocks leaves without length.
    """
    if not settings.crews:
        raise InputError(
            "no crews: add [[officers]], [[stations]] and [[crews]] to the plan file, or use --officers"
        )
    before = (asked or settings).crews
    rows = zip(settings.crews, street_crews(settings), before, strict=True)
    return tuple(_crew(walked, fixed, free, settings) for fixed, walked, free in rows)


def street_crews(settings: Settings) -> tuple[CrewSettings, ...]:
    """The crews' settings with their day, the shift cut to the hours of everyone in it.

    A shift that may begin within a span is taken to begin at its earliest.
    """
    people = {officer.name: officer for officer in settings.officers}
    return tuple(on_street(crew, people, _day_of(crew, settings)) for crew in settings.crews)


def crew_notes(crews: Sequence[Crew]) -> tuple[str, ...]:
    """Plain sentences on shifts that were cut to somebody's hours, or free to begin within a span."""
    notes = []
    for crew in crews:
        span = f"{crew.shift.start:%H:%M}-{crew.shift.end:%H:%M}"
        if crew.start_span is not None:
            first, last = (f"{at:%H:%M}" for at in crew.start_span)
            notes.append(
                f'crew "{crew.name}": walks {span}, its beginning chosen between {first} and {last}; what is '
                "told of the best possible holds for the shifts chosen"
            )
        if crew.cut_for:
            names = ", ".join(crew.cut_for)
            notes.append(f'crew "{crew.name}": walks {span} only, for these are the hours of {names}')
    return tuple(notes)


def clock_notes(settings: Settings) -> tuple[str, ...]:
    """Plain sentences on times of shifts and breaks that the clocks skip or show twice.

    Examples
    --------
    >>> from patrolplan.config.settings import Settings
    >>> night = Settings(
    ...     community={"name": "Town", "timezone": "Europe/Kyiv"},
    ...     streets={"file": "town.osm"},
    ...     stations=[{"name": "Station", "lon": 32.0, "lat": 49.0}],
    ...     officers=[{"name": "A"}],
    ...     crews=[{
    ...         "name": "Night", "officers": ["A"], "start": "Station",
    ...         "date": dt.date(2026, 10, 24), "shift": "22:00-03:30",
    ...     }],
    ... )
    >>> print(*clock_notes(night))
    crew "Night": 03:30 on 2026-10-25 comes twice (the clocks go back); the first is meant
    """
    zone = ZoneInfo(settings.community.timezone)
    notes = []
    for crew in street_crews(settings):
        day = _day_of(crew, settings)
        for minute in dict.fromkeys([*crew.minutes, *(crew.rest_minutes or ())]):
            told = _told(day, minute, zone)
            if told:
                notes.append(f'crew "{crew.name}": {told}')
    return tuple(dict.fromkeys(notes))


def instant_of(day: dt.date, minute: int, zone: ZoneInfo) -> dt.datetime:
    """The aware local time ``minute`` minutes after midnight of ``day`` by the wall clock.

    Examples
    --------
    >>> instant_of(dt.date(2026, 3, 29), 3 * 60 + 30, ZoneInfo("Europe/Kyiv")).isoformat()
    '2026-03-29T04:30:00+03:00'
    """
    wall = _wall(day, minute).replace(tzinfo=zone)
    # There and back through UTC turns a time that the clocks skip into one that exists.
    return wall.astimezone(dt.UTC).astimezone(zone)


def _crew(crew: CrewSettings, fixed: CrewSettings, free: CrewSettings, settings: Settings) -> Crew:
    """The crew as it walks; ``fixed`` before persons' hours cut its shift, ``free`` before it was chosen."""
    zone = ZoneInfo(settings.community.timezone)
    day = _day_of(crew, settings)
    start, end = (instant_of(day, minute, zone) for minute in crew.minutes)
    if end.timestamp() <= start.timestamp():
        raise InputError(
            f'crew "{crew.name}": the clocks change on {day} so that shift {crew.shift} has no length'
        )
    cut = crew.shift != fixed.shift
    begin = free.date or settings.plan.date or day
    span = [instant_of(begin, minute, zone) for minute in (free.minutes[0], free.latest_minute)]
    stations = {station.name: (station.lon, station.lat) for station in settings.stations}
    officers = {officer.name: officer for officer in settings.officers}
    return Crew(
        name=crew.name,
        officers=tuple(
            Officer(name=name, speed_factor=officers[name].pace, volunteer=officers[name].volunteer)
            for name in crew.officers
        ),
        shift=Shift(start=start, end=end),
        start=stations[crew.start],
        end=stations[crew.end or crew.start],
        rest=_rest(crew, day, zone),
        start_span=(span[0], span[1]) if free.latest_start is not None else None,
        cut_for=tuple(name for name in crew.officers if officers[name].when) if cut else (),
    )


def _rest(crew: CrewSettings, day: dt.date, zone: ZoneInfo) -> Break | None:
    if crew.rest is None or crew.rest_minutes is None:
        return None
    earliest, latest = (instant_of(day, minute, zone) for minute in crew.rest_minutes)
    return Break(earliest=earliest, latest=latest, length=dt.timedelta(minutes=crew.rest.minutes))


def _day_of(crew: CrewSettings, settings: Settings) -> dt.date:
    day = crew.date or settings.plan.date
    if day is None:
        raise InputError(f'crew "{crew.name}" has no date; give it one, or set plan.date')
    return day


def _wall(day: dt.date, minute: int) -> dt.datetime:
    days, minute = divmod(minute, MINUTES_PER_DAY)
    return dt.datetime.combine(day + dt.timedelta(days=days), dt.time(minute // 60, minute % 60))


def _told(day: dt.date, minute: int, zone: ZoneInfo) -> str:
    wall = _wall(day, minute)
    clock = f"{wall:%H:%M} on {wall:%Y-%m-%d}"
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first == second or first is None or second is None:
        return ""
    if first > second:
        return f"{clock} comes twice (the clocks go back); the first is meant"
    used = instant_of(day, minute, zone)
    return f"{clock} does not exist (the clocks go forward); {used:%H:%M} is used"
