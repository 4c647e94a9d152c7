"""Read times as exactly as they are written: minutes, dates and months stay what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.table_time_forms import (
    COMPACT,
    DAY_NAMED,
    MONTH,
    NAMED_DAY,
    NAMED_MONTH,
    YEAR_FIRST,
    YEAR_LAST,
    month_number,
    number_times,
)
from patrolplan.risk.offences import tell_rows

MIDNIGHT_SHARE = 0.02
"""Records at 00:00 sharp above this share, and five times as many as at any other full hour, are
taken for dates without an hour (0.07 % of all minutes are 00:00)."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """Times of a column: ``start`` (aware, NaT where there is none) and ``precision`` of each.

    ``unread`` marks cells with text in them that is no time; ``notes`` tells of repairs.
    """

    start: pd.Series
    precision: pd.Series
    unread: pd.Series
    notes: tuple[str, ...] = ()


def read_times(cells: pd.Series, *, timezone: str, day_first: bool | None = None) -> Times:
    """Read a column of times in any form of `patrolplan.io.table_time_forms`.

    Parameters
    ----------
    cells
        Text; the index is the 1-based data row.
    timezone
        IANA name; times without an offset are local wall clock there, others are moved to it.
    day_first
        Whether 03/04/2026 is the third of April; None: proved by values above 12, and day first
        where dots part them.

    Raises
    ------
    InputError
        Day and month can't be told apart by the values.

    Examples
    --------
    >>> cells = pd.Series(["2026-11-22T18:30", "21.11.2026", "2026-11", "soon", ""], index=range(1, 6))
    >>> times = read_times(cells, timezone="Europe/Kyiv")
    >>> times.precision.tolist()
    ['minute', 'date', 'month', 'none', 'none']
    >>> print(times.start[1], times.unread.tolist())
    2026-11-22 18:30:00+02:00 [False, False, False, True, False]
    """
    codes, distinct = pd.factorize(cells.fillna("").astype("str"))
    texts = pd.Series(distinct, dtype="str").str.strip()
    counted = number_times(texts[texts != ""])
    texts = counted.reindex(texts.index).fillna(texts).astype("str")
    parts = _taken_apart(texts, day_first, _first_rows(cells, codes, len(distinct)))
    naive = _instants(parts)
    precision = np.where(naive.isna(), "none", np.where(parts["month_only"], "month", "date"))
    precision = np.where(naive.notna() & parts["H"].notna(), "minute", precision)
    local, notes = _in_zone(naive, parts["zone"], timezone)
    unread = (texts != "") & naive.isna()
    start = pd.Series(local.array[codes], index=cells.index)
    shown = pd.Series(precision[codes], index=cells.index, dtype="str")
    return Times(
        start=start,
        precision=shown,
        unread=pd.Series(unread.to_numpy()[codes], index=cells.index),
        notes=notes,
    )


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


def without_fake_midnights(times: Times) -> Times:
    """Take 00:00 sharp for "hour not known" where far too many records bear it."""
    timed = times.precision == "minute"
    hour, minute = times.start.dt.hour, times.start.dt.minute + times.start.dt.second
    sharp = timed & (minute == 0)
    midnight = sharp & (hour == 0)
    others = hour[sharp & ~midnight].value_counts()
    most = int(others.max()) if len(others) else 0
    count = int(midnight.sum())
    if count <= max(5 * most, MIDNIGHT_SHARE * int(timed.sum()), 4):
        return times
    note = f"{count:,} records stand at 00:00 sharp: taken for days without an hour, not for midnight"
    precision = times.precision.where(~midnight, "date")
    return Times(start=times.start, precision=precision, unread=times.unread, notes=(*times.notes, note))


def span_ends(start: pd.Series, precision: pd.Series) -> tuple[pd.Series, pd.Series]:
    """First instant of the day or month of each date-only or month-only time, and of the next."""
    zone = start.dt.tz
    naive = start.dt.tz_localize(None)
    day = naive.dt.normalize()
    first = day.where(precision != "month", day - pd.to_timedelta(day.dt.day.fillna(1) - 1, unit="D"))
    following = (first + pd.DateOffset(months=1)).where(precision == "month", first + pd.Timedelta(days=1))
    return _localised(first, zone), _localised(following, zone)


def read_days(
    frame: pd.DataFrame,
    chosen: Mapping[str, str],
    roles: Sequence[str],
    *,
    timezone: str,
    day_first: bool | None,
) -> tuple[dict[str, pd.Series], list[str]]:
    """Days (naive, NaT where none) by role, and what can't be read; a month's ``until`` is its last day."""
    days, faults = {}, []
    for role in roles:
        cells = frame[chosen[role]] if role in chosen else pd.Series("", index=frame.index, dtype="str")
        times = read_times(cells, timezone=timezone, day_first=day_first)
        start = times.start
        if role == "until":
            _, after = span_ends(start, times.precision)
            start = after.where(after.isna(), after - pd.Timedelta(seconds=1))
        days[role] = start.dt.tz_localize(None).dt.normalize()
        rows = times.unread.index[times.unread]
        faults += [f"unreadable {role} in {tell_rows(rows)}; use YYYY-MM-DD"] if len(rows) else []
    return days, faults


def _localised(naive: pd.Series, zone: Any) -> pd.Series:
    first = np.ones(len(naive), dtype=bool)
    moved: pd.Series = naive.dt.tz_localize(zone, nonexistent="shift_forward", ambiguous=first)
    return moved


def _first_rows(cells: pd.Series, codes: np.ndarray, count: int) -> np.ndarray:
    """The first row that bears each distinct text."""
    rows = np.zeros(count, dtype=np.int64)
    rows[codes[::-1]] = cells.index.to_numpy()[::-1]
    return rows


def _taken_apart(texts: pd.Series, day_first: bool | None, rows: np.ndarray) -> pd.DataFrame:
    """Year, month, day, clock and zone of each text; NaN where it is no time."""
    parts = texts.str.extract(f"^{YEAR_FIRST}$")
    rest = parts["y"].isna()
    if rest.any():
        last = texts[rest].str.extract(f"^{YEAR_LAST}$")
        last = last[last["y"].notna()]
        if len(last):
            first_is_day = _day_comes_first(last, day_first, texts[last.index], rows[last.index.to_numpy()])
            last["d"], last["m"] = (last["a"], last["b"]) if first_is_day else (last["b"], last["a"])
            short = last["y"].str.len() == 2
            last["y"] = last["y"].where(~short, np.where(last["y"] < "70", "20", "19") + last["y"])
            parts.loc[last.index] = last[parts.columns].astype("str")
    for pattern in (DAY_NAMED, NAMED_DAY, COMPACT):
        parts = _filled(parts, texts, pattern)
    before = parts["y"].isna()
    parts = _filled(parts, texts, MONTH)
    parts = _filled(parts, texts, NAMED_MONTH)
    month_only = before & parts["y"].notna()
    parts["d"] = parts["d"].where(~month_only, "1")
    return parts.assign(month_only=month_only)


def _filled(parts: pd.DataFrame, texts: pd.Series, pattern: str) -> pd.DataFrame:
    """Parts of those texts that no pattern before fitted."""
    rest = parts["y"].isna() & (texts != "")
    if not rest.any():
        return parts
    found = texts[rest].str.extract(f"^{pattern}$")
    if "name" in found:
        number = month_number(found["name"])
        found["m"] = number.astype("Int64").astype("str").where(number.notna())
        found["y"] = found["y"].where(number.notna())
    if "y2" in found:
        found["y"], found["m"] = found["y"].fillna(found["y2"]), found["m"].fillna(found["m2"])
    found = found[found["y"].notna()].reindex(columns=parts.columns).astype("str")
    parts.loc[found.index] = found
    return parts


def _day_comes_first(last: pd.DataFrame, day_first: bool | None, texts: pd.Series, rows: np.ndarray) -> bool:
    if day_first is not None:
        return day_first
    first_high = (last["a"].astype("int64") > 12).to_numpy()
    second_high = (last["b"].astype("int64") > 12).to_numpy()
    if first_high.any() and second_high.any():
        if first_high.sum() == second_high.sum():
            raise InputError(
                f"times such as {texts[first_high].iloc[0]!r} ({tell_rows(rows[first_high])}) and "
                f"{texts[second_high].iloc[0]!r} ({tell_rows(rows[second_high])}) put day and month in "
                "different order; give day_first"
            )
        return bool(first_high.sum() > second_high.sum())
    if first_high.any() or second_high.any():
        return bool(first_high.any())
    if (last["sep"] == ".").all():
        return True
    raise InputError(
        f"times such as {texts.iloc[0]!r}: nothing in the column tells the day from the month; give day_first"
    )


def _instants(parts: pd.DataFrame) -> pd.Series:
    """Naive instants; NaT where the numbers are no date."""
    number = parts[["y", "m", "d", "H", "M", "S"]].apply(pd.to_numeric, errors="coerce")
    meant = parts["ampm"].str.lower().str[:1]
    twelve = number["H"] % 12
    hour = number["H"].where(meant.isna(), twelve + 12 * (meant == "p"))
    clock_ok = parts["H"].isna() | ((hour < 24) & (number["M"] < 60) & (number["S"].fillna(0) < 60))
    year_ok = number["y"].between(1900, 2200)
    fields = pd.DataFrame(
        {"year": number["y"].where(year_ok), "month": number["m"], "day": number["d"], "hour": hour.fillna(0),
         "minute": number["M"].fillna(0), "second": number["S"].fillna(0)}
    )  # fmt: skip
    instants = pd.to_datetime(fields, errors="coerce").astype("datetime64[s]")
    return instants.where(clock_ok)


def _in_zone(naive: pd.Series, zone: pd.Series, timezone: str) -> tuple[pd.Series, tuple[str, ...]]:
    """Instants in the local zone: naive ones are wall clock there, others are converted."""
    local = _localised(naive, timezone)
    moved = (naive.notna() & (local.dt.tz_localize(None) != naive)).sum()
    notes = [f"{moved:,} times fall into the hour that clocks skip in spring: moved forward"] if moved else []
    twice = (
        naive.notna() & naive.dt.tz_localize(timezone, nonexistent="shift_forward", ambiguous="NaT").isna()
    )
    twice &= zone.isna() & (naive.dt.hour + naive.dt.minute + naive.dt.second > 0)
    if twice.any():
        notes.append(
            f"{twice.sum():,} times fall into the hour that comes twice in autumn: taken for the first"
        )
    if zone.notna().any():
        text = (
            zone.fillna("+00")
            .str.upper()
            .replace({"Z": "+00", "UTC": "+00", "GMT": "+00"})
            .str.replace(":", "")
        )
        sign = np.where(text.str[0] == "-", -1, 1)
        minutes = sign * (text.str[1:3].astype("int64") * 60 + text.str[3:5].replace("", "0").astype("int64"))
        utc = (naive - pd.to_timedelta(minutes, unit="min")).dt.tz_localize("UTC").dt.tz_convert(timezone)
        local = local.where(zone.isna(), utc)
        notes.append("times that carry an offset were moved to local time")
    return local, tuple(notes)
