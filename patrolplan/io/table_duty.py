"""Who can walk, and who walks when: tables of officers and of rosters in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.table_columns import cells_of, checked_columns
from patrolplan.io.table_coordinates import numbers
from patrolplan.io.table_duty_words import away_days, clock_minutes, is_off, span_of
from patrolplan.io.table_grid import as_list
from patrolplan.io.table_read import read_table
from patrolplan.io.table_times import checked_zone, read_days
from patrolplan.risk.offences import aside_records, gather_set_aside, tell_rows
from patrolplan.risk.week_hours import days_of_words

MOST_HOURS_A_WEEK = 60.0
PACES = (0.3, 2.0)


def read_officers(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
) -> pd.DataFrame:
    """Read the officers who can walk, and their hours.

    Parameters
    ----------
    path
        Any plain table that `read_table` reads. Only the name is required; a call sign or number will
        do as well as a name, and tells less.
    columns
        Role -> column: "name", "first_name" (put behind ``name``), "hours", "pace", "station",
        "days", "earliest", "latest", "away". None: guessed. Other columns of persons (telephones, birth
        dates, badge numbers) are left unread.
    encoding, separator, sheet
        As of `patrolplan.read_offences`.

    Returns
    -------
    DataFrame: ``row``; ``name``; ``hours_per_week`` (of foot patrol; NaN where not given); ``pace``
    (1 for a usual walker); ``station`` ("" where not given); ``days`` (tuple of weekdays, 0 Monday; all
    seven where not given); ``earliest_min``, ``latest_min`` (minutes after midnight, NaN where open;
    a latest of more than 1,440 is past midnight); ``away`` (tuple of (first, last) dates off).

    Raises
    ------
    InputError
        The file can't be read, or names, hours, paces, days or clock times are missing or wrong:
        gathered, by row; names are never told.
    """
    wanted = tuple((columns or {}).values())
    table = read_table(
        path, encoding=encoding, separator=separator, sheet=sheet, table="officers", wanted=wanted
    )
    chosen, _ = checked_columns(table.frame, columns, table="officers", name=table.name)
    if "name" not in chosen:
        raise InputError(
            f"{table.name}: no column of officers' names among {', '.join(table.frame.columns)}; "
            "name it with columns name"
        )
    officers, faults = _officers(table.frame, chosen)
    if faults:
        raise InputError([f"{table.name}: {fault}" for fault in faults])
    return officers


def read_roster(
    path: str | Path,
    *,
    timezone: str,
    officers: Collection[str] | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    day_first: bool | None = None,
) -> pd.DataFrame:
    """Read a roster: who is on foot patrol when.

    Either one row a shift (officer, date, from and to, or both in one cell), or a grid with a row an
    officer and a column a date, cells such as "16:00-20:00". Words such as "off", "вих" and "відпустка",
    "-" and nothing mean no shift.

    Parameters
    ----------
    path
        Any plain table that `read_table` reads.
    timezone
        IANA name of the zone of its wall clock. A shift that ends before it starts runs past midnight.
    officers
        Names that are known; others are refused.
    columns
        Role -> column: "officer", "first_name", "date", "start", "end", "shift", "station". None: guessed.
    encoding, separator, sheet, day_first
        As of `patrolplan.read_offences`.

    Returns
    -------
    DataFrame in order of start, then officer: ``row``, ``officer``, ``start``, ``end`` (aware, local),
    ``station`` ("" where not given). Rows without a shift stand in ``.attrs["set_aside"]``.

    Raises
    ------
    InputError
        The file can't be read; dates or times are missing or wrong, an officer is unknown or on two
        shifts at once: gathered, by row; names are never told.
    """
    zone = checked_zone(timezone).key
    wanted = tuple((columns or {}).values())
    table = read_table(
        path, encoding=encoding, separator=separator, sheet=sheet, table="roster", wanted=wanted
    )
    chosen, _ = checked_columns(table.frame, columns, table="roster", name=table.name)
    frame, chosen = as_list(table.frame, chosen)
    missing = [role for role in ("officer", "date") if role not in chosen]
    missing += [] if "shift" in chosen or {"start", "end"} <= chosen.keys() else ["start and end, or shift"]
    if missing:
        raise InputError(
            f"{table.name}: no column for {', '.join(missing)} among {', '.join(table.frame.columns)}; name "
            "them with columns officer, date, start and end"
        )
    roster, aside, faults = _roster(frame, chosen, zone, day_first)
    if officers is not None:
        faults += _unknown(roster, officers)
    if faults:
        raise InputError([f"{table.name}: {fault}" for fault in faults])
    roster = roster.sort_values(["start", "officer"], kind="stable", ignore_index=True)
    roster.attrs["set_aside"] = aside_records(aside)
    return roster


def _officers(frame: pd.DataFrame, chosen: Mapping[str, str]) -> tuple[pd.DataFrame, list[str]]:
    name = _full_names(frame, chosen, "name")
    hours, told_hours = _number(frame, chosen, "hours")
    pace, told_pace = _number(frame, chosen, "pace")
    earliest, latest = (clock_minutes(cells_of(frame, chosen, role)) for role in ("earliest", "latest"))
    days = cells_of(frame, chosen, "days").map(days_of_words)
    away = cells_of(frame, chosen, "away").map(away_days)
    pace = pace.where(told_pace != "", 1.0)
    wrong = {
        "no name": name == "",
        "the same name as a row before; tell them apart": (name != "") & name.str.casefold().duplicated(),
        f"hours a week must be a number from 0 to {MOST_HOURS_A_WEEK:g}": (told_hours != "")
        & ~hours.between(0, MOST_HOURS_A_WEEK),
        f"pace must be {PACES[0]:g} to {PACES[1]:g}, 1 for a usual walker": ~pace.between(*PACES),
        "unreadable earliest time; write 08:00": earliest == -1,
        "unreadable latest time; write 20:00": latest == -1,
        "unreadable weekdays; write Mo-Fr or Mo, We, Sa": days.isna(),
        "unreadable days off; write 2026-11-24 or 2026-11-24..2026-11-28, parted by commas": away.isna(),
    }
    faults = [f"{what} ({tell_rows(frame.index[bad])})" for what, bad in wrong.items() if bad.any()]
    latest = latest.where(~(latest <= earliest), latest + 1440)
    table = {
        "row": frame.index.to_numpy(dtype="int64"),
        "name": name,
        "hours_per_week": hours,
        "pace": pace,
        "station": cells_of(frame, chosen, "station"),
        "days": days,
        "earliest_min": earliest,
        "latest_min": latest,
        "away": away,
    }
    return pd.DataFrame(table).reset_index(drop=True), faults


def _roster(
    frame: pd.DataFrame, chosen: Mapping[str, str], zone: str, day_first: bool | None
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Shifts, rows without one, and faults."""
    officer = _full_names(frame, chosen, "officer")
    days, faults = read_days(frame, chosen, ("date",), timezone=zone, day_first=day_first)
    day = days["date"]
    begin, finish = _begin_and_finish(frame, chosen)
    off = is_off(cells_of(frame, chosen, "shift" if "shift" in chosen else "start"))
    on = ~off & (officer != "")
    wrong = {
        "no officer": ~off & (officer == ""),
        "no date": on & (cells_of(frame, chosen, "date") == ""),
        "unreadable times; write 16:00 and 20:00, or 16:00-20:00": on & (begin.isna() | finish.isna()),
        "a shift that starts and ends at the same time": on & (begin == finish),
    }
    faults += [f"{what} ({tell_rows(frame.loc[bad, 'row'])})" for what, bad in wrong.items() if bad.any()]
    finish = finish.where(~(finish <= begin), finish + 1440)
    table = pd.DataFrame(
        {
            "row": frame["row"],
            "officer": officer,
            "start": _instants(day, begin, zone),
            "end": _instants(day, finish, zone),
            "station": cells_of(frame, chosen, "station"),
        }
    )[on]
    faults += _overlaps(table)
    told = [{"row": int(row), "reason": "no shift", "value": ""} for row in frame.loc[off, "row"].unique()]
    only_off = [part for part in told if part["row"] not in set(table["row"])]
    aside = gather_set_aside([pd.DataFrame(only_off, columns=["row", "reason", "value"])])
    return table.reset_index(drop=True), aside, faults


