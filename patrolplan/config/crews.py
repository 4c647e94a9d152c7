"""Settings of who walks when: officers, stations, crews, and the checks that tie them together."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from patrolplan.config.values import DaySpans, NameOrArea, WeekHours

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|(24):(00)")
MINUTES_PER_DAY = 24 * 60


class Section(BaseModel):
    """What all sections share: strict types, unknown keys refused, values never change."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
    )


class Fault(NamedTuple):
    """One fault of the settings: the key's path in the plan file, and what is wrong with it."""

    path: tuple[str | int, ...]
    message: str


def minute_of_day(text: str) -> int:
    """Minutes after midnight of a clock time "HH:MM" ("24:00" is the end of the day).

    Raises
    ------
    ValueError
        The text is not a clock time.

    Examples
    --------
    >>> minute_of_day("16:30"), minute_of_day("24:00")
    (990, 1440)
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(f'must be a clock time "HH:MM" between "00:00" and "24:00", not "{text}"')
    hour, minute = (part for part in match.groups() if part is not None)
    return int(hour) * 60 + int(minute)


def clock_text(minute: int) -> str:
    """A minute after midnight as "HH:MM"; the end of the day is "24:00".

    Examples
    --------
    >>> clock_text(990), clock_text(1440)
    ('16:30', '24:00')
    """
    return f"{minute // 60:02d}:{minute % 60:02d}"


def span_minutes(text: str) -> tuple[int, int]:
    """Start and end of "HH:MM-HH:MM" in minutes after the first midnight.

    A span whose end is not later than its start runs into the next day.

    Examples
    --------
    >>> span_minutes("16:00-20:00"), span_minutes("22:00-02:30")
    ((960, 1200), (1320, 1590))
    """
    start_text, dash, end_text = text.replace("–", "-").partition("-")
    if not dash:
        raise ValueError(f'must be a span "HH:MM-HH:MM" such as "16:00-20:00", not "{text}"')
    start, end = minute_of_day(start_text.strip()), minute_of_day(end_text.strip())
    if start == MINUTES_PER_DAY:
        raise ValueError(f'"{text}": a shift that starts at midnight starts at "00:00"')
    if start == end:
        raise ValueError(f'"{text}" starts and ends at the same time; a whole day is "00:00-24:00"')
    return start, end if end > start else end + MINUTES_PER_DAY


def _is_clock(text: str) -> str:
    minute_of_day(text)
    return text


def _is_span(text: str) -> str:
    span_minutes(text)
    return text


ClockTime = Annotated[str, AfterValidator(_is_clock)]
ClockSpan = Annotated[str, AfterValidator(_is_span)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class StationSettings(Section):
    """A place where shifts begin and end."""

    name: Name = Field(description="Its name; crews refer to it by this.")
    lon: float = Field(ge=-180, le=180, description="Longitude in degrees (WGS 84), east is positive.")
    lat: float = Field(ge=-90, le=90, description="Latitude in degrees (WGS 84), north is positive.")


class OfficerSettings(Section):
    """A person who walks."""

    name: Name = Field(description="As it shall stand on the card; crews refer to it by this.")
    pace: float = Field(
        default=1.0, ge=0.3, le=2.0, description="1 for a usual walker, 0.8 for one who is 20 % slower."
    )
    hours: float | None = Field(
        default=None,
        ge=0,
        le=80,
        examples=[12],
        description="Hours of foot patrol a week, for `week`; `week.hours` where not given.",
    )
    off: WeekHours = Field(
        default="",
        examples=["Sa, Su; Mo 07:00-12:00"],
        description="Days and hours of every week without patrol, for `week`.",
    )
    leave: DaySpans = Field(
        default=(),
        examples=[["2026-12-07/2026-12-13"]],
        description="Days of leave, for `week`.",
    )
    start: Name | None = Field(
        default=None,
        examples=["Station"],
        description="Station where the officer's patrols begin, for `week`; the first one where not given.",
    )
    volunteer: bool = Field(
        default=False, description="Whether it is a volunteer, who walks only together with an officer."
    )
    when: WeekHours = Field(
        default="",
        examples=["Mo-Fr 17:00-21:00"],
        description="Days and hours in which alone this person walks; a crew with this person keeps to them.",
    )
    only: tuple[NameOrArea, ...] = Field(
        default=(),
        strict=False,
        examples=[["Riverside"]],
        description="Places that alone this person visits, named as in `[[crews]]`; so does the crew.",
    )
    avoid: tuple[NameOrArea, ...] = Field(
        default=(),
        strict=False,
        examples=[["Market"]],
        description="Places where this person makes no visit; nor does the crew.",
    )


class BreakSettings(Section):
    """A rest within a shift: it begins between `earliest` and `latest`."""

    earliest: ClockTime = Field(description='Clock time "HH:MM" at which the break may begin.')
    latest: ClockTime = Field(description='Clock time "HH:MM" by which it must have begun.')
    minutes: int = Field(ge=1, le=240, description="Its length in minutes.")


class CrewSettings(Section):
    """Officers who walk one route together in one shift."""

    name: Name = Field(description="Label of the route.")
    officers: tuple[Name, ...] = Field(
        strict=False, min_length=1, description="Names of its officers, as under `[[officers]]`."
    )
    shift: ClockSpan = Field(
        description='When it is on the street, "HH:MM-HH:MM" in local time; may run past midnight.'
    )
    latest_start: ClockTime | None = Field(
        default=None,
        examples=["18:00"],
        description="The shift may begin later, up to this time, and last as long: the plan chooses when.",
    )
    date: dt.date | None = Field(
        default=None, description="Day on which the shift begins; `plan.date` where it is not given."
    )
    start: Name = Field(description="Name of the station where it sets out.")
    end: Name | None = Field(
        default=None, description="Name of the station where it comes back; `start` where not given."
    )
    rest: BreakSettings | None = Field(
        default=None, alias="break", description="Its break, if it has one: earliest, latest, minutes."
    )
    avoid: tuple[NameOrArea, ...] = Field(
        default=(),
        strict=False,
        examples=[["Market", "park.geojson"]],
        description="Where it makes no visit: names of hot spots, places, problems, streets or settlements, "
        "or files with an area. Walks may lead through.",
    )
    only: tuple[NameOrArea, ...] = Field(
        default=(), strict=False, examples=[["Riverside"]], description="The same: it visits nothing else."
    )

    @property
    def minutes(self) -> tuple[int, int]:
        """Start and end of the shift in minutes after midnight of its day."""
        return span_minutes(self.shift)

    @property
    def latest_minute(self) -> int:
        """Latest beginning of the shift in minutes after midnight of its day."""
        start, _ = self.minutes
        if self.latest_start is None:
            return start
        latest = minute_of_day(self.latest_start)
        return latest if latest >= start else latest + MINUTES_PER_DAY

    def starting(self, minute: int) -> CrewSettings:
        """The crew with a shift of the same length that begins at a minute after midnight of its day.

        Examples
        --------
        >>> crew = CrewSettings(
        ...     name="A", officers=["x"], shift="16:00-20:00", start="S", latest_start="18:00"
        ... )
        >>> crew.starting(1035).shift, crew.starting(1035).latest_start
        ('17:15-21:15', None)
        """
        start, end = self.minutes
        return self.spanning(minute, minute + end - start)

    def spanning(self, start: int, end: int) -> CrewSettings:
        """The crew with a fixed shift between two minutes after midnight of its day.

        A crew whose shift comes to begin after midnight needs a ``date``, for that becomes the next day.
        """
        days, first = divmod(start, MINUTES_PER_DAY)
        day = self.date + dt.timedelta(days=days) if self.date is not None else None
        last = (end - 1) % MINUTES_PER_DAY + 1
        told = f"{clock_text(first)}-{clock_text(last)}"
        return self.model_copy(update={"shift": told, "date": day, "latest_start": None})

    @property
    def rest_minutes(self) -> tuple[int, int] | None:
        """Earliest and latest start of the break in minutes after midnight of the shift's day."""
        if self.rest is None:
            return None
        start, end = self.minutes
        overnight = end + self.latest_minute - start > MINUTES_PER_DAY
        earliest, latest = (
            minute + (MINUTES_PER_DAY if overnight and minute < start else 0)
            for minute in (minute_of_day(self.rest.earliest), minute_of_day(self.rest.latest))
        )
        return earliest, latest

    @model_validator(mode="after")
    def _break_fits(self) -> CrewSettings:
        message = break_fault(self) or start_fault(self)
        if message:
            raise ValueError(message)
        return self


