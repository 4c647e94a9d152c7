"""The card's paper: A4, its margins, and the room within."""

from __future__ import annotations

from reportlab.lib.pagesizes import A4

PAGE_W, PAGE_H = float(A4[0]), float(A4[1])


MARGIN = 30.0


WIDTH = PAGE_W - 2 * MARGIN


FOOT = 14.0


GAP = 6.0
