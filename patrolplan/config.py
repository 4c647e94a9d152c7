"""The settings of a community's plan, validated: what a plan file may say, independent of files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from patrolplan.config_crews import (
    CrewSettings,
    Fault,
    OfficerSettings,
    Section,
    StationSettings,
    name_faults,
    overlap_faults,
)


def _seen_from_file(value: Any, info: ValidationInfo) -> Any:
    """Text becomes a path, seen from the folder given as context (the plan file's)."""
    if not isinstance(value, str | Path):
        return value
    if not str(value).strip():
        raise ValueError("must name a file; it is empty")
    folder = (info.context or {}).get("folder")
    return Path(folder, value) if folder is not None else Path(value)


def checked_zone(name: str) -> str:
    """The name of a time zone, if there is one of that name.

    Raises
    ------
    ValueError
        No such zone; with the name that was probably meant.
    """
    from zoneinfo import ZoneInfo, available_timezones

    if "/" not in name and name != "UTC":
        raise ValueError(f'must be an IANA time zone such as "Europe/Kyiv", not "{name}"')
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from difflib import get_close_matches

        close = get_close_matches(name, sorted(available_timezones()), n=1)
        hint = f'; did you mean "{close[0]}"?' if close else '; write it as in "Europe/Kyiv"'
        raise ValueError(f'"{name}" is no known time zone{hint}') from None
    return name


def _kept_beside_file(value: Any, info: ValidationInfo) -> Any:
    """A folder seen from the plan file's; none where nothing says which folder that is, or for ""."""
    if not isinstance(value, str | Path) or not str(value).strip():
        return None if value in ("", None) else value
    folder = (info.context or {}).get("folder")
    given = Path(value)
    return Path(folder, given) if folder is not None else given if given.is_absolute() else None


def checked_language(code: str) -> str:
    """The code of a language, if there are words in it.

    Raises
    ------
    ValueError
        No words in that language.
    """
    from patrolplan.i18n import languages

    if code not in languages():
        raise ValueError(f'must be one of {", ".join(languages())}, not "{code}"')
    return code


FilePath = Annotated[Path, BeforeValidator(_seen_from_file)]
KeptFolder = Annotated[Path | None, BeforeValidator(_kept_beside_file)]
Degrees = Annotated[float, Field(ge=-180, le=180)]
Timezone = Annotated[str, AfterValidator(checked_zone)]
Language = Annotated[str, AfterValidator(checked_language)]
Column = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class CommunitySettings(Section):
    """Whose plan it is."""

    name: str = Field(min_length=1, description="Name for titles.")
    timezone: Timezone = Field(
        description='IANA time zone of every clock time here and in the tables, such as "Europe/Kyiv".'
    )
    language: Language = Field(
        default="en",
        description='Language of what people read: "en" or "uk"; `--lang` overrides it.',
    )


class StreetSettings(Section):
    """The walkable streets."""

    file: FilePath = Field(
        description="OpenStreetMap file (.osm.pbf, .osm, .osm.gz, .osm.bz2), OSMnx graph (.graphml), or "
        "street centrelines (GeoPackage, Shapefile, GeoJSON)."
    )
    boundary_file: FilePath | None = Field(
        default=None,
        examples=["community.gpkg"],
        description="Polygon of the community (GeoPackage, GeoJSON, Shapefile, KML); streets outside are "
        "not read.",
    )
    boundary_name: str | None = Field(
        default=None,
        min_length=1,
        examples=["Riverside"],
        description="Which area of `boundary_file`; without one, the administrative boundary of that name "
        "or code in the street file.",
    )
    bbox: tuple[Degrees, Degrees, Degrees, Degrees] | None = Field(
        default=None,
        strict=False,
        examples=[[32.55, 49.8, 32.7, 49.9]],
        description="Instead of a boundary: west, south, east, north in degrees.",
    )
    around_offences_m: float | None = Field(
        default=None,
        ge=0,
        le=100_000,
        examples=[500],
        description="Instead of a boundary: the area of the offences and this many metres around it.",
    )
    closures_file: FilePath | None = Field(
        default=None,
        examples=["closed.gpkg"],
        description="Areas and ways that nobody may walk, with their days (since, until).",
    )
    cache: KeptFolder = Field(
        default=Path(".patrolplan-cache"),
        validate_default=True,
        description='Folder that keeps cleaned streets for the next time; "" keeps none.',
    )
    junction_m: float = Field(
        default=12.0,
        ge=0,
        le=50,
        description="Junctions joined by a piece of street of at most this many metres become one.",
    )
    carriageway_m: float = Field(
        default=22.0,
        ge=0,
        le=60,
        description="One-way carriageways of one street up to this many metres apart are one street.",
    )

    part_m: float | None = Field(
        default=None,
        gt=0,
        le=1_000_000,
        examples=[1000],
        description="Parts not joined on foot to the largest are kept from this many metres of streets on; "
        "without it only the largest is.",
    )

    @model_validator(mode="after")
    def _one_boundary(self) -> StreetSettings:
        ways = {
            "boundary_file or boundary_name": self.boundary_file or self.boundary_name,
            "bbox": self.bbox,
            "around_offences_m": self.around_offences_m,
        }
        given = [name for name, value in ways.items() if value is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} both say which streets are read; give one of them")
        return self


_POINT = 'Both coordinates in one column, as "49.84, 24.03" or "POINT (24.03 49.84)".'


class _Columns(Section):
    """Names of a table's columns by the role they play."""

    def by_role(self) -> dict[str, str]:
        """Role -> column name of the roles that are given, as the readers take it."""
        return {role: column for role, column in self.model_dump().items() if column is not None}


class OffenceColumns(_Columns):
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


class PlaceColumns(_Columns):
    """Which column of the places table holds what."""

    lon: Column | None = Field(default=None, description="Longitude, or x in the table's `crs`.")
    lat: Column | None = Field(default=None, description="Latitude, or y in the table's `crs`.")
    point: Column | None = Field(default=None, description=_POINT)
    kind: Column | None = Field(default=None, description="Kind of place: school, market, station, ...")
    name: Column | None = Field(default=None, description="Name of the place.")
    weight: Column | None = Field(default=None, description="How much it counts; else that of its kind.")
    opening_hours: Column | None = Field(default=None, description="Hours as OpenStreetMap writes them.")


class ProblemColumns(_Columns):
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


class _Table(Section):
    """How a table is to be read, where the file itself doesn't tell."""

    crs: str | None = Field(
        default=None,
        examples=["EPSG:6384"],
        description='Coordinate system of the coordinates, such as "EPSG:6384"; '
        "without it: what the file says, else degrees of longitude and latitude.",
    )
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


class _TimedTable(_Table):
    """A table with times in it."""

    day_first: bool | None = Field(
        default=None,
        examples=[True],
        description="Whether 03/04/2026 is the third of April; proved by the values where not given.",
    )


class OffenceSettings(_TimedTable):
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
    max_distance_m: float = Field(
        default=50.0, gt=0, le=1000, description="Offences farther than this from any street are set aside."
    )
    addresses: bool = Field(
        default=True,
        description="Place records without coordinates by street and house, "
        "with the names and numbers of the street file.",
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


class ProblemSettings(_TimedTable):
    """Problems named by the advisory group, a survey or the council."""

    file: FilePath = Field(description="Table of named problems.")
    columns: ProblemColumns = Field(
        default=ProblemColumns(), description="Its columns; all guessed where none is named."
    )


class NeedSettings(Section):
    """How offences, busy places and named problems make up the need for patrol."""

    a_off: Share | None = Field(
        default=None,
        examples=[0.5],
        description="Share of need given to offences: policy. Without the three shares: "
        "0.6 n / (n + 50) for n usable offences, the rest by what is at hand.",
    )
    a_foot: Share | None = Field(
        default=None, examples=[0.3], description="Share of need given to busy places: policy."
    )
    a_prob: Share | None = Field(
        default=None, examples=[0.2], description="Share of need given to named problems: policy."
    )
    bandwidth_m: float = Field(
        default=600.0, gt=0, le=2000, description="How far along the streets an offence is felt, in metres."
    )
    half_life_days: float = Field(
        default=365.0, gt=0, le=36500, description="Days after which an offence counts half."
    )
    calendar_file: FilePath | None = Field(
        default=None,
        examples=["calendar.csv"],
        description="Table with the columns date and what: holiday, no school, market, no market.",
    )
    unlit_factor: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="Need on streets mapped as unlit is multiplied by this after dark; 1 leaves it as it is.",
    )

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> NeedSettings:
        shares = (self.a_off, self.a_foot, self.a_prob)
        given = [share for share in shares if share is not None]
        if given and (len(given) < 3 or abs(sum(given) - 1) > 1e-6):
            told = " + ".join("(not given)" if share is None else f"{share:g}" for share in shares)
            raise ValueError(f"give a_off, a_foot and a_prob together, with sum 1, or none (here: {told})")
        return self


class HotSpotSettings(Section):
    """The stops of the patrol: clusters of streets that an officer walks in one stay."""

    dwell_min: int = Field(default=12, ge=5, le=60, description="Minutes of a stay.")
    max_dwell_min: int = Field(default=15, ge=5, le=60, description="Longest stay in minutes.")
    radius_m: float = Field(
        default=150.0, ge=30, le=500, description="A hot spot stays within this of its centre, in metres."
    )
    apart_m: float = Field(
        default=100.0, ge=0, le=2000, description="Least walk between two hot spots, in metres."
    )
    max_count: int | None = Field(
        default=None,
        ge=1,
        le=2000,
        examples=[120],
        description="Most hot spots to choose from; 40 for each crew where not given, 300 at the most.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> HotSpotSettings:
        if self.max_dwell_min < self.dwell_min:
            raise ValueError(
                f"max_dwell_min ({self.max_dwell_min:g}) is less than dwell_min ({self.dwell_min:g})"
            )
        return self


class EffectSettings(Section):
    """What a visit does, and for how long."""

    fade_min: float = Field(
        default=120.0, gt=0, le=1440, description="Minutes until the effect of a visit is gone."
    )
    full_dwell_min: float = Field(
        default=12.0, gt=0, le=120, description="Minutes of stay that give the full effect."
    )
    pass_quality: Share = Field(default=0.3, description="Effect of walking past without a stop, 0 to 1.")


class WalkingSettings(Section):
    """How fast and how far crews walk."""

    transfer_km_h: float = Field(default=4.5, ge=1, le=8, description="Speed from stop to stop.")
    patrol_km_h: float = Field(default=3.0, ge=0.5, le=8, description="Speed inside a hot spot.")
    longest_leg_min: float = Field(
        default=45.0, ge=1, le=240, description="Longest walk between two stops, in minutes."
    )
    detour_percent: float = Field(
        default=0.0,
        ge=0,
        le=50,
        description="How much longer than the quickest a walk between stops may take, to pass more need.",
    )


class RuleSettings(Section):
    """Rules that keep plans sensible."""

    min_gap_min: float = Field(
        default=30.0, ge=0, le=1440, description="Least minutes between two visits to one hot spot."
    )


class CardSettings(Section):
    """What officers' cards tell beside the plan."""

    contacts: tuple[str, ...] = Field(
        default=(),
        strict=False,
        examples=[["Duty desk: 102"]],
        description="Whom to reach, a line each; without any, cards have blanks to fill in.",
    )
    shelters: tuple[str, ...] = Field(
        default=(),
        strict=False,
        examples=[["School 3, cellar, from the yard"]],
        description="Where to go in an alarm, a line each.",
    )
    closed: tuple[str, ...] = Field(
        default=(),
        strict=False,
        examples=[["Bridge by the mill, until Friday"]],
        description="Closed roads and other things to mind, a line each.",
    )


class PlanSettings(Section):
    """What to plan, and how long to search."""

    date: dt.date | None = Field(
        default=None, description="Day of the plan, for crews that name no day of their own."
    )
    seconds: float = Field(default=30.0, gt=0, le=86400, description="Seconds of search.")
    solutions: int | None = Field(
        default=None,
        examples=[50],
        ge=1,
        le=100000,
        description="Search a fixed amount instead of a time, for plans that repeat exactly.",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Seed of all chance.")
    refine: bool = Field(
        default=True, description="Improve the routes on the true score after the first search."
    )


class Settings(Section):
    """All that a plan file says.

    Examples
    --------
    >>> settings = Settings(
    ...     community={"name": "Town", "timezone": "Europe/Kyiv"}, streets={"file": "town.osm"}
    ... )
    >>> settings.effect.fade_min
    120.0
    """

    community: CommunitySettings = Field(description="Whose plan it is.")
    streets: StreetSettings = Field(description="The walkable streets.")
    offences: OffenceSettings | None = Field(default=None, description="The offence table.")
    places: PlaceSettings = Field(default=PlaceSettings(), description="Places people visit.")
    problems: ProblemSettings | None = Field(default=None, description="Problems residents named.")
    need: NeedSettings = Field(default=NeedSettings(), description="How need is made up.")
    hot_spots: HotSpotSettings = Field(default=HotSpotSettings(), description="The stops of the patrol.")
    effect: EffectSettings = Field(default=EffectSettings(), description="What a visit does.")
    walking: WalkingSettings = Field(default=WalkingSettings(), description="How crews walk.")
    rules: RuleSettings = Field(default=RuleSettings(), description="Rules that keep plans sensible.")
    plan: PlanSettings = Field(default=PlanSettings(), description="What to plan.")
    card: CardSettings = Field(default=CardSettings(), description="What cards tell beside the plan.")
    stations: tuple[StationSettings, ...] = Field(
        default=(), strict=False, description="Where shifts begin and end."
    )
    officers: tuple[OfficerSettings, ...] = Field(default=(), strict=False, description="Who walks.")
    crews: tuple[CrewSettings, ...] = Field(default=(), strict=False, description="Who walks when.")

    @model_validator(mode="after")
    def _ties_hold(self) -> Settings:
        faults = cross_faults(self)
        if faults:
            told = "; ".join(f"{dotted(fault.path)}: {fault.message}" for fault in faults)
            raise PydanticCustomError("cross", "{told}", {"told": told, "faults": faults})
        return self


def cross_faults(settings: Settings) -> list[Fault]:
    """Faults between sections: names, dates and shifts that don't go together."""
    crews, day = settings.crews, settings.plan.date
    faults = name_faults(settings.model_dump(by_alias=True, include={"stations", "officers", "crews"}))
    faults += overlap_faults(crews, day)
    for k, crew in enumerate(crews):
        start, end = crew.minutes
        needed = settings.hot_spots.dwell_min + (crew.rest.minutes if crew.rest else 0)
        if end - start < needed:
            told = (
                f"{crew.shift} is shorter than one stay (hot_spots.dwell_min) and the break: {needed:g} min"
            )
            faults.append(Fault(("crews", k, "shift"), told))
        if crew.date is None and day is None:
            faults.append(
                Fault(("crews", k), f'crew "{crew.name}" has no date; give it one, or set plan.date')
            )
    return faults


def dotted(path: tuple[str | int, ...]) -> str:
    """The path of a key as people write it; tables of a list are counted from 1.

    Examples
    --------
    >>> dotted(("crews", 0, "shift"))
    'crews[1].shift'
    """
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
