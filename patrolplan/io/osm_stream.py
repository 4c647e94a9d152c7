"""One pass over an OpenStreetMap file: walkable ways, places, settlements and barriers, on arrays."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.ways import WAY_COLUMNS
from patrolplan.io.osm_gates import is_shut, shut_at
from patrolplan.io.osm_guard import check_strings
from patrolplan.io.osm_lines import Lines, LineStore, centres, linestrings
from patrolplan.io.osm_nodes import Located, nodes_near
from patrolplan.io.osm_places import PLACE_KEYS, place_kind
from patrolplan.io.osm_tags import is_carriageway, layer_of, sides_of, walkable

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

_RAILS = frozenset({"rail", "light_rail", "subway", "narrow_gauge", "monorail", "funicular"})
_WATERS = frozenset({"river", "canal", "riverbank", "dock", "stream"})
_WALLS = frozenset({"wall", "city_wall", "retaining_wall", "fence"})
_BROKEN = (
    RuntimeError, OSError, ValueError, ArithmeticError, IndexError, MemoryError, struct.error, zlib.error,
    osmium.InvalidLocationError,
)  # fmt: skip
"""What osmium and the unpacking of blocks raise on damaged files."""
_LIT = {"": "", "no": "no", "disused": "no"}
_SETTLEMENTS = frozenset({"city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood"})
_KEYS = ("highway", "route", "railway", "waterway", "natural", "barrier", "place", *PLACE_KEYS)


@dataclass(frozen=True, kw_only=True)
class OsmContent:
    """What one pass over a file found.

    Attributes
    ----------
    ways
        Every way with a ``highway`` tag; column ``reason`` is "" where people may walk.
    barriers
        Railways, water and walls, that nothing may be joined across.
    places, settlements
        Places people visit and ``place=*`` nodes, as tables with ``lon`` and ``lat``.
    timestamp
        The data's own date as the file states it, "" where it does not.
    """

    ways: Lines
    barriers: NDArray[np.object_]
    places: pd.DataFrame
    settlements: pd.DataFrame
    timestamp: str


def stream(path: Path, *, boundary: shapely.Geometry | None = None) -> OsmContent:
    """Read a file once, keeping only what streets and places need.

    With a boundary the nodes near it are found first and only their places are kept, so that the
    memory needed grows with the community and not with the file.

    Raises
    ------
    InputError
        No such file, empty, of an unknown format, or broken.
    """
    check_path(path)
    with told_plainly(path):
        timestamp = _timestamp(path)
        areas = _relation_areas(path)
        located = None if boundary is None else nodes_near(path, boundary)
        collected = _Collector(boundary, areas, located)
        _run(path, collected)
    return collected.content(timestamp)


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """What libraries say of a broken file, as an input error with the way out."""
    try:
        yield
    except _BROKEN as error:
        if isinstance(error, InputError):
            raise
        told = str(error).strip() or type(error).__name__
        raise InputError(
            f"{path}: not a readable OpenStreetMap file ({told}); "
            "download the extract again, or check its ending against its content"
        ) from error


def check_path(path: Path) -> None:
    """Refuse what cannot be an OpenStreetMap file before any library opens it."""
    if not path.exists():
        raise InputError(
            f"{path}: no such file; give the path of an OpenStreetMap extract ({', '.join(SUFFIXES)})"
        )
    if not path.is_file():
        raise InputError(f"{path}: not a file; give the path of an OpenStreetMap extract")
    if not path.name.lower().endswith(SUFFIXES):
        raise InputError(f"{path}: unknown ending; streets are read from {', '.join(SUFFIXES)}")
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty; download the extract again")
    check_strings(path)


def _timestamp(path: Path) -> str:
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        header = reader.header()
        stated = header.get("timestamp") or header.get("osmosis_replication_timestamp")
    if stated or not path.name.endswith(".osm"):
        return str(stated or "")
    with path.open("rb") as file:
        head = file.read(2000).decode("utf-8", "replace")
    return head.split('osm_base="', 1)[1].split('"', 1)[0] if 'osm_base="' in head else ""


@dataclass(kw_only=True)
class _Areas:
    """Areas drawn as relations: their tags, and which ways make their outlines."""

    tags: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    members: dict[int, list[int]] = field(default_factory=dict)


def _relation_areas(path: Path) -> _Areas:
    areas = _Areas()
    relations = osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(
        osmium.filter.KeyFilter("highway", *PLACE_KEYS)
    )
    relation: Any
    for relation in relations:
        tags = {tag.k: tag.v for tag in relation.tags}
        is_square = tags.get("highway") in ("pedestrian", "footway")
        if tags.get("type") != "multipolygon" or not (is_square or place_kind(tags)):
            continue
        for member in relation.members:
            if member.type == "w" and member.role in ("outer", ""):
                areas.members.setdefault(member.ref, []).append(len(areas.tags))
        areas.tags.append((relation.id, tags))
    return areas


def _run(path: Path, collector: _Collector) -> None:
    processor = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
    if collector.located is None:
        processor = processor.with_locations()
    processor = processor.with_filter(osmium.filter.KeyFilter(*_KEYS))
    if collector.areas.members:
        processor = processor.handler_for_filtered(_Outlines(collector))
    found: Any
    for found in processor:
        if found.is_way() and collector.is_far(found):
            continue
        tags = {tag.k: tag.v for tag in found.tags}
        if found.is_node():
            collector.node(found, tags)
        else:
            collector.way(found, tags)


class _Outlines:
    """Takes the ways that carry no tag of interest but outline an area of a relation."""

    def __init__(self, collector: _Collector) -> None:
        self._collector = collector

    def way(self, way: Any) -> None:
        if way.id in self._collector.areas.members and not self._collector.is_far(way):
            self._collector.way(way, {})


class _Collector:
    """Takes nodes and ways one by one and keeps what is asked for."""

    def __init__(self, boundary: shapely.Geometry | None, areas: _Areas, located: Located | None) -> None:
        self.areas, self.located = areas, located
        self._near = frozenset(() if located is None else located.ids.tolist())
        if boundary is not None:
            shapely.prepare(boundary)
        self._boundary = boundary
        self._ways, self._barriers = LineStore(boundary, located), LineStore(boundary, located)
        self._outlines = LineStore(None, located)
        self._points: list[tuple[Any, ...]] = []
        self._settlements: list[tuple[Any, ...]] = []
        self._shut: list[int] = []

    def is_far(self, way: Any) -> bool:
        """Whether a boundary was given and no node of the way lies near it."""
        return self.located is not None and self._near.isdisjoint([node.ref for node in way.nodes])

    def node(self, node: Any, tags: Mapping[str, str]) -> None:
        if is_shut(tags):
            self._shut.append(node.id)
        kind = place_kind(tags)
        if kind:
            self._points.append((*_place_row(f"node/{node.id}", kind, tags), node.lon, node.lat))
        if tags.get("place") in _SETTLEMENTS:
            row = (tags["place"], tags.get("name", ""), tags.get("name:en", ""), f"node/{node.id}")
            self._settlements.append((*row, node.lon, node.lat))

    def way(self, way: Any, tags: Mapping[str, str]) -> None:
        for area in self.areas.members.get(way.id, ()):
            relation, area_tags = self.areas.tags[area]
            if area_tags.get("highway") and "highway" not in tags:
                tags = {**area_tags, **tags, "area": "yes"}
            kind = place_kind(area_tags)
            if kind:
                self._outlines.add(_place_row(f"relation/{relation}", kind, area_tags), way.nodes)
        if _is_market_square(tags):
            tags = {"highway": "pedestrian", "area": "yes", **tags}
        elif tags.get("route") == "ferry" and "highway" not in tags:
            tags = {**tags, "highway": "ferry"}
        if "highway" in tags:
            self._ways.add(way_row(way.id, tags), way.nodes)
        elif _is_barrier(tags):
            hard = tags.get("barrier") not in _WALLS
            self._barriers.add((way.id, hard), way.nodes)
        kind = place_kind(tags)
        if kind:
            self._outlines.add(_place_row(f"way/{way.id}", kind, tags), way.nodes)

    def content(self, timestamp: str) -> OsmContent:
        columns = ("kind", "name", "name_en", "osm_id", "opening_hours")
        points = pd.DataFrame(self._points, columns=[*columns, "lon", "lat"])
        areas = centres(self._outlines.lines(columns))
        places = (
            pd.concat([part for part in (points, areas) if len(part)]) if len(points) + len(areas) else points
        )
        settlements = pd.DataFrame(
            self._settlements, columns=["kind", "name", "name_en", "osm_id", "lon", "lat"]
        )
        barriers = self._barriers.lines(("osm_id", "hard"))
        return OsmContent(
            ways=shut_at(self._ways.lines((*WAY_COLUMNS, "reason")), np.array(self._shut, dtype=np.int64)),
            barriers=linestrings(barriers),
            places=self._inside(places),
            settlements=self._inside(settlements),
            timestamp=timestamp,
        )

    def _inside(self, table: pd.DataFrame) -> pd.DataFrame:
        table = table[np.isfinite(table["lon"].to_numpy(float))]
        if self._boundary is not None and len(table):
            table = table[shapely.contains_xy(self._boundary, table[["lon", "lat"]].to_numpy(float))]
        return table.sort_values("osm_id", kind="stable", ignore_index=True)


def way_row(osm_id: int, tags: Mapping[str, str]) -> tuple[Any, ...]:
    """What the cleaning wants to know of a way: `WAY_COLUMNS` and the reason why nobody may walk there."""
    rank, reason = walkable(tags)
    return (
        osm_id,
        rank,
        tags["highway"],
        tags.get("name", ""),
        tags.get("name:en", ""),
        tags.get("name:uk", ""),
        _LIT.get(tags.get("lit", ""), "yes"),
        tags.get("surface", ""),
        tags["highway"] == "steps",
        layer_of(tags),
        is_carriageway(tags),
        tags.get("junction") in ("roundabout", "circular"),
        sides_of(tags),
        reason,
    )


def _is_market_square(tags: Mapping[str, str]) -> bool:
    """Market places and squares drawn as areas without a way: walked like pedestrian areas."""
    square = tags.get("amenity") == "marketplace" or tags.get("place") == "square"
    return square and "highway" not in tags and tags.get("building", "no") == "no"


def _place_row(osm_id: str, kind: str, tags: Mapping[str, str]) -> tuple[str, str, str, str, str]:
    return kind, tags.get("name", ""), tags.get("name:en", ""), osm_id, tags.get("opening_hours", "")


def _is_barrier(tags: Mapping[str, str]) -> bool:
    if layer_of(tags) != 0 or tags.get("covered") == "yes":
        return False  # a viaduct is walked under, a tunnel walked over
    return (
        tags.get("railway") in _RAILS
        or tags.get("waterway") in _WATERS
        or tags.get("natural") == "water"
        or tags.get("barrier") in _WALLS
    )
