"""Problems named by residents, an advisory group or the council: the table in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.table_columns import cells_of, checked_columns
from patrolplan.io.table_coordinates import numbers
from patrolplan.io.table_points import WGS84, Bounds, read_points
from patrolplan.io.table_read import read_table
from patrolplan.io.table_times import checked_zone, read_days
from patrolplan.risk.offences import aside_records, gather_set_aside, tell_rows
from patrolplan.risk.problems import check_hours

USUAL_SERIOUSNESS = 2


def read_problems(
    path: str | Path,
    *,
    timezone: str,
    columns: Mapping[str, str] | None = None,
    crs: Any | None = None,
    encoding: str | None = None,
    day_first: bool | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    bounds: Bounds | None = None,
) -> gpd.GeoDataFrame:
    """Read problems named by residents, an advisory group or the council.

    Only the place is required: a point or the name of a street. Hours such as "18:00-23:00", days
    such as "Mo-Fr" or "пт, сб", ``since`` and ``until`` (dates), seriousness 1 to 3 (default 2).

    Returns
    -------
    GeoDataFrame in EPSG:4326: ``row``, ``street``, ``hours``, ``days``, ``since``, ``until``
    (dates as naive timestamps or NaT), ``seriousness``, ``text``, ``named_by``, ``geometry`` (None
    where only the street is named). Rows that can't be used stand in ``.attrs["set_aside"]``.

    Raises
    ------
    InputError
        The file can't be read, or hours, days, dates or seriousness are unreadable (all gathered).
    """
    zone = checked_zone(timezone).key
    wanted = tuple((columns or {}).values())
    table = read_table(
        path, encoding=encoding, separator=separator, sheet=sheet, table="problems", wanted=wanted
    )
    chosen, _ = checked_columns(table.frame, columns, table="problems", name=table.name)
    points, aside = read_points(table, chosen, crs=crs, required=False, bounds=bounds)
    frame = table.frame
    street = cells_of(frame, chosen, "street")
    if points.empty and not (street != "").any():
        raise InputError(f"{table.name}: no row has coordinates or a street name; a problem needs a place")
    placed = frame.index.isin(points.index) | (street != "")
    problems = _problem_frame(frame, chosen, street, points, zone, day_first, table.name)
    lost = aside[~aside["row"].isin(frame.index[placed])]
    problems = problems[placed].reset_index(drop=True)
    problems.attrs["set_aside"] = aside_records(
        gather_set_aside([lost, _unplaced(frame.index[~placed], lost)])
    )
    return problems


def _unplaced(rows: pd.Index, told: pd.DataFrame) -> pd.DataFrame:
    """Rows with neither a point nor a street, as far as no other reason is told."""
    silent = rows[~rows.isin(told["row"])]
    return pd.DataFrame({"row": silent, "reason": "neither coordinates nor a street", "value": ""})


def _problem_frame(
    frame: pd.DataFrame,
    chosen: Mapping[str, str],
    street: pd.Series,
    points: gpd.GeoSeries,
    timezone: str,
    day_first: bool | None,
    name: str,
) -> gpd.GeoDataFrame:
    """All rows in the form that is handed out, or all their faults."""
    text = {role: cells_of(frame, chosen, role) for role in ("hours", "days", "text", "named_by")}
    days, unread = read_days(frame, chosen, ("since", "until"), timezone=timezone, day_first=day_first)
    told = cells_of(frame, chosen, "seriousness")
    seriousness = numbers(told.where(told != "", str(USUAL_SERIOUSNESS)))
    faults = check_hours(text["hours"], text["days"])
    faults += unread
    wrong = ~seriousness.isin([1, 2, 3])
    if wrong.any():
        faults.append(f"seriousness must be 1, 2 or 3 ({tell_rows(frame.index[wrong])})")
    if faults:
        raise InputError([f"{name}: {fault}" for fault in faults])
    columns = {
        "row": frame.index.to_numpy(dtype="int64"),
        "street": street,
        **text,
        **days,
        "seriousness": seriousness,
    }
    return gpd.GeoDataFrame(columns, geometry=points.reindex(frame.index), crs=WGS84)
