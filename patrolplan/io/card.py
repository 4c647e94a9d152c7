"""card_<n>_<crew>.pdf: what an officer carries on foot, one A4 page a route or two."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from patrolplan.io import card_words as words
from patrolplan.io.atomic import atomic_folder, atomic_path
from patrolplan.io.card_map import draw_map, map_shape
from patrolplan.io.pdf_text import BOLD, Block, block, fitting, fonts, text_width
from patrolplan.io.phone_links import stops_link
from patrolplan.io.route_facts import RouteFacts, StopFacts, all_routes, plan_hash, route_file
from patrolplan.io.text import one_line
from patrolplan.io.times import clock
from patrolplan.io.word_forms import minutes_text
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

FILES = "card_*.pdf"
"""What the cards of all crews are called."""

PAGE_W, PAGE_H = float(A4[0]), float(A4[1])
MARGIN = 30.0
WIDTH = PAGE_W - 2 * MARGIN
FOOT = 14.0
SIDE = 104.0
"""Width of the column beside the map, for the QR code and the legend."""
LEAST_MAP, MOST_MAP = 215.0, 430.0
GAP = 6.0
COLUMNS = (25.0, 60.0, 158.0, 207.0, WIDTH - 450.0)


@dataclass(frozen=True, kw_only=True)
class _Form:
    """How much of each stop is told, and how large."""

    size: float
    why_lines: int
    act_lines: int
    where_lines: int
    walk_lines: int


_FORMS = (
    _Form(size=9, why_lines=4, act_lines=3, where_lines=3, walk_lines=2),
    _Form(size=8.5, why_lines=3, act_lines=3, where_lines=2, walk_lines=2),
    _Form(size=8, why_lines=3, act_lines=2, where_lines=2, walk_lines=2),
    _Form(size=7.5, why_lines=3, act_lines=2, where_lines=2, walk_lines=1),
    _Form(size=7.2, why_lines=2, act_lines=2, where_lines=2, walk_lines=1),
    _Form(size=7, why_lines=2, act_lines=1, where_lines=2, walk_lines=1),
    _Form(size=7, why_lines=1, act_lines=1, where_lines=1, walk_lines=1),
    _Form(size=6.5, why_lines=1, act_lines=1, where_lines=1, walk_lines=0),
)


@dataclass(frozen=True, kw_only=True)
class _Extras:
    """What the plan itself does not hold, cleaned."""

    contacts: tuple[tuple[str, str], ...] = ()
    shelters: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def write_card(
    plan: PatrolPlan,
    path: str | os.PathLike[str],
    *,
    crew: int = 0,
    version: int = 1,
    contacts: Mapping[str, str] | None = None,
    shelters: Sequence[str] = (),
    closed: Sequence[str] = (),
) -> Path:
    """Write one crew's card as PDF and return the path; the same plan gives the same bytes.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all.
    crew
        Index into ``plan.crews``.
    version
        Of the plan, for the header.
    contacts
        Who -> number or channel; blanks to fill in by hand where none is given.
    shelters
        Places to go to in an alarm, one line each.
    closed
        Roads that are closed, and other things to mind, one line each.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    extras = _extras(contacts, shelters, closed)
    route = all_routes(plan)[crew]
    with atomic_path(path) as unfinished:
        unfinished.write_bytes(_card(plan, route, extras, version=version, digits=plan_hash(plan)))
    return Path(path)


def write_cards(
    plan: PatrolPlan, folder: str | os.PathLike[str], *, version: int = 1, **extras: Any
) -> tuple[Path, ...]:
    """Write every crew's card into ``folder``; cards of crews that no longer walk are taken away.

    Parameters
    ----------
    plan, version
        As in :func:`write_card`.
    folder
        Made if missing; all cards appear, or none.
    **extras
        ``contacts``, ``shelters`` and ``closed`` as in :func:`write_card`.
    """
    with atomic_folder(folder, stale=[FILES]) as unfinished:
        contents = card_bytes(plan, version=version, **extras)
        for name, content in contents.items():
            (unfinished / name).write_bytes(content)
    return tuple(Path(folder) / name for name in contents)


