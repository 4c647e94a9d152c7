"""Which part of a street file is the community: an area by file, by name, by box, or around its offences."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from patrolplan.errors import InputError
from patrolplan.io.osm_boundary import Area, alike, read_osm_boundary
from patrolplan.io.osm_stream import SUFFIXES
from patrolplan.io.vector_files import read_shapes

LONLAT = "EPSG:4326"

AREA_SUFFIXES = (".gpkg", ".geojson", ".json", ".shp", ".kml", ".fgb", ".zip")
"""Endings of files that boundaries are read from, beside OpenStreetMap files."""

LARGEST_DEG = 30.0
"""A box wider than this is taken for a mistake (swapped or metric coordinates)."""

SHOWN = 12


def read_boundary(path: str | PathLike[str], *, name: str | None = None) -> Area:
    """The area of a community, in degrees of longitude and latitude.

    Parameters
    ----------
    path
        File of polygons (GeoPackage, GeoJSON, Shapefile, KML, FlatGeobuf) in any coordinate system that it
        states, or an OpenStreetMap file.
    name
        Which of several areas, by any of its columns (name or code). In an OpenStreetMap file: the
        administrative relation of that name (local, Ukrainian or English), KOATUU or KATOTTH code,
        or ``"r1155952"`` for the relation of that number.

    Returns
    -------
    Polygon or MultiPolygon

    Raises
    ------
    InputError
        No such file, nobody of that name, several areas and no name, no coordinate system, no area.

    See Also
    --------
    box_boundary, boundary_around
    """
    file = Path(path)
    if file.name.lower().endswith(SUFFIXES):
        if not name:
            raise InputError(f"{file}: give the name of the administrative boundary to take from this file")
        return read_osm_boundary(file, name)
    areas = _areas(file)
    areas = areas if name is None else _called(file, areas, name)
    if name is None and len(areas) > 1:
        raise InputError(f"{file}: holds {len(areas)} areas; name one of them: {_labels(areas)}")
    parts: Any = shapely.make_valid(areas.geometry.to_numpy())
    whole: Any = shapely.unary_union(parts)
    area: Area = whole
    return area


def box_boundary(bbox: Sequence[float]) -> Area:
    """The area between (west, south, east, north) in degrees.

    Raises
    ------
    InputError
        Not four numbers, or not in that order.

    Examples
    --------
    >>> box_boundary([32.0, 49.0, 32.1, 49.05]).bounds
    (32.0, 49.0, 32.1, 49.05)
    """
    west, south, east, north = bbox if len(bbox) == 4 else (np.nan,) * 4
    sound = -180 <= west < east <= 180 and -90 <= south < north <= 90
    if not sound or max(east - west, north - south) > LARGEST_DEG:
        raise InputError(
            f"bbox {list(bbox)}: must be [west, south, east, north] in degrees, "
            "such as [32.0, 49.0, 32.1, 49.05]"
        )
    return shapely.box(west, south, east, north)


def boundary_around(points: gpd.GeoSeries, *, margin_m: float) -> Area:
    """The hull of points (such as a table's offences) and ``margin_m`` metres around it, in degrees.

    The hull holds all points but lone ones: those in the outer hundredth by distance from the middle
    (median) and farther than five times the distance that holds nine tenths, which are mostly places
    mistyped and would draw in half a country.

    Raises
    ------
    InputError
        No points.
    """
    known = points[~(points.is_empty | points.isna())]
    if known.empty:
        raise InputError("no offence has a place, so there is no area around them; give a boundary or a box")
    metric = known.to_crs(known.estimate_utm_crs() if known.crs.is_geographic else known.crs)
    xy = metric.get_coordinates().to_numpy()
    away = np.hypot(*(xy - np.median(xy, axis=0)).T)
    lone = (away > np.quantile(away, 0.99)) & (away > 5 * np.quantile(away, 0.9) + margin_m)
    hull = shapely.convex_hull(shapely.multipoints(xy[~lone])).buffer(margin_m, quad_segs=4)
    area: Area = gpd.GeoSeries([hull], crs=metric.crs).to_crs(LONLAT).iloc[0]
    return area


def _areas(file: Path) -> gpd.GeoDataFrame:
    areas = read_shapes(file, what="areas", suffixes=AREA_SUFFIXES)
    if not isinstance(areas, gpd.GeoDataFrame):
        raise InputError(f"{file}: has no geometry, so no area; give a file of polygons")
    areas = areas.to_crs(LONLAT)
    areas = areas[areas.geom_type.isin(["Polygon", "MultiPolygon"])]
    if areas.empty:
        raise InputError(f"{file}: holds no polygon; draw the community as an area, not as a line")
    return areas.reset_index(drop=True)


def _called(file: Path, areas: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    wanted = alike(name)
    table = areas.drop(columns=areas.geometry.name)
    fits = table.map(lambda value: alike(str(value)) == wanted).any(axis=1)
    if not fits.any():
        raise InputError(f'{file}: no area is called "{name}"; the file has: {_labels(areas)}')
    return areas[fits.to_numpy()]


def _labels(areas: gpd.GeoDataFrame) -> str:
    """What the areas are called, by the text column that tells most of them apart."""
    table = areas.drop(columns=areas.geometry.name)
    texts = [column for column in table.columns if not np.issubdtype(_dtype(table, column), np.number)]
    if not texts:
        return "(no column with names)"
    best = max(texts, key=lambda column: (table[column].nunique(), -list(table.columns).index(column)))
    names = sorted({str(value) for value in table[best].dropna()})
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _dtype(table: gpd.GeoDataFrame, column: str) -> np.dtype[np.generic]:
    kind = table[column].dtype
    return kind if isinstance(kind, np.dtype) else np.dtype(object)
