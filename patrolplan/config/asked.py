"""Settings of what a plan must hold beside the score: appointments, and visits that areas get."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from pydantic import Field, model_validator

from patrolplan.config.crews import (
    MINUTES_PER_DAY,
    ClockSpan,
    ClockTime,
    CrewSettings,
    Fault,
    Name,
    Section,
    minute_of_day,
    span_minutes,
)
from patrolplan.config.values import FilePath


class AppointmentSettings(Section):
    """A visit at a set time."""

    name: Name = Field(
        description="What it is; without `lon` and `lat` the name of a place, a named problem or a hot spot."
    )
    lon: float | None = Field(
        default=None, ge=-180, le=180, examples=[32.0612], description="Longitude of the place, in degrees."
    )
    lat: float | None = Field(
        default=None, ge=-90, le=90, examples=[49.4431], description="Latitude of the place, in degrees."
    )
    at: ClockTime | None = Field(
        default=None, examples=["17:30"], description="Clock time at which the visit begins."
    )
    between: ClockSpan | None = Field(
        default=None, examples=["15:00-16:00"], description="Or the span of time in which the visit lies."
    )
    date: dt.date | None = Field(
        default=None,
        description="Its day; every day of the plan where not given. Plans of other days pass it over.",
    )
    minutes: int | None = Field(
        default=None,
        ge=1,
        le=720,
        examples=[20],
        description="Minutes of the stay; `hot_spots.dwell_min` where not given. A hot spot has its own.",
    )
    crews: tuple[Name, ...] = Field(
        default=(),
        strict=False,
        examples=[["Crew 1"]],
        description="Which crew goes; several meet there at once. Whichever fits best where not given.",
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> AppointmentSettings:
        if (self.at is None) == (self.between is None):
            raise ValueError('give either at = "17:30" or between = "15:00-16:00"')
        if (self.lon is None) != (self.lat is None):
            raise ValueError("give both lon and lat, or neither")
        if len(self.crews) > 1 and self.at is None:
            raise ValueError("several crews meet at a time, not in a span: give at")
        if self.between is not None and self.minutes is not None:
            begin, end = span_minutes(self.between)
            if end - begin < self.minutes:
                raise ValueError(f"{self.between} is shorter than the stay of {self.minutes} minutes")
        return self

    def is_of(self, crews: Iterable[CrewSettings]) -> bool:
        """Whether it is of a day on which one of the crews walks, by their dates and shifts."""
        dated = [(crew.date, crew.minutes[1] > MINUTES_PER_DAY) for crew in crews if crew.date]
        late = {day + dt.timedelta(days=1) for day, overnight in dated if overnight}
        return self.date is None or self.date in {*(day for day, _ in dated), *late}

    def span_in(self, crew: CrewSettings, day: dt.date, stay: int) -> tuple[int, int] | None:
        """Minutes after midnight of the crew's ``day`` in which it is kept, None if it can't be.

        ``stay`` is its length in minutes.

        Examples
        --------
        >>> crew = CrewSettings(name="A", officers=("x",), shift="16:00-20:00", start="Station")
        >>> meeting = AppointmentSettings(name="School", between="15:30-17:00")
        >>> meeting.span_in(crew, dt.date(2026, 11, 23), 12)
        (960, 1020)
        """
        start, end = crew.minutes
        for later in (0, 1):
            if self.date not in (None, day + dt.timedelta(days=later)):
                continue
            if self.at is not None:
                first = minute_of_day(self.at) + later * MINUTES_PER_DAY
                if start <= first and first + stay <= end:
                    return first, first + stay
            elif self.between is not None:
                first, last = (minute + later * MINUTES_PER_DAY for minute in span_minutes(self.between))
                if min(last, end) - max(first, start) >= stay:
                    return max(first, start), min(last, end)
        return None


class AreaSettings(Section):
    """How many visits the hot spots of a settlement or an area get."""

    name: Name | None = Field(
        default=None, examples=["Riverside"], description="A settlement, or which area of `file`."
    )
    file: FilePath | None = Field(
        default=None, examples=["district.geojson"], description="File with the area, drawn on a map."
    )
    least_visits: int = Field(default=0, ge=0, le=1000, description="Fewest visits.")
    most_visits: int | None = Field(default=None, ge=0, le=1000, examples=[6], description="Most visits.")

    @model_validator(mode="after")
    def _says_something(self) -> AreaSettings:
        if self.name is None and self.file is None:
            raise ValueError("give the name of a settlement or a file with an area")
        if self.most_visits is None and self.least_visits == 0:
            raise ValueError("give least_visits or most_visits")
        if self.most_visits is not None and self.most_visits < self.least_visits:
            raise ValueError(
                f"most_visits ({self.most_visits}) is less than least_visits ({self.least_visits})"
            )
        return self


def appointment_faults(
    appointments: tuple[AppointmentSettings, ...],
    crews: tuple[CrewSettings, ...],
    walked: Sequence[CrewSettings],
    usual_stay: int,
) -> list[Fault]:
    """Appointments at which no crew, or not the crew named, is on shift; those of other days are passed over.

    ``walked`` are the crews with their dates and with each shift that they may walk.
    """
    faults = []
    on_shift = [(crew, crew.date) for crew in walked]
    for k, one in enumerate(appointments):
        if walked and not one.is_of(walked):
            continue
        stay = one.minutes or usual_stay
        when = one.at or one.between
        for name in one.crews:
            mine = [(crew, day) for crew, day in on_shift if crew.name == name]
            if all(crew.name != name for crew in crews):
                told = ", ".join(f'"{crew.name}"' for crew in crews)
                faults.append(
                    Fault(("appointments", k, "crews"), f'no crew is named "{name}"; named are: {told}')
                )
            elif mine and not any(day and one.span_in(crew, day, stay) for crew, day in mine):
                told = f'crew "{name}" ({mine[0][0].shift}) is not on shift for {stay} min at {when}'
                faults.append(Fault(("appointments", k), f"{told}; move it or name another crew"))
        if on_shift and not one.crews and not any(day and one.span_in(c, day, stay) for c, day in on_shift):
            shifts = ", ".join(dict.fromkeys(crew.shift for crew, _ in on_shift))
            told = f"no crew is on shift for {stay} min at {when} (shifts: {shifts}); move it or a shift"
            faults.append(Fault(("appointments", k), told))
    return faults