def card_bytes(
    plan: PatrolPlan,
    *,
    version: int = 1,
    routes: Sequence[RouteFacts] | None = None,
    contacts: Mapping[str, str] | None = None,
    shelters: Sequence[str] = (),
    closed: Sequence[str] = (),
) -> dict[str, bytes]:
    """File names and contents, one a crew: ``card_1_crew-1.pdf``."""
    extras, digits = _extras(contacts, shelters, closed), plan_hash(plan)
    return {
        f"{route_file('card', route, len(plan.crews))}.pdf": _card(
            plan, route, extras, version=version, digits=digits
        )
        for route in (routes or all_routes(plan))
    }


def _extras(contacts: Mapping[str, str] | None, shelters: Sequence[str], closed: Sequence[str]) -> _Extras:
    return _Extras(
        contacts=tuple((one_line(who), one_line(how)) for who, how in (contacts or {}).items()),
        shelters=tuple(one_line(line) for line in shelters),
        closed=tuple(one_line(line) for line in closed),
    )


def _card(plan: PatrolPlan, route: RouteFacts, extras: _Extras, *, version: int, digits: str) -> bytes:
    fonts()
    canvas = Canvas("", pagesize=A4, invariant=1, pageCompression=1, initialFontName=BOLD)
    canvas.setTitle(fitting(f"{words.CARD}: {route.name}"))
    canvas.setSubject(fitting(f"{plan.community}, {words.PLAN} {digits}"))
    canvas.setAuthor("patrolplan")
    canvas.setCreator("patrolplan")
    canvas.setKeywords(OSM_CREDIT)
    sheet = _Sheet(canvas=canvas, plan=plan, route=route, extras=extras, version=version, digits=digits)
    sheet.draw()
    return bytes(canvas.getpdfdata())


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A line of the table: its cells as blocks below each other."""

    stop: StopFacts
    cells: tuple[tuple[Block, ...], ...]

    @property
    def height(self) -> float:
        tallest = max(sum(part.height for part in cell) for cell in self.cells)
        return max(tallest + 5, 30.0 if self.stop.kind == "visit" else 0.0)


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """One route's card on its pages."""

    canvas: Any
    plan: PatrolPlan
    route: RouteFacts
    extras: _Extras
    version: int
    digits: str

    def draw(self) -> None:
        head, tail = self._head_height(), self._tail_height()
        rows, split, map_height = self._laid_out(head, tail)
        pages = [rows[start:end] for start, end in split]
        for number, own in enumerate(pages, start=1):
            top = self._draw_head(number, len(pages))
            if number == 1:
                top = self._draw_map(top, map_height)
            top = self._draw_table(own, top)
            if number == len(pages):
                self._draw_tail(top)
            self._draw_foot()
            self.canvas.showPage()

    # --- how it is laid out

    def _laid_out(self, head: float, tail: float) -> tuple[tuple[_Row, ...], list[tuple[int, int]], float]:
        """The fullest and largest form that fits on one page or, else, on two, and the map's height."""
        room = PAGE_H - 2 * MARGIN - FOOT - head - _TABLE_HEAD
        shape = map_shape(self.plan, self.route)
        wanted = min(MOST_MAP, max(LEAST_MAP, (WIDTH - SIDE - GAP) * shape))
        for most_pages, forms in ((1, _FORMS[:4]), (2, _FORMS), (99, _FORMS[-1:])):
            for form in forms:
                rows = tuple(self._rows(form))
                fits = [
                    (height, split)
                    for height in (wanted, (wanted + LEAST_MAP) / 2, LEAST_MAP)
                    if (split := _split(rows, room - height - GAP, room, tail, most_pages=most_pages))
                ]
                if fits:
                    height, split = fits[0]
                    used = sum(row.height for row in rows[slice(*split[0])])
                    spare = room - GAP - used - (tail if len(split) == 1 else 0.0)
                    return rows, split, max(height, min(MOST_MAP, spare))
        raise AssertionError("some number of pages holds any number of stops")

    def _rows(self, form: _Form) -> Iterator[_Row]:
        for stop in self.route.stops:
            yield _Row(
                stop=stop, cells=self._visit(stop, form) if stop.kind == "visit" else self._thin(stop, form)
            )

    def _visit(self, stop: StopFacts, form: _Form) -> tuple[tuple[Block, ...], ...]:
        small = max(6.2, form.size - 1.2)
        inner = [width - 6 for width in COLUMNS]
        where = [block(stop.label, inner[2], form.size, font=BOLD, most_lines=form.where_lines)]
        beside = ", ".join(filter(None, [stop.street, stop.landmark and words.beside_words(stop.landmark)]))
        if beside and form.walk_lines:
            where.append(block(beside, inner[2], small, most_lines=1))
        if stop.walk and form.walk_lines:
            where.append(block(f"→ {stop.walk}", inner[2], small, most_lines=form.walk_lines, grey=0.25))
        acts = "  ".join(f"• {act}" for act in stop.acts)
        return (
            (block(str(stop.order), inner[0] + 4, form.size + 4, font=BOLD),),
            (
                block(clock(stop.start), inner[1] + 4, form.size + 3, font=BOLD),
                block(words.until_words(stop.leave), inner[1] + 4, small),
                block(minutes_text(stop.minutes), inner[1] + 4, small),
            ),
            tuple(where),
            (
                block(stop.why, inner[3], form.size - 0.5, most_lines=form.why_lines),
                block(acts, inner[3], small, most_lines=form.act_lines, grey=0.15),
            ),
            (),
        )

    def _thin(self, stop: StopFacts, form: _Form) -> tuple[tuple[Block, ...], ...]:
        size = max(6.5, form.size - 1)
        what = {"start": words.START, "break": words.BREAK, "end": words.END}[stop.kind]
        if stop.kind == "break":
            when, what = (
                words.span_words(stop.start, stop.leave),
                f"{what}, {minutes_text(stop.minutes)}",
            )
        else:
            when = clock(stop.leave if stop.kind == "start" else stop.arrive)
        told = f"{what} · {stop.walk}" if stop.walk else what
        wide = sum(COLUMNS[2:4]) - 6
        return (
            (),
            (block(when, COLUMNS[1] + 60, size, font=BOLD),),
            (block(told, wide, size, most_lines=1),),
            (),
            (),
        )

    # --- the parts

    def _head_height(self) -> float:
        return 8.0 + sum(part.height for part in self._head_left())

    def _head_left(self) -> tuple[Block, ...]:
        shift = self.route.crew.shift
        wide = WIDTH - 130
        when = f"{words.day_words(shift.start)}, {words.span_words(shift.start, shift.end)}"
        return (
            block(f"{words.CARD} · {self.plan.community}", wide, 8, most_lines=2),
            block(self.route.name or f"{self.route.number}", wide, 15, font=BOLD, most_lines=2),
            block(when, wide, 10.5, font=BOLD),
            block(f"{words.WITH} {words.partner_words(self.route.officers)}", wide, 9, most_lines=2),
        )

    def _draw_head(self, page: int, pages: int) -> float:
        top = PAGE_H - MARGIN
        right = MARGIN + WIDTH
        self.canvas.setFillGray(0)
        lines = (
            f"{words.PLAN} {self.digits}",
            f"{words.VERSION} {self.version}",
            words.page_words(page, pages),
        )
        self.canvas.setFont(BOLD, 8.5)
        for number, line in enumerate(lines):
            self.canvas.drawRightString(right, top - 8 - 11 * number, fitting(line))
        for part in self._head_left():
            top = part.draw(self.canvas, MARGIN, top)
        self._rule(top - 3, width=1.2)
        return top - 8

    def _draw_map(self, top: float, height: float) -> float:
        draw_map(
            self.canvas,
            self.plan,
            self.route,
            x=MARGIN,
            y=top - height,
            width=WIDTH - SIDE - GAP,
            height=height,
        )
        self._draw_side(MARGIN + WIDTH - SIDE, top)
        return top - height - GAP

    def _draw_side(self, x: float, top: float) -> None:
        link = stops_link(self.route.visits)
        if link:
            top = _draw_qr(self.canvas, link, x, top, SIDE)
            top = block(words.SCAN, SIDE, 6.5).draw(self.canvas, x, top - 2) - 8
        else:
            top = block(words.NO_STOPS, SIDE, 8).draw(self.canvas, x, top) - 8
        _draw_legend(self.canvas, x, top)

    def _draw_table(self, rows: Sequence[_Row], top: float) -> float:
        titles = (words.NUMBER, words.WHEN, words.WHERE, words.WHY, words.TICK)
        self.canvas.setFillGray(0)
        self.canvas.rect(MARGIN, top - _TABLE_HEAD, WIDTH, _TABLE_HEAD, stroke=0, fill=1)
        for x, title in zip(_lefts(), titles, strict=True):
            block(title, 300, 7.5, font=BOLD, grey=1).draw(self.canvas, x + 3, top - 2)
        top -= _TABLE_HEAD
        for row in rows:
            self._draw_row(row, top)
            top -= row.height
        return top

    def _draw_row(self, row: _Row, top: float) -> None:
        if row.stop.kind != "visit":
            self.canvas.setFillGray(0.93)
            self.canvas.rect(MARGIN, top - row.height, WIDTH, row.height, stroke=0, fill=1)
        for x, cell in zip(_lefts(), row.cells, strict=True):
            below = top - 2
            for part in cell:
                below = part.draw(self.canvas, x + 3, below)
        if row.stop.kind == "visit":
            self._draw_ticks(_lefts()[-1] + 3, top - 3, row.height)
        self._rule(top - row.height, width=0.5)

    def _draw_ticks(self, x: float, top: float, height: float) -> None:
        first = _tick(self.canvas, x, top, words.DONE)
        _tick(self.canvas, first + 5, top, words.OTHER_ORDER)
        _tick(self.canvas, x, top - 12, words.NOT_DONE)
        if height > 34:
            self.canvas.setLineWidth(0.4)
            self.canvas.setStrokeGray(0.4)
            self.canvas.line(x, top - height + 7, MARGIN + WIDTH - 2, top - height + 7)

    # --- the tail

    def _tail_columns(self) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        left_wide, right_wide = WIDTH * 0.58 - 8, WIDTH * 0.42
        left = [
            block(words.MEET, left_wide, 8, font=BOLD),
            *(
                block(f"• {line}", left_wide, 7.5, most_lines=2)
                for line in self.route.meet or (words.NO_PLACES,)
            ),
            block(words.HAZARDS, left_wide, 8, font=BOLD),
            *(
                block(f"• {line}", left_wide, 7.5, most_lines=3)
                for line in (*self.extras.closed, *self.route.hazards) or (words.NO_HAZARDS,)
            ),
        ]
        right = [block(words.CONTACTS, right_wide, 8, font=BOLD)]
        for who, how in self.extras.contacts:
            right.append(block(f"{who}: {how}", right_wide, 8, most_lines=2))
        if not self.extras.contacts:
            right += [
                block(f"{who}: {'_' * 24}", right_wide, 9, most_lines=1) for who in words.BLANK_CONTACTS
            ]
        if self.extras.shelters:
            right.append(block(words.SHELTERS, right_wide, 8, font=BOLD))
            right += [block(f"• {line}", right_wide, 7.5, most_lines=2) for line in self.extras.shelters]
        return tuple(left), tuple(right)

    def _tail_height(self) -> float:
        columns: float = max(sum(part.height for part in column) for column in self._tail_columns())
        return columns + 18 + _FIELD * len(words.WRITE_BACK_FIELDS) + 16 + 24

    def _draw_tail(self, top: float) -> None:
        left, right = self._tail_columns()
        below = []
        for x, column in ((MARGIN, left), (MARGIN + WIDTH * 0.58, right)):
            y = top - 6
            for part in column:
                y = part.draw(self.canvas, x, y)
            below.append(y)
        top = min(below) - 6
        top = block(words.WRITE_BACK, WIDTH, 8, font=BOLD).draw(self.canvas, MARGIN, top)
        spare = top - (MARGIN + FOOT + 24) - _FIELD * len(words.WRITE_BACK_FIELDS)
        tall = _FIELD + max(0.0, min(14.0, spare / len(words.WRITE_BACK_FIELDS)))
        for number, field in enumerate(words.WRITE_BACK_FIELDS, start=1):
            label = block(f"{number}. {field}:", WIDTH, 7.5)
            label.draw(self.canvas, MARGIN, top - tall + 12)
            start = MARGIN + text_width(label.lines[0], label.font, 7.5) + 4
            self.canvas.setLineWidth(0.5)
            self.canvas.setStrokeGray(0.3)
            self.canvas.line(start, top - tall + 3, MARGIN + WIDTH, top - tall + 3)
            top -= tall
        block(words.NO_SUSPICION, WIDTH, 7.5, font=BOLD).draw(self.canvas, MARGIN, top - 5)

    def _draw_foot(self) -> None:
        self.canvas.setFillGray(0)
        self.canvas.setFont(BOLD, 6.5)
        line = f"{self.plan.community} · {self.route.name} · {words.PLAN} {self.digits}"
        block(line, WIDTH - 150, 6.5, most_lines=1, grey=0.2).draw(self.canvas, MARGIN, MARGIN + 8)
        self.canvas.setFont(block("x", 9, 6).font, 6)
        self.canvas.drawRightString(MARGIN + WIDTH, MARGIN + 2, fitting(OSM_CREDIT))

    def _rule(self, y: float, *, width: float) -> None:
        self.canvas.setStrokeGray(0)
        self.canvas.setLineWidth(width)
        self.canvas.line(MARGIN, y, MARGIN + WIDTH, y)


