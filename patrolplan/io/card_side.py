"""Beside the card's map: the QR code that opens the stops on a phone, and the legend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import segno

from patrolplan.i18n import Words
from patrolplan.io import card_words as texts
from patrolplan.io.card_map_markers import draw_house
from patrolplan.io.pdf_text import BOLD, block
from patrolplan.io.phone_links import stops_link
from patrolplan.io.route_facts import RouteFacts

SIDE = 104.0
"""Width of the column beside the map, for the QR code and the legend."""


def draw_side(canvas: Any, route: RouteFacts, x: float, top: float) -> None:
    """Code, caption and legend in a column from ``top`` down."""
    link = stops_link(route.visits)
    if link:
        top = _draw_qr(canvas, link, x, top, SIDE)
        top = block(route.words(texts.SCAN), SIDE, 6.5).draw(canvas, x, top - 2) - 8
    else:
        top = block(route.words(texts.NO_STOPS), SIDE, 8).draw(canvas, x, top) - 8
    _draw_legend(canvas, x, top, route.words, rides=route.crew.ride is not None)
    if route.shut:
        canvas.setLineWidth(4.6)
        canvas.setStrokeGray(0.25)
        canvas.setLineCap(0)
        canvas.setDash(1.1, 2.4)
        canvas.line(x, top - 72, x + 18, top - 72)
        canvas.setDash()
        block(route.words(texts.LEGEND_SHUT), SIDE - 24, 7).draw(canvas, x + 24, top - 68)
        top -= 16
    if route.shelters:
        draw_house(canvas, x + 9, top - 74, route.shelters[0].mark)
        block(route.words(texts.LEGEND_SHELTER), SIDE - 24, 7).draw(canvas, x + 24, top - 68)


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


def _draw_legend(canvas: Any, x: float, top: float, words: Words, *, rides: bool) -> None:
    canvas.setFillGray(0)
    canvas.circle(x + 8, top - 6, 6, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.setFont(BOLD, 7)
    canvas.drawCentredString(x + 8, top - 8.5, "1")
    block(words(texts.LEGEND_STOP), SIDE - 24, 7).draw(canvas, x + 24, top - 2)
    canvas.setStrokeGray(0)
    canvas.setLineWidth(1.4)
    canvas.rect(x + 2, top - 28, 12, 12, stroke=1, fill=0)
    canvas.setFillGray(0)
    canvas.setFont(BOLD, 7)
    canvas.drawCentredString(x + 8, top - 24.5, "S")
    begin = texts.LEGEND_AFTER_RIDE if rides else texts.LEGEND_STATION
    block(words(begin), SIDE - 24, 7).draw(canvas, x + 24, top - 18)
    canvas.setLineWidth(1.3)
    canvas.line(x, top - 40, x + 18, top - 40)
    head = canvas.beginPath()
    head.moveTo(x + 13, top - 40)
    head.lineTo(x + 7, top - 37)
    head.lineTo(x + 7, top - 43)
    head.close()
    canvas.drawPath(head, stroke=0, fill=1)
    block(words(texts.LEGEND_WALK), SIDE - 24, 7).draw(canvas, x + 24, top - 36)
    for width, grey in ((4.2, 0.0), (3.0, 0.87)):
        canvas.setStrokeGray(grey)
        canvas.setLineWidth(width)
        canvas.line(x, top - 56, x + 18, top - 56)
    block(words(texts.LEGEND_PATROL), SIDE - 24, 7).draw(canvas, x + 24, top - 52)
