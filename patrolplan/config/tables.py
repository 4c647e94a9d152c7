"""Settings of the tables: which columns hold what, how a file is read, what the records cover."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, model_validator

from patrolplan.config.crews import Section
from patrolplan.config.values import Column, FilePath

_POINT = 'Both coordinates in one column, as "49.84, 24.03" or "POINT (24.03 49.84)".'


class ColumnNames(Section):
    """Names of a table's columns by the role they play."""

    def by_role(self) -> dict[str, str]:
        """Role -> column name of the roles that are given, as the readers take it."""
        return {role: column for role, column in self.model_dump().items() if column is not None}


class OffenceColumns(ColumnNames):
    """Which column of the offence table holds what."""

    lon: Column | None = Field(default=None, description="Longitude, or x in the table's `crs`.")
    lat: Column | None = Field(default=None, description="Latitude, or y in the table's `crs`.")
    point: Column | None = Field(default=None, description=_POINT)
    kind: Column | None = Field(default=None, description="Kind of offence.")
    start: Column | None = Field(default=None, description="When it happened, or the earliest it can have.")
    end: Column | None = Field(
        default=None, description='The latest it can have happened, where known as "between ... and ...".'
    )
    time: Column | None = Field(default=None, description="Clock time, where it stands apart from the date.")
    end_time: Column | None = Field(default=None, description="Clock time of `end`, where it stands apart.")
    year: Column | None = Field(default=None, description="Year, where the date is parted into columns.")
    month: Column | None = Field(default=None, description="Month of `year`, 1 to 12.")
    day: Column | None = Field(default=None, description="Day of `month`.")
    hour: Column | None = Field(default=None, description="Hour of `day`.")
    minute: Column | None = Field(default=None, description="Minute of `hour`.")
    precision: Column | None = Field(
        default=None, description='How exact the time is: "minute", "date", "month" or "none".'
    )
    street: Column | None = Field(default=None, description="The record's own words on its street or block.")
    house: Column | None = Field(
        default=None, description="House number, where it stands apart from `street`."
    )
    settlement: Column | None = Field(default=None, description="Town or village that `street` lies in.")


class PlaceColumns(ColumnNames):
    """Which column of the places table holds what."""

    lon: Column | None = Field(default=None, description="Longitude, or x in the table's `crs`.")
    lat: Column | None = Field(default=None, description="Latitude, or y in the table's `crs`.")
    point: Column | None = Field(default=None, description=_POINT)
    kind: Column | None = Field(default=None, description="Kind of place: school, market, station, ...")
    name: Column | None = Field(default=None, description="Name of the place.")
    weight: Column | None = Field(default=None, description="How much it counts; else that of its kind.")
    opening_hours: Column | None = Field(default=None, description="Hours as OpenStreetMap writes them.")


class ProblemColumns(ColumnNames):
    """Which column of the problems table holds what."""

    lon: Column | None = Field(default=None, description="Longitude, or x in the table's `crs`.")
    lat: Column | None = Field(default=None, description="Latitude, or y in the table's `crs`.")
    point: Column | None = Field(default=None, description=_POINT)
    street: Column | None = Field(default=None, description="Name of the street, where there is no point.")
    hours: Column | None = Field(default=None, description='Hours of the day, such as "18:00-23:00".')
    days: Column | None = Field(default=None, description='Days of the week, such as "Mo-Fr".')
    since: Column | None = Field(default=None, description="Day since when it is felt.")
    until: Column | None = Field(default=None, description="Day until which it was felt.")
    seriousness: Column | None = Field(default=None, description="1, 2 or 3; 2 where not given.")
    text: Column | None = Field(default=None, description="What was named, in words.")
    named_by: Column | None = Field(
        default=None, description="Who named it; never shown on what people hold."
    )


class CameraColumns(ColumnNames):
    """Which column of the table of cameras holds what."""

    lon: Column | None = Field(default=None, description="Longitude, or x in the table's `crs`.")
    lat: Column | None = Field(default=None, description="Latitude, or y in the table's `crs`.")
    point: Column | None = Field(default=None, description=_POINT)
    street: Column | None = Field(
        default=None,
        description="Name of the street; alone it means the whole street.",
    )
    house: Column | None = Field(default=None, description="House number on `street`.")
    range_m: Column | None = Field(default=None, description="How far it shows what people do, in metres.")
    name: Column | None = Field(default=None, description="Name or number of the camera.")
    since: Column | None = Field(default=None, description="First day that it works.")
    until: Column | None = Field(default=None, description="Last day that it works.")


class StaffColumns(ColumnNames):
    """Which column of the officers' table holds what."""

    name: Column | None = Field(default=None, description="Name, or a call sign or number instead of it.")
    first_name: Column | None = Field(default=None, description="First name, where it stands apart.")
    hours: Column | None = Field(default=None, description="Hours of foot patrol a week.")
    pace: Column | None = Field(default=None, description="1 for a usual walker, 0.8 for one 20 % slower.")
    station: Column | None = Field(default=None, description="Name of the station where shifts begin.")
    days: Column | None = Field(default=None, description='Weekdays on which the officer works, as "Mo-Fr".')
    earliest: Column | None = Field(default=None, description="Clock time before which no shift begins.")
    latest: Column | None = Field(default=None, description="Clock time after which no shift goes on.")
    away: Column | None = Field(
        default=None, description='Days off and leave, as "2026-11-24, 2026-12-01..2026-12-05".'
    )


