"""A table of an SQLite file, read in pieces and within bounds."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.readers.guard import head_of
from patrolplan.io.readers.left_behind import Keeper
from patrolplan.io.readers.raw import Ask, RawTable, unique_names

CHUNK_ROWS = 100_000
LONGEST_S = 120.0
_STEPS = 100_000


def read_database(file: Path, ask: Ask) -> RawTable:
    """Read a table of an SQLite file: the one asked for, else the one with the most columns.

    Views are not read: they compute, a table only tells.

    Raises
    ------
    InputError
        Not an SQLite file, damaged, or without such a table.
    """
    if not head_of(file).startswith(b"SQLite format 3\0"):
        raise InputError(f"{file.name}: not an SQLite file; check its ending against its content")
    keeper = Keeper(file.name, ask)
    try:
        base = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            begun = time.monotonic()
            base.set_progress_handler(lambda: int(time.monotonic() - begun > LONGEST_S), _STEPS)
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000_000)
            base.execute("PRAGMA trusted_schema = OFF")
            base.text_factory = lambda data: data.decode("utf-8", "replace")
            name, notes = _chosen(base, ask.sheet, file)
            _take(base, name, keeper)
        finally:
            base.close()
    except (sqlite3.Error, UnicodeDecodeError, OverflowError, MemoryError) as error:
        raise InputError(
            f"{file.name}: can't be read as SQLite ({type(error).__name__}); save it as CSV"
        ) from None
    return keeper.table(points=None, broken=(), notes=notes)


def _chosen(base: sqlite3.Connection, asked: str | None, file: Path) -> tuple[str, tuple[str, ...]]:
    found = base.execute(
        "SELECT m.name, count(*) FROM sqlite_master m JOIN pragma_table_info(m.name) "
        "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.sql NOT LIKE 'CREATE VIRTUAL%' "
        "GROUP BY m.name"
    ).fetchall()
    names = [str(name) for name, _ in found]
    if not names:
        raise InputError(f"{file.name}: the database holds no table")
    if asked is not None and asked not in names:
        raise InputError(f"{file.name}: no table {asked!r}; the database has {', '.join(names)}")
    name = asked or str(max(found, key=lambda row: row[1])[0])
    others = [other for other in names if other != name]
    return name, (
        f"{file.name}: table {name!r} read" + (f"; not read: {', '.join(others)}" if others else ""),
    )


def _take(base: sqlite3.Connection, name: str, keeper: Keeper) -> None:
    quoted = name.replace('"', '""')
    rows = base.execute(f'SELECT * FROM "{quoted}"')
    names = unique_names([str(column[0]) for column in rows.description])
    first = 1
    while True:
        piece = [[_text(cell) for cell in row] for row in rows.fetchmany(CHUNK_ROWS)]
        index = pd.RangeIndex(first, first + len(piece))
        if piece or first == 1:
            keeper.take(pd.DataFrame(piece, columns=names, index=index, dtype="str"))
        first += len(piece)
        if len(piece) < CHUNK_ROWS:
            return


def _text(cell: object) -> str:
    """Text of a cell; bytes (geometry of other programs) are no text."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if cell is None or isinstance(cell, bytes) else str(cell)
