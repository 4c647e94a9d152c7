"""Closures: streets that nobody may walk for a time, and areas to keep out of, taken out of a network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from patrolplan.errors import InputError
from patrolplan.graph.network import Dropped, StreetNetwork
from patrolplan.graph.ways import Bools, Ints

SHORTEST_M = 1.0
"""Rests of streets shorter than this, left at the edge of an area, go with it."""


def close(
    network: StreetNetwork,
    *,
    polygons: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    osm_ids: Iterable[int] = (),
    segment_ids: Iterable[int] = (),
    on: date | None = None,
) -> StreetNetwork:
    """The network without what is closed; streets that run into a closed area end at its edge.

    Parameters
    ----------
    network
        Streets; it stays as it is.
    polygons
        Areas in any stated coordinate system. Columns ``since`` and ``until`` (first and last day,
        empty: open-ended) limit an area to a time.
    osm_ids
        Ways: every segment that one of them runs along is closed.
    segment_ids
        Rows of ``network.segments``.
    on
        Day for which streets are wanted: areas whose time is another are left out. None: all count.

    Returns
    -------
    StreetNetwork
        Numbered anew, with the report telling what was closed and what hung on it alone: of each
        connected part the largest rest is kept.

    Raises
    ------
    InputError
        Areas without a coordinate system, or nothing is left to walk on.

    Examples
    --------
    >>> from shapely import LineString, Point, box
    >>> from patrolplan.graph.network import NetworkReport
    >>> street = gpd.GeoDataFrame({"u": [0], "v": [1], "length_m": [100.0], "osm_ids": [(7,)]},
    ...     geometry=[LineString([(0, 0), (100, 0)])], crs=32636)
    >>> nodes = gpd.GeoDataFrame({"osm_id": [1, 2]}, geometry=[Point(0, 0), Point(100, 0)], crs=32636)
    >>> network = StreetNetwork(segments=street, nodes=nodes,
    ...     report=NetworkReport(ways_in=1, main_part_share=1.0))
    >>> area = gpd.GeoSeries([box(60, -5, 200, 5)], crs=32636)
    >>> close(network, polygons=area).segments["length_m"].tolist()
    [60.0]
    """
    shut = _named(network, osm_ids, segment_ids)
    area = _area_on(network, polygons, on)
    cut = _cut(network, shut, area)
    before, after = network.segments["length_m"].sum(), cut["length_m"].sum()
    kept = _largest_rests(cut, network)
    if not kept.any():
        raise InputError("closures leave no street to walk on; check the areas, ids and their dates")
    closed = [
        ("closed", int(shut.sum()), before - after, "closed by the closures given"),
        (
            "cut off by closures",
            int((~kept).sum()),
            float(cut["length_m"][~kept].sum()),
            "reached only through what is closed",
        ),
    ]
    dropped = tuple(
        Dropped(what=what, count=count, length_m=round(float(metres), 1), why=why)
        for what, count, metres, why in closed
        if metres > 0
    )
    report = replace(network.report, dropped=(*network.report.dropped, *dropped))
    return _numbered(cut[kept], network, report)


def _named(network: StreetNetwork, osm_ids: Iterable[int], segment_ids: Iterable[int]) -> Bools:
    wanted = frozenset(osm_ids)
    shut = np.array([not wanted.isdisjoint(ids) for ids in network.segments["osm_ids"]], dtype=bool)
    rows = np.array(sorted(set(segment_ids)), dtype=np.int64)
    wrong = rows[(rows < 0) | (rows >= len(shut))]
    if len(wrong):
        raise InputError(f"no segments {wrong[:5].tolist()}: the network has 0 to {len(shut) - 1}")
    shut[rows] = True
    return shut


def _area_on(
    network: StreetNetwork, polygons: gpd.GeoDataFrame | gpd.GeoSeries | None, on: date | None
) -> Any:
    if polygons is None or not len(polygons):
        return shapely.Polygon()
    if polygons.crs is None:
        raise InputError("closed areas without a coordinate system; say which theirs is")
    holds = np.ones(len(polygons), dtype=bool)
    if on is not None and isinstance(polygons, gpd.GeoDataFrame):
        day = pd.Timestamp(on)
        for column, is_out in (("since", "gt"), ("until", "lt")):
            if column in polygons.columns:
                limit = pd.to_datetime(polygons[column])
                holds &= ~getattr(limit.dt.normalize(), is_out)(day).to_numpy()
    metric = polygons.geometry[holds].to_crs(network.crs)
    shapes: Any = shapely.make_valid(metric.to_numpy())
    return shapely.unary_union(shapes)


def _cut(network: StreetNetwork, shut: Bools, area: Any) -> gpd.GeoDataFrame:
    """Segments outside the area, whole or as the pieces that are left; ``u`` or ``v`` of a cut is -1."""
    table = network.segments[~shut]
    if area.is_empty:
        return table
    shapely.prepare(area)
    lines = table.geometry.to_numpy()
    touched = shapely.intersects(area, lines)
    rest, row = shapely.get_parts(shapely.difference(lines[touched], area), return_index=True)
    scale = (table["length_m"].to_numpy(float) / shapely.length(lines))[touched]
    metres = shapely.length(rest) * scale[row] if len(rest) else np.zeros(0)
    rest, row, metres = rest[metres >= SHORTEST_M], row[metres >= SHORTEST_M], metres[metres >= SHORTEST_M]
    whole = table[touched].iloc[row]
    begins = _same_place(shapely.get_point(rest, 0), shapely.get_point(whole.geometry.to_numpy(), 0))
    ends = _same_place(shapely.get_point(rest, -1), shapely.get_point(whole.geometry.to_numpy(), -1))
    pieces = whole.assign(
        u=np.where(begins, whole["u"], -1), v=np.where(ends, whole["v"], -1), length_m=metres
    ).set_geometry(gpd.GeoSeries(rest, index=whole.index, crs=table.crs))
    return gpd.GeoDataFrame(pd.concat([table[~touched], pieces]).sort_index(kind="stable"))


def _same_place(one: Any, other: Any) -> Bools:
    return np.asarray(shapely.distance(one, other) < 1e-6, dtype=bool)


def _largest_rests(cut: gpd.GeoDataFrame, network: StreetNetwork) -> Bools:
    """Marks, of each part that hung together before, the part of it with the most length now."""
    count = len(network.nodes)
    u, v = (cut[end].to_numpy(np.int64).copy() for end in ("u", "v"))
    loose_u, loose_v = u < 0, v < 0
    u[loose_u] = count + np.arange(int(loose_u.sum()))
    v[loose_v] = count + int(loose_u.sum()) + np.arange(int(loose_v.sum()))
    total = count + int(loose_u.sum()) + int(loose_v.sum())
    now = _parts(total, u, v)[u]
    before = _parts(count, *(network.segments[end].to_numpy(np.int64) for end in ("u", "v")))
    anchor = np.where(loose_u, np.where(loose_v, 0, v), u)
    was = before[np.minimum(anchor, count - 1)]
    metres = np.bincount(now, weights=cut["length_m"].to_numpy(float), minlength=total)
    table = pd.DataFrame({"was": was, "now": now, "metres": np.round(metres[now], 3)})
    # a piece cut at both ends hangs on nothing: it never is the largest rest unless all else is gone
    table["metres"] = table["metres"].where(~(loose_u & loose_v) | (len(table) == 1), -1.0)
    best = table.sort_values(["was", "metres", "now"], ascending=[True, False, True]).drop_duplicates("was")
    return np.asarray(table["now"].isin(best["now"]))


def _parts(count: int, u: Ints, v: Ints) -> Ints:
    graph = coo_array((np.ones(len(u), dtype=bool), (u, v)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _numbered(cut: gpd.GeoDataFrame, network: StreetNetwork, report: Any) -> StreetNetwork:
    """Segments and nodes numbered anew, with a node where a street was cut."""
    u, v = (cut[end].to_numpy(np.int64).copy() for end in ("u", "v"))
    count = len(network.nodes)
    lines = cut.geometry.to_numpy()
    new = np.concatenate([shapely.get_point(lines[u < 0], 0), shapely.get_point(lines[v < 0], -1)])
    first_v = count + int((u < 0).sum())
    u[u < 0] = count + np.arange(int((u < 0).sum()))
    v[v < 0] = first_v + np.arange(int((v < 0).sum()))
    used, ends = np.unique(np.concatenate([u, v]), return_inverse=True)
    places = np.concatenate([network.nodes.geometry.to_numpy(), new])[used]
    lowest = min(0, int(network.nodes["osm_id"].min()))
    ids = np.concatenate([network.nodes["osm_id"].to_numpy(np.int64), lowest - 1 - np.arange(len(new))])[used]
    nodes = gpd.GeoDataFrame({"osm_id": ids}, geometry=places, crs=network.crs)
    segments = cut.assign(u=ends[: len(u)], v=ends[len(u) :])
    return StreetNetwork(
        segments=segments.set_axis(pd.RangeIndex(len(segments), name=network.segments.index.name)),
        nodes=nodes.rename_axis(network.nodes.index.name),
        report=report,
    )
