"""Below the card's table: whom to meet, what to mind, contacts, and what to write back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from patrolplan.io import card_words as texts
from patrolplan.io.card_page import FOOT, MARGIN, WIDTH
from patrolplan.io.pdf_text import BOLD, Block, block, text_width
from patrolplan.io.route_facts import RouteFacts


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What the plan itself does not hold, cleaned: contacts, shelters, roads that are closed."""

    contacts: tuple[str, ...] = ()
    shelters: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


_FIELD = 19.0


def tail_height(route: RouteFacts, extras: Extras) -> float:
    """Points that the part below the table takes at least."""
    columns: float = max(sum(part.height for part in column) for column in _columns(route, extras))
    return columns + 18 + _FIELD * len(texts.WRITE_BACK_FIELDS) + 16 + 24


def draw_tail(canvas: Any, route: RouteFacts, extras: Extras, top: float) -> None:
    """Draw it from ``top`` down, the fields spread over the room that is left."""
    words = route.words
    left, right = _columns(route, extras)
    below = []
    for x, column in ((MARGIN, left), (MARGIN + WIDTH * 0.58, right)):
        y = top - 6
        for part in column:
            y = part.draw(canvas, x, y)
        below.append(y)
    top = min(below) - 6
    top = block(words(texts.WRITE_BACK), WIDTH, 8, font=BOLD).draw(canvas, MARGIN, top)
    spare = top - (MARGIN + FOOT + 24) - _FIELD * len(texts.WRITE_BACK_FIELDS)
    tall = _FIELD + max(0.0, min(14.0, spare / len(texts.WRITE_BACK_FIELDS)))
    for number, field in enumerate(texts.WRITE_BACK_FIELDS, start=1):
        label = block(f"{number}. {words(field)}:", WIDTH, 7.5)
        label.draw(canvas, MARGIN, top - tall + 12)
        start = MARGIN + text_width(label.lines[0], label.font, 7.5) + 4
        canvas.setLineWidth(0.5)
        canvas.setStrokeGray(0.3)
        canvas.line(start, top - tall + 3, MARGIN + WIDTH, top - tall + 3)
        top -= tall
    block(words(texts.NO_SUSPICION), WIDTH, 7.5, font=BOLD).draw(canvas, MARGIN, top - 5)


def _columns(route: RouteFacts, extras: Extras) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    words = route.words
    left_wide, right_wide = WIDTH * 0.58 - 8, WIDTH * 0.42
    left = [
        block(words(texts.MEET), left_wide, 8, font=BOLD),
        *(
            block(f"• {line}", left_wide, 7.5, most_lines=2)
            for line in route.meet or (words(texts.NO_PLACES),)
        ),
        block(words(texts.HAZARDS), left_wide, 8, font=BOLD, leading=1.7),
        *(
            block(f"• {line}", left_wide, 7.5, most_lines=3)
            for line in (*extras.closed, *route.hazards) or (words(texts.NO_HAZARDS),)
        ),
    ]
    right = [block(words(texts.CONTACTS), right_wide, 8, font=BOLD)]
    right += [block(line, right_wide, 8, most_lines=2) for line in extras.contacts]
    if not extras.contacts:
        right += [
            block(f"{words(who)}: {'_' * 24}", right_wide, 9, most_lines=1, leading=1.7)
            for who in texts.BLANK_CONTACTS
        ]
    if extras.shelters or route.shelters:
        right.append(block(words(texts.SHELTERS), right_wide, 8, font=BOLD, leading=1.7))
        right += [
            block(line, right_wide, 7.5, most_lines=2)
            for line in (
                *(f"• {line}" for line in extras.shelters),
                *(f"{shelter.mark}  {shelter.told}" for shelter in route.shelters),
            )
        ]
    if route.shelters:
        right.append(block(words(texts.SHELTERS_OF_MAP), right_wide, 6.5, most_lines=2, grey=0.2))
    return tuple(left), tuple(right)
