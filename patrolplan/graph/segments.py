"""Segments: clean edges and the ways they came from become the tables of a StreetNetwork."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.graph.edges import SIDEWALK, Edges
from patrolplan.graph.junctions import lines_of
from patrolplan.graph.network import NetworkReport, StreetNetwork


def network_of(
    edges: Edges, table: pd.DataFrame, *, crs: Any, report: NetworkReport, kind_pace: Mapping[str, float]
) -> StreetNetwork:
    """The street network of clean edges; ``table`` describes the ways their parts refer to."""
    segments = pd.DataFrame({"u": edges.u, "v": edges.v, "length_m": edges.length_m})
    slowness = 1.0 / table["kind"].map(kind_pace).fillna(1.0).to_numpy(dtype=np.float64)
    segments["speed_factor"] = 1.0 / np.round(_mean_along(edges, slowness), 6)
    for column in ("kind", "name", "name_en", "name_uk", "lit", "surface"):
        segments[column] = _most_of(edges, table, column)
    segments["steps"] = _mean_along(edges, table["steps"].to_numpy(dtype=np.float64)) > 0.5
    segments["sides"] = _sides(edges, table)
    segments["osm_ids"] = _osm_ids(edges, table)
    geometry = gpd.GeoSeries(lines_of(edges), crs=crs)
    frame = gpd.GeoDataFrame(segments, geometry=geometry, crs=crs)
    nodes = gpd.GeoDataFrame({"osm_id": edges.node_ref}, geometry=shapely.points(edges.node_xy), crs=crs)
    return StreetNetwork(
        segments=frame.rename_axis("segment"), nodes=nodes.rename_axis("node"), report=report
    )


def _mean_along(edges: Edges, value: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Mean of a value of the ways along each edge, by their length."""
    parts = edges.parts[~edges.parts["folded"]]
    edge, metres = parts["edge"].to_numpy(), parts["length_m"].to_numpy()
    whole = np.bincount(edge, weights=metres, minlength=len(edges))
    total = np.bincount(edge, weights=metres * value[parts["way"].to_numpy()], minlength=len(edges))
    return np.asarray(np.where(whole > 0, total / np.where(whole > 0, whole, 1.0), 1.0))


def _most_of(edges: Edges, table: pd.DataFrame, column: str) -> pd.Series:
    """The value that holds for most of each edge; of the lines beside it only where it has none."""
    parts = edges.parts[["edge", "folded", "length_m"]].assign(
        value=table[column].to_numpy()[edges.parts["way"].to_numpy()]
    )
    parts = parts[parts["value"] != ""]
    by = parts.groupby(["edge", "folded", "value"], sort=True)["length_m"].sum().round(3).reset_index()
    by = by.sort_values(["edge", "folded", "length_m", "value"], ascending=[True, True, False, True])
    best = by.drop_duplicates("edge").set_index("edge")["value"]
    return best.reindex(range(len(edges)), fill_value="").astype(str)


def _sides(edges: Edges, table: pd.DataFrame) -> NDArray[np.object_]:
    """On how many sides one walks: what the road's tags say, else by the sidewalks drawn beside it."""
    told = _most_of(edges, table, "sides").to_numpy(dtype=object)
    parts = edges.parts
    rank = table["rank"].to_numpy()
    sidewalk = parts["folded"].to_numpy() & (rank[parts["way"].to_numpy()] == SIDEWALK)
    drawn = np.bincount(
        parts["edge"].to_numpy()[sidewalk],
        weights=parts["length_m"].to_numpy()[sidewalk],
        minlength=len(edges),
    )
    share = drawn / np.maximum(edges.length_m, 1.0)
    seen = np.where(share >= 1.3, "both", np.where(share >= 0.4, "one", ""))
    return np.asarray(np.where(told == "", seen, told), dtype=object)


def _osm_ids(edges: Edges, table: pd.DataFrame) -> list[tuple[int, ...]]:
    ids = pd.DataFrame(
        {"edge": edges.parts["edge"], "id": table["osm_id"].to_numpy()[edges.parts["way"].to_numpy()]}
    )
    ids = ids.drop_duplicates().sort_values(["edge", "id"])
    start = np.searchsorted(ids["edge"].to_numpy(), np.arange(len(edges) + 1))
    values = ids["id"].tolist()
    return [tuple(values[a:b]) for a, b in pairwise(start)]
