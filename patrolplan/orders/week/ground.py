"""Where a week's patrols can go: all that is walked to, or settlements and the rides to them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.build import streets_in_reach
from patrolplan.config.crews import StationSettings
from patrolplan.config.settings import Settings
from patrolplan.duty import Crew, Officer, Shift
from patrolplan.errors import InputError
from patrolplan.graph.rides import Rides, rides_between
from patrolplan.graph.settlements import Settlements, find_settlements
from patrolplan.graph.snap import snap
from patrolplan.io.boundary import read_boundary
from patrolplan.io.osm_rides import read_ride_roads
from patrolplan.io.timetable_file import read_timetable
from patrolplan.orders.load import Loaded
from patrolplan.risk.weights import SegmentWeights
from patrolplan.units import KMH
from patrolplan.week.grid import WeekGrid
from patrolplan.week.past import Past
from patrolplan.week.people import Area
from patrolplan.week.profile import gains, streets_per_crew_m
from patrolplan.week.reach import by_bus, by_ride

WALK_TO_PLACE_MIN = 10
"""Minutes of walk to a place that is due; more than between the visits of a free route, as it lies off it."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where patrols can go.

    Attributes
    ----------
    areas
        As the roster takes them.
    of_segment
        [segments] row of the area, -1 for none.
    starts
        [stations][areas] where a patrol sets out on foot: a station, or the place where the vehicle waits.
    ride_s
        [stations, areas, 2] seconds there and back, 0 on foot, -1 without a way or by bus.
    lines
        (station, area) -> line ridden, degrees.
    by
        "car", "bicycle", "bus", or "" where all is walked to.
    places
        [areas] what the place is called where the vehicle waits or the bus stops.
    buses
        (station, area) -> buses there and back, as `read_timetable` has them.
    """

    areas: tuple[Area, ...]
    of_segment: NDArray[np.int64]
    starts: tuple[tuple[StationSettings, ...], ...]
    ride_s: NDArray[np.int64]
    lines: dict[tuple[int, int], shapely.LineString]
    by: str = ""
    places: tuple[str, ...] = ()
    buses: dict[tuple[int, int], tuple[pd.DataFrame, pd.DataFrame]] = field(default_factory=dict)


def ground_of(loaded: Loaded, weights: SegmentWeights, grid: WeekGrid, past: Past, *, crews: int) -> Ground:
    """Where the plan file's patrols can go, and what the hours there are worth.

    Parameters
    ----------
    loaded, weights
        Everything read, and the need.
    grid, past
        The week, and the weeks before.
    crews
        Crews that may be in one area at once.
    """
    if not loaded.settings.stations:
        raise InputError("no stations: add [[stations]] to the plan file, where patrols begin and end")
    walked = loaded.settings.week.ride == "none"
    return (_walked if walked else _ridden)(loaded, weights, grid, past, crews)


def _walked(loaded: Loaded, weights: SegmentWeights, grid: WeekGrid, past: Past, crews: int) -> Ground:
    settings = loaded.settings
    near = np.where(_near(loaded, [(s.lon, s.lat) for s in settings.stations], grid), 0, -1)
    (gain,) = _gains(loaded, weights, near, crews)
    count = len(settings.stations)
    arrive, leave = by_ride(grid, 0, 0)
    seen = past.top_last_seen("")
    area = Area(
        name="",
        gains=gain,
        arrive_min=np.tile(arrive, (count, 1)),
        leave_min=np.tile(leave, (count, 1)),
        most_gap_days=settings.week.most_gap_days if settings.week.top_places else 0,
        seen_before=None if seen is None else grid.number(seen),
        places=settings.week.top_places,
        place_min=settings.hot_spots.dwell_min + WALK_TO_PLACE_MIN,
    )
    return Ground(
        areas=(area,),
        of_segment=near,
        starts=tuple((station,) for station in settings.stations),
        ride_s=np.zeros((count, 1, 2), dtype=np.int64),
        lines={},
    )


def _ridden(loaded: Loaded, weights: SegmentWeights, grid: WeekGrid, past: Past, crews: int) -> Ground:
    settings = loaded.settings
    found = _settlements(loaded)
    names = [str(name) for name in found.table["name"]]
    parked = _parking(settings, found)
    home = _homes(loaded, found)
    rides = _rides(settings, parked)
    buses = read_timetable(settings.week.timetable_file) if settings.week.timetable_file else None
    gain = _gains(loaded, weights, found.of_segment, crews)
    count = len(settings.stations)
    ride_s = np.zeros((count, len(names), 2), dtype=np.int64)
    reach: dict[tuple[int, int], tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
    starts, lines = [], {}
    running: dict[tuple[int, int], tuple[pd.DataFrame, pd.DataFrame]] = {}
    for row, station in enumerate(settings.stations):
        starts.append(tuple(station if home[row] == k else parked[k] for k in range(len(names))))
        for k, name in enumerate(names):
            if home[row] != k:
                there, back = row, count + k
                ride_s[row, k] = -1 if rides is None else rides.seconds[[there, back], [back, there]]
                if rides is not None and ride_s[row, k].min() >= 0:
                    lines[row, k] = rides.path(row, count + k)
            bus = None if buses is None or home[row] == k else _buses(buses, station, names, home[row], name)
            reach[row, k] = by_ride(grid, *ride_s[row, k].tolist()) if bus is None else by_bus(grid, *bus)
            running |= {} if bus is None else {(row, k): bus}
    areas = []
    for k, name in enumerate(names):
        seen = past.last_seen(name)
        areas.append(
            Area(
                name=name,
                gains=gain[k],
                arrive_min=np.stack([reach[row, k][0] for row in range(count)]),
                leave_min=np.stack([reach[row, k][1] for row in range(count)]),
                most_gap_days=settings.week.settlement_gap_days,
                seen_before=None if seen is None else grid.number(seen),
            )
        )
    degrees = _degrees(lines, rides)
    return Ground(
        areas=tuple(areas),
        of_segment=found.of_segment,
        starts=tuple(starts),
        ride_s=ride_s,
        lines=degrees,
        by=settings.week.ride,
        places=_called(loaded, names, parked),
        buses=running,
    )


def _settlements(loaded: Loaded) -> Settlements:
    """The settlements that are patrolled: all, or those that the plan file names."""
    settings, wanted = loaded.settings, list(loaded.settings.week.settlements)
    boundaries = None
    if settings.week.settlements_file is not None:
        if not wanted:
            told = "week.settlements_file: name under week.settlements which of its areas are meant"
            raise InputError(told)
        shapes = [read_boundary(settings.week.settlements_file, name=name) for name in wanted]
        boundaries = gpd.GeoDataFrame({"name": wanted}, geometry=shapes, crs="EPSG:4326")
    places = loaded.settlements
    if places is None:
        raise InputError(
            "week.ride: the street file tells of no settlements; name areas under week.settlements_file"
        )
    found = find_settlements(loaded.network, places, boundaries=boundaries)
    if not wanted:
        return found
    local, english = (found.table[column].to_numpy(dtype=str) for column in ("name", "name_en"))
    missing = [name for name in wanted if name not in {*local, *english}]
    if missing:
        raise InputError(
            f"week.settlements: no settlement {', '.join(missing)}; there are {', '.join(local)}"
        )
    keep = np.flatnonzero(np.isin(local, wanted) | np.isin(english, wanted))
    number = np.full(len(local) + 1, -1, dtype=np.int64)
    number[keep] = np.arange(len(keep))
    table = found.table.iloc[keep].reset_index(drop=True)
    return Settlements(
        table=table, of_segment=number[found.of_segment], part_of_segment=found.part_of_segment
    )


def _parking(settings: Settings, found: Settlements) -> list[StationSettings]:
    """Where the vehicle waits in each settlement: as the plan file says, else amid its streets."""
    middle = found.table.geometry.to_crs("EPSG:4326")
    known = {place.settlement: (place.lon, place.lat) for place in settings.week.parking}
    unknown = set(known) - set(found.table["name"]) - set(found.table["name_en"])
    if unknown:
        raise InputError(f"week.parking: no settlement is called {', '.join(sorted(unknown))}")
    made = []
    for name, english, point in zip(found.table["name"], found.table["name_en"], middle, strict=True):
        lon, lat = known.get(name) or known.get(english) or (round(point.x, 7), round(point.y, 7))
        made.append(StationSettings(name=f"{name} (P)", lon=lon, lat=lat))
    return made


def _called(loaded: Loaded, names: list[str], parked: list[StationSettings]) -> tuple[str, ...]:
    """What the places are called where the vehicle waits: settlement and street; by bus the settlement."""
    if loaded.settings.week.ride == "bus":
        return tuple(names)
    points = gpd.GeoSeries(shapely.points([(place.lon, place.lat) for place in parked]), crs="EPSG:4326")
    at = snap(loaded.network, points, max_distance_m=300.0)["segment"].to_numpy(dtype=np.int64)
    streets = ["" if segment < 0 else str(loaded.network.segments["name"][segment]) for segment in at]
    return tuple(", ".join(filter(None, pair)) for pair in zip(names, streets, strict=True))


def _homes(loaded: Loaded, found: Settlements) -> list[int]:
    """Settlement that each station lies in, -1 where in none."""
    stations = loaded.settings.stations
    points = gpd.GeoSeries(shapely.points([(s.lon, s.lat) for s in stations]), crs="EPSG:4326")
    at = snap(loaded.network, points, max_distance_m=300.0)["segment"].to_numpy(dtype=np.int64)
    return [int(found.of_segment[segment]) if segment >= 0 else -1 for segment in at]


def _rides(settings: Settings, parked: list[StationSettings]) -> Rides | None:
    mode = settings.week.ride
    if mode == "bus":
        return None
    roads = read_ride_roads(settings.streets.file, mode="bicycle" if mode == "bicycle" else "car")
    places = [(place.lon, place.lat) for place in (*settings.stations, *parked)]
    return rides_between(roads, gpd.GeoSeries(shapely.points(places), crs="EPSG:4326"))


def _buses(
    buses: pd.DataFrame, station: StationSettings, names: list[str], home: int, to: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Buses from a station, or from the settlement it lies in, to another settlement, and back."""
    near = {station.name, *([names[home]] if home >= 0 else [])}
    there = buses[buses["from"].isin(near) & (buses["to"] == to)]
    back = buses[(buses["from"] == to) & buses["to"].isin(near)]
    return there, back


