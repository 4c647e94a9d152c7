"""Lines as they come out of an OpenStreetMap file: gathered in flat arrays, clipped, made geometries."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.graph.ways import Bools, Floats, Ints, offsets_of
from patrolplan.io.osm_nodes import Located


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Lines in degrees: a table row each, and their nodes one after another (NaN: not in the file)."""

    table: pd.DataFrame
    offsets: Ints
    refs: Ints
    lonlat: Floats


class LineStore:
    """Lines as they come, in flat arrays; clipped to the boundary now and then.

    With ``located`` the nodes' places are taken from there, and lines with none of its nodes are left out.
    """

    FLUSH_NODES = 1_000_000

    def __init__(self, boundary: shapely.Geometry | None, located: Located | None = None) -> None:
        self._boundary, self._located = boundary, located
        self._rows: list[tuple[Any, ...]] = []
        self._counts, self._refs = array("q"), array("q")
        self._lon, self._lat = array("d"), array("d")
        self._done: list[tuple[list[tuple[Any, ...]], Ints, Ints, Floats]] = []

    def add(self, row: tuple[Any, ...], nodes: Any) -> None:
        """Take one line: what is known about it, and its nodes with their locations."""
        refs = self._refs
        before = len(refs)
        if self._located is None:
            self._add_located(nodes)
        else:
            refs.extend(node.ref for node in nodes)
        self._rows.append(row)
        self._counts.append(len(refs) - before)
        if len(refs) > self.FLUSH_NODES and (self._boundary is not None or self._located is not None):
            self._flush()

    def _add_located(self, nodes: Any) -> None:
        refs, lon, lat = self._refs, self._lon, self._lat
        for node in nodes:
            here = node.location
            refs.append(node.ref)
            if here.valid():
                lon.append(here.lon)
                lat.append(here.lat)
            else:
                lon.append(np.nan)
                lat.append(np.nan)

    def lines(self, columns: tuple[str, ...]) -> Lines:
        """All lines taken; ``columns`` names what was known about each."""
        self._flush()
        rows = [row for part in self._done for row in part[0]]
        counts = np.concatenate([part[1] for part in self._done])
        refs = np.concatenate([part[2] for part in self._done])
        lonlat = np.concatenate([part[3] for part in self._done])
        table = pd.DataFrame.from_records(rows, columns=list(columns))
        return Lines(table=table, offsets=offsets_of(counts), refs=refs, lonlat=lonlat)

    def _flush(self) -> None:
        counts = np.array(self._counts, dtype=np.int64)
        refs = np.array(self._refs, dtype=np.int64)
        if self._located is None:
            lonlat = np.column_stack(
                [np.array(self._lon, dtype=np.float64), np.array(self._lat, dtype=np.float64)]
            )
        else:
            lonlat = self._located.of(refs)
        rows = self._rows
        self._rows, self._counts, self._refs = [], array("q"), array("q")
        self._lon, self._lat = array("d"), array("d")
        if self._located is not None:
            rows, counts, refs, lonlat = _touching(rows, counts, refs, lonlat)
        if self._boundary is not None:
            rows, counts, refs, lonlat = _clipped(rows, counts, refs, lonlat, self._boundary)
        self._done.append((rows, counts, refs, lonlat))


def _clipped(
    rows: list[tuple[Any, ...]], counts: Ints, refs: Ints, lonlat: Floats, boundary: shapely.Geometry
) -> tuple[list[tuple[Any, ...]], Ints, Ints, Floats]:
    """Lines with a node inside the boundary; nodes far from any inside one become NaN."""
    inside = shapely.contains_xy(boundary, lonlat)
    owner = np.repeat(np.arange(len(counts)), counts)
    near = inside.copy()
    same = owner[1:] == owner[:-1]
    near[1:] |= inside[:-1] & same
    near[:-1] |= inside[1:] & same
    return _of_lines_with(inside, rows, counts, refs, np.where(near[:, None], lonlat, np.nan))


def _touching(
    rows: list[tuple[Any, ...]], counts: Ints, refs: Ints, lonlat: Floats
) -> tuple[list[tuple[Any, ...]], Ints, Ints, Floats]:
    """Lines with a node whose place is known."""
    return _of_lines_with(np.isfinite(lonlat[:, 0]), rows, counts, refs, lonlat)


def _of_lines_with(
    marked: Bools, rows: list[tuple[Any, ...]], counts: Ints, refs: Ints, lonlat: Floats
) -> tuple[list[tuple[Any, ...]], Ints, Ints, Floats]:
    """Lines with a marked node, whole."""
    owner = np.repeat(np.arange(len(counts)), counts)
    keep = np.zeros(len(counts), dtype=bool)
    keep[owner[marked]] = True
    nodes = keep[owner]
    return [rows[i] for i in np.flatnonzero(keep)], counts[keep], refs[nodes], lonlat[nodes]


def lines_within(lines: Lines, boundary: shapely.Geometry) -> Lines:
    """Lines with a node inside the boundary, up to their first node outside."""
    shapely.prepare(boundary)
    rows = [(row,) for row in range(len(lines.table))]
    rows, counts, refs, lonlat = _clipped(rows, np.diff(lines.offsets), lines.refs, lines.lonlat, boundary)
    table = lines.table.iloc[[row for (row,) in rows]].reset_index(drop=True)
    return Lines(table=table, offsets=offsets_of(counts), refs=refs, lonlat=lonlat)


def linestrings(lines: Lines) -> NDArray[np.object_]:
    """Lines as geometries, broken where a node is missing."""
    owner = np.repeat(np.arange(len(lines.table)), np.diff(lines.offsets))
    run = run_numbers(owner, np.isfinite(lines.lonlat[:, 0]))
    good = run >= 0
    counts = np.bincount(run[good]) if good.any() else np.zeros(0, dtype=np.int64)
    long = counts[run[good]] > 1 if good.any() else np.zeros(0, dtype=bool)
    _, index = np.unique(run[good][long], return_inverse=True)
    return np.asarray(shapely.linestrings(lines.lonlat[good][long], indices=index), dtype=object).reshape(-1)


def run_numbers(owner: Ints, valid: Bools) -> Ints:
    """Number the unbroken runs of valid entries of one owner, -1 where not valid.

    Examples
    --------
    >>> run_numbers(np.array([0, 0, 0, 0, 1]), np.array([True, False, True, True, True])).tolist()
    [0, -1, 1, 1, 2]
    """
    starts = valid.copy()
    starts[1:] &= ~valid[:-1] | (owner[1:] != owner[:-1])
    return np.where(valid, np.cumsum(starts) - 1, -1).astype(np.int64)


def centres(outlines: Lines) -> pd.DataFrame:
    """Centre of each place drawn as outline: the middle of its outlines' bounding box."""
    table = outlines.table
    counts = np.diff(outlines.offsets)
    owner = np.repeat(np.arange(len(table)), counts)
    nodes = pd.DataFrame(
        {
            "osm_id": table["osm_id"].to_numpy()[owner],
            "lon": outlines.lonlat[:, 0],
            "lat": outlines.lonlat[:, 1],
        }
    )
    box = nodes.groupby("osm_id", sort=True).agg(["min", "max"])
    centre = pd.DataFrame({key: (box[key]["min"] + box[key]["max"]) / 2 for key in ("lon", "lat")})
    first = table.drop_duplicates("osm_id").set_index("osm_id")
    return first.join(centre).reset_index()[
        ["kind", "name", "name_en", "osm_id", "opening_hours", "lon", "lat"]
    ]
