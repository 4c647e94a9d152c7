"""North, scale and credit on the card's map."""

from __future__ import annotations

from math import floor, log10
from typing import Any

from patrolplan.io.card_map_frame import Frame
from patrolplan.io.pdf_text import BOLD, PLAIN, text_width
from patrolplan.units import OSM_CREDIT

NORTH_BOX, SCALE_BOX = (22.0, 34.0), (110.0, 21.0)


CREDIT_PT, CREDIT_TALL = 5.5, 8.0


def draw_scale(page: Any, frame: Frame, left: float, low: float) -> None:
    """A bar of a round length."""
    metres = nice_length((SCALE_BOX[0] - 20) / frame.scale)
    long = metres * frame.scale
    x, y = left + 6, low + 6
    _lighten(page, left, low, long + 18, SCALE_BOX[1])
    page.setStrokeGray(0)
    page.setLineWidth(0.8)
    page.setFillGray(0)
    page.rect(x, y, long / 2, 3, stroke=1, fill=1)
    page.setFillGray(1)
    page.rect(x + long / 2, y, long / 2, 3, stroke=1, fill=1)
    page.setFillGray(0)
    page.setFont(PLAIN, 6.5)
    page.drawString(x, y + 5.5, "0")
    page.drawRightString(x + long + 4, y + 5.5, f"{metres:g} m")


def draw_north(page: Any, left: float, low: float) -> None:
    """An arrow and an N."""
    x, y = left + NORTH_BOX[0] / 2, low + NORTH_BOX[1] - 8
    _lighten(page, left, low, *NORTH_BOX)
    page.setFillGray(0)
    head = page.beginPath()
    head.moveTo(x, y + 4)
    head.lineTo(x + 5, y - 12)
    head.lineTo(x, y - 8)
    head.lineTo(x - 5, y - 12)
    head.close()
    page.drawPath(head, stroke=0, fill=1)
    page.setFont(BOLD, 7.5)
    page.drawCentredString(x, y - 21, "N")


def draw_credit(page: Any, frame: Frame) -> None:
    """The credit in the lower right corner."""
    right = frame.x + frame.width
    page.setFillGray(1)
    page.rect(right - credit_width(), frame.y, credit_width(), CREDIT_TALL, stroke=0, fill=1)
    page.setFillGray(0)
    page.setFont(PLAIN, CREDIT_PT)
    page.drawRightString(right - 2, frame.y + 2, OSM_CREDIT)


def credit_width() -> float:
    """Points that the credit takes."""
    return text_width(OSM_CREDIT, PLAIN, CREDIT_PT) + 4


def nice_length(longest_m: float) -> float:
    """The greatest of 1, 2 and 5 times a power of ten that is no longer.

    Examples
    --------
    >>> [nice_length(metres) for metres in (180, 730, 49)]
    [100.0, 500.0, 20.0]
    """
    power = 10.0 ** floor(log10(longest_m))
    return next(factor * power for factor in (5.0, 2.0, 1.0) if factor * power <= longest_m)


def _lighten(page: Any, x: float, y: float, width: float, height: float) -> None:
    """What lies below shines through a little."""
    page.setFillGray(1)
    page.setFillAlpha(0.85)
    page.rect(x, y, width, height, stroke=0, fill=1)
    page.setFillAlpha(1)