def _begin_and_finish(frame: pd.DataFrame, chosen: Mapping[str, str]) -> tuple[pd.Series, pd.Series]:
    """Minutes after midnight, NaN where none can be read."""
    if "shift" in chosen:
        spans = cells_of(frame, chosen, "shift").map(span_of)
        begin, finish = (spans.map(lambda span, k=k: span[k]).astype("float64") for k in (0, 1))
    else:
        begin, finish = (clock_minutes(cells_of(frame, chosen, role)) for role in ("start", "end"))
    return begin.where(begin >= 0), finish.where(finish >= 0)


def _instants(day: pd.Series, minute: pd.Series, zone: str) -> pd.Series:
    """Wall clock of each day and minute; an hour that clocks skip is moved forward, of two the first."""
    naive = day + pd.to_timedelta(minute, unit="min")
    first = np.ones(len(naive), dtype=bool)
    instants: pd.Series = naive.dt.tz_localize(zone, nonexistent="shift_forward", ambiguous=first)
    return instants


def _overlaps(table: pd.DataFrame) -> list[str]:
    """Rows of officers who would be on two shifts at once."""
    ordered = table.dropna(subset=["start", "end"]).sort_values(["officer", "start"], kind="stable")
    before = ordered.groupby("officer")["end"].cummax().groupby(ordered["officer"]).shift()
    at_once = ordered.loc[(ordered["start"] < before).to_numpy(), "row"]
    if at_once.empty:
        return []
    return [f"an officer is on two shifts at once ({tell_rows(sorted(at_once))}); change a time"]


def _unknown(roster: pd.DataFrame, officers: Collection[str]) -> list[str]:
    known = {name.casefold(): name for name in officers}
    strange = roster[~roster["officer"].str.casefold().isin(known)]
    if strange.empty:
        return []
    near = any(get_close_matches(name.casefold(), known, n=1) for name in strange["officer"].unique())
    hint = "; a name like it is there: check the spelling" if near else ""
    return [f"officers that the plan file doesn't know ({tell_rows(strange['row'])}){hint}"]


def _full_names(frame: pd.DataFrame, chosen: Mapping[str, str], role: str) -> pd.Series:
    names = cells_of(frame, chosen, role) + " " + cells_of(frame, chosen, "first_name")
    return names.str.split().str.join(" ")


def _number(frame: pd.DataFrame, chosen: Mapping[str, str], role: str) -> tuple[Any, pd.Series]:
    told = cells_of(frame, chosen, role).str.replace(r"\s*(h|hours|год|годин\w*)\.?$", "", regex=True)
    return numbers(told), told
