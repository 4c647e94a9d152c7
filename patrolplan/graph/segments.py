"""Segments: clean edges and the ways they came from become the tables of a StreetNetwork."""

from __future__ import annotations

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
from patrolplan.units import STEPS_SPEED_FACTOR


def network_of(edges: Edges, table: pd.DataFrame, *, crs: Any, report: NetworkReport) -> StreetNetwork:
    """The street network of clean edges; ``table`` describes the ways their parts refer to."""
    segments = pd.DataFrame({"u": edges.u, "v": edges.v, "length_m": edges.length_m})
    steps_share = _steps_share(edges, table)
    segments["speed_factor"] = 1.0 / (1.0 + steps_share * (1.0 / STEPS_SPEED_FACTOR - 1.0))
    for column in ("kind", "name", "name_en", "name_uk", "lit", "surface"):
        segments[column] = _most_of(edges, table, column)
    segments["steps"] = steps_share > 0.5
    segments["sides"] = _sides(edges, table)
    segments["osm_ids"] = _osm_ids(edges, table)
    geometry = gpd.GeoSeries(lines_of(edges), crs=crs)
    frame = gpd.GeoDataFrame(segments, geometry=geometry, crs=crs)
    nodes = gpd.GeoDataFrame({"osm_id": edges.node_ref}, geometry=shapely.points(edges.node_xy), crs=crs)
    return StreetNetwork(
        segments=frame.rename_axis("segment"), nodes=nodes.rename_axis("node"), report=report
    )


def _steps_share(edges: Edges, table: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    parts = edges.parts[~edges.parts["folded"]]
    steps = table["steps"].to_numpy(bool)[parts["way"].to_numpy()]
    edge, metres = parts["edge"].to_numpy(), parts["length_m"].to_numpy()
    whole = np.bincount(edge, weights=metres, minlength=len(edges))
    stepped = np.bincount(edge, weights=metres * steps, minlength=len(edges))
    return np.asarray(np.round(stepped / np.where(whole > 0, whole, 1.0), 6))


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
