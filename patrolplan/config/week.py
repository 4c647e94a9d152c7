"""Settings of the week: hours, rules of work, cover, settlements, and how much may vary."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from patrolplan.config.crews import MINUTES_PER_DAY, ClockSpan, ClockTime, Name, Section, minute_of_day
from patrolplan.config.values import FilePath, KeptFolder, WeekHours


class CoverSettings(Section):
    """Times at which some officers must be on the street."""

    hours: WeekHours = Field(description='Days and hours, such as "Mo-Fr 07:30-08:30".')
    officers: int = Field(default=1, ge=1, le=100, description="How many at least.")
    settlement: Name | None = Field(
        default=None, examples=["Riverside"], description="Where; anywhere if not given."
    )
    school_days: bool = Field(default=False, description="Only on days that the calendar leaves school.")


class ParkingSettings(Section):
    """Where the vehicle waits in a settlement."""

    settlement: Name = Field(description="The settlement's name on the map.")
    lon: float = Field(ge=-180, le=180, description="Longitude in degrees.")
    lat: float = Field(ge=-90, le=90, description="Latitude in degrees.")


class WeekSettings(Section):
    """When officers may patrol, by what rules, and how much a week may vary."""

    ledger: KeptFolder = Field(
        default=Path("ledger.gpkg"),
        validate_default=True,
        description='GeoPackage that remembers every week, for QGIS too; "" remembers nothing.',
    )
    hours: float = Field(
        default=12.0, ge=0, le=80, description="Hours of foot patrol a week, for officers who name no own."
    )
    earliest: ClockTime = Field(default="07:00", description="Patrols begin no earlier.")
    latest: ClockTime = Field(
        default="23:00", description="Patrols end no later; before `earliest`: on the next day."
    )
    shortest_block_h: float = Field(default=2.0, ge=0.5, le=12, description="Shortest patrol, hours.")
    longest_block_h: float = Field(default=4.0, ge=0.5, le=12, description="Longest patrol, hours.")
    step_min: Literal[15, 30, 60] = Field(default=30, description="Patrols begin and end on this grid.")
    blocks_a_day: int = Field(default=1, ge=1, le=4, description="Most patrols of an officer on a day.")
    rest_h: float = Field(
        default=11.0, ge=0, le=48, description="Least hours between patrols on different days."
    )
    most_days: int = Field(default=5, ge=1, le=7, description="Most days with patrol for an officer.")
    night: ClockSpan = Field(default="22:00-06:00", description="What counts as night.")
    most_nights: int = Field(default=2, ge=0, le=7, description="Most patrols of an officer that reach it.")
    curfew: WeekHours = Field(
        default="", examples=["00:00-05:00"], description="Hours in which nobody patrols."
    )
    break_after_h: float = Field(
        default=4.0, ge=0.5, le=12, description="Patrols of at least this many hours have a break."
    )
    break_min: int = Field(default=20, ge=0, le=120, description="Its length in minutes; 0 for none.")
    cover: tuple[CoverSettings, ...] = Field(
        default=(), strict=False, description="Times at which some officers must be on the street."
    )
    most_gap_days: int = Field(
        default=3, ge=1, le=28, description="The neediest places are seen at least this often, in days."
    )
    top_places: int = Field(default=8, ge=0, le=100, description="How many places count as the neediest.")
    run_days: int = Field(
        default=1, ge=1, le=7, description="Places are seen on this many patrol days running, then rest."
    )
    carry_over: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="How strongly the search turns to places not seen for days; 0: each day by itself.",
    )
    loss_percent: float = Field(
        default=3.0,
        ge=0,
        le=20,
        description="Score that varying times, order and places from day to day may cost, per cent.",
    )
    delivered: float = Field(
        default=0.55,
        gt=0,
        le=1.5,
        description="Share of planned minutes at places that is taken to be walked until `log` has measured "
        "it; it changes what the plan promises, not the routes.",
    )
    ride: Literal["none", "car", "bicycle", "bus"] = Field(
        default="none", description="How officers get to other settlements."
    )
    timetable_file: FilePath | None = Field(
        default=None,
        examples=["bus.csv"],
        description="Bus times: from, to, depart, arrive, days; line, from_stop, to_stop for cards.",
    )
    settlements: tuple[Name, ...] = Field(
        default=(),
        strict=False,
        examples=[["Riverside"]],
        description="Which settlements are patrolled; with `ride`, all that streets and records reach.",
    )
    settlements_file: FilePath | None = Field(
        default=None,
        examples=["villages.gpkg"],
        description="Areas of the settlements named above: polygons, or a street file with their boundaries; "
        "without it, by the place names of the map.",
    )
    settlement_gap_days: int = Field(
        default=7, ge=1, le=56, description="No settlement is unseen for longer, in days."
    )
    parking: tuple[ParkingSettings, ...] = Field(
        default=(), strict=False, description="Where the vehicle waits, if not in the settlement's middle."
    )

    @property
    def minutes(self) -> tuple[int, int]:
        """Earliest and latest minute of a patrol after midnight of its day."""
        start, end = minute_of_day(self.earliest), minute_of_day(self.latest)
        return start, end if end > start else end + MINUTES_PER_DAY

    @model_validator(mode="after")
    def _in_order(self) -> WeekSettings:
        faults = []
        if self.longest_block_h < self.shortest_block_h:
            faults.append(
                f"longest_block_h ({self.longest_block_h:g}) is less than shortest_block_h "
                f"({self.shortest_block_h:g}); swap them"
            )
        faults += [
            f"{name} ({getattr(self, name):g} h) is no multiple of step_min"
            for name in ("shortest_block_h", "longest_block_h")
            if (getattr(self, name) * 60) % self.step_min
        ]
        start, end = self.minutes
        if end - start < self.shortest_block_h * 60:
            faults.append(f"{self.earliest} to {self.latest} is shorter than the shortest patrol")
        if any(minute % self.step_min for minute in (start, end)):
            faults.append(f"earliest and latest must lie on the grid of step_min = {self.step_min}")
        if self.ride == "bus" and self.timetable_file is None:
            faults.append('ride = "bus" needs timetable_file, a table of departures')
        if faults:
            raise ValueError("; ".join(faults))
        return self
