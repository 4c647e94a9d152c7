"""Clock times, spans, days off and weekdays as people write them in rosters."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

_CLOCK = re.compile(r"(\d{1,2})(?:[:.\-]?([0-5]\d))?(?:[:.]\d{2}(?:\.\d+)?)?\s*([ap]\.?m\.?)?", re.IGNORECASE)
_OFF = (
    r"|-+|–|—|off|free|leave|rest|holiday|sick|absent|x|х|в|вх|вих\w*\.?|відп\w*\.?|в/д|лікарн\w*\.?|хвор\w*|"
    r"відрядж\w*|навчання|day off"
)
_DATE = r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))"
_RANGE = re.compile(rf"{_DATE}(?:\s*(?:\.\.+|–|—|to|до|по|\s-\s|/)\s*{_DATE})?", re.IGNORECASE)


def clock_minutes(cells: pd.Series) -> pd.Series:
    """Minutes after midnight of clock times; NaN of "", -1 where a cell is none. "24:00" is 1440.

    Examples
    --------
    >>> clock_minutes(pd.Series(["16:00", "8", "1830", "18.30", "6 pm", "24:00", "", "late"])).tolist()
    [960.0, 480.0, 1110.0, 1110.0, 1080.0, 1440.0, nan, -1.0]
    """
    known = {text: _minutes(text) for text in cells.unique()}
    return cells.map(known).astype("float64")


def span_of(text: str) -> tuple[float, float]:
    """Minutes after midnight of both ends of a span; -1 where it is none.

    Examples
    --------
    >>> span_of("16:00-20:00"), span_of("22 – 2"), span_of("з 8.00 до 16.30"), span_of("evening")
    ((960.0, 1200.0), (1320.0, 120.0), (480.0, 990.0), (-1.0, -1.0))
    """
    words = re.sub(r"^(from|з|від)\s+", "", text.strip().lower())
    parts = re.split(r"\s*(?:-|–|—|\bto\b|\bдо\b|\.\.+)\s*", words)
    ends = [_minutes(part) for part in parts]
    if len(ends) != 2 or any(not end >= 0 for end in ends):
        return -1.0, -1.0
    return ends[0], ends[1]


def is_off(cells: pd.Series) -> pd.Series:
    """Whether a cell means that there is no shift.

    Examples
    --------
    >>> is_off(pd.Series(["", "off", "Вих.", "відпустка", "16:00", "evening"])).tolist()
    [True, True, True, True, False, False]
    """
    return cells.str.strip().str.casefold().str.fullmatch(_OFF)


def away_days(text: str) -> tuple[tuple[dt.date, dt.date], ...] | None:
    """First and last day of each absence; None where the words can't be read.

    Examples
    --------
    >>> [(str(a), str(b)) for a, b in away_days("2026-11-24..2026-11-28, 30.11.2026")]
    [('2026-11-24', '2026-11-28'), ('2026-11-30', '2026-11-30')]
    >>> away_days(""), away_days("next week")
    ((), None)
    """
    spans = []
    for piece in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        match = _RANGE.fullmatch(re.sub(r"(?<=\d)[T ]00:00(:00)?", "", piece))
        if match is None:
            return None
        try:
            first = _date(match.groups()[:6])
            last = _date(match.groups()[6:]) if any(match.groups()[6:]) else first
        except ValueError:
            return None
        if last < first:
            return None
        spans.append((first, last))
    return tuple(spans)


def _date(parts: tuple[str | None, ...]) -> dt.date:
    year, month, day = parts[:3] if parts[0] else parts[5:2:-1]
    return dt.date(int(year or 0), int(month or 0), int(day or 0))


def _minutes(text: str) -> float:
    text = text.strip()
    if not text:
        return float("nan")
    if re.fullmatch(r"0[.,]\d{3,}|[01]([.,]0+)?", text) and ("." in text or "," in text):
        return float(round(float(text.replace(",", ".")) * 1440))  # a share of the day, as spreadsheets count
    text = re.sub(r"^\d{4}-\d\d-\d\d[T ]", "", text)
    match = _CLOCK.fullmatch(text)
    if match is None:
        return -1.0
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return -1.0
        hour = hour % 12 + 12 * (match[3].lower()[0] == "p")
    total = hour * 60 + minute
    return float(total) if total <= 1440 else -1.0