_TABLE_HEAD = 13.0
_FIELD = 19.0


def _lefts() -> list[float]:
    return [MARGIN + sum(COLUMNS[:column]) for column in range(len(COLUMNS))]


def _split(
    rows: Sequence[_Row], first: float, later: float, tail: float, *, most_pages: int
) -> list[tuple[int, int]] | None:
    """Spans of rows by page, the tail on the last page; None if that takes too many pages."""
    spans: list[tuple[int, int]] = []
    start, room = 0, first
    used = 0.0
    for number, row in enumerate(rows):
        if used + row.height > room:
            spans.append((start, number))
            start, room, used = number, later, 0.0
        used += row.height
    spans.append((start, len(rows)))
    if used + tail > room:
        spans.append((len(rows), len(rows)))
    return spans if len(spans) <= most_pages else None


def _tick(canvas: Any, x: float, top: float, label: str) -> float:
    canvas.setStrokeGray(0)
    canvas.setLineWidth(0.8)
    canvas.rect(x, top - 7.5, 7, 7, stroke=1, fill=0)
    told = block(label, 80, 6)
    told.draw(canvas, x + 9, top - 0.6)
    return x + 9 + text_width(told.lines[0], told.font, 6)


def _draw_qr(canvas: Any, link: str, x: float, top: float, side: float) -> float:
    """The code in squares of black, a quiet zone around it; the new top is returned."""
    code = segno.make(link, error="l", micro=False, boost_error=False)
    rows = [bytes(row) for row in code.matrix]
    size = side / (len(rows) + 4)
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        for start, length in _runs(row):
            path.rect(x + (start + 2) * size, top - (number + 3) * size, length * size, size)
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
    return top - side


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    start = None
    for column, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = column
        elif not dark and start is not None:
            yield start, column - start
            start = None


