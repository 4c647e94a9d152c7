"""Hours of the week from words: "Mo-Fr 07:30-08:30 x3; Sa 10-14", "пт, сб 22:00-02:00"."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.units import HOURS_PER_WEEK

_DAYS = (
    ("mo", "mon", "monday", "пн", "понеділок"),
    ("tu", "tue", "tuesday", "вт", "вівторок"),
    ("we", "wed", "wednesday", "ср", "середа"),
    ("th", "thu", "thursday", "чт", "четвер"),
    ("fr", "fri", "friday", "пт", "п'ятниця", "п’ятниця"),
    ("sa", "sat", "saturday", "сб", "субота"),
    ("su", "sun", "sunday", "нд", "неділя"),
)
_DAY_NUMBER = {name: day for day, names in enumerate(_DAYS) for name in names}
_DAY_SETS = {
    "daily": range(7), "every day": range(7), "щодня": range(7),
    "weekdays": range(5), "будні": range(5),
    "weekend": range(5, 7), "weekends": range(5, 7), "вихідні": range(5, 7),
}  # fmt: skip
_SPAN = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-–—]\s*(\d{1,2})(?::(\d{2}))?")
_TIMES = re.compile(r"\s+[x×х]\s*(\d+(?:\.\d+)?)\s*$")


@lru_cache(maxsize=4096)
def _parsed(text: str) -> NDArray[np.float64]:
    profile = np.zeros(HOURS_PER_WEEK)
    for piece in filter(None, (part.strip() for part in text.split(";"))):
        times = _TIMES.search(piece)
        factor = float(times[1]) if times else 1.0
        days, spans = _days_and_spans(piece[: times.start()] if times else piece)
        for day in days:
            for start, end in spans:
                profile += factor * _covered(24 * day + start, 24 * day + end)
    if profile.sum() <= 0:
        raise ValueError(f"{text!r} names no hour")
    profile.flags.writeable = False
    return profile


def week_hours(text: str) -> NDArray[np.float64]:
    """Hours covered in each hour of the week, [168], times the factor of each piece.

    Parameters
    ----------
    text
        Pieces parted by ";", each days (all if none), hours (all day if none) and a factor
        ("x3") if it isn't 1. A span that ends before it starts runs past midnight. "" is the
        whole week.

    Raises
    ------
    ValueError
        The words can't be read.

    Examples
    --------
    >>> hours = week_hours("Su 22:30-01:00")
    >>> [(int(h), float(hours[h])) for h in hours.nonzero()[0]]
    [(0, 1.0), (166, 0.5), (167, 1.0)]
    """
    return _parsed(text.strip().casefold() or "00:00-24:00")


def week_minutes(text: str) -> NDArray[np.bool_]:
    """Which minutes of the week words name, [10080], to the minute; factors are passed over.

    Examples
    --------
    >>> week_minutes("Mo 07:30-07:32; Su 23:59-00:01").nonzero()[0].tolist()
    [0, 450, 451, 10079]
    """
    made = np.zeros(HOURS_PER_WEEK * 60, dtype=np.bool_)
    for piece in filter(None, (part.strip() for part in text.split(";"))):
        days = week_hours(_SPAN.sub("", _TIMES.sub("", piece)).strip(" ,."))
        spans = [match.groups() for match in _SPAN.finditer(piece)] or [("0", "0", "24", "0")]
        for h1, m1, h2, m2 in spans:
            start, end = int(h1) * 60 + int(m1 or 0), int(h2) * 60 + int(m2 or 0)
            end += 24 * 60 if end <= start else 0
            for day in np.flatnonzero(days.reshape(7, 24).any(axis=1)):
                made[(day * 24 * 60 + np.arange(start, end)) % len(made)] = True
    return made


def unreadable_hours(texts: list[str]) -> list[str]:
    """What is wrong with each of the texts that ``week_hours`` can't read."""
    faults = []
    for text in texts:
        try:
            week_hours(text)
        except (ValueError, InputError) as error:
            faults.append(str(error))
    return faults


def days_of_words(text: str) -> tuple[int, ...] | None:
    """Weekdays (0 is Monday) that words name, all of them for ""; None where they can't be read.

    Examples
    --------
    >>> days_of_words("Mo-We, сб"), days_of_words("будні"), days_of_words("soon")
    ((0, 1, 2, 5), (0, 1, 2, 3, 4), None)
    """
    words = text.strip(" .,").casefold()
    try:
        return tuple(sorted(set(_days(words, words)))) if words else tuple(range(7))
    except (ValueError, InputError):
        return None


def _covered(start: float, end: float) -> NDArray[np.float64]:
    """Share of each hour of the week that lies between two hours (past 168 goes on at 0)."""
    hour = np.arange(2 * HOURS_PER_WEEK)
    share = np.clip(np.minimum(end, hour + 1) - np.maximum(start, hour), 0, 1)
    return np.asarray(share[:HOURS_PER_WEEK] + share[HOURS_PER_WEEK:])


def _days_and_spans(piece: str) -> tuple[list[int], list[tuple[float, float]]]:
    spans = [_span(match, piece) for match in _SPAN.finditer(piece)]
    words = _SPAN.sub(" ", piece).strip(" ,.")
    days = _days(words, piece) if words else list(range(7))
    return days, spans or [(0.0, 24.0)]


def _span(match: re.Match[str], piece: str) -> tuple[float, float]:
    start = int(match[1]) + int(match[2] or 0) / 60
    end = int(match[3]) + int(match[4] or 0) / 60
    if start > 24 or end > 24 or int(match[2] or 0) > 59 or int(match[4] or 0) > 59:
        raise ValueError(f"{piece!r}: {match[0]!r} is no span of hours")
    return start, end if end > start else end + 24


def _days(words: str, piece: str) -> list[int]:
    if words in _DAY_SETS:
        return list(_DAY_SETS[words])
    found: list[int] = []
    for word in filter(None, re.split(r"[\s,/+]+", re.sub(r"\s*[-–—]\s*", "-", words))):
        ends = [_DAY_NUMBER.get(name.strip(".")) for name in word.split("-")]
        if None in ends or len(ends) > 2:
            raise ValueError(f"{piece!r}: {word!r} is no day; use Mo, Tu, ... or Mo-Fr, hours as 18:00-23:00")
        first, last = ends[0] or 0, ends[-1] or 0
        found += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return sorted(set(found))