def break_fault(crew: CrewSettings) -> str:
    """What is wrong with the crew's break, "" if nothing is.

    Examples
    --------
    >>> rest = BreakSettings(earliest="17:30", latest="18:30", minutes=20)
    >>> common = {"name": "A", "officers": ["x"], "start": "Station"}
    >>> break_fault(CrewSettings(**common, shift="16:00-20:00", rest=rest))
    ''
    """
    if crew.rest is None or crew.rest_minutes is None:
        return ""
    (start, end), (earliest, latest) = crew.minutes, crew.rest_minutes
    end += crew.latest_minute - start
    if latest < earliest:
        return f"the break's latest start {crew.rest.latest} comes before its earliest {crew.rest.earliest}"
    if earliest < start or latest + crew.rest.minutes > end:
        return (
            f"the break (begins {crew.rest.earliest} to {crew.rest.latest}, {crew.rest.minutes} min) "
            f"lies outside the shift {crew.shift}; move it, shorten it or take it out"
        )
    return ""


def start_fault(crew: CrewSettings) -> str:
    """What is wrong with the span in which the shift may begin, "" if nothing is."""
    start, end = crew.minutes
    if crew.latest_start is None or end - start + crew.latest_minute - start < MINUTES_PER_DAY:
        return ""
    return (
        f"a shift {crew.shift} that may begin as late as {crew.latest_start} would end a day or more "
        "after its earliest start; give an earlier latest_start"
    )


