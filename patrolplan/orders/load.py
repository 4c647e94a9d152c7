"""Everything a plan file points at, read; the faults of all files gathered."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.around import Around, around_of
from patrolplan.config.settings import Settings
from patrolplan.crews import crews_of
from patrolplan.dates import Dates
from patrolplan.errors import InputError
from patrolplan.graph.beside import FoldRules
from patrolplan.graph.clean import CleanRules
from patrolplan.graph.islands import without_idle_parts
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.settlements import find_settlements
from patrolplan.graph.shut import near_places, shut_streets
from patrolplan.io.boundary import read_boundary
from patrolplan.io.kinds_file import read_harm, read_kinds
from patrolplan.io.manifest import sha256
from patrolplan.io.need_files import read_factors, read_limits
from patrolplan.io.osm import OsmData
from patrolplan.io.plan_file import input_files
from patrolplan.io.plan_streets import plan_streets
from patrolplan.io.plan_tables import (
    calendar_of,
    cameras_of,
    events_of,
    offences_of,
    places_of,
    problems_of,
    roster_of,
    staff_of,
)
from patrolplan.io.table_dates import DatedTable
from patrolplan.io.table_points import Bounds
from patrolplan.orders.curfew import with_curfew
from patrolplan.orders.dated import dates_on_streets
from patrolplan.risk.limits import AreaLimits
from patrolplan.risk.offences import Offences
from patrolplan.units import KMH, STEPS_SPEED_FACTOR

Given = TypeVar("Given")
Read = TypeVar("Read")


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Everything a plan file points at, read.

    Attributes
    ----------
    settings
        The plan file's settings.
    network, offences, places, problems
        As the readers return them; None where the community has no such table.
    observed_area
        Area that the offence records cover; None where not given.
    dates
        The calendar and the events, on the streets.
    notes
        Plain sentences on what they changed.
    harm, factor, limits
        A published harm table, the user's factor of each segment, caps and floors of areas; None where not
        given.
    cameras, staff, roster
        As `read_cameras`, `read_officers` and `read_roster` return them; None where not given.
    sha256
        File name -> hash of each input, for the plan's provenance.
    osm_timestamp
        The street data's own date, "" where the file states none.
    around
        Shelters among the places, and what is closed.
    settlements
        Names of villages and towns on the map.
    """

    settings: Settings
    network: StreetNetwork
    offences: Offences | None
    places: gpd.GeoDataFrame | None
    problems: gpd.GeoDataFrame | None
    kinds: pd.DataFrame | None
    sha256: Mapping[str, str]
    osm_timestamp: str
    around: Around = field(default_factory=Around)
    settlements: gpd.GeoDataFrame | None = None
    observed_area: gpd.GeoSeries | None = None
    dates: Dates = field(default_factory=Dates)
    notes: tuple[str, ...] = ()
    harm: pd.DataFrame | None = None
    factor: NDArray[np.float64] | None = None
    limits: AreaLimits | None = None
    cameras: gpd.GeoDataFrame | None = None
    staff: pd.DataFrame | None = None
    roster: pd.DataFrame | None = None


def load(settings: Settings, *, on_progress: Callable[[str], None] | None = None) -> Loaded:
    """Read the street file and the tables that the settings name.

    Raises
    ------
    InputError
        With the faults of all files, gathered.
    """
    tell = on_progress or (lambda _: None)
    read = _Reading(tell)
    table, need = settings.offences, settings.need
    streets = read("streets", settings, lambda _: _streets(settings, tell))
    near = _bounds(streets.network) if streets is not None else None
    offences = read("offences", table, lambda _: offences_of(settings, near))
    places = read("places", settings.places.file, lambda _: places_of(settings, near))
    problems = read("problems", settings.problems, lambda _: problems_of(settings, near))
    kinds = read("kinds of offence", table.kinds_file if table else None, read_kinds)
    area = read("the area of the records", table.area_file if table else None, read_boundary)
    cameras = read("cameras", settings.cameras, lambda _: cameras_of(settings, near))
    staff = read("officers", settings.staff, lambda _: staff_of(settings))
    roster = read("the roster", settings.roster, lambda _: roster_of(settings, staff))
    harm = read("the harm table", table.harm_file if table else None, read_harm)
    days = read("the calendar", settings.calendar, lambda _: calendar_of(settings, near))
    events = read("events", settings.events, lambda _: events_of(settings, near))
    factor, limits = None, None
    if streets is not None:
        ground = {"settlements": partial(find_settlements, streets.network, streets.settlements)}
        factor = read(
            "factors", need.factors_file, lambda file: read_factors(file, streets.network, **ground)
        )
        limits = read("areas", need.areas_file, lambda file: read_limits(file, streets.network, **ground))
    if streets is None or read.faults:
        raise InputError(read.faults)
    visited = _joined([streets.places if settings.places.from_osm else None, places])
    records = None if offences is None else offences.records
    here = [table.geometry for table in (records, visited, problems) if table is not None]
    around = around_of(_joined([streets.places, places]), streets.closures)
    network = without_idle_parts(streets.network, here, also_from_m=_clean_rules(settings).part_m)
    loaded = Loaded(
        settings=settings,
        network=_near_shelters(network, around, settings),
        offences=offences,
        places=visited,
        around=around,
        settlements=streets.settlements,
        problems=problems,
        kinds=kinds,
        observed_area=gpd.GeoSeries([area], crs=4326) if area is not None else None,
        harm=harm,
        factor=factor,
        limits=limits,
        cameras=cameras,
        staff=staff,
        roster=roster,
        sha256={path.name: sha256(path) for _, path in input_files(settings)},
        osm_timestamp=streets.timestamp,
    )
    return _with_dates(loaded, [table for table in (days, events) if table is not None])


