"""roster.xlsx: who walks when, and a sheet an officer with his stops."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter import Workbook

from patrolplan.i18n import words_of
from patrolplan.io import changes_sheet
from patrolplan.io import holder_words as texts
from patrolplan.io.atomic import atomic_path
from patrolplan.io.ride_words import back_words, ride_lines, there_words
from patrolplan.io.route_facts import RouteFacts, StopFacts, all_routes
from patrolplan.io.text import one_line
from patrolplan.io.word_forms import listed
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT
from patrolplan.week.edits import edits_from

WRITTEN_AT = datetime(2000, 1, 1)
"""A workbook wants a time of writing; a fixed one lets the same plan give the same bytes."""
LONGEST_CELL = 32_000
LONGEST_SHEET_NAME = 31
_ROSTER_WIDTHS = (22, 30, 12, 8, 8, 8, 12, 16)
_OFFICER_WIDTHS = (12, 18, 18, 8, 8, 6, 6, 34, 26, 60, 46, 40, 14, 10, 40)


def write_xlsx(
    plan: PatrolPlan, path: str | os.PathLike[str], *, routes: Sequence[RouteFacts] | None = None
) -> Path:
    """Write the roster as a workbook and return the path; the same plan gives the same bytes.

    The first sheet lists the shifts, the others hold one officer's stops each, over all his shifts.
    Dates and times are Excel's own, local wall clock; texts are written as texts, never as formulas.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all.
    routes
        The routes told, where they are at hand already.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    content = xlsx_bytes(plan, routes=routes)
    with atomic_path(path) as unfinished:
        unfinished.write_bytes(content)
    return Path(path)


def xlsx_bytes(plan: PatrolPlan, *, routes: Sequence[RouteFacts] | None = None) -> bytes:
    """The workbook as bytes; see :func:`write_xlsx`."""
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    content = io.BytesIO()
    with Workbook(content, options) as book:
        book.set_properties(
            {
                "title": _cell(plan.community),
                "author": "patrolplan",
                "comments": OSM_CREDIT,
                "created": WRITTEN_AT,
            }
        )
        _Book(book=book, plan=plan).write(routes or all_routes(plan))
    return content.getvalue()


