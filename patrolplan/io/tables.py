"""Offence records and the user's own places: tables in; and the shelf of all other readers of tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.addresses import Addresses
from patrolplan.io.readers.personal import without_persons
from patrolplan.io.table_addresses import address_notes, with_addresses
from patrolplan.io.table_cameras import read_cameras
from patrolplan.io.table_columns import cells_of, checked_columns, guess_columns
from patrolplan.io.table_coordinates import numbers
from patrolplan.io.table_duty import read_officers, read_roster
from patrolplan.io.table_offence_times import offence_times
from patrolplan.io.table_points import WGS84, Bounds, read_points
from patrolplan.io.table_problems import read_problems
from patrolplan.io.table_read import read_table
from patrolplan.io.table_times import checked_zone
from patrolplan.risk.offences import Offences, aside_records, gather_set_aside, tell_rows

__all__ = [
    "guess_columns",
    "read_cameras",
    "read_offences",
    "read_officers",
    "read_places",
    "read_problems",
    "read_roster",
    "read_table",
]


def read_offences(
    path: str | Path,
    *,
    timezone: str,
    columns: Mapping[str, str] | None = None,
    crs: Any | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    day_first: bool | None = None,
    today: date | None = None,
    bounds: Bounds | None = None,
    addresses: Callable[[], Addresses] | None = None,
) -> Offences:
    """Read offence records from any table that `read_table` reads.

    Parameters
    ----------
    path
        The table.
    timezone
        IANA name of the zone its wall clock runs in; times without an offset are local there.
    columns
        Role -> column name, roles as in `patrolplan.io.table_column_names.TABLES`. None: guessed
        by ``guess_columns``.
    crs
        Coordinate system of the coordinates where the table doesn't say (default: degrees).
    encoding, separator
        Of a CSV; None: found out.
    sheet
        Sheet, layer or table within the file; None: found out.
    day_first
        Whether 03/04/2026 is the third of April; None: proved by the values.
    today
        Records after this day are set aside; None: today in ``timezone``.
    bounds
        West, south, east, north of the streets: proves swapped coordinates, suggests their system.
    addresses
        Gives the addresses of the street file, by which records without coordinates are placed;
        called only if there are such. None: they are set aside.

    Returns
    -------
    Offences, columns of persons (names, telephones, ids) left behind.

    Raises
    ------
    InputError
        The file can't be read as such a table, with what to do.
    """
    zone = checked_zone(timezone)
    wanted = tuple((columns or {}).values())
    table = read_table(
        path, encoding=encoding, separator=separator, sheet=sheet, table="offences", wanted=wanted
    )
    chosen, notes = checked_columns(table.frame, columns, table="offences", name=table.name)
    required = addresses is None or "street" not in chosen
    points, aside = read_points(table, chosen, crs=crs, bounds=bounds, required=required)
    points, aside, placed = with_addresses(table.frame, chosen, points, aside, addresses)
    frame = table.frame.loc[points.index]
    times, problems = offence_times(frame, chosen, zone.key, day_first, table.name)
    last_day = today or datetime.now(zone).date()
    future = times["start"].dt.tz_localize(None) >= pd.Timestamp(last_day) + pd.Timedelta(days=1)
    aside = gather_set_aside(
        [
            aside,
            _set_aside(frame.index[future], f"in the future (after {last_day})", times["start"][future]),
            _set_aside(pd.Index(table.broken), "more fields than the header", ""),
        ]
    )
    records = _records(frame, chosen, times, points)[~future.to_numpy()].reset_index(drop=True)
    if records.empty:
        raise InputError(f"{table.name}: no usable record: {_reasons(aside)}")
    kindless = (
        () if "kind" in chosen else (f"{table.name}: no column of kinds; every record counts as 'offence'",)
    )
    return Offences(
        records=records,
        set_aside=aside,
        timezone=zone.key,
        notes=(*table.notes, *notes, *kindless, *problems, *address_notes(placed, table.name)),
        personal=tuple((found.column, found.sort, found.known_by) for found in table.personal),
        ids=table.ids,
        by_address=placed,
        columns=MappingProxyType(dict(chosen)),
    )


def read_places(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    crs: Any | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    bounds: Bounds | None = None,
) -> gpd.GeoDataFrame:
    """Read the user's own table of places people visit.

    Returns
    -------
    GeoDataFrame in EPSG:4326: ``kind``, ``name``, ``name_en`` (""), ``osm_id`` (""),
    ``opening_hours`` (as OpenStreetMap writes them), ``weight`` (NaN: that of the kind), ``row``,
    ``geometry``. Rows without a place stand in ``.attrs["set_aside"]``.

    Raises
    ------
    InputError
        The file can't be read as such a table.
    """
    wanted = tuple((columns or {}).values())
    table = read_table(
        path, encoding=encoding, separator=separator, sheet=sheet, table="places", wanted=wanted
    )
    chosen, _ = checked_columns(table.frame, columns, table="places", name=table.name)
    points, aside = read_points(table, chosen, crs=crs, bounds=bounds)
    frame = table.frame.loc[points.index]
    if "kind" not in chosen:
        raise InputError(f"{table.name}: no column of kinds (school, market, ...); name it with columns kind")
    weight = numbers(cells_of(frame, chosen, "weight"))
    wrong = weight[weight < 0].index
    if len(wrong):
        raise InputError(f"{table.name}: negative weight in {tell_rows(wrong)}; use 0 to leave a place out")
    places = gpd.GeoDataFrame(
        {
            "kind": cells_of(frame, chosen, "kind").str.lower(),
            "name": cells_of(frame, chosen, "name"),
            "name_en": "",
            "osm_id": "",
            "opening_hours": cells_of(frame, chosen, "opening_hours"),
            "weight": weight,
            "row": frame.index,
        },
        geometry=points,
        crs=WGS84,
    ).reset_index(drop=True)
    places.attrs["set_aside"] = aside_records(gather_set_aside([aside]))
    return places


def _records(
    frame: pd.DataFrame, chosen: Mapping[str, str], times: pd.DataFrame, points: gpd.GeoSeries
) -> gpd.GeoDataFrame:
    kind = cells_of(frame, chosen, "kind")
    return gpd.GeoDataFrame(
        {
            "row": frame.index.to_numpy(dtype="int64"),
            "kind": kind.where(kind != "", "offence"),
            "start": times["start"],
            "end": times["end"],
            "precision": times["precision"],
            "street": without_persons(cells_of(frame, chosen, "street")),
        },
        geometry=points,
        crs=WGS84,
    )


def _set_aside(rows: pd.Index, reason: str, values: Any) -> pd.DataFrame:
    shown = values.astype("str").to_numpy() if isinstance(values, pd.Series) else values
    return pd.DataFrame({"row": rows, "reason": reason, "value": shown})


def _reasons(aside: pd.DataFrame) -> str:
    return "; ".join(
        f"{reason}: {tell_rows(group['row'])}" for reason, group in aside.groupby("reason", sort=True)
    )
