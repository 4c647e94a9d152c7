"""The streets an issued plan was made on, read back from its ``plan.gpkg``."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from patrolplan.errors import InputError
from patrolplan.graph.network import NetworkReport, StreetNetwork

COLUMNS = ("u", "v", "name", "name_en", "kind", "length_m", "speed_factor", "lit", "surface", "steps")


def read_issued_network(folder: Path) -> StreetNetwork:
    """The streets in ``plan.gpkg`` of a plan's folder, numbered as in the plan.

    Raises
    ------
    InputError
        No such file, or not one that ``plan`` wrote.
    """
    file = folder / "plan.gpkg"
    try:
        frame = pyogrio.read_dataframe(file, layer="segments").sort_values("segment", ignore_index=True)
        segments = gpd.GeoDataFrame(frame[list(COLUMNS)], geometry=frame.geometry)
        segments["osm_ids"] = [tuple(map(int, str(ids or "").split())) for ids in frame["osm_ids"]]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, KeyError, ValueError):
        raise InputError(f"{file}: can't be read as a plan's streets; write the plan anew") from None
    segments.index = pd.RangeIndex(len(segments), name="segment")
    return StreetNetwork(
        segments=segments, nodes=_nodes(segments), report=NetworkReport(ways_in=0, main_part_share=1.0)
    )


def _nodes(segments: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    lines = segments.geometry.to_numpy()
    ends = np.concatenate([segments["u"].to_numpy(), segments["v"].to_numpy()])
    places = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    points = np.full(int(ends.max()) + 1, shapely.Point(), dtype=object)
    points[ends] = places
    nodes = gpd.GeoDataFrame({"osm_id": -1}, index=range(len(points)), geometry=points, crs=segments.crs)
    nodes.index.name = "node"
    return nodes
