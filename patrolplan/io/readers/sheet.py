"""Workbooks (XLSX, XLS, ODS): the sheet and its header row found, cells as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.readers.guard import MOST_CELLS, check_workbook, head_of, what_it_is
from patrolplan.io.readers.header import LOOKED_AT, Header, find_header
from patrolplan.io.readers.left_behind import Keeper
from patrolplan.io.readers.open_document import OdsBook
from patrolplan.io.readers.raw import Ask, RawTable

CHUNK_ROWS = 100_000


def read_sheet(file: Path, ask: Ask) -> RawTable:
    """Read a sheet of a workbook: the one asked for, else the first that holds a table.

    Raises
    ------
    InputError
        Not a workbook, locked, too large, or without a table.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    _check_kind(file)
    try:
        ods = file.suffix.lower() == ".ods"
        book: Any = OdsBook(file) if ods else CalamineWorkbook.from_path(str(file))
        with book:
            name, header, notes = _chosen(book, ask, file)
            sheet = book.get_sheet_by_name(name)
            _check_grid(sheet, file)
            keeper = Keeper(file.name, ask)
            for piece in _pieces(sheet, header):
                keeper.take(piece)
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{file.name}: not a readable workbook ({type(error).__name__}); save it again, or as CSV"
        ) from None
    except BaseException as error:  # a panic of the reader's own is no exception of Python
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(f"{file.name}: a damaged workbook; save it again, or as CSV") from None
    return keeper.table(points=None, broken=(), notes=notes)


def _check_kind(file: Path) -> None:
    head = head_of(file)
    packed, old = head.startswith(b"PK"), head.startswith(b"\xd0\xcf\x11\xe0")
    if file.suffix.lower() == ".xls":
        if not old:
            told = what_it_is(head) or "a text table"
            raise InputError(
                f"{file.name}: not an Excel workbook but {told}; open it and save it as XLSX or CSV"
            )
        return
    if not packed:
        told = (
            "locked with a password, or an old workbook"
            if old
            else f"not a workbook but {what_it_is(head) or 'something else'}"
        )
        raise InputError(f"{file.name}: {told}; open it and save it as XLSX or CSV")
    check_workbook(file)


def _chosen(book: Any, ask: Ask, file: Path) -> tuple[str, Header, tuple[str, ...]]:
    asked, names = ask.sheet, list(book.sheet_names)
    if asked is not None and asked not in names:
        raise InputError(f"{file.name}: no sheet {asked!r}; the workbook has {', '.join(names)}")
    why: list[str] = []
    for name in [asked] if asked is not None else names:
        sheet = book.get_sheet_by_name(name)
        _check_grid(sheet, file)
        rows = _first_rows(sheet)
        try:
            header = find_header(rows, name=file.name, grid=ask.table == "roster")
        except InputError as error:
            why += error.faults
            continue
        if len(header.names) > 1 or asked is not None:
            others = [other for other in names if other != name]
            note = f"{file.name}: sheet {name!r} read" + (
                f"; not read: {', '.join(others)}" if others else ""
            )
            return name, header, (note, *header.notes)
    raise InputError(why[0] if why else f"{file.name}: no sheet holds a table")


def _check_grid(sheet: Any, file: Path) -> None:
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise InputError(f"{file.name}: the sheet spans more than {MOST_CELLS:,} cells; save it as CSV")


def _first_rows(sheet: Any) -> list[list[str]]:
    rows = []
    for row in sheet.iter_rows():
        rows.append([_text(cell) for cell in row])
        if len(rows) >= LOOKED_AT:
            break
    return rows


def _pieces(sheet: Any, header: Header) -> Iterator[pd.DataFrame]:
    width = len(header.names)
    piece: list[list[str]] = []
    first = 1
    for k, row in enumerate(sheet.iter_rows()):
        if k < header.first:
            continue
        cells = [_text(cell) for cell in row[:width]]
        piece.append(cells + [""] * (width - len(cells)))
        if len(piece) == CHUNK_ROWS:
            yield _frame(piece, header, first)
            first, piece = first + len(piece), []
    yield _frame(piece, header, first)


def _frame(rows: list[list[str]], header: Header, first: int) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=header.names, index=pd.RangeIndex(first, first + len(rows)), dtype="str"
    )


def _text(cell: Any) -> str:
    """A cell as people read it.

    Examples
    --------
    >>> _text(5.0), _text(24.03), _text(dt.datetime(2026, 10, 20, 22, 15)), _text(dt.date(2026, 10, 3))
    ('5', '24.03', '2026-10-20 22:15:00', '2026-10-03')
    """
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        whole = cell.replace(microsecond=0) + dt.timedelta(seconds=round(cell.microsecond / 1e6))
        return whole.isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(cell, dt.time):
        return cell.strftime("%H:%M:%S")
    return "" if cell is None else str(cell)
