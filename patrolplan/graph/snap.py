"""Snap: the street segment nearest to each point, and all that are as good as nearest."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork

TIE_M = 1e-6
"""Distances that differ by less are equal: the lowest segment number wins."""


def snap(network: StreetNetwork, points: gpd.GeoSeries, *, max_distance_m: float) -> pd.DataFrame:
    """The nearest segment of each point.

    Parameters
    ----------
    network
        Streets to snap to.
    points
        Points in any coordinate system; missing and empty ones snap to nothing.
    max_distance_m
        Points farther than this from every street snap to nothing.

    Returns
    -------
    DataFrame
        Index of ``points``; ``segment`` (-1 = none near enough), ``offset_m`` (along the segment
        from its ``u`` end) and ``distance_m``, both NaN where there is no segment. Of segments
        equally near the one with the lowest number.

    Raises
    ------
    InputError
        No coordinate system, or geometries that are not points.
    """
    near = _near(network, points, max_distance_m=max_distance_m, tolerance_m=TIE_M)
    first = np.unique(near["point"].to_numpy(), return_index=True)[1]
    best = near.iloc[first].set_index("point").reindex(range(len(points)))
    best["segment"] = best["segment"].fillna(-1).astype(np.int64)
    return best.set_axis(points.index)[["segment", "offset_m", "distance_m"]]


def segments_near(
    network: StreetNetwork, points: gpd.GeoSeries, *, max_distance_m: float, tolerance_m: float
) -> pd.DataFrame:
    """All segments of each point that are at most ``tolerance_m`` farther than its nearest one.

    A record at a junction belongs to every segment that meets there; this finds them.

    Parameters
    ----------
    network, points, max_distance_m
        As for `snap`; ``max_distance_m`` bounds the nearest segment's distance.
    tolerance_m
        How much farther than the nearest is still as good.

    Returns
    -------
    DataFrame
        One row a pair, sorted by point, then segment: ``point`` (position in ``points``),
        ``segment``, ``offset_m``, ``distance_m``. Points too far from every street have no row.

    Raises
    ------
    InputError
        As for `snap`.
    """
    return _near(network, points, max_distance_m=max_distance_m, tolerance_m=tolerance_m)


def _near(
    network: StreetNetwork, points: gpd.GeoSeries, *, max_distance_m: float, tolerance_m: float
) -> pd.DataFrame:
    here = _metric_points(points, network.crs)
    lines = np.asarray(network.segments.geometry.to_numpy(), dtype=object)
    tree = shapely.STRtree(lines)
    usable = np.flatnonzero(~(shapely.is_missing(here) | shapely.is_empty(here)))
    (row, _), nearest = tree.query_nearest(
        here[usable], max_distance=max_distance_m, return_distance=True, all_matches=False
    )
    at = usable[row]
    reach = np.nextafter(nearest + tolerance_m, np.inf)
    found, segment = tree.query(here[at], predicate="dwithin", distance=reach)
    order = np.lexsort((segment, found))
    point, segment = at[found[order]], segment[order]
    return pd.DataFrame(
        {
            "point": point.astype(np.int64),
            "segment": segment.astype(np.int64),
            "offset_m": shapely.line_locate_point(lines[segment], here[point]),
            "distance_m": shapely.distance(lines[segment], here[point]),
        }
    )


def _metric_points(points: gpd.GeoSeries, crs: Any) -> NDArray[np.object_]:
    if points.crs is None:
        raise InputError(
            "points without a coordinate system: say which one they use, e.g. points.set_crs('EPSG:4326')"
        )
    missing = points.isna() | points.is_empty
    other = ~(missing | (points.geom_type == "Point"))
    if other.any():
        rows = ", ".join(str(label) for label in points.index[other][:5])
        raise InputError(f"{int(other.sum())} geometries are not points (rows {rows}): give one point each")
    return np.asarray(points.to_crs(crs).to_numpy(), dtype=object)