def _degrees(
    lines: dict[tuple[int, int], shapely.LineString], rides: Rides | None
) -> dict[tuple[int, int], shapely.LineString]:
    if rides is None or not lines:
        return {}
    shapes = gpd.GeoSeries(list(lines.values()), crs=rides.crs).to_crs("EPSG:4326")
    return dict(zip(lines, shapes, strict=True))


def _near(loaded: Loaded, places: list[tuple[float, float]], grid: WeekGrid) -> NDArray[np.bool_]:
    """[segments] whether a street can be walked to from some of the places."""
    noon = dt.datetime.combine(grid.monday, dt.time(12), tzinfo=dt.UTC)
    shift = Shift(start=noon, end=noon + dt.timedelta(hours=1))
    officer = Officer(name="")
    crews = [Crew(name="", officers=(officer,), shift=shift, start=at, end=at) for at in places]
    walking = loaded.settings.walking
    return streets_in_reach(
        loaded.network,
        crews,
        transfer_speed_m_per_s=walking.transfer_km_h * KMH,
        longest_leg_s=round(walking.longest_leg_min * 60),
    )


def _gains(
    loaded: Loaded, weights: SegmentWeights, areas: NDArray[np.int64], crews: int
) -> NDArray[np.float64]:
    settings = loaded.settings
    metres = streets_per_crew_m(
        fade_s=settings.effect.fade_min * 60,
        dwell_s=settings.hot_spots.dwell_min * 60,
        patrol_speed_m_per_s=settings.walking.patrol_km_h * KMH,
    )
    length_m = loaded.network.segments["length_m"].to_numpy(dtype=np.float64)
    return gains(weights, length_m, areas, crews=crews, metres=metres)
