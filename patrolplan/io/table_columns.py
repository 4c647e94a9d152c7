"""Guess which column of a table means what, from its name and its contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.readers.personal import plain_name
from patrolplan.io.table_column_names import NAMES, ONLY_WITHOUT, TABLES
from patrolplan.io.table_coordinates import degrees, numbers, pairs
from patrolplan.io.table_duty_words import clock_minutes, is_off
from patrolplan.io.table_time_forms import FORMS, number_times

SAMPLE_ROWS = 2000
LEAST_CONFIDENCE = 0.5


@dataclass(frozen=True, kw_only=True)
class ColumnGuess:
    """Which column plays which role, and how sure that is.

    Attributes
    ----------
    columns
        Role -> column name, as ``columns=`` of the readers takes it.
    confidence
        Role -> 0..1.
    notes
        Plain sentences on columns that were passed over, and why.
    """

    columns: Mapping[str, str]
    confidence: Mapping[str, float]
    notes: tuple[str, ...] = ()


def guess_columns(frame: pd.DataFrame, *, table: str = "offences") -> ColumnGuess:
    """Guess the columns of a table from their names (English, Ukrainian) and contents.

    Parameters
    ----------
    frame
        Cells as text or typed; a geometry column is passed over.
    table
        A key of `patrolplan.io.table_column_names.TABLES`: "offences", "places", "problems", ...

    Examples
    --------
    >>> frame = pd.DataFrame({"Довгота": ["24,03"], "Широта": ["49,84"], "Вид": ["крадіжка"],
    ...                       "Дата": ["21.11.2026 18:30"], "Телефон": ["0501234567"]})
    >>> dict(guess_columns(frame).columns)
    {'lon': 'Довгота', 'lat': 'Широта', 'kind': 'Вид', 'start': 'Дата'}
    """
    if table not in TABLES:
        raise InputError(f"no such sort of table: {table!r}; one of {', '.join(TABLES)}")
    sample = _sample(frame)
    taken: dict[str, str] = {}
    sure: dict[str, float] = {}
    for role in TABLES[table]:
        rivals = ONLY_WITHOUT.get(role, ())
        if rivals and all(rival in taken for rival in rivals):
            continue
        scores = {
            name: _score(table, role, name, sample[name])
            for name in sample.columns
            if name not in taken.values()
        }
        best = max(scores, key=lambda name: scores[name], default=None)
        if best is not None and scores[best] >= LEAST_CONFIDENCE:
            taken[role], sure[role] = best, round(scores[best], 2)
    return ColumnGuess(
        columns=MappingProxyType(taken), confidence=MappingProxyType(sure), notes=_notes(sample, taken)
    )


def checked_columns(
    frame: pd.DataFrame, columns: Mapping[str, str] | None, *, table: str, name: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The user's columns if given (each must exist), else the guess; with notes."""
    if columns is None:
        guess = guess_columns(frame, table=table)
        told = ", ".join(f"{role}={column}" for role, column in guess.columns.items())
        return dict(guess.columns), (f"{name}: columns guessed: {told or 'none'}", *guess.notes)
    roles = TABLES[table]
    faults = [
        f"{name}: unknown role {role!r}; one of {', '.join(roles)}" for role in columns if role not in roles
    ]
    faults += [
        f"{name}: no column {column!r} (for {role}); the table has {', '.join(map(str, frame.columns))}"
        for role, column in columns.items()
        if role in roles and column and column not in frame.columns
    ]
    if faults:
        raise InputError(faults)
    return {role: column for role, column in columns.items() if column}, ()


def cells_of(frame: pd.DataFrame, chosen: Mapping[str, str], role: str) -> pd.Series:
    """Cells of the column that plays a role, "" throughout where none does."""
    if role in chosen:
        return frame[chosen[role]].astype("str")
    return pd.Series("", index=frame.index, dtype="str")


def time_share(cells: pd.Series) -> float:
    """Share of the filled cells that read as a date or time."""
    filled = cells[cells != ""]
    if filled.empty:
        return 0.0
    like = filled.str.fullmatch(_ANY_TIME)
    return float(like.mean())


_NAMED_GROUP = re.compile(r"[?]P<\w+>")
_ANY_TIME = "|".join(f"(?:{_NAMED_GROUP.sub('?:', pattern)})" for pattern in FORMS)


def _sample(frame: pd.DataFrame) -> pd.DataFrame:
    plain = [name for name in frame.columns if str(frame[name].dtype) != "geometry"]
    head = frame[plain].head(SAMPLE_ROWS)
    return head.astype("str").where(head.notna(), "")


def _score(table: str, role: str, name: str, cells: pd.Series) -> float:
    """How sure the column plays the role: its name's merit times its contents' fitness."""
    by_name = _name_merit(f"{table}.{role}" if f"{table}.{role}" in NAMES else role, name)
    fitness = _FITNESS.get(f"{table}.{role}", _FITNESS.get(role, _any_text))(cells)
    if table != "offences":
        return by_name * fitness
    if role in ("start", "end") and by_name > 0 and fitness == 0:
        fitness = 0.9 * float(number_times(cells[cells != ""]).notna().mean()) if (cells != "").any() else 0.6
    if role == "start" and by_name == 0:
        by_name = 0.55 if fitness > 0.95 else 0.0
    if role in ("start", "end") and _is_utc(name, cells):
        by_name *= 0.6
    return by_name * fitness


