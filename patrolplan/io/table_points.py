"""Points of a table in EPSG:4326, and the rows that have none, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.table_columns import numbers
from patrolplan.io.table_read import RawTable
from patrolplan.risk.offences import tell_rows

WGS84 = "EPSG:4326"


def read_points(
    table: RawTable, columns: Mapping[str, str], *, crs: Any | None, required: bool = True
) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    """Points of the rows that have one, and the rows that don't (``row``, ``reason``, ``value``).

    Parameters
    ----------
    table
        As read.
    columns
        With "lon" and "lat" for a plain table (x and y where ``crs`` is given).
    crs
        Coordinate system of the coordinates; None: what the file says, else degrees of longitude
        and latitude (EPSG:4326), which is proved by their range.
    required
        Whether a table without any coordinates is an error.

    Raises
    ------
    InputError
        No coordinates, swapped ones, or coordinates in an unknown system.
    """
    if table.points is not None:
        return _of_layer(table, crs)
    if "lon" not in columns or "lat" not in columns:
        if not required:
            return gpd.GeoSeries(crs=WGS84), _aside(table.frame.index[:0], "", "")
        raise InputError(
            f"{table.name}: no columns of longitude and latitude among "
            f"{', '.join(table.frame.columns)}; name them with columns lon and lat"
        )
    return _of_columns(table, columns["lon"], columns["lat"], crs, required)


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
    good = good.where(good.geom_type == "Point", good.representative_point()).to_crs(WGS84)
    null = (good.x == 0) & (good.y == 0)
    sane = np.isfinite(good.x) & np.isfinite(good.y)
    aside = [
        _aside(points.index[empty], "no coordinates", ""),
        _aside(good.index[null], "coordinates 0, 0", "0, 0"),
        _aside(good.index[~sane], "coordinates outside their system", ""),
    ]
    return good[~null & sane], pd.concat(aside)


def _of_columns(
    table: RawTable, lon: str, lat: str, crs: Any | None, required: bool
) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    frame = table.frame
    x, y = numbers(frame[lon]), numbers(frame[lat])
    told = frame[lon] + ", " + frame[lat]
    there = x.notna() & y.notna()
    if not there.any():
        if not required:
            return gpd.GeoSeries(crs=WGS84), _aside(frame.index[:0], "", "")
        raise InputError(
            f"{table.name}: no row has coordinates in {lon!r} and {lat!r}; nothing can be put on a map"
        )
    null = there & (x == 0) & (y == 0)
    good = there & ~null
    reason = pd.Series("", index=frame.index, dtype="str")
    reason = reason.where(there, "no coordinates").where(~null, "coordinates 0, 0")
    if crs is None:
        reason = _degrees_checked(table.name, lon, lat, x, y, good, reason)
    bad = reason != ""
    points = gpd.GeoSeries.from_xy(x[~bad], y[~bad], crs=crs or WGS84).to_crs(WGS84)
    sane = np.isfinite(points.x) & np.isfinite(points.y)
    reason.loc[points.index[~sane]] = "coordinates outside their system"
    bad = reason != ""
    aside = pd.DataFrame(
        {"row": frame.index[bad], "reason": reason[bad].to_numpy(), "value": told[bad].to_numpy()}
    )
    return points[sane], aside


def _degrees_checked(
    name: str, lon: str, lat: str, x: pd.Series, y: pd.Series, good: pd.Series, reason: pd.Series
) -> pd.Series:
    """Reasons of rows that are no degrees; an error where most are not."""
    count = int(good.sum())
    if not count:
        return reason
    swapped = good & (y.abs() > 90) & (x.abs() <= 90) & (y.abs() <= 180)
    metres = good & ((x.abs() > 180) | (y.abs() > 180))
    if swapped.sum() > 0.5 * count:
        raise InputError(
            f"{name}: latitude and longitude look swapped: {lat!r} has values beyond 90 "
            f"({tell_rows(swapped.index[swapped])}); use lon={lat!r}, lat={lon!r}"
        )
    if metres.sum() > 0.5 * count:
        row = metres.index[metres][0]
        raise InputError(
            f"{name}: {lon!r} and {lat!r} are no degrees (row {row}: {x[row]:g}, {y[row]:g}); give crs, the "
            "coordinate system they are in, e.g. crs='EPSG:32635'"
        )
    reason = reason.where(~swapped, "latitude and longitude swapped")
    beyond = good & ~swapped & ~metres & (y.abs() > 90)
    reason = reason.where(~metres, "in another coordinate system than the rest (no degrees)")
    return reason.where(~beyond, "latitude beyond 90 degrees")


def _aside(rows: Any, reason: str, value: str) -> pd.DataFrame:
    return pd.DataFrame({"row": list(rows), "reason": reason, "value": value})