class RosterColumns(ColumnNames):
    """Which column of the roster holds what; a grid needs `officer` alone, its dates are column names."""

    officer: Column | None = Field(default=None, description="Who walks, as named in the officers' table.")
    first_name: Column | None = Field(default=None, description="First name, where it stands apart.")
    date: Column | None = Field(default=None, description="Day on which the shift begins.")
    start: Column | None = Field(default=None, description="Clock time at which it begins.")
    end: Column | None = Field(default=None, description="Clock time at which it ends.")
    shift: Column | None = Field(default=None, description='Both in one cell, as "16:00-20:00".')
    station: Column | None = Field(default=None, description="Name of the station where it begins.")


class _PlainTable(Section):
    """How a table is to be read, where the file itself doesn't tell."""

    encoding: str | None = Field(
        default=None,
        examples=["cp1251"],
        description='Encoding of a CSV, such as "cp1251"; found out where not given.',
    )
    separator: str | None = Field(
        default=None,
        examples=[";"],
        min_length=1,
        max_length=1,
        description="The sign between the fields of a CSV; found out where not given.",
    )
    sheet: str | None = Field(
        default=None,
        examples=["Sheet1"],
        description="Sheet of a workbook, layer of a GeoPackage or table of an SQLite file; "
        "found out where not given.",
    )


class _Table(_PlainTable):
    """A table of places."""

    crs: str | None = Field(
        default=None,
        examples=["EPSG:6384"],
        description='Coordinate system of the coordinates, such as "EPSG:6384"; '
        "without it: what the file says, else degrees of longitude and latitude.",
    )


class TimedTable(_Table):
    """A table with times in it."""

    day_first: bool | None = Field(
        default=None,
        examples=[True],
        description="Whether 03/04/2026 is the third of April; proved by the values where not given.",
    )


class OffenceSettings(TimedTable):
    """The offence table; without it need rests on busy places and named problems."""

    file: FilePath = Field(
        description="Offences: CSV, XLSX, ODS, GeoPackage, Shapefile, GeoJSON, KML, GeoParquet or SQLite."
    )
    columns: OffenceColumns = Field(
        default=OffenceColumns(), description="Its columns; all guessed where none is named."
    )
    since: dt.date | None = Field(
        default=None, examples=[dt.date(2024, 1, 1)], description="First day that the records cover in full."
    )
    until: dt.date | None = Field(
        default=None, examples=[dt.date(2025, 12, 31)], description="Last day that the records cover in full."
    )
    area_file: FilePath | None = Field(
        default=None,
        examples=["covered.gpkg"],
        description="Polygons that the records cover (GeoPackage, GeoJSON, Shapefile, KML); offences on "
        "streets outside are unknown, not none. `check` proposes one.",
    )
    kinds_file: FilePath | None = Field(
        default=None,
        examples=["kinds.csv"],
        description="Table with a column kind and any of harm, street, officer_found, sensitive, name; "
        "its rows win over the built-in classes.",
    )
    harm_file: FilePath | None = Field(
        default=None,
        examples=["harm.csv"],
        description="A published harm table (kind, harm): wins over our classes where it names a kind.",
    )
    max_distance_m: float = Field(
        default=50.0, gt=0, le=1000, description="Offences farther than this from any street are set aside."
    )
    addresses: bool = Field(
        default=True,
        description="Place records without coordinates by street and house, "
        "with the names and numbers of the street file.",
    )
    geocoded_file: FilePath | None = Field(
        default=None,
        examples=["geocoded.csv"],
        description="Answers that `check --geocode` kept; read offline.",
    )
    with_officer_found: bool = Field(
        default=False,
        description="Whether kinds mostly found by police themselves (drugs, weapons, ...) count.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> OffenceSettings:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until ({self.until}) comes before since ({self.since}); swap them")
        return self


class PlaceSettings(_Table):
    """Places people visit."""

    from_osm: bool = Field(default=True, description="Read schools, shops, stops, ... of the street file.")
    reach_m: float = Field(
        default=120.0, gt=0, le=2000, description="How far along the streets a place is felt, in metres."
    )
    file: FilePath | None = Field(
        default=None, examples=["places.csv"], description="Table of further places."
    )
    columns: PlaceColumns = Field(
        default=PlaceColumns(), description="Its columns; all guessed where none is named."
    )


class ProblemSettings(TimedTable):
    """Problems named by the advisory group, a survey or the council."""

    file: FilePath = Field(description="Table of named problems.")
    columns: ProblemColumns = Field(
        default=ProblemColumns(), description="Its columns; all guessed where none is named."
    )


class CameraSettings(TimedTable):
    """Cameras that watch streets: they bear on how long officers stay, not on where."""

    file: FilePath = Field(description="Table of cameras: points with a range, or names of streets.")
    columns: CameraColumns = Field(
        default=CameraColumns(), description="Its columns; all guessed where none is named."
    )
    usual_range_m: float = Field(
        default=40.0, gt=0, le=1000, description="Range of cameras that have none in the table, in metres."
    )


class StaffSettings(_PlainTable):
    """A table of officers, beside those under `[[officers]]`."""

    file: FilePath = Field(description="Table of officers: names or call signs, hours, days, leave.")
    columns: StaffColumns = Field(
        default=StaffColumns(), description="Its columns; all guessed where none is named."
    )


class RosterSettings(_PlainTable):
    """A roster that is settled: who walks when."""

    file: FilePath = Field(description="Roster: one row a shift, or a grid of officers and dates.")
    columns: RosterColumns = Field(
        default=RosterColumns(), description="Its columns; all guessed where none is named."
    )
    day_first: bool | None = Field(
        default=None,
        examples=[True],
        description="Whether 03/04/2026 is the third of April; proved by the values where not given.",
    )
