"""Settlements: the villages and towns of a network, named, and which of them each segment belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.snap import snap
from patrolplan.graph.ways import Ints

KINDS = ("city", "town", "village", "hamlet")
"""``place=*`` values that are settlements of their own, the greatest first; quarters are part of one."""

SNAP_M = 400.0
"""A place's node may lie this far from its nearest street: it is drawn at the church or in a field."""


@dataclass(frozen=True, kw_only=True)
class Settlements:
    """Settlements of a network.

    Attributes
    ----------
    table
        One row a settlement, ``RangeIndex`` named ``settlement``: ``name``, ``name_en``, ``kind`` ("" where
        no place node tells), ``osm_id``, ``part`` (number of the connected part its centre lies in, by
        length), ``centre_segment`` (where its streets have their middle), ``street_km``,
        ``geometry`` (centre, network's coordinates).
    of_segment
        [segments] row of the settlement that each segment belongs to, -1 for open country.
    part_of_segment
        [segments] connected part, 0 the one with the most length.
    """

    table: gpd.GeoDataFrame
    of_segment: Ints
    part_of_segment: Ints

    def segments_of(self, name: str) -> Ints:
        """Segments of the settlement called ``name`` (local or English).

        Raises
        ------
        InputError
            No settlement of that name.
        """
        rows = np.flatnonzero((self.table["name"] == name) | (self.table["name_en"] == name))
        if not len(rows):
            raise InputError(f'no settlement "{name}"; there are {", ".join(self.table["name"])}')
        return np.flatnonzero(np.isin(self.of_segment, rows))


def find_settlements(
    network: StreetNetwork,
    places: gpd.GeoDataFrame,
    *,
    boundaries: gpd.GeoDataFrame | None = None,
    reach_m: float = 2_000.0,
) -> Settlements:
    """The settlements of a network, by place nodes, by boundaries, or by its connected parts.

    Parameters
    ----------
    network
        Streets; read with ``CleanRules(part_m=...)`` to hold parts that only roads to ride on join.
    places
        ``place=*`` nodes with ``kind``, ``name``, ``name_en``, ``osm_id`` (`OsmData.settlements`).
    boundaries
        Areas with a column ``name``: a segment whose middle lies in one belongs to it, whatever
        place node is near.
    reach_m
        Without boundaries a segment belongs to the place node that is nearest on foot, up to this
        far; beyond it is open country.

    Returns
    -------
    Settlements
        Settlements without streets are left out. A connected part that no place node reaches is one
        of its own, named by its longest named street.
    """
    part = connected_part(network)
    if boundaries is not None:
        table, of_segment = _by_boundaries(network, boundaries, places)
    else:
        table, of_segment = _by_nodes(network, places, reach_m)
    table, of_segment = _with_lone_parts(network, table, of_segment, part)
    return _told(network, table, of_segment, part)


def connected_part(network: StreetNetwork) -> Ints:
    """The connected part of each segment, numbered by length from the greatest.

    Examples
    --------
    >>> from shapely import LineString, Point
    >>> from patrolplan.graph.network import NetworkReport
    >>> lines = [LineString([(0, 0), (10, 0)]), LineString([(50, 0), (90, 0)])]
    >>> streets = gpd.GeoDataFrame({"u": [0, 2], "v": [1, 3], "length_m": [10.0, 40.0]},
    ...     geometry=lines, crs=32636)
    >>> nodes = gpd.GeoDataFrame(geometry=[Point(x, 0) for x in (0, 10, 50, 90)], crs=32636)
    >>> report = NetworkReport(ways_in=2, main_part_share=0.8)
    >>> connected_part(StreetNetwork(segments=streets, nodes=nodes, report=report)).tolist()
    [1, 0]
    """
    u, v, metres = (network.segments[column].to_numpy() for column in ("u", "v", "length_m"))
    count = len(network.nodes)
    joined = coo_array((np.ones(len(u), dtype=bool), (u, v)), shape=(count, count))
    label = np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)[u]
    length = np.round(np.bincount(label, weights=metres), 3)
    rank = np.empty(len(length), dtype=np.int64)
    rank[np.lexsort((np.arange(len(length)), -length))] = np.arange(len(length))
    return np.asarray(rank[label])