def _name_merit(role: str, name: str) -> float:
    plain = plain_name(name)
    return max((merit for pattern, merit in NAMES[role] if re.fullmatch(pattern, plain)), default=0.0)


def _is_utc(name: str, cells: pd.Series) -> bool:
    filled = cells[cells != ""]
    marked = filled.str.contains(r"\d(?:Z|\+00(?::?00)?|UTC)$", case=False, regex=True)
    return "utc" in str(name).casefold() or bool(len(filled) and marked.mean() > 0.9)


def _number_share(cells: pd.Series, limit: float | None = None) -> float:
    values = numbers(cells[cells != ""])
    good = values.notna() & (True if limit is None else (values.abs() <= limit))
    return float(good.mean()) if len(values) else 0.0


def _any_text(cells: pd.Series) -> float:
    return 1.0 if bool((cells != "").any()) else 0.6


def _coordinate(cells: pd.Series) -> float:
    filled = cells[cells != ""]
    return float(degrees(filled).notna().mean()) if len(filled) else 0.6


def _pair(cells: pd.Series) -> float:
    filled = cells[cells != ""]
    return float(pairs(filled)[0].notna().mean()) if len(filled) else 0.0


def _words(cells: pd.Series) -> float:
    """Addresses carry words; a pair of coordinates in a column called location does not."""
    filled = cells[cells != ""]
    if filled.empty:
        return 0.6
    return float((filled.str.contains(r"[^\W\d]{3}", regex=True) & pairs(filled)[0].isna()).mean())


def _within(least: int, most: int) -> Callable[[pd.Series], float]:
    def share(cells: pd.Series) -> float:
        filled = cells[cells != ""]
        values = pd.to_numeric(filled, errors="coerce")
        return float((values.between(least, most) & (values % 1 == 0)).mean()) if len(filled) else 0.6

    return share


def _kind_like(cells: pd.Series) -> float:
    """Kinds repeat and carry letters; free text and ids don't repeat."""
    filled = cells[cells != ""]
    if filled.empty:
        return 0.6
    repeats = 1.0 if len(filled) < 30 else 1.0 - 0.5 * filled.nunique() / len(filled)
    return repeats if filled.nunique() <= 1000 else 0.4


def _clock_like(cells: pd.Series) -> float:
    filled = cells[cells != ""]
    if filled.empty:
        return 0.6
    clock = float(
        filled.str.fullmatch(r"\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?(\s*[AaPp]\.?[Mm]\.?)?").mean()
    )
    bare = float(filled.str.fullmatch(r"([01]?\d|2[0-3])[0-5]\d|\d{1,2}").mean())
    return max(clock, 0.8 * bare)


def _precision_like(cells: pd.Series) -> float:
    known = {"", "minute", "hour", "window", "date", "day", "month", "none"}
    return float(cells.str.lower().isin(known).mean())


def _clock_or_off(cells: pd.Series) -> float:
    """Clock times of a roster; where somebody is off, words stand instead."""
    filled = cells[cells != ""]
    if filled.empty:
        return 0.6
    return float(((clock_minutes(filled) >= 0) | is_off(filled)).mean())


_FITNESS: Mapping[str, Callable[[pd.Series], float]] = MappingProxyType(
    {
        "lon": _coordinate,
        "lat": _coordinate,
        "point": _pair,
        "street": _words,
        "kind": _kind_like,
        "start": time_share,
        "end": time_share,
        "time": _clock_like,
        "end_time": _clock_like,
        "year": _within(1900, 2200),
        "month": _within(1, 12),
        "day": _within(1, 31),
        "hour": _within(0, 24),
        "minute": _within(0, 59),
        "precision": _precision_like,
        "weight": _number_share,
        "since": time_share,
        "until": time_share,
        "seriousness": _number_share,
        "pace": _number_share,
        "officers.hours": _number_share,
        "earliest": _clock_or_off,
        "latest": _clock_or_off,
        "roster.start": _clock_or_off,
        "roster.end": _clock_or_off,
        "date": time_share,
        # Told by name alone: what can't be read there is a fault with its row, not another column.
        **{f"{table}.{end}": _any_text for table in ("calendar", "events") for end in ("start", "end")},
    }
)


def _notes(sample: pd.DataFrame, taken: Mapping[str, str]) -> tuple[str, ...]:
    """Say which time columns in UTC were left beside a local one."""
    passed = [
        str(name)
        for name in sample.columns
        if name not in taken.values() and time_share(sample[name]) > 0.9 and _is_utc(str(name), sample[name])
    ]
    if not passed or "start" not in taken:
        return ()
    return (f"{', '.join(passed)}: in UTC, left aside; the local time is taken from {taken['start']}",)
