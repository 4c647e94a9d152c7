"""Where a table begins: the row of its column names, under titles and above numbers of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from patrolplan.errors import InputError
from patrolplan.io.readers.raw import unique_names
from patrolplan.io.table_grid import dates_of_columns

LOOKED_AT = 40
_DATA = re.compile(
    r"[+-]?\d+(?:[.,]\d+)*|\d{1,4}[-./]\d{1,2}([-./]\d{1,4})?([T ].*)?|\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?"
)


@dataclass(frozen=True, kw_only=True)
class Header:
    """Where the column names stand: ``names``, first data row ``first`` (0-based), and ``notes``."""

    names: list[str]
    first: int
    notes: tuple[str, ...]


def find_header(rows: list[list[str]], *, name: str, grid: bool = False) -> Header:
    """The header among the first rows of a table, titles above it passed over.

    Parameters
    ----------
    rows
        The first rows, cells as text.
    name
        Of the file, for messages.
    grid
        Whether dates may be names of columns, as in a roster with a column a day.

    Raises
    ------
    InputError
        No row looks like one of names; the data themselves are never told.

    Examples
    --------
    >>> rows = [["Register 2026", "", ""], ["", "", ""], ["Kind", "Date", "X"], ["theft", "2026-01-02", "3"]]
    >>> header = find_header(rows, name="a.xlsx")
    >>> header.names, header.first
    (['Kind', 'Date', 'X'], 3)
    """
    filled = [sum(cell.strip() != "" for cell in row) for row in rows]
    most = max(filled, default=0)
    if most == 0:
        raise InputError(f"{name}: no cell is filled")
    at = next((k for k, row in enumerate(rows) if _is_header(row, filled[k], most, grid)), None)
    if at is None:
        raise InputError(
            f"{name}: no row of column names found (the first rows hold data); write names such as "
            "longitude, latitude, kind and date above them"
        )
    names, first, notes = list(rows[at]), at + 1, []
    if at and any(filled[:at]):
        notes.append(f"{name}: column names found in row {at + 1}, under {_counted(at)} of title")
    if first < len(rows) and _is_second(rows[at], rows[first], filled[first], rows[first + 1 :]):
        names = [sub.strip() or top for top, sub in zip(_padded(names, rows[first]), rows[first])]
        first += 1
        notes.append(f"{name}: column names stand in two rows")
    if first < len(rows) and _is_numbering(rows[first]):
        first += 1
        notes.append(f"{name}: a row that numbers the columns was passed over")
    return Header(names=unique_names(names), first=first, notes=tuple(notes))


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"


def _is_header(row: list[str], filled: int, most: int, grid: bool) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    if grid and len(dates_of_columns(cells)) > 1:
        words = [cell for cell in cells if cell not in dates_of_columns(cells)]
        return bool(words) and not any(_DATA.fullmatch(cell) for cell in words)
    if filled == 0 or filled < min(most, max(2, 0.5 * most)):
        return False
    data = sum(_DATA.fullmatch(cell) is not None for cell in cells)
    return data <= 0.2 * len(cells) and len({cell.casefold() for cell in cells}) >= 0.6 * len(cells)


def _is_second(top: list[str], row: list[str], filled: int, rest: list[list[str]]) -> bool:
    """Whether a row names what a merged cell above it holds: names only under gaps, data below."""
    cells = [cell.strip() for cell in row if cell.strip()]
    padded = _padded(top, row)
    gaps = sum(not name.strip() for name in padded)
    if not gaps or filled < 2 or filled > gaps + 2 or any(_DATA.fullmatch(cell) for cell in cells):
        return False
    under = [k for k, cell in enumerate(row) if cell.strip()]
    data = [
        sum(_DATA.fullmatch(line[k].strip()) is not None for k in under if k < len(line)) for line in rest
    ]
    return any(not padded[k].strip() for k in under) and bool(data) and max(data) > 0


def _padded(names: list[str], row: list[str]) -> list[str]:
    return names + [""] * (len(row) - len(names))


def _is_numbering(row: list[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    return len(cells) > 2 and cells == [str(k + 1) for k in range(len(cells))]
