"""Cameras that watch the streets: the table in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.addresses import Addresses
from patrolplan.io.readers.personal import without_persons
from patrolplan.io.table_addresses import with_addresses
from patrolplan.io.table_columns import cells_of, checked_columns
from patrolplan.io.table_coordinates import numbers
from patrolplan.io.table_points import WGS84, Bounds, read_points
from patrolplan.io.table_read import read_table
from patrolplan.io.table_times import checked_zone, read_days
from patrolplan.risk.offences import aside_records, gather_set_aside, tell_rows

USUAL_RANGE_M = 40.0
"""How far a street camera shows what people do, where the table doesn't say: an assumption."""
MOST_RANGE_M = 1000.0
_METRES = r"\s*(m|м|метр\w*|metres|meters)\.?$"


def read_cameras(
    path: str | Path,
    *,
    timezone: str = "UTC",
    columns: Mapping[str, str] | None = None,
    crs: Any | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    day_first: bool | None = None,
    usual_range_m: float = USUAL_RANGE_M,
    bounds: Bounds | None = None,
    addresses: Callable[[], Addresses] | None = None,
) -> gpd.GeoDataFrame:
    """Read the cameras of a community: points with a range, or the name of a watched street.

    Parameters
    ----------
    path
        Any table that `read_table` reads. Only a place is required: a point, a street with a house
        number (where ``addresses`` are given), or a street, which then is watched as a whole.
    timezone
        IANA name, for ``since`` and ``until``.
    columns, crs, encoding, separator, sheet, day_first, bounds, addresses
        As of `patrolplan.read_offences`; roles of the columns are "lon", "lat", "point", "street",
        "house", "range_m", "name", "since" and "until".
    usual_range_m
        Range of cameras that have none in the table, metres.

    Returns
    -------
    GeoDataFrame in EPSG:4326: ``row``, ``name``, ``street``, ``range_m`` (metres), ``since``,
    ``until`` (naive days, NaT where open), ``geometry`` (None where a street alone is named).
    Rows that can't be used stand in ``.attrs["set_aside"]``.

    Raises
    ------
    InputError
        The file can't be read, no row has a place, or ranges or days are unreadable (all gathered).
    """
    wanted = tuple((columns or {}).values())
    table = read_table(
        path, encoding=encoding, separator=separator, sheet=sheet, table="cameras", wanted=wanted
    )
    chosen, _ = checked_columns(table.frame, columns, table="cameras", name=table.name)
    points, aside = read_points(table, chosen, crs=crs, required="street" not in chosen, bounds=bounds)
    frame = table.frame
    housed = frame[(cells_of(frame, chosen, "house") != "") | frame.index.isin(points.index)]
    points, lost, _ = with_addresses(housed, chosen, points, aside, addresses)
    street = without_persons(cells_of(frame, chosen, "street"))
    placed = frame.index.isin(points.index) | (street != "")
    if not placed.any():
        raise InputError(f"{table.name}: no row has coordinates or a street name; a camera needs a place")
    cameras = _cameras(frame, chosen, street, points, checked_zone(timezone).key, day_first, table.name)
    cameras["range_m"] = cameras["range_m"].fillna(usual_range_m)
    lost = lost[lost["row"].isin(frame.index[~placed])]
    silent = frame.index[~placed & ~frame.index.isin(lost["row"])]
    silent_rows = pd.DataFrame({"row": silent, "reason": "neither coordinates nor a street", "value": ""})
    cameras = cameras[placed].reset_index(drop=True)
    cameras.attrs["set_aside"] = aside_records(gather_set_aside([lost, silent_rows]))
    return cameras


def _cameras(
    frame: pd.DataFrame,
    chosen: Mapping[str, str],
    street: pd.Series,
    points: gpd.GeoSeries,
    timezone: str,
    day_first: bool | None,
    name: str,
) -> gpd.GeoDataFrame:
    """All rows in the form that is handed out, or all their faults."""
    told = cells_of(frame, chosen, "range_m").str.replace(_METRES, "", regex=True)
    range_m = numbers(told)
    faults = []
    wrong = frame.index[((told != "") & range_m.isna()) | (range_m <= 0) | (range_m > MOST_RANGE_M)]
    if len(wrong):
        faults.append(f"range must be metres, above 0 and up to {MOST_RANGE_M:g} ({tell_rows(wrong)})")
    days, unread = read_days(frame, chosen, ("since", "until"), timezone=timezone, day_first=day_first)
    faults += unread
    backwards = frame.index[(days["until"] < days["since"]).to_numpy()]
    if len(backwards):
        faults.append(f"until comes before since in {tell_rows(backwards)}; swap them")
    if faults:
        raise InputError([f"{name}: {fault}" for fault in faults])
    columns = {
        "row": frame.index.to_numpy(dtype="int64"),
        "name": cells_of(frame, chosen, "name"),
        "street": street,
        "range_m": range_m,
        **days,
    }
    return gpd.GeoDataFrame(columns, geometry=points.reindex(frame.index), crs=WGS84)
