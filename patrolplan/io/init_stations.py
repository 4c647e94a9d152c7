"""Where shifts begin if no station was named: the police stations, or the middle of the streets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.io.osm import read_osm
from patrolplan.io.stations import distances_to_street, station_faults


@dataclass(frozen=True, kw_only=True)
class Station:
    """A place where shifts begin and end, in degrees."""

    name: str
    lon: float
    lat: float


def stations_of(streets: Path, given: tuple[float, float] | None) -> tuple[StreetNetwork, list[Station], str]:
    """The network, stations on it, and how they were found."""
    data = read_osm(streets)
    network = data.network
    if given is not None:
        _check_near(network, given)
        return network, [Station(name="Station", lon=given[0], lat=given[1])], ""
    middle = _middle(network)
    police = _police(network, data.places, middle)
    if police:
        told = f"stations: {len(police)} police station{'s' if len(police) > 1 else ''} of the street file"
        return network, police, told
    told = (
        "station: no police station in the street file, so the junction nearest to the middle of the "
        f"streets ({middle.lon}, {middle.lat}); put the true one in"
    )
    return network, [middle], told


def _police(network: StreetNetwork, places: Any, middle: Station) -> list[Station]:
    """Police stations close to a street, those nearest to the middle first."""
    police = places[places["kind"] == "police"].reset_index(drop=True)
    points = {k: (point.x, point.y) for k, point in enumerate(police.geometry)}
    near = [k for k, distance_m in distances_to_street(network, points).items() if distance_m is not None]
    police = police.iloc[near]
    lon, lat = police.geometry.x.to_numpy(), police.geometry.y.to_numpy()
    far = np.hypot((lon - middle.lon) * np.cos(np.radians(middle.lat)), lat - middle.lat)
    stations: list[Station] = []
    for k in np.argsort(far, kind="stable"):
        name = str(police["name"].iloc[k]) or "Police station"
        used = sum(station.name == name or station.name.startswith(f"{name} (") for station in stations)
        stations.append(
            Station(
                name=f"{name} ({used + 1})" if used else name,
                lon=round(float(lon[k]), 6),
                lat=round(float(lat[k]), 6),
            )
        )
    return stations


def _middle(network: StreetNetwork) -> Station:
    """The junction nearest to the middle of the streets, by length."""
    half = network.segments.geometry.interpolate(0.5, normalized=True)
    length = network.segments["length_m"].to_numpy()
    centre = np.average(np.column_stack([half.x, half.y]), axis=0, weights=length)
    far = np.hypot(network.nodes.geometry.x - centre[0], network.nodes.geometry.y - centre[1])
    nearest = network.nodes.geometry.iloc[int(np.argmin(far))]
    point = gpd.GeoSeries([nearest], crs=network.nodes.crs).to_crs("EPSG:4326").iloc[0]
    return Station(name="Middle of the streets", lon=round(point.x, 6), lat=round(point.y, 6))


def _check_near(network: StreetNetwork, place: tuple[float, float]) -> None:
    """Refuse a station far from every street, and say where coordinates look swapped."""
    faults = station_faults(network, {"station": place})
    if faults:
        raise InputError(faults)