def _draw_legend(canvas: Any, x: float, top: float) -> None:
    canvas.setFillGray(0)
    canvas.circle(x + 8, top - 6, 6, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.setFont(BOLD, 7)
    canvas.drawCentredString(x + 8, top - 8.5, "1")
    block(words.LEGEND_STOP, SIDE - 24, 7).draw(canvas, x + 24, top - 2)
    canvas.setStrokeGray(0)
    canvas.setLineWidth(1.4)
    canvas.rect(x + 2, top - 28, 12, 12, stroke=1, fill=0)
    canvas.setFillGray(0)
    canvas.setFont(BOLD, 7)
    canvas.drawCentredString(x + 8, top - 24.5, "S")
    block(words.LEGEND_STATION, SIDE - 24, 7).draw(canvas, x + 24, top - 18)
    canvas.setLineWidth(1.3)
    canvas.line(x, top - 40, x + 18, top - 40)
    head = canvas.beginPath()
    head.moveTo(x + 13, top - 40)
    head.lineTo(x + 7, top - 37)
    head.lineTo(x + 7, top - 43)
    head.close()
    canvas.drawPath(head, stroke=0, fill=1)
    block(words.LEGEND_WALK, SIDE - 24, 7).draw(canvas, x + 24, top - 36)
    for width, grey in ((4.2, 0.0), (3.0, 0.87)):
        canvas.setStrokeGray(grey)
        canvas.setLineWidth(width)
        canvas.line(x, top - 56, x + 18, top - 56)
    block(words.LEGEND_PATROL, SIDE - 24, 7).draw(canvas, x + 24, top - 52)
