"""Rosters written as a grid (a row an officer, a column a date) turned into one row a shift."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

_DATE_NAME = re.compile(
    r"(?:\w{2,10}\.?,?\s+)?(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})(?:[T ]0?0:00(?::00)?)?"
    r"(?:,?\s*\(?\w{2,10}\.?\)?)?"
)
LEAST_DATES = 2
"""A table with fewer columns that are dates is no grid."""


def dates_of_columns(names: list[str]) -> dict[str, str]:
    """Column -> date, of the columns that are named by one.

    Examples
    --------
    >>> dates_of_columns(["Officer", "Mon 2026-11-23", "24.11.2026", "2026-11-25 00:00:00"])
    {'Mon 2026-11-23': '2026-11-23', '24.11.2026': '24.11.2026', '2026-11-25 00:00:00': '2026-11-25'}
    """
    found = {name: _DATE_NAME.fullmatch(name.strip()) for name in names}
    return {name: match[1] for name, match in found.items() if match}


def as_list(frame: pd.DataFrame, chosen: Mapping[str, str]) -> tuple[pd.DataFrame, dict[str, str]]:
    """A roster with one row a shift, its columns by role, and a column ``row`` of 1-based data rows.

    Examples
    --------
    >>> grid = pd.DataFrame({"Who": ["A"], "2026-11-23": ["16-20"], "2026-11-24": ["off"]}, index=[1])
    >>> flat, columns = as_list(grid, {"officer": "Who"})
    >>> flat[["row", columns["officer"], columns["date"], columns["shift"]]].to_numpy().tolist()
    [[1, 'A', '2026-11-23', '16-20'], [1, 'A', '2026-11-24', 'off']]
    """
    dates = dates_of_columns([str(name) for name in frame.columns])
    if len(dates) < LEAST_DATES or "officer" not in chosen:
        return frame.assign(row=frame.index), dict(chosen)
    kept = [name for name in frame.columns if name not in dates]
    pieces = [frame[kept].assign(row=frame.index, date=day, shift=frame[name]) for name, day in dates.items()]
    flat = pd.concat(pieces).sort_values("row", kind="stable", ignore_index=True)
    flat.index = flat.index + 1
    roles = {role: name for role, name in chosen.items() if name in kept}
    return flat, {**roles, "date": "date", "shift": "shift"}
