"""Roads to ride on out of an OpenStreetMap file, for the way from one settlement to the next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import osmium
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from patrolplan.errors import InputError
from patrolplan.graph.rides import RideRoads, least_edges
from patrolplan.io.osm_lines import Lines, LineStore
from patrolplan.io.osm_nodes import nodes_near
from patrolplan.io.osm_stream import check_path, told_plainly
from patrolplan.units import KMH

Mode = Literal["car", "bicycle"]

CAR_KM_H: dict[str, float] = {
    "motorway": 100, "motorway_link": 55, "trunk": 80, "trunk_link": 45, "primary": 60, "primary_link": 40,
    "secondary": 50, "secondary_link": 35, "tertiary": 40, "tertiary_link": 30, "unclassified": 35,
    "residential": 25, "living_street": 10, "service": 12, "road": 25,
}  # fmt: skip
"""Speeds in km/h with stops and bends in them, about two thirds to four fifths of what is allowed: on the
careful side of what common car routers assume."""

LIMIT_SHARE = 0.8
"""Share of a posted limit that is driven on average."""

BICYCLE_KM_H = 14.0
"""A bicycle's speed on any road, in km/h (common routers take 15 to 18)."""

LEAST_PART = 0.1
"""Roads that lead to each other stay where they have this share of the nodes of the most that do; scraps
such as a yard behind a gate would hold whatever lies next to them fast."""

_NO_BICYCLE = {"motorway", "motorway_link", "trunk", "trunk_link"}
_BICYCLE_TOO = {"track", "cycleway", "path"}
_CLOSED = {"no", "private"}
_MPH = 1.609344


def read_ride_roads(
    path: str | PathLike[str], *, mode: Mode = "car", boundary: shapely.Geometry | None = None
) -> RideRoads:
    """Read the roads that a car (or bicycle) may use.

    Parameters
    ----------
    path
        OpenStreetMap file, as for `read_osm`.
    mode
        Police cars and buses take "car"; "bicycle" adds tracks and paths and leaves motor roads out.
    boundary
        Polygon in degrees, as for `read_osm`. Draw it wider than the community: the road from one
        village to the next may leave it.

    Returns
    -------
    RideRoads
        Those that one can ride to and home from again; one-way streets one way, speeds by `CAR_KM_H` or
        the posted limit, in the UTM zone of the middle.

    Raises
    ------
    InputError
        As `read_osm`; or there is no such road.
    """
    file = Path(path)
    check_path(file)
    with told_plainly(file):
        lines = _roads(file, mode, boundary)
    owner = np.repeat(np.arange(len(lines.table)), np.diff(lines.offsets))
    known = np.isfinite(lines.lonlat[:, 0])
    follows = (owner[1:] == owner[:-1]) & known[1:] & known[:-1]
    tail, head, way = lines.refs[:-1][follows], lines.refs[1:][follows], owner[:-1][follows]
    if not len(tail):
        raise InputError(
            f"{file}: no road to ride on by {mode}; use an extract with the roads between settlements"
        )
    nodes, ends = np.unique(np.concatenate([tail, head]), return_inverse=True)
    first = np.unique(lines.refs[known], return_index=True)
    lonlat = lines.lonlat[known][first[1][np.searchsorted(first[0], nodes)]]
    points = gpd.GeoSeries(shapely.points(lonlat), crs="EPSG:4326")
    crs = points.estimate_utm_crs()
    xy = points.to_crs(crs).get_coordinates().to_numpy()
    tail, head = ends[: len(tail)], ends[len(tail) :]
    metres = np.hypot(*(xy[tail] - xy[head]).T)
    seconds = metres / (lines.table["km_h"].to_numpy(float)[way] * KMH)
    direction = lines.table["direction"].to_numpy(np.int64)[way]
    there, back = direction >= 0, direction <= 0
    edges = least_edges(
        np.concatenate([tail[there], head[back]]),
        np.concatenate([head[there], tail[back]]),
        np.maximum(np.concatenate([seconds[there], seconds[back]]), 1e-3),
    )
    return _joined(RideRoads(xy=xy, tail=edges[0], head=edges[1], seconds=edges[2], crs=crs))


def _joined(roads: RideRoads) -> RideRoads:
    """Without scraps of road that don't lead to the others and back."""
    graph = coo_array((roads.seconds, (roads.tail, roads.head)), shape=(len(roads.xy),) * 2)
    part = connected_components(graph, connection="strong")[1]
    nodes = np.bincount(part)
    kept = (nodes >= LEAST_PART * nodes.max())[part]
    inside = kept[roads.tail] & kept[roads.head]
    row = np.cumsum(kept) - 1
    return RideRoads(
        xy=roads.xy[kept],
        tail=row[roads.tail[inside]],
        head=row[roads.head[inside]],
        seconds=roads.seconds[inside],
        crs=roads.crs,
    )


def _roads(file: Path, mode: Mode, boundary: shapely.Geometry | None) -> Lines:
    located = None if boundary is None else nodes_near(file, boundary)
    store = LineStore(boundary, located)
    processor = osmium.FileProcessor(str(file), osmium.osm.NODE | osmium.osm.WAY)
    if located is None:
        processor = processor.with_locations()
    way: Any
    for way in processor.with_filter(osmium.filter.KeyFilter("highway")):
        if way.is_way():
            tags = {tag.k: tag.v for tag in way.tags}
            km_h = speed_km_h(tags, mode)
            if km_h > 0:
                store.add((way.id, km_h, direction_of(tags, mode)), way.nodes)
    return store.lines(("osm_id", "km_h", "direction"))


def speed_km_h(tags: Mapping[str, str], mode: Mode = "car") -> float:
    """Speed on a way with these tags, 0 where nobody may ride.

    Examples
    --------
    >>> speed_km_h({"highway": "residential"}), speed_km_h({"highway": "primary", "maxspeed": "50"})
    (25.0, 40.0)
    >>> speed_km_h({"highway": "service", "access": "private"}), speed_km_h({"highway": "footway"})
    (0.0, 0.0)
    """
    highway = tags.get("highway", "")
    allowed = (
        tags.get(key) for key in ("bicycle" if mode == "bicycle" else "motor_vehicle", "vehicle", "access")
    )
    access = next((value for value in allowed if value), "")
    if access in _CLOSED or tags.get("area") == "yes":
        return 0.0
    if mode == "bicycle":
        rideable = highway in CAR_KM_H or highway in _BICYCLE_TOO
        return BICYCLE_KM_H if rideable and highway not in _NO_BICYCLE else 0.0
    usual = float(CAR_KM_H.get(highway, 0.0))
    limit = re.fullmatch(r"(\d+)\s*(mph)?", tags.get("maxspeed", ""))
    if not usual or limit is None:
        return usual
    return round(LIMIT_SHARE * float(limit[1]) * (_MPH if limit[2] else 1.0), 1)


def direction_of(tags: Mapping[str, str], mode: Mode = "car") -> int:
    """1 for one-way as drawn, -1 for one-way against it, 0 for both ways.

    Examples
    --------
    >>> direction_of({"oneway": "-1"}), direction_of({"junction": "roundabout"})
    (-1, 1)
    >>> direction_of({"oneway": "yes", "oneway:bicycle": "no"}, "bicycle")
    0
    """
    told = tags.get("oneway", "")
    if mode == "bicycle" and tags.get("oneway:bicycle") == "no":
        return 0
    if told in ("-1", "reverse"):
        return -1
    one_way = told in ("yes", "1", "true") or tags.get("junction") in ("roundabout", "circular")
    return int(one_way or (told != "no" and tags.get("highway") == "motorway"))
