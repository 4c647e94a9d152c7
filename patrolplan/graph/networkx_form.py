"""The OSMnx form: a StreetNetwork as a networkx MultiDiGraph, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

from patrolplan.errors import InputError
from patrolplan.graph.network import NetworkReport, StreetNetwork
from patrolplan.units import STEPS_SPEED_FACTOR


def network_to_networkx(network: StreetNetwork) -> nx.MultiDiGraph[Any]:
    """See `StreetNetwork.to_networkx`."""
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(crs=network.crs)
    nodes, segments = network.nodes, network.segments
    labels = nodes["osm_id"].tolist() if nodes["osm_id"].is_unique else nodes.index.tolist()
    xy = shapely.get_coordinates(nodes.geometry.to_numpy())
    graph.add_nodes_from((label, {"x": x, "y": y}) for label, (x, y) in zip(labels, xy.tolist(), strict=True))
    for row in segments.reset_index(names="segment").to_dict("records"):
        u, v = labels[row.pop("u")], labels[row.pop("v")]
        line = row.pop("geometry")
        ids = row.pop("osm_ids")
        known = {key: value for key, value in row.items() if value != ""}
        known["highway"] = known.pop("kind", "")
        known["length"] = known.pop("length_m")
        known |= {"osmid": ids[0] if len(ids) == 1 else list(ids), "oneway": False}
        graph.add_edge(u, v, **known, reversed=False, geometry=line)
        graph.add_edge(v, u, **known, reversed=True, geometry=line.reverse())
    return graph


def network_from_networkx(graph: nx.Graph[Any]) -> StreetNetwork:
    """See `StreetNetwork.from_networkx`."""
    nodes = _nodes(graph)
    edges = _edges(graph, nodes)
    if nodes.crs.is_geographic:
        metric = nodes.estimate_utm_crs()
        nodes, edges = nodes.to_crs(metric), edges.to_crs(metric)
    edges["length_m"] = edges.length
    nodes, edges = _numbered(nodes, edges)
    columns = ["u", "v", "length_m", "speed_factor", "kind", "name", "name_en", "name_uk"]
    columns += ["lit", "surface", "steps"]
    segments = edges[[*columns, "osm_ids", "geometry"]]
    return StreetNetwork(
        segments=segments,
        nodes=nodes,
        report=NetworkReport(
            ways_in=graph.number_of_edges(), main_part_share=_main_share(segments, len(nodes))
        ),
    )


def _nodes(graph: nx.Graph[Any]) -> gpd.GeoDataFrame:
    crs = graph.graph.get("crs")
    faults = []
    if crs is None:
        faults.append("the graph has no coordinate system: set graph.graph['crs'], e.g. 'EPSG:4326'")
    bare = [label for label, data in graph.nodes(data=True) if "x" not in data or "y" not in data]
    if bare:
        faults.append(f"{len(bare)} nodes without x and y (first: {bare[:5]}): set both on every node")
    if not graph.number_of_edges():
        faults.append("the graph has no edges, so there is no street to walk on")
    if faults:
        raise InputError(faults)
    frame = pd.DataFrame([(label, data["x"], data["y"]) for label, data in graph.nodes(data=True)])
    frame.columns = ["label", "x", "y"]
    points = gpd.points_from_xy(frame["x"].astype(float), frame["y"].astype(float))
    return gpd.GeoDataFrame(frame[["label"]], geometry=points, crs=crs)


def _edges(graph: nx.Graph[Any], nodes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row a street: of its two directions the one that runs as drawn."""
    point = dict(zip(nodes["label"], nodes.geometry, strict=True))
    rows = [_row(u, v, data, point) for u, v, data in graph.edges(data=True)]
    edges = gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=nodes.crs)
    lines = edges.geometry.to_numpy()
    edges["forth"] = shapely.to_wkb(lines, hex=True)
    back = pd.Series(shapely.to_wkb(shapely.reverse(lines), hex=True), index=edges.index)
    edges["shape"] = edges["forth"].where(edges["forth"] < back, back)
    edges = edges.sort_values(["segment", "osm_ids", "shape", "backward", "forth"], kind="stable")
    return edges.drop_duplicates(["osm_ids", "shape"]).reset_index(drop=True)


def _row(u: Any, v: Any, data: dict[str, Any], point: dict[Any, shapely.Point]) -> dict[str, Any]:
    line = data.get("geometry")
    if line is None:
        line = shapely.LineString([point[u], point[v]])
    elif shapely.Point(line.coords[0]).distance(point[u]) > shapely.Point(line.coords[0]).distance(point[v]):
        line = line.reverse()
    kinds = _texts(data.get("highway"))
    steps = bool(data.get("steps", kinds == ["steps"]))
    return {
        "from": u,
        "to": v,
        "segment": int(data.get("segment", -1)),
        "backward": str(data.get("reversed", False)) == "True",
        "speed_factor": float(data.get("speed_factor", STEPS_SPEED_FACTOR if steps else 1.0)),
        "kind": kinds[0] if kinds else "",
        "name": "; ".join(_texts(data.get("name"))),
        "name_en": "; ".join(_texts(data.get("name_en", data.get("name:en")))),
        "name_uk": "; ".join(_texts(data.get("name_uk", data.get("name:uk")))),
        "lit": "; ".join(_texts(data.get("lit"))[:1]),
        "surface": "; ".join(_texts(data.get("surface"))[:1]),
        "steps": steps,
        "osm_ids": tuple(
            sorted({int(i) for i in _listed(data.get("osmid")) if str(i).lstrip("-").isdigit()})
        ),
        "geometry": line,
    }


def _numbered(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Nodes that carry streets, and the streets' ends as rows of them."""
    used = nodes["label"].isin(set(edges["from"]) | set(edges["to"]))
    nodes = nodes[used].reset_index(drop=True)
    row = {label: number for number, label in enumerate(nodes["label"])}
    is_id = nodes["label"].map(lambda label: isinstance(label, int | np.integer))
    nodes["osm_id"] = [
        int(label) if good else -1 - number
        for number, (label, good) in enumerate(zip(nodes["label"], is_id, strict=True))
    ]
    edges = edges.assign(u=edges["from"].map(row).astype(np.int64), v=edges["to"].map(row).astype(np.int64))
    return nodes[["osm_id", "geometry"]].rename_axis("node"), edges.rename_axis("segment")


def _main_share(segments: gpd.GeoDataFrame, count: int) -> float:
    from patrolplan.graph.rewire import largest_part

    u, v = segments["u"].to_numpy(np.int64), segments["v"].to_numpy(np.int64)
    return largest_part(count, u, v, segments["length_m"].to_numpy(float))[1]


def _texts(value: Any) -> list[str]:
    return sorted({str(item) for item in _listed(value)})


def _listed(value: Any) -> Iterable[Any]:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return []
    return value if isinstance(value, list | tuple | set) else [value]