class _Reading:
    """Reads what is given and goes on past faults, which it gathers in ``faults``."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.faults: list[str] = []

    def __call__(self, what: str, given: Given | None, read: Callable[[Given], Read]) -> Read | None:
        if given is None:
            return None
        self.tell(f"reading {what}")
        try:
            return read(given)
        except InputError as error:
            self.faults.extend(error.faults)
            return None


def _with_dates(loaded: Loaded, tables: Sequence[DatedTable]) -> Loaded:
    """Everything read, with the days that are not usual: their places found, shifts outside curfews."""
    if not tables:
        return loaded
    rows = [row for table in tables for row in table.rows]
    dates = dates_on_streets(loaded, rows, [note for table in tables for note in table.notes])
    settings, cut = with_curfew(loaded.settings, dates)
    return replace(loaded, dates=dates, settings=settings, notes=cut)


def _near_shelters(network: StreetNetwork, around: Around, settings: Settings) -> StreetNetwork:
    """The streets, those too far from a shelter shut where the settings ask for it."""
    if settings.rules.shelter_min is None:
        return network
    if not around.shelters:
        raise InputError(
            "rules.shelter_min is set, and no shelter is known: add rows of kind shelter to the table of "
            "places ([places] file), or use a street file that maps them"
        )
    at = around.shelters
    places = gpd.GeoSeries.from_xy([one.lon for one in at], [one.lat for one in at], crs="EPSG:4326")
    reach_m = settings.rules.shelter_min * 60 * settings.walking.transfer_km_h * KMH
    return shut_streets(network, ~near_places(network, places, within_m=reach_m))


def first_day(settings: Settings) -> date:
    """The day of the first shift."""
    return min(crew.shift.start for crew in crews_of(settings)).date()


def _streets(settings: Settings, tell: Callable[[str], None]) -> OsmData:
    """The streets by the plan file; offences are read first where the boundary is drawn around them."""
    points = None
    if settings.streets.around_offences_m is not None and settings.offences is not None:
        points = offences_of(settings, None).records.geometry
    on = first_day(settings) if settings.crews else settings.plan.date
    return plan_streets(settings, rules=_clean_rules(settings), points=points, on=on, on_progress=tell)


def _clean_rules(settings: Settings) -> CleanRules:
    return CleanRules(
        junction_m=settings.streets.junction_m,
        fold=FoldRules(carriageway_m=settings.streets.carriageway_m),
        part_m=settings.streets.part_m or math.inf,
        kind_pace={"steps": STEPS_SPEED_FACTOR, **settings.walking.kind_pace},
    )


def _bounds(network: StreetNetwork) -> Bounds:
    """West, south, east and north of the streets, degrees."""
    west, south, east, north = network.segments.geometry.to_crs("EPSG:4326").total_bounds.tolist()
    return west, south, east, north


def _joined(tables: list[gpd.GeoDataFrame | None]) -> gpd.GeoDataFrame | None:
    given = [table for table in tables if table is not None]
    if not given:
        return None
    joined = gpd.GeoDataFrame(pd.concat(given, ignore_index=True))
    # pandas drops what tables say of themselves when they are joined; the rows set aside must stay.
    joined.attrs = {key: value for table in given for key, value in table.attrs.items()}
    return joined
