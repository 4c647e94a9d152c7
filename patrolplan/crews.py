"""Crew settings on the clock: wall-clock shifts of a day become crews with aware times."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from patrolplan.config import Settings
from patrolplan.config_crews import MINUTES_PER_DAY, CrewSettings
from patrolplan.duty import Break, Crew, Officer, Shift
from patrolplan.errors import InputError


def crews_of(settings: Settings) -> tuple[Crew, ...]:
    """The crews of the settings, in their order, with aware times.

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
    return tuple(_crew(crew, settings) for crew in settings.crews)


def clock_notes(settings: Settings) -> tuple[str, ...]:
    """Plain sentences on times of shifts and breaks that the clocks skip or show twice.

    Examples
    --------
    >>> from patrolplan.config import Settings
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
    for crew in settings.crews:
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


def _crew(crew: CrewSettings, settings: Settings) -> Crew:
    zone = ZoneInfo(settings.community.timezone)
    day = _day_of(crew, settings)
    start, end = (instant_of(day, minute, zone) for minute in crew.minutes)
    if end.timestamp() <= start.timestamp():
        raise InputError(
            f'crew "{crew.name}": the clocks change on {day} so that shift {crew.shift} has no length'
        )
    stations = {station.name: (station.lon, station.lat) for station in settings.stations}
    officers = {officer.name: officer for officer in settings.officers}
    return Crew(
        name=crew.name,
        officers=tuple(Officer(name=name, speed_factor=officers[name].pace) for name in crew.officers),
        shift=Shift(start=start, end=end),
        start=stations[crew.start],
        end=stations[crew.end or crew.start],
        rest=_rest(crew, day, zone),
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
