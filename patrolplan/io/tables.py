"""Offence records, the user's own places, and problems named by residents: tables in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import geopandas as gpd
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.table_columns import checked_columns, guess_columns, numbers
from patrolplan.io.table_points import WGS84, read_points
from patrolplan.io.table_read import RawTable, read_table
from patrolplan.io.table_times import Times, read_times, span_ends, without_fake_midnights
from patrolplan.risk.offences import Offences, gather_set_aside, tell_rows

__all__ = ["guess_columns", "read_offences", "read_places", "read_problems", "read_table"]

WORDS_OF_PRECISION = {"hour": "minute", "day": "date", "year": "none", "": "none"}


def read_offences(
    path: str | Path,
    *,
    timezone: str,
    columns: Mapping[str, str] | None = None,
    crs: Any | None = None,
    encoding: str | None = None,
    day_first: bool | None = None,
    today: date | None = None,
) -> Offences:
    """Read offence records from CSV, GeoPackage, GeoJSON, Shapefile, XLSX or ODS.

    Parameters
    ----------
    path
        The table.
    timezone
        IANA name of the zone its wall clock runs in; times without an offset are local there.
    columns
        Role -> column name; roles are lon, lat, kind, start, end, time (clock apart from the
        date), precision and street. None: guessed by ``guess_columns``.
    crs
        Coordinate system of the coordinates where the table doesn't say (default: degrees).
    encoding
        Of a CSV; None: found out.
    day_first
        Whether 03/04/2026 is the third of April; None: proved by the values.
    today
        Records after this day are set aside; None: today in ``timezone``.

    Returns
    -------
    Offences, columns of persons (names, telephones, ids) left behind.

    Raises
    ------
    InputError
        The file can't be read as such a table, with what to do.
    """
    zone = checked_zone(timezone)
    table = read_table(path, encoding=encoding)
    chosen, notes = checked_columns(table.frame, columns, table="offences", name=table.name)
    points, aside = read_points(table, chosen, crs=crs)
    frame = table.frame.loc[points.index]
    times, problems = _offence_times(frame, chosen, zone.key, day_first, table.name)
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
    kindless = () if "kind" in chosen else (f"{table.name}: no column of kinds; every record counts as 'offence'",)
    return Offences(
        records=records, set_aside=aside, timezone=zone.key, notes=(*table.notes, *notes, *kindless, *problems)
    )


def read_places(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    crs: Any | None = None,
    encoding: str | None = None,
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
    table = read_table(path, encoding=encoding)
    chosen, _ = checked_columns(table.frame, columns, table="places", name=table.name)
    points, aside = read_points(table, chosen, crs=crs)
    frame = table.frame.loc[points.index]
    if "kind" not in chosen:
        raise InputError(f"{table.name}: no column of kinds (school, market, ...); name it with columns kind")
    weight = numbers(_cells(frame, chosen, "weight"))
    wrong = weight[weight < 0].index
    if len(wrong):
        raise InputError(f"{table.name}: negative weight in {tell_rows(list(wrong))}; use 0 to leave a place out")
    places = gpd.GeoDataFrame(
        {
            "kind": _cells(frame, chosen, "kind").str.lower(),
            "name": _cells(frame, chosen, "name"),
            "name_en": "",
            "osm_id": "",
            "opening_hours": _cells(frame, chosen, "opening_hours"),
            "weight": weight,
            "row": frame.index,
        },
        geometry=points,
        crs=WGS84,
    ).reset_index(drop=True)
    places.attrs["set_aside"] = gather_set_aside([aside])
    return places


def read_problems(
    path: str | Path,
    *,
    timezone: str,
    columns: Mapping[str, str] | None = None,
    crs: Any | None = None,
    encoding: str | None = None,
    day_first: bool | None = None,
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
    table = read_table(path, encoding=encoding)
    chosen, _ = checked_columns(table.frame, columns, table="problems", name=table.name)
    points, aside = read_points(table, chosen, crs=crs, required=False)
    frame = table.frame
    street = _cells(frame, chosen, "street")
    if points.empty and not (street != "").any():
        raise InputError(f"{table.name}: no row has coordinates or a street name; a problem needs a place")
    placed = frame.index.isin(points.index) | (street != "")
    problems = _problem_frame(frame, chosen, street, points, checked_zone(timezone).key, day_first, table)
    lost = aside[~aside["row"].isin(frame.index[placed])]
    problems = problems[placed].reset_index(drop=True)
    problems.attrs["set_aside"] = gather_set_aside([lost, _unplaced(frame.index[~placed], lost)])
    return problems


def checked_zone(timezone: str) -> ZoneInfo:
    """The time zone of that name, or an error that says how names look.

    Examples
    --------
    >>> checked_zone("Europe/Kyiv").key
    'Europe/Kyiv'
    """
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"no such time zone: {timezone!r}; use an IANA name such as 'Europe/Kyiv'") from None


def _offence_times(
    frame: pd.DataFrame, chosen: Mapping[str, str], timezone: str, day_first: bool | None, name: str
) -> tuple[pd.DataFrame, list[str]]:
    """Columns start, end, precision of each record, and notes."""
    text = _cells(frame, chosen, "start")
    clock = _cells(frame, chosen, "time")
    times = read_times((text + " " + clock).str.strip(), timezone=timezone, day_first=day_first)
    if "precision" not in chosen:
        times = without_fake_midnights(times)
    ends = read_times(_cells(frame, chosen, "end"), timezone=timezone, day_first=day_first)
    precision = _said_precision(times.precision, _cells(frame, chosen, "precision"))
    first, following = span_ends(times.start, precision)
    table = pd.DataFrame({"start": times.start, "end": following, "precision": precision}, index=frame.index)
    coarse = precision.isin(["date", "month"])
    table["start"] = table["start"].where(~coarse, first)
    table["end"] = table["end"].where(coarse)
    table = _with_windows(table, ends, coarse)
    return table, [*times.notes, *_time_notes(table, times, ends, name)]


def _said_precision(found: pd.Series, said: pd.Series) -> pd.Series:
    """The coarser of what the text shows and what a precision column says."""
    order = {"minute": 0, "window": 0, "date": 1, "month": 2, "none": 3}
    told = said.str.lower().replace(WORDS_OF_PRECISION)
    known = told.isin(list(order)) & (said != "")
    coarser = known & (told.map(order).fillna(0) > found.map(order))
    return found.where(~coarser, told)


def _with_windows(table: pd.DataFrame, ends: Times, coarse: pd.Series) -> pd.DataFrame:
    """Turn records with an end into windows; whole days where start or end has no hour."""
    _, day_after = span_ends(ends.start, ends.precision)
    end = ends.start.where(ends.precision == "minute", day_after)
    known = (table["precision"] != "none") & (ends.precision != "none")
    later = known & (end > table["start"])
    same_span = coarse & (end <= table["end"])
    window = later & ~same_span
    back = known & (end < table["start"])
    table["end"] = table["end"].where(~window, end)
    table["precision"] = table["precision"].where(~window, "window")
    day, next_day = span_ends(table["start"], pd.Series("date", index=table.index))
    table["precision"] = table["precision"].where(~back, "date")
    table["start"] = table["start"].where(~back, day)
    table["end"] = table["end"].where(~back, next_day)
    return table.assign(back=back)


def _time_notes(table: pd.DataFrame, times: Times, ends: Times, name: str) -> list[str]:
    notes = []
    for rows, told in (
        (table.index[times.unread], "unreadable times: counted as records without a time"),
        (table.index[ends.unread], "unreadable ends: the start alone is used"),
        (table.index[table["back"]], "windows end before they start: only their day is used"),
    ):
        if len(rows):
            notes.append(f"{name}: {len(rows):,} {told} ({tell_rows(list(rows))})")
    counts = table["precision"].value_counts()
    told_counts = ", ".join(f"{counts[key]:,} to the {key}" for key in ("minute", "date", "month") if key in counts)
    windows = f"{counts['window']:,} as windows" if "window" in counts else ""
    without = f"{counts['none']:,} not at all" if "none" in counts else ""
    notes.append(f"{name}: times known: {', '.join(part for part in (told_counts, windows, without) if part)}")
    return notes


def _records(
    frame: pd.DataFrame, chosen: Mapping[str, str], times: pd.DataFrame, points: gpd.GeoSeries
) -> gpd.GeoDataFrame:
    kind = _cells(frame, chosen, "kind")
    return gpd.GeoDataFrame(
        {
            "row": frame.index.to_numpy(dtype="int64"),
            "kind": kind.where(kind != "", "offence"),
            "start": times["start"],
            "end": times["end"],
            "precision": times["precision"],
            "street": _cells(frame, chosen, "street"),
        },
        geometry=points,
        crs=WGS84,
    )


def _cells(frame: pd.DataFrame, chosen: Mapping[str, str], role: str) -> pd.Series:
    if role in chosen:
        return frame[chosen[role]].astype("str")
    return pd.Series("", index=frame.index, dtype="str")


def _set_aside(rows: pd.Index, reason: str, values: Any) -> pd.DataFrame:
    shown = values.astype("str").to_numpy() if isinstance(values, pd.Series) else values
    return pd.DataFrame({"row": rows, "reason": reason, "value": shown})


def _reasons(aside: pd.DataFrame) -> str:
    return "; ".join(
        f"{reason}: {tell_rows(list(group['row']))}" for reason, group in aside.groupby("reason", sort=True)
    )


def _unplaced(rows: pd.Index, told: pd.DataFrame) -> pd.DataFrame:
    return _set_aside(rows[~rows.isin(told["row"])], "neither coordinates nor a street", "")


def _problem_frame(
    frame: pd.DataFrame,
    chosen: Mapping[str, str],
    street: pd.Series,
    points: gpd.GeoSeries,
    timezone: str,
    day_first: bool | None,
    table: RawTable,
) -> gpd.GeoDataFrame:
    from patrolplan.risk.problems import check_hours

    hours, days = _cells(frame, chosen, "hours"), _cells(frame, chosen, "days")
    dates = {role: read_times(_cells(frame, chosen, role), timezone=timezone, day_first=day_first) for role in ("since", "until")}  # fmt: skip
    told = _cells(frame, chosen, "seriousness")
    seriousness = numbers(told.where(told != "", "2"))
    faults = [f"{table.name}: {fault}" for fault in check_hours(hours, days)]
    for role, times in dates.items():
        if times.unread.any():
            faults.append(f"{table.name}: unreadable {role} in {tell_rows(list(frame.index[times.unread]))}; use YYYY-MM-DD")
    wrong = ~seriousness.isin([1, 2, 3])
    if wrong.any():
        faults.append(f"{table.name}: seriousness must be 1, 2 or 3 ({tell_rows(list(frame.index[wrong]))})")
    if faults:
        raise InputError(faults)
    return gpd.GeoDataFrame(
        {
            "row": frame.index.to_numpy(dtype="int64"),
            "street": street,
            "hours": hours,
            "days": days,
            "since": dates["since"].start.dt.tz_localize(None),
            "until": dates["until"].start.dt.tz_localize(None),
            "seriousness": seriousness,
            "text": _cells(frame, chosen, "text"),
            "named_by": _cells(frame, chosen, "named_by"),
        },
        geometry=points.reindex(frame.index),
        crs=WGS84,
    )
