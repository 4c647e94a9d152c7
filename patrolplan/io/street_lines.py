"""Street centrelines from a file of lines in any coordinate system, made ready to be cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.noding import noded
from patrolplan.graph.ways import WAY_COLUMNS
from patrolplan.io.osm_lines import Lines, lines_within
from patrolplan.io.osm_stream import way_row
from patrolplan.io.vector_files import read_shapes

LONLAT = "EPSG:4326"

LINE_SUFFIXES = (".gpkg", ".geojson", ".json", ".shp", ".fgb", ".zip")
"""Street centrelines in any coordinate system; a GeoPackage may also hold a network that was written here."""

NAME_COLUMNS = (
    "name", "street", "streetname", "street_name", "st_name", "stname", "fullname", "full_name", "full_stree",
    "fullstname", "road_name", "roadname", "rd_name", "label", "вулиця", "назва", "nazva", "strname",
    "nom_voie",
)  # fmt: skip
"""Columns that may hold the name of a street, the likeliest first; compared without case."""

ID_COLUMNS = (
    "osm_id", "osmid", "id", "segment_id", "seg_id", "segid", "street_id", "edge_id", "linearid", "tlid",
    "objectid", "fid", "gid",
)  # fmt: skip
"""Columns that may number the lines."""

KIND_COLUMNS = ("highway", "fclass")
"""Columns that hold OpenStreetMap's word for the kind of way."""

UNKNOWN_KIND = "residential"
"""Taken for the kind of a line that tells none: a street that people walk on."""


def centrelines(file: Path) -> tuple[Lines, list[tuple[int, ...]]]:
    """Lines of a file in degrees, joined where they meet, and the numbers that the file gives them.

    Lines that end on another, or within half a metre of it, meet it. Where lines cross without a
    common point one passes over the other, unless most crossings of the file are so: then its
    streets were drawn whole, and all of them meet.

    Raises
    ------
    InputError
        Not a file of lines, or no coordinate system.
    """
    table = _read(file)
    metric = table.to_crs(table.estimate_utm_crs())
    offsets, refs, xy = noded(shapely.force_2d(metric.geometry.to_numpy()))
    points = gpd.GeoSeries(shapely.points(xy), crs=metric.crs).to_crs(LONLAT)
    ids = _ids(table)
    lines = Lines(
        table=table_of(_tags(table)),
        offsets=offsets,
        refs=refs,
        lonlat=points.get_coordinates().to_numpy(),
    )
    return lines, ids


def table_of(tags: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """What the cleaning wants to know of each line, from its tags; the lines are numbered from 0.

    Lines that tell no kind are handled as streets of `UNKNOWN_KIND`, and their kind stays "".
    """
    tags = list(tags)
    rows = [way_row(number, {"highway": UNKNOWN_KIND, **some}) for number, some in enumerate(tags)]
    table = pd.DataFrame.from_records(rows, columns=[*WAY_COLUMNS, "reason"])
    return table.assign(kind=[some.get("highway", "") for some in tags])


def clipped(lines: Lines, boundary: shapely.Geometry | None) -> Lines:
    """Lines up to their first point outside the boundary (degrees)."""
    return lines if boundary is None else lines_within(lines, boundary)


def _read(file: Path) -> gpd.GeoDataFrame:
    table = read_shapes(file, what="streets", suffixes=LINE_SUFFIXES)
    if not isinstance(table, gpd.GeoDataFrame):
        raise InputError(f"{file}: has no geometry; give a file of street lines")
    lines = table.explode(index_parts=False)
    lines = lines[(lines.geom_type == "LineString") & (shapely.length(lines.geometry.to_numpy()) > 0)]
    if lines.empty:
        raise InputError(f"{file}: holds no line; streets are drawn as lines, not as points or areas")
    return lines.reset_index(drop=True)


def _tags(table: gpd.GeoDataFrame) -> list[dict[str, str]]:
    """Each line's columns as tags: those of OpenStreetMap by their names, and the name of the street."""
    plain = pd.DataFrame(table.drop(columns=table.geometry.name))
    plain.columns = plain.columns.astype(str).str.casefold()
    plain = plain.loc[:, ~plain.columns.duplicated()]
    name, kind = _first_of(NAME_COLUMNS, plain.columns), _first_of(KIND_COLUMNS, plain.columns)
    texts = plain.astype(object).where(plain.notna(), "").astype(str)
    tags = [{str(key): str(value) for key, value in row.items() if value} for row in texts.to_dict("records")]
    for row in tags:
        row["name"] = row.get(name, "").strip() if name else ""
        if kind and kind in row:
            row["highway"] = row[kind]
        _as_osm_has_them(row)
    return tags


def _as_osm_has_them(row: dict[str, str]) -> None:
    """Some exports write T and F, or B for both ways, where OpenStreetMap has yes and no."""
    for key in ("oneway", "bridge", "tunnel"):
        value = row.get(key, "").casefold()
        row[key] = "yes" if value in ("t", "true", "1", "yes", "y", "ft", "tf") else "no"


def _ids(table: gpd.GeoDataFrame) -> list[tuple[int, ...]]:
    columns = {str(column).casefold(): column for column in table.columns}
    found = _first_of(ID_COLUMNS, list(columns))
    if found is None:
        return [(number + 1,) for number in range(len(table))]
    numbers: NDArray[Any] = pd.to_numeric(table[columns[found]], errors="coerce").to_numpy(float)
    return [(int(number),) if np.isfinite(number) else () for number in numbers]


def _first_of(wanted: Sequence[str], columns: Iterable[str]) -> str | None:
    there = set(columns)
    return next((column for column in wanted if column in there), None)
