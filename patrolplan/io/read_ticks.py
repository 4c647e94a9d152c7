"""What officers filled in: the last columns of their sheets in the roster workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patrolplan.errors import InputError
from patrolplan.i18n import languages, words_of
from patrolplan.io.holder_words import OFFICER_COLUMNS, TICKS
from patrolplan.io.readers.guard import check_there, check_workbook
from patrolplan.io.text import one_line

MOST_ROWS = 5000
LONGEST_WHY = 200
_YES = {"yes", "y", "x", "+", "1", "1.0", "v", "✓", "✔", "так", "true", "ok", "ок"}
_NO = {"no", "n", "-", "–", "0", "0.0", "ні", "false"}


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A row that an officer filled in.

    Attributes
    ----------
    crew, date, start
        Which visit it is: the crew's name, day, and planned minute of its start.
    status
        "done", "out of order", "not done", or "" if only minutes or a reason are given.
    minutes
        As written; None if not.
    why
        As written, on one line.
    place
        Sheet and row, for messages.
    """

    crew: str
    date: dt.date
    start: dt.time
    status: str
    minutes: float | None
    why: str
    place: str


def read_ticks(path: Path) -> tuple[Tick, ...]:
    """The rows that officers filled in; sheets of another form are passed over.

    Raises
    ------
    InputError
        No workbook of this program, or cells that can't be understood, all of them told.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    check_there(path)
    check_workbook(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheets = {
                name: book.get_sheet_by_name(name).to_python(nrows=MOST_ROWS) for name in book.sheet_names
            }
    except (CalamineError, OSError, ValueError) as trouble:
        told = f"{path.name}: not a readable workbook ({type(trouble).__name__}); save it again"
        raise InputError(told) from None
    ticks, faults, known = [], [], False
    for name, rows in sheets.items():
        found = _columns(rows)
        if found is None:
            continue
        known = True
        for tick, fault in _ticks(path.name, name, rows, *found):
            ticks += [tick] if tick is not None else []
            faults += [fault] if fault else []
    if not known:
        raise InputError(
            f"{path.name}: no sheet has the columns of roster.xlsx; fill in the plan's own workbook"
        )
    if faults:
        more = [f"{path.name}: {len(faults) - 5} more cells like these"] if len(faults) > 5 else []
        raise InputError([*faults[:5], *more])
    return tuple(ticks)


def _columns(rows: list[list[Any]]) -> tuple[int, dict[str, int]] | None:
    """Row of the heads, and the column of each, by its English name; in any language there is."""
    names = {words_of(code)(head).casefold(): head for code in languages() for head in OFFICER_COLUMNS}
    for at, row in enumerate(rows[:20]):
        found = {
            names[text]: k for k, cell in enumerate(row) if (text := str(cell).strip().casefold()) in names
        }
        if set(OFFICER_COLUMNS[-3:]) <= found.keys() and {"Date", "Crew", "From"} <= found.keys():
            return at, found
    return None


def _ticks(
    file: str, sheet: str, rows: list[list[Any]], first: int, at: dict[str, int]
) -> Iterator[tuple[Tick | None, str]]:
    done, minutes, why = OFFICER_COLUMNS[-3:]
    for number, row in enumerate(rows[first + 1 :], start=first + 2):
        cell = {head: row[k] if k < len(row) else "" for head, k in at.items()}
        said = [str(cell[head]).strip() for head in (done, minutes, why)]
        if not any(said) or not str(cell.get("No.", "1")).strip():  # breaks have no number
            continue
        place = f"{file}, sheet {sheet}, row {number}"
        day, start = _day(cell["Date"]), _time(cell["From"])
        status, length = _status(said[0]), _minutes(said[1])
        if day is None or start is None:
            yield None, f"{place}: date or time of the stop is missing; leave those columns as they were"
        elif status is None:
            yield None, f"{place}: {said[0][:40]!r} under {done!r}; write {', '.join(TICKS)}"
        elif length is not None and not 0 <= length <= 600:
            yield None, f"{place}: {said[1][:40]!r} under {minutes!r}; write minutes, 0 to 600"
        else:
            yield (
                Tick(
                    crew=one_line(str(cell["Crew"])),
                    date=day,
                    start=start,
                    status=status,
                    minutes=length,
                    why=one_line(said[2])[:LONGEST_WHY],
                    place=place,
                ),
                "",
            )


def _status(text: str) -> str | None:
    plain = text.casefold()
    known = {words_of(code)(tick).casefold(): tick for code in languages() for tick in TICKS}
    known |= dict.fromkeys(_YES, TICKS[0]) | dict.fromkeys(_NO, TICKS[2]) | {"": ""}
    return known.get(plain)


def _minutes(text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return -1.0


def _day(cell: Any) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    try:
        return dt.date.fromisoformat(str(cell).strip()[:10])
    except ValueError:
        return None


def _time(cell: Any) -> dt.time | None:
    if isinstance(cell, dt.datetime | dt.time):
        return dt.time(cell.hour, cell.minute)
    try:
        return dt.time.fromisoformat(str(cell).strip()[-8:])
    except ValueError:
        return None
