# ruff: noqa: E501 - sentences for people stand whole
"""Points of a table in EPSG:4326, and the rows that have none, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.readers.raw import RawTable
from patrolplan.io.table_coordinates import degrees, numbers, pairs
from patrolplan.io.table_systems import suggested_systems
from patrolplan.risk.offences import tell_rows

WGS84 = "EPSG:4326"
Bounds = tuple[float, float, float, float]
NEAR_DEG = 0.3
"""Points farther than this from the streets, in degrees, are in another town or wrong."""


def read_points(
    table: RawTable,
    columns: Mapping[str, str],
    *,
    crs: Any | None,
    required: bool = True,
    bounds: Bounds | None = None,
) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    """Points of the rows that have one, and the rows that don't (``row``, ``reason``, ``value``).

    Parameters
    ----------
    table
        As read.
    columns
        With "lon" and "lat" for a plain table (x and y where ``crs`` is given), or "point" for
        both in one column.
    crs
        Coordinate system of the coordinates; None: what the file says, else degrees of longitude
        and latitude (EPSG:4326), which is proved by their range.
    required
        Whether a table without any coordinates is an error.
    bounds
        West, south, east and north of the streets in degrees: proves which of two numbers is the
        longitude, and which coordinate system fits.

    Raises
    ------
    InputError
        No coordinates, swapped ones, or coordinates in an unknown system.
    """
    if table.points is not None:
        return _of_layer(table, crs)
    if "lon" in columns and "lat" in columns:
        x, y = ((degrees if crs is None else numbers)(table.frame[columns[role]]) for role in ("lon", "lat"))
        told = table.frame[columns["lon"]] + ", " + table.frame[columns["lat"]]
        return _of_numbers(table, x, y, told, (columns["lon"], columns["lat"]), crs, required, bounds)
    if "point" in columns:
        return _of_pairs(table, columns["point"], crs, required, bounds)
    if not required:
        return _none(table)
    raise InputError(
        f"{table.name}: no columns of longitude and latitude among "
        f"{', '.join(table.frame.columns)}; name them with columns lon and lat, or the column of both with point"
    )


def _none(table: RawTable) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    return gpd.GeoSeries(crs=WGS84), _aside(table.frame.index[:0], "", "")


def _of_layer(table: RawTable, crs: Any | None) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    points = gpd.GeoSeries(table.points)
    if crs is not None:
        points = points.set_crs(crs, allow_override=True)
    if points.crs is None:
        raise InputError(
            f"{table.name}: the layer doesn't say its coordinate system; give crs, e.g. crs='EPSG:4326'"
        )
    empty = points.isna() | points.is_empty
    good = points[~empty]
    if good.empty:
        raise InputError(f"{table.name}: no row has a place; nothing can be put on a map")
    try:
        good = good.where(good.geom_type == "Point", good.representative_point()).to_crs(WGS84)
    except Exception as error:
        raise InputError(
            f"{table.name}: its places can't be moved to longitude and latitude ({type(error).__name__}); "
            "save the layer in EPSG:4326"
        ) from None
    null = (good.x == 0) & (good.y == 0)
    sane = np.isfinite(good.x) & np.isfinite(good.y) & (good.x.abs() <= 180) & (good.y.abs() <= 90)
    aside = [
        _aside(points.index[empty], "no coordinates", ""),
        _aside(good.index[null], "coordinates 0, 0", "0, 0"),
        _aside(good.index[~sane], "coordinates outside their system", ""),
    ]
    return good[~null & sane], pd.concat(aside)


def _of_pairs(
    table: RawTable, column: str, crs: Any | None, required: bool, bounds: Bounds | None
) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    cells = table.frame[column]
    x, y = pairs(cells)
    wkt = cells.str.contains(r"^\s*(?:SRID=\d+;)?\s*POINT", case=False, regex=True).any()
    if not wkt and crs is None and _turned(x, y, bounds):
        x, y = y, x
    return _of_numbers(table, x, y, cells, (column, column), crs, required, bounds)


def _turned(x: pd.Series, y: pd.Series, bounds: Bounds | None) -> bool:
    """Whether pairs stand with the longitude first, proved by range or by where the streets are."""
    there = x.notna() & y.notna()
    if (y[there].abs() > 90).mean() > 0.5:
        return True
    return bounds is not None and _swapped_by_streets(x, y, there, bounds)


def _swapped_by_streets(x: pd.Series, y: pd.Series, good: pd.Series, bounds: Bounds) -> bool:
    return bool(_near(y, x, bounds)[good].mean() > 0.5 > _near(x, y, bounds)[good].mean())


def _near(x: pd.Series, y: pd.Series, bounds: Bounds) -> pd.Series:
    west, south, east, north = bounds
    return x.between(west - NEAR_DEG, east + NEAR_DEG) & y.between(south - NEAR_DEG, north + NEAR_DEG)


def _of_numbers(
    table: RawTable,
    x: pd.Series,
    y: pd.Series,
    told: pd.Series,
    names: tuple[str, str],
    crs: Any | None,
    required: bool,
    bounds: Bounds | None,
) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    frame = table.frame
    there = x.notna() & y.notna()
    if not there.any():
        if not required:
            return _none(table)
        raise InputError(
            f"{table.name}: no row has coordinates in {' and '.join(repr(name) for name in dict.fromkeys(names))}; "
            "nothing can be put on a map"
        )
    null = there & (x == 0) & (y == 0)
    good = there & ~null
    reason = pd.Series("", index=frame.index, dtype="str")
    reason = reason.where(there, "no coordinates").where(~null, "coordinates 0, 0")
    if crs is None:
        reason = _degrees_checked(table.name, names, x, y, good, reason, bounds)
    bad = reason != ""
    points = _moved(gpd.GeoSeries.from_xy(x[~bad], y[~bad], crs=_system(crs, table.name)), table.name)
    sane = np.isfinite(points.x) & np.isfinite(points.y)
    reason.loc[points.index[~sane]] = "coordinates outside their system"
    bad = reason != ""
    shown = told.where(there, "")
    aside = pd.DataFrame(
        {"row": frame.index[bad], "reason": reason[bad].to_numpy(), "value": shown[bad].str[:60].to_numpy()}
    )
    return points[sane], aside


def _system(crs: Any | None, name: str) -> Any:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(crs or WGS84)
    except CRSError:
        raise InputError(f"{name}: no such coordinate system: {crs!r}; such as crs='EPSG:32635'") from None


def _moved(points: gpd.GeoSeries, name: str) -> gpd.GeoSeries:
    from pyproj.exceptions import ProjError

    try:
        return points.to_crs(WGS84)
    except ProjError:
        raise InputError(
            f"{name}: coordinates can't be moved from {points.crs} to degrees; check crs"
        ) from None


def _degrees_checked(
    name: str,
    names: tuple[str, str],
    x: pd.Series,
    y: pd.Series,
    good: pd.Series,
    reason: pd.Series,
    bounds: Bounds | None,
) -> pd.Series:
    """Reasons of rows that are no degrees; an error where most are not."""
    lon, lat = names
    count = int(good.sum())
    if not count:
        return reason
    swapped = good & (y.abs() > 90) & (x.abs() <= 90) & (y.abs() <= 180)
    metres = good & ((x.abs() > 180) | (y.abs() > 180))
    by_range = swapped.sum() > 0.5 * count
    if by_range or (bounds is not None and _swapped_by_streets(x, y, good, bounds)):
        rows = swapped.index[swapped] if by_range else good.index[good]
        why = (
            f"{lat!r} has values beyond 90"
            if by_range
            else "only the other way round they lie on the streets"
        )
        raise InputError(
            f"{name}: latitude and longitude look swapped: {why} ({tell_rows(rows)}); use lon={lat!r}, lat={lon!r}"
        )
    if metres.sum() > 0.5 * count:
        row = metres.index[metres][0]
        raise InputError(
            f"{name}: {lon!r} and {lat!r} are no degrees (row {row}: {x[row]:.10g}, {y[row]:.10g}); give crs, the "
            f"coordinate system they are in, {_which(x[metres], y[metres], bounds)}"
        )
    reason = reason.where(~swapped, "latitude and longitude swapped")
    beyond = good & ~swapped & ~metres & (y.abs() > 90)
    reason = reason.where(~metres, "in another coordinate system than the rest (no degrees)")
    return reason.where(~beyond, "latitude beyond 90 degrees")


def _which(x: pd.Series, y: pd.Series, bounds: Bounds | None) -> str:
    fitting = suggested_systems(float(x.median()), float(y.median()), bounds) if bounds is not None else ()
    if not fitting:
        return "e.g. crs='EPSG:32635'"
    (code, title), *others = fitting
    more = f" (or {', '.join(other for other, _ in others)})" if others else ""
    return f"such as crs='{code}' ({title}), which puts them on the streets{more}"


def _aside(rows: Any, reason: str, value: str) -> pd.DataFrame:
    return pd.DataFrame({"row": list(rows), "reason": reason, "value": value})
