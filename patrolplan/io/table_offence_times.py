"""When each offence happened: one time or a window, as exact as the table tells."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from patrolplan.io.table_columns import cells_of
from patrolplan.io.table_time_forms import clock_text, has_clock
from patrolplan.io.table_times import Times, read_times, span_ends, without_fake_midnights
from patrolplan.risk.offences import tell_rows

WORDS_OF_PRECISION = {"hour": "minute", "day": "date", "year": "none", "": "none"}
"""Other words a precision column may use."""


def offence_times(
    frame: pd.DataFrame, chosen: Mapping[str, str], timezone: str, day_first: bool | None, name: str
) -> tuple[pd.DataFrame, list[str]]:
    """Columns start, end, precision of each record, and notes."""
    text = _with_clock(_day_text(frame, chosen), cells_of(frame, chosen, "time"))
    times = read_times(text, timezone=timezone, day_first=day_first)
    if "precision" not in chosen:
        times = without_fake_midnights(times)
    end_text = _with_clock(cells_of(frame, chosen, "end"), cells_of(frame, chosen, "end_time"))
    ends = read_times(
        end_text,
        timezone=timezone,
        day_first=_order_proved(text, day_first, needed=bool((end_text != "").any())),
    )
    precision = _said_precision(times.precision, cells_of(frame, chosen, "precision"))
    first, following = span_ends(times.start, precision)
    table = pd.DataFrame({"start": times.start, "end": following, "precision": precision}, index=frame.index)
    coarse = precision.isin(["date", "month"])
    table["start"] = table["start"].where(~coarse, first)
    table["end"] = table["end"].where(coarse)
    table = _with_windows(table, ends, coarse)
    return table, [*times.notes, *_time_notes(table, times, ends, name)]


def _day_text(frame: pd.DataFrame, chosen: Mapping[str, str]) -> pd.Series:
    """The column of times, or its parts (year, month, ...) put together."""
    if "start" in chosen or "year" not in chosen:
        return cells_of(frame, chosen, "start")
    part = {role: cells_of(frame, chosen, role) for role in ("year", "month", "day", "hour", "minute")}
    text = part["year"]
    for role, before in (("month", "-"), ("day", "-")):
        known = (part[role] != "") & (text != "")
        text = text.where(~known, text + before + part[role].str.zfill(2))
    timed = (part["day"] != "") & (part["hour"] != "")
    minute = part["minute"].where(part["minute"] != "", "0").str.zfill(2)
    return text.where(~timed, text + " " + part["hour"].str.zfill(2) + ":" + minute)


def _with_clock(text: pd.Series, clock: pd.Series) -> pd.Series:
    """Dates joined with their clock times, where they don't bear one already.

    Portals write dates with a midnight that means nothing beside a column of clock times.
    """
    known = (clock != "") & (text != "")
    if not known.any():
        return text
    bare = text.str.replace(r"[T\s]+0?0:00(:00(\.0+)?)?$|\s+12:00(:00)?\s*[Aa][Mm]$", "", regex=True)
    joined = bare + " " + clock_text(clock)
    return text.where(~known | has_clock(bare), joined).str.strip()


def _order_proved(text: pd.Series, day_first: bool | None, *, needed: bool) -> bool | None:
    """Whether the day stands first, where the starts prove what the few ends may not."""
    if day_first is not None or not needed:
        return day_first
    parts = pd.Series(text.unique(), dtype="str").str.extract(r"^(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}\b")
    first, second = (pd.to_numeric(parts[k], errors="coerce") > 12 for k in (0, 1))
    return None if first.any() == second.any() else bool(first.any())


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
            notes.append(f"{name}: {len(rows):,} {told} ({tell_rows(rows)})")
    counts = table["precision"].value_counts()
    told_counts = ", ".join(
        f"{counts[key]:,} to the {key}" for key in ("minute", "date", "month") if key in counts
    )
    windows = f"{counts['window']:,} as windows" if "window" in counts else ""
    without = f"{counts['none']:,} not at all" if "none" in counts else ""
    notes.append(
        f"{name}: times known: {', '.join(part for part in (told_counts, windows, without) if part)}"
    )
    return notes
