"""Text on a PDF page: fonts with Cyrillic, lines that fit a width, nothing of a name taken for markup."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from patrolplan.errors import InputError
from patrolplan.io.text import one_line

PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
LEADING = 1.18
"""Line height in font sizes."""
ELLIPSIS = "…"


@dataclass(frozen=True, kw_only=True)
class Block:
    """Lines of one font and size, wrapped to a width.

    Attributes
    ----------
    lines
        As they stand below each other.
    font, size
        Name and points.
    grey
        0 black, 1 white.
    leading
        Line height in font sizes.
    """

    lines: tuple[str, ...]
    font: str
    size: float
    grey: float = 0.0
    leading: float = LEADING

    @property
    def height(self) -> float:
        """Points from the top of the first line to the bottom of the last."""
        return len(self.lines) * self.size * self.leading

    def draw(self, page: Any, x: float, top: float) -> float:
        """Write the lines below ``top``; the new top is returned."""
        page.setFillGray(self.grey)
        page.setFont(self.font, self.size)
        for number, line in enumerate(self.lines):
            page.drawString(x, top - self.size * (self.leading * (number + 1) - LEADING + 0.93), line)
        return top - self.height


def block(
    text: str,
    width: float,
    size: float,
    *,
    font: str = PLAIN,
    most_lines: int = 99,
    grey: float = 0.0,
    leading: float = LEADING,
) -> Block:
    """``text`` wrapped to ``width``; lines beyond ``most_lines`` end in an ellipsis."""
    lines = wrapped(text, width, font, size)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], _cut(" ".join(lines[most_lines - 1 :]), width, font, size)]
    return Block(lines=tuple(lines), font=font, size=size, grey=grey, leading=leading)


def fullest_block(
    texts: Sequence[str], width: float, size: float, *, most_lines: int, grey: float = 0.0
) -> Block:
    """The first of the texts that fits whole, else the last one cut.

    Parameters
    ----------
    texts
        The same thing told fully, then ever shorter; at least one.
    width, size, most_lines, grey
        As in :func:`block`.
    """
    fitting_ones = (text for text in texts if len(wrapped(text, width, PLAIN, size)) <= most_lines)
    chosen = next(fitting_ones, texts[-1])
    return block(chosen, width, size, most_lines=most_lines, grey=grey)


def wrapped(text: str, width: float, font: str, size: float) -> list[str]:
    """Lines no wider than ``width``; a word that is wider is broken."""
    lines: list[str] = []
    line = ""
    for word in fitting(text, font).split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, font, size) <= width:
            line = longer
            continue
        lines += [line] if line else []
        line = word
        while text_width(line, font, size) > width and len(line) > 1:
            head = _head(line, width, font, size)
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line] if line else lines


def text_width(text: str, font: str, size: float) -> float:
    """Points that ``text`` takes."""
    fonts()
    return float(pdfmetrics.stringWidth(text, font, size))


def fitting(text: str, font: str = PLAIN) -> str:
    """``text`` in the signs the font has: pictures are left out, other unknown signs become a box."""
    known = fonts()[font]
    kept = []
    for sign in one_line(text):
        if ord(sign) in known:
            kept.append(sign)
        elif unicodedata.category(sign) not in ("So", "Sk", "Mn", "Me", "Cf", "Co", "Cn"):
            kept.append("□")
    return one_line("".join(kept))


@cache
def fonts() -> dict[str, frozenset[int]]:
    """The fonts by name with the code points they hold, registered with reportlab.

    DejaVu Sans comes with matplotlib; its files are read without loading matplotlib.
    """
    spec = find_spec("matplotlib")
    if spec is None or not spec.submodule_search_locations:
        raise InputError("no fonts for PDF: matplotlib, which brings DejaVu Sans, is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf"
    found = {}
    for name in (PLAIN, BOLD):
        font = TTFont(name, str(folder / f"{name}.ttf"))
        pdfmetrics.registerFont(font)
        found[name] = frozenset(font.face.charToGlyph)
    return found


def _head(word: str, width: float, font: str, size: float) -> str:
    length = len(word)
    while length > 1 and text_width(word[:length], font, size) > width:
        length -= 1
    return word[:length]


def _cut(text: str, width: float, font: str, size: float) -> str:
    if text_width(text, font, size) <= width:
        return text
    while text and text_width(text + ELLIPSIS, font, size) > width:
        text = text[:-1]
    return text.rstrip(" ,;") + ELLIPSIS
