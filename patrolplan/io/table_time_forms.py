# ruff: noqa: E501 - patterns and names of months stand whole
"""The forms in which dates and times are written, as patterns; and times that are plain numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

_CLOCK = r"(?P<H>\d{1,2})[:.](?P<M>\d{2})(?:[:.](?P<S>\d{2})(?:[.,]\d{1,9})?)?\s*(?P<ampm>[AaPp]\.?[Mm]\.?)?"
_ZONE = r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
_BETWEEN = r"(?:[Tt]\s*|,?\s*(?:о|at|в)?\s+|,\s*)"
_YEAR_WORD = r"(?:\s*(?:р\.?|року|г\.?))?"
YEAR_FIRST = rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?:{_BETWEEN}{_CLOCK}{_ZONE})?"
YEAR_LAST = (
    r"(?P<a>\d{1,2})\s?(?P<sep>[./-])\s?(?P<b>\d{1,2})\s?[./-]\s?(?P<y>\d{4}|\d{2})"
    rf"{_YEAR_WORD}(?:{_BETWEEN}{_CLOCK}{_ZONE})?"
)
DAY_NAMED = (
    r"(?:[^\W\d]{2,9}\.?,?\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th)?[-\s./]+(?P<name>[^\W\d]{3,9})\.?[-\s,./]+"
    rf"(?P<y>\d{{4}}){_YEAR_WORD}(?:{_BETWEEN}{_CLOCK}{_ZONE})?"
)
NAMED_DAY = (
    r"(?:[^\W\d]{2,9}\.?,?\s+)?(?P<name>[^\W\d]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    rf"(?P<y>\d{{4}})(?:{_BETWEEN}{_CLOCK}{_ZONE})?"
)
COMPACT = (
    r"(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])"
    r"(?:[T\s]?(?P<H>[01]\d|2[0-3])(?P<M>[0-5]\d)(?P<S>[0-5]\d)?)?"
    rf"{_ZONE}"
)
MONTH = r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})|(?P<m2>\d{1,2})[-/.](?P<y2>\d{4}))"
NAMED_MONTH = rf"(?P<name>[^\W\d]{{3,9}})\.?[\s,-]+(?P<y>\d{{4}}){_YEAR_WORD}"
FORMS = (YEAR_FIRST, YEAR_LAST, DAY_NAMED, NAMED_DAY, COMPACT, MONTH, NAMED_MONTH)

_MONTH_STEMS = (
    "jan|січ|янв", "feb|лют|фев", "mar|бер|мар", "apr|кві|апр", "may|тра|май|мая", "jun|чер|июн", "jul|лип|июл",
    "aug|сер|авг", "sep|вер|сен", "oct|жов|окт", "nov|лис|ноя", "dec|гру|дек",
)  # fmt: skip
MONTHS: Mapping[str, int] = MappingProxyType(
    {stem: k + 1 for k, stems in enumerate(_MONTH_STEMS) for stem in stems.split("|")}
)
"""First three letters of the months' names, English and Ukrainian (and Russian, in old registers)."""

_EXCEL_DAYS = (20_000, 80_000)
"""Days since 1899-12-30: from 1954 to 2119."""
_SECONDS = (300_000_000, 7_000_000_000)


def month_number(names: pd.Series) -> pd.Series:
    """Number of the month of that name, NaN where it is none.

    Examples
    --------
    >>> month_number(pd.Series(["March", "жовтня", "Sept", "soon"])).tolist()
    [3.0, 10.0, 9.0, nan]
    """
    return names.str.casefold().str[:3].map(MONTHS).astype("float64")


def number_times(cells: pd.Series) -> pd.Series:
    """Instants of cells that are days of a spreadsheet or seconds or milliseconds of a computer's clock.

    Only where nearly the whole column is such numbers: a lone number in a column of dates is an
    error, not a date. Computers' clocks count in UTC, which the result says by its second level.

    Returns
    -------
    Text as YEAR_FIRST reads it; NaN where the cell is none.

    Examples
    --------
    >>> number_times(pd.Series(["46316.75", "46317"])).tolist()
    ['2026-10-21 18:00:00', '2026-10-22']
    >>> number_times(pd.Series(["1792594800000"])).tolist()
    ['2026-10-21 15:00:00Z']
    """
    values = pd.to_numeric(cells.astype("str").str.replace(",", "."), errors="coerce").astype("float64")
    nothing = pd.Series(np.nan, index=cells.index, dtype="object")
    filled = cells.astype("str") != ""
    for (low, high), unit in ((_EXCEL_DAYS, "D"), (_SECONDS, "s"), (tuple(1000 * n for n in _SECONDS), "ms")):
        fits = values.between(low, high)
        if fits.any() and fits.sum() > 0.9 * filled.sum():
            return nothing.where(~fits, _told(values.where(fits), unit))
    return nothing


def _told(values: pd.Series, unit: str) -> pd.Series:
    if unit == "D":
        seconds = (values * 86400).round()
        at = pd.Timestamp("1899-12-30") + pd.to_timedelta(seconds, unit="s")
        whole = values % 1 == 0
        text = at.dt.strftime("%Y-%m-%d %H:%M:%S")
        return text.where(~whole, at.dt.strftime("%Y-%m-%d"))
    at = pd.Timestamp("1970-01-01") + pd.to_timedelta(
        (values / (1000 if unit == "ms" else 1)).round(), unit="s"
    )
    return at.dt.strftime("%Y-%m-%d %H:%M:%SZ")


def clock_text(cells: pd.Series) -> pd.Series:
    """Clock times as HH:MM where they are written bare, as 945 or 1830 or 18; others unchanged.

    Examples
    --------
    >>> clock_text(pd.Series(["945", "1830", "18:30", "", "0.75", "2500"])).tolist()
    ['09:45', '18:30', '18:30', '', '18:00', '2500']
    """
    bare = cells.str.fullmatch(r"([01]?\d|2[0-3])[0-5]\d")
    padded = cells.str.zfill(4)
    text = cells.where(~bare, padded.str[:2] + ":" + padded.str[2:])
    share = cells.str.fullmatch(r"0[.,]\d+")
    if share.any():
        minutes = (
            (pd.to_numeric(cells[share].str.replace(",", "."), errors="coerce") * 1440)
            .round()
            .astype("int64")
        )
        told = minutes.map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")
        text = text.where(~share, told.reindex(cells.index))
    hour = cells.str.fullmatch(r"[01]?\d|2[0-3]") & ~bare
    return text.where(~hour, cells.str.zfill(2) + ":00")


def has_clock(text: pd.Series) -> pd.Series:
    """Whether a time as written holds a clock time."""
    return text.str.contains(
        re.compile(
            r"\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
        )
    ) & text.str.contains(r"\d[T\s,]", regex=True)
