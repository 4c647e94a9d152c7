"""What comes up in the middle of a shift: officers out, streets closed, stops to leave or add, an alarm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from patrolplan.around import Shelter
from patrolplan.config.settings import Settings
from patrolplan.duty import Crew
from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.shut import near_places
from patrolplan.issued import IssuedPlan
from patrolplan.units import KMH


@dataclass(frozen=True, kw_only=True)
class Added:
    """A stop that must be made: where, how long, and from when to when it may last."""

    lon: float
    lat: float
    minutes: float
    start: datetime
    end: datetime
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What has come up.

    Attributes
    ----------
    now
        From when on the plan is to change.
    sick
        Names of crews that end their duty.
    streets
        Names of streets that are closed.
    areas
        Polygons that nobody may walk in, in degrees.
    forbid
        Stops not to be visited, by name or number within a route ("2.5": the fifth of crew 2).
    add
        Stops to be made.
    alarm_min
        Every street walked must lie within so many minutes of a shelter; None: no alarm.
    at
        Name of a crew -> longitude and latitude where it is, if not where the plan has it.
    """

    now: datetime
    sick: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    areas: gpd.GeoSeries | None = None
    forbid: tuple[str, ...] = ()
    add: tuple[Added, ...] = ()
    alarm_min: float | None = None
    at: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def known_crews(issued: IssuedPlan, names: Iterable[str]) -> tuple[str, ...]:
    """The crews of these names (of a crew, or of any of its officers).

    Raises
    ------
    InputError
        Nobody is called so.
    """
    found, faults = [], []
    for name in names:
        low = name.strip().casefold()
        crews = [
            route.crew.name
            for route in issued.routes
            if low
            in {route.crew.name.casefold(), *(officer.name.casefold() for officer in route.crew.officers)}
        ]
        if not crews:
            told = ", ".join(f'"{route.crew.name}"' for route in issued.routes)
            faults.append(f'no crew or officer of the plan is called "{name}"; its crews are {told}')
        found += crews
    if faults:
        raise InputError(faults)
    return tuple(dict.fromkeys(found))


def forbidden_stops(issued: IssuedPlan, trouble: Trouble) -> set[int]:
    """Hot spots that may no longer be visited.

    Raises
    ------
    InputError
        No stop, or several, of a name.
    """
    out, faults = set(), []
    for wanted in trouble.forbid:
        found = _stops_called(issued, wanted)
        if len(found) == 1:
            out |= found
        elif found:
            names = "; ".join(sorted(issued.hot_spots[k].label for k in found)[:5])
            faults.append(f'"{wanted}" fits {len(found)} stops: {names}; give the whole name')
        else:
            faults.append(
                f'no stop of the plan is called "{wanted}"; give its name or its number, such as 2.5'
            )
    if faults:
        raise InputError(faults)
    return out


def closed_streets(
    network: StreetNetwork, trouble: Trouble, shelters: Sequence[Shelter]
) -> NDArray[np.bool_]:
    """Segments nobody may walk: named, or within an area, [segments].

    Raises
    ------
    InputError
        A name that no street bears; an alarm and no shelter known.
    """
    table = network.segments
    shut = np.zeros(len(table), dtype=np.bool_)
    faults = []
    for name in trouble.streets:
        low = name.strip().casefold()
        columns = [column for column in ("name", "name_uk", "name_en") if column in table]
        here = np.zeros(len(table), dtype=np.bool_)
        for column in columns:
            here |= (table[column].fillna("").str.casefold() == low).to_numpy(dtype=np.bool_)
        if not here.any():
            faults.append(
                f'no street is called "{name}"; give the name as on the map, or a file with an area'
            )
        shut |= here
    if trouble.areas is not None and len(trouble.areas):
        area = trouble.areas.to_crs(table.crs).union_all()
        shut |= table.geometry.intersects(area).to_numpy(dtype=np.bool_)
    if trouble.alarm_min is not None and not shelters:
        faults.append(
            "an alarm, and no shelter is known: add rows of kind shelter with a place to the table of "
            "places ([places] file), or use a street file that maps them"
        )
    if faults:
        raise InputError(faults)
    return shut


def beyond_shelters(
    network: StreetNetwork, trouble: Trouble, shelters: Sequence[Shelter], settings: Settings
) -> NDArray[np.bool_]:
    """Segments too far from a shelter in the alarm, [segments]; none without an alarm.

    Parameters
    ----------
    network
        Streets, closed ones shut: the way to a shelter leads through none.
    """
    if trouble.alarm_min is None:
        return np.zeros(len(network.segments), dtype=np.bool_)
    places = gpd.GeoSeries.from_xy([at.lon for at in shelters], [at.lat for at in shelters], crs="EPSG:4326")
    reach_m = trouble.alarm_min * 60 * settings.walking.transfer_km_h * KMH
    return ~near_places(network, places, within_m=reach_m)


def _called(crew: Crew) -> set[str]:
    return {name.casefold() for name in (crew.name, *(officer.name for officer in crew.officers))}


def _stops_called(issued: IssuedPlan, wanted: str) -> set[int]:
    crew, dot, number = wanted.strip().partition(".")
    if dot and crew.isdigit() and number.isdigit() and 1 <= int(crew) <= len(issued.routes):
        visits = issued.routes[int(crew) - 1].visits
        return {visits[int(number) - 1].hot_spot} if 1 <= int(number) <= len(visits) else set()
    low = wanted.strip().casefold()
    whole = {k for k, spot in enumerate(issued.hot_spots) if spot.label.casefold() == low}
    return whole or {k for k, spot in enumerate(issued.hot_spots) if low and low in spot.label.casefold()}
