"""How far stations lie from the streets, and what to say of those that lie too far."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import geopandas as gpd
import numpy as np
import shapely

from patrolplan.build import STATION_MAX_DISTANCE_M
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.snap import snap

Key = TypeVar("Key", bound=Hashable)


def distances_to_street(
    network: StreetNetwork,
    places: Mapping[Key, tuple[float, float]],
    *,
    max_distance_m: float = STATION_MAX_DISTANCE_M,
) -> dict[Key, float | None]:
    """Metres from each place to the nearest street, None where that is more than ``max_distance_m``.

    Parameters
    ----------
    network
        Streets.
    places
        Anything -> (longitude, latitude) in degrees.
    """
    if not places:
        return {}
    points = shapely.points(np.array(list(places.values()), dtype=np.float64))
    snapped = snap(network, gpd.GeoSeries(points, crs="EPSG:4326"), max_distance_m=max_distance_m)
    return {
        key: float(distance) if segment >= 0 else None
        for key, segment, distance in zip(places, snapped["segment"], snapped["distance_m"], strict=True)
    }


def station_faults(network: StreetNetwork, stations: Mapping[str, tuple[float, float]]) -> list[str]:
    """One sentence for each station that lies too far from any street, with the way out."""
    far = [name for name, metres in distances_to_street(network, stations).items() if metres is None]
    swapped = {name: (stations[name][1], stations[name][0]) for name in far if abs(stations[name][0]) <= 90}
    near_if_swapped = {
        name for name, metres in distances_to_street(network, swapped).items() if metres is not None
    }
    west, south, east, north = network.segments.to_crs("EPSG:4326").total_bounds
    return [
        f"{name} at {stations[name][0]:g}, {stations[name][1]:g} (longitude, latitude): "
        + (
            "longitude and latitude look swapped; write longitude first"
            if name in near_if_swapped
            else f"no street within {STATION_MAX_DISTANCE_M:.0f} m; the streets lie between longitude "
            f"{west:.4f} and {east:.4f}, latitude {south:.4f} and {north:.4f}"
        )
        for name in far
    ]
