"""Closures from a file: areas nobody may walk in, and ways that are closed, each with its dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from patrolplan.around import Closure
from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.io.boundary import AREA_SUFFIXES
from patrolplan.io.text import one_line
from patrolplan.io.vector_files import read_shapes

SINCE_COLUMNS, UNTIL_COLUMNS = ("since", "from", "start", "begin"), ("until", "to", "end", "till")
WORD_COLUMNS = ("name", "what", "label", "reason", "note", "description", "назва", "що", "причина")
MOST_NAMES = 3
CLOSURE_SUFFIXES = (*AREA_SUFFIXES, ".csv")
ID_COLUMNS = ("osm_ids", "osm_id", "ways", "way")


@dataclass(frozen=True, kw_only=True)
class Closures:
    """What is closed, and when.

    Attributes
    ----------
    areas
        Polygons (EPSG:4326) with ``since`` and ``until`` (NaT: open-ended).
    ways
        One row a closed way: ``osm_id``, ``since``, ``until``.
    rows
        One row a row of the file: ``what`` (its words, "" if it has none), ``since``, ``until``, ``ids`` (of
        ways), and its polygon or none.
    """

    areas: gpd.GeoDataFrame
    ways: pd.DataFrame
    rows: gpd.GeoDataFrame

    def ways_on(self, day: pd.Timestamp | None) -> list[int]:
        """Ids of the ways that are closed on a day; None: of all."""
        ways = self.ways
        if day is not None:
            ways = ways[~(ways["since"] > day) & ~(ways["until"] < day)]
        return sorted({int(way) for way in ways["osm_id"]})


def read_closures(path: str | PathLike[str]) -> Closures:
    """Read closures.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON, Shapefile or the like. Rows with a polygon close all within it; rows with way ids
        in a column ``osm_id`` or ``osm_ids`` (several by comma) close these ways. Columns ``since`` (or
        ``from``) and ``until`` (or ``to``) hold the first and the last day, as in 2026-11-23; ``name`` (or
        ``what``, ``reason``) is told on the cards of those days.

    Raises
    ------
    InputError
        No such file, no coordinate system, rows that close nothing, or dates that are none.
    """
    file = Path(path)
    table = read_shapes(file, what="closures", suffixes=CLOSURE_SUFFIXES)
    since, faults = _days(table, SINCE_COLUMNS, file)
    until, more = _days(table, UNTIL_COLUMNS, file)
    ids = _ids(table)
    has_area = _has_area(table)
    nothing = ~has_area & np.array([not some for some in ids], dtype=bool)
    faults += more
    if nothing.any():
        faults.append(_told(file, nothing, "close nothing: draw an area, or give way ids in osm_id"))
    late = (since > until).to_numpy()
    if late.any():
        faults.append(_told(file, late, "end before they begin; swap the dates"))
    if faults:
        raise InputError(faults)
    every = gpd.GeoDataFrame(
        {"what": _words(table), "since": since, "until": until, "ids": ids},
        geometry=_geometry(table),
        crs=4326,
    )
    areas = gpd.GeoDataFrame({"since": since, "until": until}, geometry=_geometry(table), crs=4326)
    rows = np.repeat(np.arange(len(ids)), [len(some) for some in ids])
    ways = pd.DataFrame(
        {
            "osm_id": np.array([number for some in ids for number in some], dtype=np.int64),
            "since": since.to_numpy()[rows],
            "until": until.to_numpy()[rows],
        }
    )
    return Closures(areas=areas[has_area].reset_index(drop=True), ways=ways, rows=every)


def told_closures(closures: Closures, network: StreetNetwork) -> tuple[Closure, ...]:
    """Each row of the file in words, with the streets it closes.

    Parameters
    ----------
    closures
        As read.
    network
        The streets before they are closed.

    Returns
    -------
    Rows that touch no street of the network are left out.
    """
    segments = network.segments
    told = []
    for row in closures.rows.to_crs(segments.crs).itertuples():
        shut = _shut(row, segments)
        if shut.empty:
            continue
        names = ", ".join(list(dict.fromkeys(name for name in shut["name"] if name))[:MOST_NAMES])
        shape = shut.geometry.to_crs(4326).union_all()
        what = f"{row.what} ({names})" if row.what and names else row.what or names
        told.append(Closure(what=what, since=_day(row.since), until=_day(row.until), shape=shape))
    return tuple(told)


def _shut(row: Any, segments: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    ids = set(row.ids)
    along = segments["osm_ids"].map(lambda own: not ids.isdisjoint(own)) if ids else False
    inside = row.geometry is not None and row.geometry.geom_type in ("Polygon", "MultiPolygon")
    return (
        segments[along | segments.intersects(row.geometry) if inside else along]
        if ids or inside
        else segments[:0]
    )


def _day(at: pd.Timestamp) -> date | None:
    return None if pd.isna(at) else at.date()


def _words(table: pd.DataFrame) -> list[str]:
    names = {str(column).casefold(): column for column in table.columns}
    found = next((names[column] for column in WORD_COLUMNS if column in names), None)
    if found is None:
        return [""] * len(table)
    return ["" if pd.isna(text) else one_line(str(text)) for text in table[found]]


def _geometry(table: pd.DataFrame) -> gpd.GeoSeries:
    if not isinstance(table, gpd.GeoDataFrame):
        return gpd.GeoSeries([None] * len(table), crs=4326)
    return table.geometry.to_crs(4326).reset_index(drop=True)


def _has_area(table: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if not isinstance(table, gpd.GeoDataFrame):
        return np.zeros(len(table), dtype=bool)
    return np.asarray(table.geom_type.isin(["Polygon", "MultiPolygon"]) & ~table.geometry.is_empty)


def _days(table: pd.DataFrame, columns: tuple[str, ...], file: Path) -> tuple[pd.Series, list[str]]:
    names = {str(column).casefold(): column for column in table.columns}
    found = next((names[column] for column in columns if column in names), None)
    if found is None:
        return pd.Series(pd.NaT, index=range(len(table)), dtype="datetime64[ns]"), []
    given = table[found].reset_index(drop=True)
    given = given.where(given.notna() & (given.astype(str).str.strip() != ""))
    days = pd.to_datetime(given, errors="coerce", format="ISO8601", utc=True).dt.tz_localize(None)
    wrong = (given.notna() & days.isna()).to_numpy()
    faults = []
    if wrong.any():
        shown = ", ".join(map(repr, given[wrong].head(3)))
        faults = [_told(file, wrong, f"have no date in {found} ({shown}); write 2026-11-23")]
    return days.dt.normalize(), faults


def _ids(table: pd.DataFrame) -> list[tuple[int, ...]]:
    names = {str(column).casefold(): column for column in table.columns}
    found = next((names[column] for column in ID_COLUMNS if column in names), None)
    if found is None:
        return [()] * len(table)
    texts = table[found].map(lambda value: "" if pd.isna(value) else re.sub(r"\.0$", "", str(value)))
    return [tuple(int(number) for number in re.findall(r"\d+", text)) for text in texts]


def _told(file: Path, wrong: np.ndarray[tuple[int], np.dtype[np.bool_]], what: str) -> str:
    rows = np.flatnonzero(wrong) + 1
    shown = ", ".join(map(str, rows[:5].tolist())) + (" ..." if len(rows) > 5 else "")
    return f"{file}: {len(rows)} rows ({shown}) {what}"
