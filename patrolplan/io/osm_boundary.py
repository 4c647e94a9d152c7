"""The boundary of a community as an OpenStreetMap file draws it: an administrative relation by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from patrolplan.errors import InputError
from patrolplan.graph.ways import Floats
from patrolplan.io.osm_nodes import nodes_with_ids
from patrolplan.io.osm_stream import check_path, told_plainly

NAME_KEYS = ("name", "name:uk", "name:en", "official_name", "short_name", "koatuu", "katotth", "ref:katotth")
"""Tags by which a community may be called: its names and its codes in Ukraine's registers."""

SHOWN = 12

Area = shapely.Polygon | shapely.MultiPolygon


_ALIKE = str.maketrans("асеіорхујѕ\u2019\u02bc`", "aceiopxyjs'''")


@dataclass(frozen=True, kw_only=True)
class _Relation:
    id: int
    name: str
    level: str
    outer: tuple[int, ...]
    inner: tuple[int, ...]


def read_osm_boundary(path: Path, name: str) -> Area:
    """The area (degrees) of the administrative relation called ``name``, or of relation ``"r123"``.

    Raises
    ------
    InputError
        No such relation, several of that name, or its outline is not whole in the file.
    """
    check_path(path)
    with told_plainly(path):
        relations = _administrative(path)
        found = _chosen(path, relations, name)
        lines = _lines(path, {*found.outer, *found.inner})
    missing = [way for way in (*found.outer, *found.inner) if way not in lines]
    broken = [way for way, lonlat in lines.items() if not np.isfinite(lonlat).all()]
    area = _area([lines[way] for way in found.outer if way in lines and way not in broken])
    if missing or broken or area.is_empty:
        raise InputError(
            f'{path}: the outline of "{found.name}" (relation {found.id}) is not whole in this file '
            f"({len(missing)} of its ways and the nodes of {len(broken)} more are missing); use a larger "
            "extract, or give a polygon file as boundary"
        )
    whole: Area = area - _area([lines[way] for way in found.inner]) if found.inner else area
    return whole


def read_osm_areas(path: str | PathLike[str], *, level: str) -> gpd.GeoDataFrame:
    """All administrative areas of one level that are whole in the file, such as its municipalities.

    Parameters
    ----------
    path
        OpenStreetMap file.
    level
        ``admin_level``: "8" for municipalities in most countries, "7" for Ukraine's hromadas.

    Returns
    -------
    GeoDataFrame
        ``name``, ``osm_id`` (number of the relation) and ``geometry`` (EPSG:4326), sorted by name.
    """
    file = Path(path)
    check_path(file)
    with told_plainly(file):
        relations = [relation for _, relation in _administrative(file) if relation.level == level]
        lines = _lines(file, {way for found in relations for way in (*found.outer, *found.inner)})
    rows = []
    for found in sorted(relations, key=lambda relation: (relation.name, relation.id)):
        ways = [lines.get(way) for way in found.outer]
        whole = all(line is not None and np.isfinite(line).all() for line in ways)
        area = _area([line for line in ways if line is not None]) if whole else shapely.Polygon()
        if not area.is_empty:
            inner = [lines[way] for way in found.inner if way in lines]
            rows.append((found.name, found.id, area - _area(inner) if inner else area))
    table = pd.DataFrame(rows, columns=["name", "osm_id", "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")


def alike(name: str) -> str:
    """A name in the form in which names are compared: no case, and letters that look alike made one.

    Registers mix Latin and Cyrillic letters within a word, which no reader sees.

    Examples
    --------
    >>> alike("Бopoдінськa") == alike("Бородінська ")
    True
    """
    return " ".join(name.casefold().translate(_ALIKE).split())


def _administrative(path: Path) -> list[tuple[dict[str, str], _Relation]]:
    relations = []
    found: Any
    for found in osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(
        osmium.filter.TagFilter(("boundary", "administrative"))
    ):
        tags = {tag.k: tag.v for tag in found.tags}
        if tags.get("type") not in ("boundary", "multipolygon"):
            continue
        ways = [(member.ref, member.role) for member in found.members if member.type == "w"]
        relation = _Relation(
            id=found.id,
            name=tags.get("name", ""),
            level=tags.get("admin_level", "?"),
            outer=tuple(ref for ref, role in ways if role in ("outer", "")),
            inner=tuple(ref for ref, role in ways if role == "inner"),
        )
        relations.append((tags, relation))
    return relations


def _chosen(path: Path, relations: Sequence[tuple[dict[str, str], _Relation]], name: str) -> _Relation:
    wanted = alike(name)
    by_name = [
        relation
        for tags, relation in relations
        if wanted == f"r{relation.id}" or any(alike(tags[key]) == wanted for key in NAME_KEYS if key in tags)
    ]
    if len(by_name) == 1:
        return by_name[0]
    if by_name:
        told = "; ".join(f'"r{r.id}": {r.name}, admin_level {r.level}' for r in by_name)
        raise InputError(f'{path}: {len(by_name)} boundaries are called "{name}"; give one as {told}')
    names = sorted({relation.name for _, relation in relations if relation.name})
    shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    raise InputError(
        f'{path}: no administrative boundary is called "{name}"; '
        + (f"the file has: {shown}" if names else "the file has none: give a polygon file or a box")
    )


def _lines(path: Path, wanted: set[int]) -> dict[int, Floats]:
    """Longitude and latitude of each node of each wanted way that the file holds."""
    found: Any = osmium.FileProcessor(str(path), osmium.osm.WAY)
    ways = {way.id: [node.ref for node in way.nodes] for way in found if way.id in wanted}
    located = nodes_with_ids(path, np.array(sorted({ref for refs in ways.values() for ref in refs})))
    return {way: located.of(np.array(refs, dtype=np.int64)) for way, refs in ways.items()}


def _area(lines: Sequence[Floats]) -> Any:
    """The area that lines enclose together; empty where they do not close."""
    if not lines:
        return shapely.Polygon()
    rings = shapely.polygonize([shapely.unary_union([shapely.LineString(line) for line in lines])])
    return shapely.unary_union(list(rings.geoms))