class _Book:
    """A workbook with its formats at hand."""

    def __init__(self, *, book: Workbook, plan: PatrolPlan) -> None:
        self.book, self.plan, self.words = book, plan, words_of(plan.language)
        base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.head = book.add_format({**base, "bold": True, "bg_color": "#222222", "font_color": "#FFFFFF"})
        self.text = book.add_format({**base, "text_wrap": True})
        self.number = book.add_format({**base, "num_format": "0.0"})
        self.whole = book.add_format({**base, "num_format": "0"})
        self.date = book.add_format({**base, "num_format": "yyyy-mm-dd", "align": "left"})
        self.time = book.add_format({**base, "num_format": "hh:mm", "align": "left"})
        field = {**base, "bg_color": "#FFF8DC", "border": 1, "border_color": "#BBBBBB"}
        self.field = book.add_format({**field, "text_wrap": True})
        self.field_number = book.add_format({**field, "num_format": "0"})
        self.note = book.add_format({**base, "italic": True, "font_color": "#555555"})

    def write(self, routes: Sequence[RouteFacts]) -> None:
        self._roster(routes)
        taken = {self.words(texts.ROSTER).casefold()}
        officers = dict.fromkeys(name for route in routes for name in route.officers)
        for officer in officers:
            self._officer(officer, [route for route in routes if officer in route.officers], taken)
        if "week" in self.plan.provenance:
            self._changes(edits_from(self.plan.provenance.get("edits", ())))

    def _changes(self, edits: Sequence[Any]) -> None:
        """The sheet that is read back: its words are fixed, whatever the language."""
        told = changes_sheet
        sheet = self._sheet(told.SHEET, told.HOW_TO, told.COLUMNS, told.WIDTHS)
        rows = changes_sheet.change_rows(self.plan, edits)
        for number, row in enumerate(rows, start=3):
            for column, value in enumerate(row):
                if isinstance(value, time):
                    sheet.write_datetime(number, column, value, self.time)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value, self.date)
                elif value:
                    sheet.write_string(number, column, _cell(value), self.text)
        last = max(3, len(rows) + 2)
        sheet.data_validation(
            3, 0, last, 0, {"validate": "list", "source": ["pin", "ban", "move"], "ignore_blank": True}
        )
        sheet.autofilter(2, 0, last, len(changes_sheet.COLUMNS) - 1)

    def _roster(self, routes: Sequence[RouteFacts]) -> None:
        rides = [ride_lines(route.crew.ride, self.words) for route in routes]
        ridden = any(rides)
        columns = (*texts.ROSTER_COLUMNS, *((texts.THERE, texts.HOME) if ridden else ()))
        widths = (*_ROSTER_WIDTHS, *((60, 60) if ridden else ()))
        sheet = self._sheet(self.words(texts.ROSTER), _cell(self.plan.community), columns, widths)
        metres = self.plan.legs.groupby("crew")["length_m"].sum()
        for row, route in enumerate(routes, start=3):
            shift = route.crew.shift
            sheet.write_string(row, 0, _cell(route.name), self.text)
            sheet.write_string(row, 1, _cell(listed(route.officers, self.words)), self.text)
            sheet.write_datetime(row, 2, _naive(shift.start), self.date)
            sheet.write_datetime(row, 3, _naive(shift.start), self.time)
            sheet.write_datetime(row, 4, _naive(shift.end), self.time)
            sheet.write_number(row, 5, len(route.visits), self.whole)
            sheet.write_number(row, 6, round(float(metres.get(route.number - 1, 0.0)) / 1000, 3), self.number)
            sheet.write_number(row, 7, round(sum(stop.minutes for stop in route.visits)), self.whole)
            for column, told in enumerate(rides[row - 3], start=8):
                sheet.write_string(row, column, _cell(told), self.text)
        sheet.autofilter(2, 0, 2 + len(routes), len(columns) - 1)
        digits = [f"{self.words(texts.PLAN)} {routes[0].digits}"] if routes else []
        for line, note in enumerate([*digits, *self.plan.notes, OSM_CREDIT]):
            sheet.write_string(len(routes) + 4 + line, 0, _cell(note), self.note)

    def _officer(self, officer: str, routes: Sequence[RouteFacts], taken: set[str]) -> None:
        sheet = self._sheet(
            sheet_name(officer, taken), _cell(officer), texts.OFFICER_COLUMNS, _OFFICER_WIDTHS
        )
        row = 3
        for route in sorted(routes, key=lambda route: (route.crew.shift.start, route.number)):
            for stop in route.stops:
                self._stop(sheet, row, officer, route, stop)
                row += 1
        sheet.autofilter(2, 0, row - 1, len(texts.OFFICER_COLUMNS) - 1)
        sheet.write_string(row + 1, 0, OSM_CREDIT, self.note)

    def _stop(self, sheet: Any, row: int, officer: str, route: RouteFacts, stop: StopFacts) -> None:
        others = [name for name in route.officers if name != officer]
        sheet.write_datetime(row, 0, _naive(stop.arrive), self.date)
        sheet.write_string(row, 1, _cell(route.name), self.text)
        sheet.write_string(row, 2, _cell(listed(others, self.words)) if others else "", self.text)
        sheet.write_datetime(row, 3, _naive(stop.start), self.time)
        sheet.write_datetime(row, 4, _naive(stop.leave), self.time)
        sheet.write_number(row, 5, round(stop.minutes), self.whole)
        if stop.order:
            sheet.write_number(row, 6, stop.order, self.whole)
        place = stop.label if stop.kind == "visit" else stop.told or self.words(texts.EVENTS[stop.kind])
        ride = route.crew.ride
        leg = {"start": there_words, "end": back_words}.get(stop.kind) if ride else None
        said = (
            place,
            ", ".join(filter(None, [stop.street, stop.landmark])),
            stop.why,
            "; ".join(stop.acts),
            "; ".join(filter(None, [stop.walk, leg(ride, self.words) if leg and ride else ""])),
        )
        for column, text in enumerate(said, start=7):
            sheet.write_string(row, column, _cell(text), self.text)
        if stop.kind == "visit":
            self._fields(sheet, row, column=7 + len(said))

    def _fields(self, sheet: Any, row: int, *, column: int) -> None:
        """Three cells for the officer to fill: `patrolplan log` reads them."""
        for at, form in enumerate((self.field, self.field_number, self.field)):
            sheet.write_blank(row, column + at, None, form)
        ticks = [self.words(tick) for tick in texts.TICKS]
        sheet.data_validation(row, column, row, column, {"validate": "list", "source": ticks})
        minutes = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 600}
        sheet.data_validation(row, column + 1, row, column + 1, minutes)

    def _sheet(self, name: str, title: str, columns: Sequence[str], widths: Sequence[int]) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.write_string(0, 0, title, self.title)
        for column, (head, width) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, self.words(head), self.head)
        sheet.freeze_panes(3, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        return sheet


def sheet_name(name: str, taken: set[str]) -> str:
    """A sheet's name as Excel allows it, told apart from those in ``taken``, to which it is added.

    Examples
    --------
    >>> taken = {"roster"}
    >>> sheet_name("Roster", taken), sheet_name("A/B: 'x'", taken), sheet_name("???", taken)
    ('Roster 2', "A B 'x", 'Sheet')
    """
    plain = one_line(re.sub(r"[\[\]:*?/\\]", " ", one_line(name))).strip("'") or "Sheet"
    for number in count(1):
        ending = f" {number}" if number > 1 else ""
        tried = plain[: LONGEST_SHEET_NAME - len(ending)].rstrip().strip("'") + ending
        # Excel counts as UTF-16 does and keeps "History" for itself.
        while len(tried.encode("utf-16-le")) // 2 > LONGEST_SHEET_NAME:
            tried = tried[: len(tried) - len(ending) - 1] + ending
        if tried.casefold() not in taken | {"history"}:
            taken.add(tried.casefold())
            return tried
    raise AssertionError("count never ends")


def _naive(instant: Any) -> datetime:
    """The local wall clock, as Excel knows it, to the minute."""
    return pd.Timestamp(instant).tz_localize(None).floor("min").to_pydatetime(warn=False)


def _cell(text: object) -> str:
    return one_line(text)[:LONGEST_CELL]