def name_faults(data: Mapping[str, Any]) -> list[Fault]:
    """Names used twice, and officers and stations that crews name but nobody defines.

    Parameters
    ----------
    data
        The plan file as plain tables; it may have other faults, they are passed over.
    """
    tables = {key: _tables(data.get(key)) for key in ("stations", "officers", "crews")}
    faults = [fault for key, rows in tables.items() for fault in _twice(key, rows)]
    stations = [str(row["name"]) for _, row in tables["stations"] if "name" in row]
    officers = [str(row["name"]) for _, row in tables["officers"] if "name" in row]
    for k, crew in tables["crews"]:
        for end in ("start", "end"):
            faults += _unknown(("crews", k, end), [crew.get(end)], "station", stations)
        named = crew.get("officers")
        faults += _unknown(
            ("crews", k, "officers"), named if isinstance(named, list | tuple) else [], "officer", officers
        )
    return faults


def _tables(value: Any) -> list[tuple[int, Mapping[str, Any]]]:
    if not isinstance(value, list | tuple):
        return []
    return [(k, row) for k, row in enumerate(value) if isinstance(row, Mapping)]


def _twice(key: str, rows: list[tuple[int, Mapping[str, Any]]]) -> list[Fault]:
    seen: Counter[str] = Counter()
    faults = []
    for k, row in rows:
        name = row.get("name")
        if isinstance(name, str):
            seen[name] += 1
            if seen[name] == 2:
                faults.append(Fault((key, k, "name"), f'"{name}" is used twice; give each its own name'))
    return faults


def _unknown(path: tuple[str | int, ...], named: Iterable[Any], what: str, known: list[str]) -> list[Fault]:
    faults = []
    for name in named:
        if isinstance(name, str) and name not in known:
            by_lower = {other.lower(): other for other in known}
            close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
            hint = f'did you mean "{by_lower[close[0]]}"?' if close else f"named are: {_listed(known)}"
            faults.append(Fault(path, f'no {what} is named "{name}"; {hint}'))
    return faults


def _listed(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    return ", ".join(f'"{name}"' for name in names[:8]) + (", ..." if len(names) > 8 else "") or "none"
