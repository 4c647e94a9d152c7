"""report.pdf: the community's report on A4, with the map drawn as lines."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from reportlab.pdfgen.canvas import Canvas

from patrolplan.i18n import Words
from patrolplan.io.card_page import PAGE_H, PAGE_W
from patrolplan.io.pdf_text import BOLD, PLAIN, Block, block, fitting, fonts, text_width
from patrolplan.io.public_page import public_bounds
from patrolplan.io.report_words import Part
from patrolplan.units import OSM_CREDIT

MARGIN, FOOT = 46.0, 30.0
WIDTH = PAGE_W - 2 * MARGIN
TALLEST_MAP = 360.0
PAD = 5.0
SIZES = {"title": (17.0, BOLD, 8.0), "heading": (12.0, BOLD, 6.0), "text": (10.0, PLAIN, 6.0),
         "item": (9.5, PLAIN, 5.0), "small": (8.5, PLAIN, 6.0)}  # fmt: skip
"""Of each kind of words: size, font, and points left below."""
STREET, WATER_BLUE, MARK = (0.81, 0.79, 0.75), (0.04, 0.36, 0.6), (0.78, 0.27, 0.11)


def report_pdf(
    parts: Sequence[Part],
    *,
    lines: NDArray[np.object_],
    areas: gpd.GeoDataFrame,
    offences: gpd.GeoDataFrame,
    words: Words,
) -> bytes:
    """The bytes of the PDF; the same report gives the same bytes."""
    fonts()
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(PAGE_W, PAGE_H), invariant=1, pageCompression=1, initialFontName=PLAIN)
    title = next(part.text for part in parts if part.kind == "title")
    canvas.setTitle(fitting(title))
    canvas.setAuthor("patrolplan")
    canvas.setSubject("")
    sheet = _Sheet(canvas, title, words)
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        if part.kind == "heading" and after is not None and after.kind == "map":
            sheet.keep(30 + _map_size(public_bounds(lines, areas, offences))[1])
        if part.kind == "table":
            sheet.table(part)
        elif part.kind == "map":
            sheet.map(lines, areas, offences)
        else:
            sheet.text(part)
    sheet.end()
    canvas.save()
    return made.getvalue()


def _map_size(bounds: tuple[float, float, float, float]) -> tuple[float, float]:
    """Width and height on the page, in points."""
    west, south, east, north = bounds
    scale = min(WIDTH / (east - west), TALLEST_MAP / (north - south))
    return (east - west) * scale, (north - south) * scale


class _Sheet:
    """Pages filled from the top, a new one where the next piece does not fit."""

    def __init__(self, canvas: Any, title: str, words: Words) -> None:
        self.canvas, self.title, self.words = canvas, title, words
        self.top, self.page = PAGE_H - MARGIN, 1

    def text(self, part: Part) -> None:
        size, font, below = SIZES[part.kind]
        indent = 12.0 if part.kind == "item" else 0.0
        told = block(
            part.text,
            WIDTH - indent,
            size,
            font=font,
            grey=0.35 if part.kind == "small" else 0.0,
            leading=1.32,
        )
        above = 10.0 if part.kind == "heading" else 0.0
        # A heading stays with what comes after it.
        self.keep(told.height + above + (70.0 if part.kind == "heading" else 0.0))
        self.top -= above
        if indent:
            block("•", indent, size).draw(self.canvas, MARGIN, self.top)
        self.top = told.draw(self.canvas, MARGIN + indent, self.top) - below

    def table(self, part: Part) -> None:
        self._head(part)
        for row in part.rows:
            cells = self._cells(part, row, PLAIN)
            high = max(cell.height for cell in cells) + PAD
            if self.top - high < MARGIN + FOOT:
                self._next()
                self._head(part)
            self._row(part, cells, high)
        self.top -= 8

    def map(self, lines: NDArray[np.object_], areas: gpd.GeoDataFrame, offences: gpd.GeoDataFrame) -> None:
        west, south, east, north = bounds = public_bounds(lines, areas, offences)
        wide, high = _map_size(bounds)
        scale = wide / (east - west)
        self.keep(high + 8)
        x0, y0 = MARGIN + (WIDTH - wide) / 2, self.top - high
        self.canvas.saveState()
        frame = self.canvas.beginPath()
        frame.rect(x0, y0, wide, high)
        self.canvas.clipPath(frame, stroke=0, fill=0)
        self.canvas.setFillColorRGB(0.965, 0.957, 0.937)
        self.canvas.rect(x0, y0, wide, high, stroke=0, fill=1)

        def points(shape: shapely.Geometry) -> NDArray[np.float64]:
            return np.asarray((shapely.get_coordinates(shape) - [west, south]) * scale + [x0, y0])

        near = lines[shapely.intersects(lines, shapely.box(west, south, east, north))]
        self._streets([points(line) for line in shapely.simplify(near, 1 / scale)])
        self._squares(areas, points)
        self.canvas.setFillColorRGB(*MARK)
        self.canvas.setStrokeColorRGB(1, 1, 1)
        for row in offences.itertuples():
            ((x, y),) = points(row.geometry)
            self.canvas.circle(x, y, 2.5 + min(4.0, row.at_least / 12), stroke=1, fill=1)
        self.canvas.restoreState()
        self.top = y0 - 8

    def end(self) -> None:
        """The foot of the page: what it is, its number, and whose map it is drawn from."""
        line = block(self.title, WIDTH - 60, 7, most_lines=1, grey=0.35)
        line.draw(self.canvas, MARGIN, MARGIN + 8)
        block(OSM_CREDIT, WIDTH - 60, 7, most_lines=1, grey=0.35).draw(self.canvas, MARGIN, MARGIN - 2)
        number = str(self.page)
        right = MARGIN + WIDTH - text_width(number, PLAIN, 7)
        block(number, 60, 7, grey=0.35).draw(self.canvas, right, MARGIN + 8)
        self.canvas.showPage()

    def _streets(self, paths: Sequence[NDArray[np.float64]]) -> None:
        self.canvas.setStrokeColorRGB(*STREET)
        self.canvas.setLineWidth(0.6)
        drawn = self.canvas.beginPath()
        for path in paths:
            drawn.moveTo(*path[0])
            for x, y in path[1:]:
                drawn.lineTo(x, y)
        self.canvas.drawPath(drawn, stroke=1, fill=0)

    def _squares(self, areas: gpd.GeoDataFrame, points: Any) -> None:
        most = max([1, *areas["minutes"]])
        for row in areas.itertuples():
            corners = points(row.geometry)
            (x, y), (right, top) = corners.min(axis=0), corners.max(axis=0)
            self.canvas.setFillColorRGB(*WATER_BLUE, alpha=0.08 + 0.4 * row.minutes / most)
            self.canvas.setStrokeColorRGB(*WATER_BLUE, alpha=1)
            self.canvas.setLineWidth(0.6)
            self.canvas.rect(x, y, right - x, top - y, stroke=1, fill=1)
            self.canvas.setFillAlpha(1)
            told = f"{row.area}: {self.words('{n} min', n=self.words.number(row.minutes))}"
            block(told, right - x - 4, 6, font=BOLD, most_lines=2).draw(self.canvas, x + 3, top - 3)
        self.canvas.setFillAlpha(1)

    def _head(self, part: Part) -> None:
        cells = self._cells(part, part.head, BOLD)
        high = max(cell.height for cell in cells) + PAD
        self.keep(high + 40)
        self._row(part, cells, high, width=1.0)

    def _cells(self, part: Part, row: Sequence[str], font: str) -> list[Block]:
        widths = [share * WIDTH - 8 for share in part.wide]
        return [
            block(text, wide, 8.5, font=font, leading=1.3) for text, wide in zip(row, widths, strict=True)
        ]

    def _row(self, part: Part, cells: Sequence[Block], high: float, *, width: float = 0.4) -> None:
        left = MARGIN
        for at, (cell, share) in enumerate(zip(cells, part.wide, strict=True)):
            if at in part.figures:
                for number, line in enumerate(cell.lines):
                    x = left + share * WIDTH - 8 - text_width(line, cell.font, cell.size)
                    top = self.top - number * cell.size * cell.leading
                    Block(lines=(line,), font=cell.font, size=cell.size).draw(self.canvas, x, top)
            else:
                cell.draw(self.canvas, left, self.top)
            left += share * WIDTH
        self.top -= high
        self.canvas.setStrokeGray(0.4)
        self.canvas.setLineWidth(width)
        self.canvas.line(MARGIN, self.top + 2, MARGIN + WIDTH, self.top + 2)
        self.top -= 2

    def keep(self, high: float) -> None:
        """Begin a page where so many points are no longer free on this one."""
        if self.top - high < MARGIN + FOOT:
            self._next()

    def _next(self) -> None:
        self.end()
        self.top, self.page = PAGE_H - MARGIN, self.page + 1