def _by_nodes(network: StreetNetwork, places: gpd.GeoDataFrame, reach_m: float) -> tuple[pd.DataFrame, Ints]:
    """Each segment with the place nearest on foot, from both its ends and its middle in between."""
    known = places[places["kind"].isin(KINDS) & (places["name"] != "")]
    order = known["kind"].map({kind: rank for rank, kind in enumerate(KINDS)})
    known = known.assign(order=order).sort_values(["order", "osm_id"]).to_crs(network.crs)
    on = snap(network, known.geometry, max_distance_m=SNAP_M)
    at = on["segment"].to_numpy(np.int64)
    known, at = known[at >= 0], at[at >= 0]
    table = pd.DataFrame(known[["name", "name_en", "kind", "osm_id"]]).reset_index(drop=True)
    if not len(at):
        return table, np.full(len(network.segments), -1, dtype=np.int64)
    u, v = (network.segments[end].to_numpy(np.int64) for end in ("u", "v"))
    metres = network.segments["length_m"].to_numpy(float)
    count = len(network.nodes)
    # Every place is a node of its own, joined to both ends of its segment: nearest then is one search.
    begin = np.concatenate([u, count + np.arange(len(at)), count + np.arange(len(at))])
    end = np.concatenate([v, u[at], v[at]])
    offset = on["offset_m"].to_numpy(float)[on["segment"].to_numpy(np.int64) >= 0]
    weight = np.concatenate([metres, offset, metres[at] - offset]) + 1e-6
    order_ = np.lexsort((weight, end, begin))
    low, high = np.minimum(begin, end)[order_], np.maximum(begin, end)[order_]
    pairs = pd.DataFrame({"low": low, "high": high, "metres": weight[order_]})
    pairs = pairs.groupby(["low", "high"], sort=True)["metres"].min().reset_index()
    total = count + len(at)
    graph = coo_array((pairs["metres"], (pairs["low"], pairs["high"])), shape=(total, total)).tocsr()
    away, _, source = dijkstra(
        graph, directed=False, indices=count + np.arange(len(at)), min_only=True, limit=reach_m,
        return_predecessors=True,
    )  # fmt: skip
    nearer = np.where(away[u] <= away[v], u, v)
    found = np.where(np.isfinite(away[nearer]), source[nearer] - count, -1).astype(np.int64)
    found[at] = np.arange(len(at))
    return table, found


def _by_boundaries(
    network: StreetNetwork, boundaries: gpd.GeoDataFrame, places: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, Ints]:
    areas = boundaries.to_crs(network.crs).sort_values("name", kind="stable").reset_index(drop=True)
    middle = shapely.line_interpolate_point(network.segments.geometry.to_numpy(), 0.5, normalized=True)
    point, area = shapely.STRtree(areas.geometry.to_numpy()).query(middle, predicate="intersects")
    found = np.full(len(middle), -1, dtype=np.int64)
    found[point[::-1]] = area[::-1]
    told = places[places["kind"].isin(KINDS)].drop_duplicates("name").set_index("name")
    names = areas["name"].astype(str)
    table = pd.DataFrame({"name": names})
    for column in ("name_en", "kind", "osm_id"):
        table[column] = names.map(told[column]).fillna("").astype(str)
    return table, found


def _with_lone_parts(
    network: StreetNetwork, table: pd.DataFrame, of_segment: Ints, part: Ints
) -> tuple[pd.DataFrame, Ints]:
    """Connected parts where nothing is named become settlements of their own."""
    of_segment = of_segment.copy()
    reached = np.unique(part[of_segment >= 0])
    lone = np.setdiff1d(np.unique(part), reached)
    rows = []
    for number in lone:
        mine = part == number
        streets = network.segments[mine & (network.segments["name"] != "").to_numpy()]
        by_name = streets.groupby("name")["length_m"].sum().round(3).sort_index()
        name = str(by_name.idxmax()) if len(by_name) else f"part {number + 1}"
        rows.append({"name": name, "name_en": "", "kind": "", "osm_id": ""})
        of_segment[mine] = len(table) + len(rows) - 1
    return pd.concat([table, pd.DataFrame(rows)], ignore_index=True) if rows else table, of_segment


def _told(network: StreetNetwork, table: pd.DataFrame, of_segment: Ints, part: Ints) -> Settlements:
    """The settlements that have streets, with their length, part and the middle of their streets."""
    metres = network.segments["length_m"].to_numpy(float)
    inside = of_segment >= 0
    length = np.bincount(of_segment[inside], weights=metres[inside], minlength=len(table))
    keep = length > 0
    number = np.where(keep, np.cumsum(keep) - 1, -1)
    of_segment = np.where(inside, number[of_segment], -1)
    middle = shapely.line_interpolate_point(network.segments.geometry.to_numpy(), 0.5, normalized=True)
    xy = shapely.get_coordinates(middle)
    centre = [_centre(of_segment == row, xy, metres) for row in range(int(keep.sum()))]
    table = (
        table[keep]
        .reset_index(drop=True)
        .assign(
            part=part[centre] if centre else np.zeros(0, dtype=np.int64),
            centre_segment=np.array(centre, dtype=np.int64),
            street_km=np.round(length[keep] / 1000, 3),
        )
    )
    points: Any = middle[centre] if centre else []
    frame = gpd.GeoDataFrame(table, geometry=points, crs=network.crs)
    return Settlements(
        table=frame.set_axis(pd.RangeIndex(len(frame), name="settlement")),
        of_segment=of_segment,
        part_of_segment=part,
    )


def _centre(mine: Any, xy: Any, metres: Any) -> int:
    """The segment nearest the middle of a settlement's streets (the median, so that hamlets don't pull)."""
    rows = np.flatnonzero(mine)
    order = [np.argsort(xy[rows, axis], kind="stable") for axis in (0, 1)]
    half = metres[rows].sum() / 2
    middle = [
        xy[rows, axis][some[np.searchsorted(np.cumsum(metres[rows][some]), half)]]
        for axis, some in enumerate(order)
    ]
    away = np.round(np.hypot(*(xy[rows] - middle).T), 3)
    return int(rows[np.argmin(away)])
