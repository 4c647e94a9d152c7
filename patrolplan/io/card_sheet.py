"""One route's card laid out and drawn on its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from patrolplan.io import card_words as texts
from patrolplan.io.card_map import draw_map, map_shape
from patrolplan.io.card_page import FOOT, GAP, MARGIN, PAGE_H, WIDTH
from patrolplan.io.card_rows import COLUMNS, FORMS, Row, split_rows, table_rows
from patrolplan.io.card_side import SIDE, draw_side
from patrolplan.io.card_tail import Extras, draw_tail, tail_height
from patrolplan.io.pdf_text import BOLD, Block, block, fitting, text_width
from patrolplan.io.ride_words import ride_lines
from patrolplan.io.route_facts import RouteFacts
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

LEAST_MAP, MOST_MAP = 215.0, 430.0


TABLE_HEAD = 13.0


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One route's card on its pages."""

    canvas: Any
    plan: PatrolPlan
    route: RouteFacts
    extras: Extras
    version: int

    def draw(self) -> None:
        """Draw all pages of the card."""
        head, tail = self._head_height(), tail_height(self.route, self.extras)
        rows, split, map_height = self._laid_out(head, tail)
        pages = [rows[start:end] for start, end in split]
        for number, own in enumerate(pages, start=1):
            top = self._draw_head(number, len(pages))
            if number == 1:
                top = self._draw_map(top, map_height)
            top = self._draw_table(own, top)
            if number == len(pages):
                draw_tail(self.canvas, self.route, self.extras, top)
            self._draw_foot()
            self.canvas.showPage()

    # --- how it is laid out

    def _laid_out(self, head: float, tail: float) -> tuple[tuple[Row, ...], list[tuple[int, int]], float]:
        """The fullest and largest form that fits on one page or, else, on two, and the map's height."""
        room = PAGE_H - 2 * MARGIN - FOOT - head - TABLE_HEAD
        shape = map_shape(self.plan, self.route)
        wanted = min(MOST_MAP, max(LEAST_MAP, (WIDTH - SIDE - GAP) * shape))
        for most_pages, forms in ((1, FORMS[:4]), (2, FORMS), (99, FORMS[-1:])):
            for form in forms:
                rows = tuple(table_rows(self.route, form))
                fits = [
                    (height, split)
                    for height in (wanted, (wanted + LEAST_MAP) / 2, LEAST_MAP)
                    if (split := split_rows(rows, room - height - GAP, room, tail, most_pages=most_pages))
                ]
                if fits:
                    height, split = fits[0]
                    used = sum(row.height for row in rows[slice(*split[0])])
                    spare = room - GAP - used - (tail if len(split) == 1 else 0.0)
                    return rows, split, max(height, min(MOST_MAP, spare))
        raise AssertionError("some number of pages holds any number of stops")

    # --- the parts

    def _head_height(self) -> float:
        return 8.0 + sum(part.height for part in self._head_left())

    def _head_left(self) -> tuple[Block, ...]:
        shift = self.route.crew.shift
        wide, words = WIDTH - 130, self.route.words
        days = [block("; ".join(self.route.days), wide, 8.5, font=BOLD, most_lines=4)]
        when = f"{texts.day_words(shift.start, words)}, {texts.span_words(shift.start, shift.end)}"
        return (
            block(f"{words(texts.CARD)} · {self.plan.community}", wide, 8, most_lines=2),
            block(self.route.name or f"{self.route.number}", wide, 15, font=BOLD, most_lines=2),
            block(when, wide, 10.5, font=BOLD),
            block(
                words("with {names}", names=texts.partner_words(self.route.officers, words)),
                wide,
                9,
                most_lines=2,
            ),
            *(
                block(line, wide, 9, font=BOLD, most_lines=2)
                for line in ride_lines(self.route.crew.ride, words)
            ),
            *(block(line, wide, 9, most_lines=2) for line in texts.duty_lines(self.route.crew, words)),
            *(days if self.route.days else []),
            *(block(line, wide, 9, font=BOLD, most_lines=6) for line in self.route.lacks),
        )

    def _draw_head(self, page: int, pages: int) -> float:
        top = PAGE_H - MARGIN
        right = MARGIN + WIDTH
        self.canvas.setFillGray(0)
        words = self.route.words
        lines = (
            f"{words(texts.PLAN)} {self.route.digits}",
            words("version {number}", number=self.version),
            texts.page_words(page, pages, words),
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
        draw_side(self.canvas, self.route, MARGIN + WIDTH - SIDE, top)
        return top - height - GAP

    def _draw_table(self, rows: Sequence[Row], top: float) -> float:
        titles = (texts.NUMBER, texts.WHEN, texts.WHERE, texts.WHY, texts.TICK)
        self.canvas.setFillGray(0)
        self.canvas.rect(MARGIN, top - TABLE_HEAD, WIDTH, TABLE_HEAD, stroke=0, fill=1)
        for x, title in zip(_lefts(), titles, strict=True):
            block(self.route.words(title), 300, 7.5, font=BOLD, grey=1).draw(self.canvas, x + 3, top - 2)
        top -= TABLE_HEAD
        for row in rows:
            self._draw_row(row, top)
            top -= row.height
        return top

    def _draw_row(self, row: Row, top: float) -> None:
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
        first = _tick(self.canvas, x, top, self.route.words(texts.DONE))
        _tick(self.canvas, first + 5, top, self.route.words(texts.OTHER_ORDER))
        _tick(self.canvas, x, top - 12, self.route.words(texts.NOT_DONE))
        if height > 34:
            self.canvas.setLineWidth(0.4)
            self.canvas.setStrokeGray(0.4)
            self.canvas.line(x, top - height + 7, MARGIN + WIDTH - 2, top - height + 7)

    def _draw_foot(self) -> None:
        self.canvas.setFillGray(0)
        self.canvas.setFont(BOLD, 6.5)
        line = (
            f"{self.plan.community} · {self.route.name} · {self.route.words(texts.PLAN)} {self.route.digits}"
        )
        block(line, WIDTH - 150, 6.5, most_lines=1, grey=0.2).draw(self.canvas, MARGIN, MARGIN + 8)
        self.canvas.setFont(block("x", 9, 6).font, 6)
        self.canvas.drawRightString(MARGIN + WIDTH, MARGIN + 2, fitting(OSM_CREDIT))

    def _rule(self, y: float, *, width: float) -> None:
        self.canvas.setStrokeGray(0)
        self.canvas.setLineWidth(width)
        self.canvas.line(MARGIN, y, MARGIN + WIDTH, y)


def _lefts() -> list[float]:
    return [MARGIN + sum(COLUMNS[:column]) for column in range(len(COLUMNS))]


def _tick(canvas: Any, x: float, top: float, label: str) -> float:
    canvas.setStrokeGray(0)
    canvas.setLineWidth(0.8)
    canvas.rect(x, top - 7.5, 7, 7, stroke=1, fill=0)
    told = block(label, 80, 6)
    told.draw(canvas, x + 9, top - 0.6)
    return x + 9 + text_width(told.lines[0], told.font, 6)
