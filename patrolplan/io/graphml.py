"""Street graphs that OSMnx wrote (GraphML), as lines to be cleaned like any others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import pyproj
import shapely

from patrolplan.errors import InputError
from patrolplan.graph.ways import offsets_of
from patrolplan.io.osm_lines import Lines
from patrolplan.io.street_lines import table_of


def graph_lines(file: Path) -> tuple[Lines, list[tuple[int, ...]]]:
    """The graph's streets in degrees, each once, and the OpenStreetMap ways that each was made of.

    Raises
    ------
    InputError
        Not a graph of OSMnx: no coordinate system, no places of nodes, no edges.
    """
    graph = _loaded(file)
    streets = sorted(_once(graph), key=lambda street: (street[0], street[1], street[2].wkb))
    refs, xy, counts, inner = [], [], [], -1
    for u, v, line, _ in streets:
        points = shapely.get_coordinates(line)
        between = list(range(inner, inner - len(points) + 2, -1))
        inner -= len(between)
        refs += [u, *between, v]
        xy.append(points)
        counts.append(len(points))
    to_degrees = pyproj.Transformer.from_crs(graph.graph["crs"], "EPSG:4326", always_xy=True)
    lonlat = np.column_stack(to_degrees.transform(*np.concatenate(xy).T))
    tags = [_tags(data) for *_, data in streets]
    ids = [_numbers(data.get("osmid")) for *_, data in streets]
    lines = Lines(
        table=table_of(tags),
        offsets=offsets_of(np.array(counts, dtype=np.int64)),
        refs=np.array(refs, dtype=np.int64),
        lonlat=lonlat,
    )
    return lines, ids


def _loaded(file: Path) -> Any:
    import osmnx

    try:
        graph = osmnx.load_graphml(file)
        bare = [label for label, data in graph.nodes(data=True) if not {"x", "y"} <= data.keys()]
    except (ParseError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"{file}: not a street graph of OSMnx ({type(error).__name__}: {error}); save it by save_graphml"
        ) from error
    if bare or "crs" not in graph.graph or not graph.number_of_edges():
        raise InputError(
            f"{file}: not a street graph of OSMnx (it lacks a coordinate system, the places of nodes, or "
            "edges); save it by save_graphml"
        )
    return graph


def _once(graph: Any) -> Iterable[tuple[int, int, Any, Mapping[str, Any]]]:
    """Each street once, from the end of the lower number; both directions look the same then."""
    at = {label: (data["x"], data["y"]) for label, data in graph.nodes(data=True)}
    seen = set()
    for u, v, data in graph.edges(data=True):
        line = data.get("geometry") or shapely.LineString([at[u], at[v]])
        if np.hypot(*np.subtract(line.coords[0], at[u])) > np.hypot(*np.subtract(line.coords[-1], at[u])):
            line = line.reverse()
        if u > v or (u == v and line.reverse().wkb < line.wkb):
            u, v, line = v, u, line.reverse()  # noqa: PLW2901
        key = (u, v, shapely.set_precision(line, 0).wkb)
        if key not in seen:
            seen.add(key)
            yield u, v, line, data


def _tags(data: Mapping[str, Any]) -> dict[str, str]:
    """Tags as OpenStreetMap has them; of several ways merged into one edge the first in order."""
    tags = {key: str(_first(value)) for key, value in data.items() if isinstance(value, str | list)}
    tags["oneway"] = "yes" if data.get("oneway") is True else "no"
    tags["name"] = "; ".join(sorted({str(name) for name in _listed(data.get("name"))}))
    return tags


def _first(value: Any) -> Any:
    return sorted(map(str, value))[0] if isinstance(value, list) and value else value


def _numbers(value: Any) -> tuple[int, ...]:
    return tuple(sorted({int(number) for number in _listed(value)}))


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
