"""Snap: the street segment nearest to each point."""

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
    here = _metric_points(points, network.crs)
    lines = np.asarray(network.segments.geometry.to_numpy(), dtype=object)
    tree = shapely.STRtree(lines)
    usable = np.flatnonzero(~(shapely.is_missing(here) | shapely.is_empty(here)))
    (row, _), nearest = tree.query_nearest(
        here[usable], max_distance=max_distance_m, return_distance=True, all_matches=False
    )
    at = usable[row]
    found, tied = tree.query(here[at], predicate="dwithin", distance=nearest + TIE_M)
    best = pd.DataFrame({"point": at[found], "segment": tied}).groupby("point")["segment"].min()
    point, segment = best.index.to_numpy(), best.to_numpy()
    result = pd.DataFrame({"segment": -1, "offset_m": np.nan, "distance_m": np.nan}, index=points.index)
    result.iloc[point, 0] = segment
    result.iloc[point, 1] = shapely.line_locate_point(lines[segment], here[point])
    result.iloc[point, 2] = shapely.distance(lines[segment], here[point])
    return result


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
