"""The card's table: what each line tells, how large, and which page it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patrolplan.i18n import Words
from patrolplan.io import card_words as texts
from patrolplan.io.card_page import WIDTH
from patrolplan.io.pdf_text import BOLD, Block, block, fullest_block
from patrolplan.io.route_facts import RouteFacts, StopFacts
from patrolplan.io.times import clock
from patrolplan.io.word_forms import minutes_text

COLUMNS = (24.0, 58.0, 156.0, 205.0, WIDTH - 443.0)


@dataclass(frozen=True, kw_only=True)
class Form:
    """How much of each stop is told, and how large."""

    size: float
    why_lines: int
    act_lines: int
    where_lines: int
    walk_lines: int


FORMS = (
    Form(size=9, why_lines=4, act_lines=3, where_lines=3, walk_lines=2),
    Form(size=8.5, why_lines=3, act_lines=3, where_lines=2, walk_lines=2),
    Form(size=8, why_lines=3, act_lines=2, where_lines=2, walk_lines=2),
    Form(size=7.5, why_lines=3, act_lines=2, where_lines=2, walk_lines=1),
    Form(size=7.2, why_lines=2, act_lines=2, where_lines=2, walk_lines=1),
    Form(size=7, why_lines=2, act_lines=1, where_lines=2, walk_lines=1),
    Form(size=7, why_lines=1, act_lines=1, where_lines=1, walk_lines=1),
    Form(size=6.5, why_lines=1, act_lines=1, where_lines=1, walk_lines=0),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table: its cells as blocks below each other."""

    stop: StopFacts
    cells: tuple[tuple[Block, ...], ...]

    @property
    def height(self) -> float:
        """Points that the line takes; a stop has room for its ticks."""
        tallest = max(sum(part.height for part in cell) for cell in self.cells)
        return max(tallest + 5, 30.0 if self.stop.kind == "visit" else 0.0)


def table_rows(route: RouteFacts, form: Form) -> Iterator[Row]:
    """Every line of the route's table, told in one form."""
    for stop in route.stops:
        yield Row(
            stop=stop,
            cells=_visit(stop, form, route.words) if stop.kind == "visit" else _thin(stop, form, route.words),
        )


def split_rows(
    rows: Sequence[Row], first: float, later: float, tail: float, *, most_pages: int
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


def _visit(stop: StopFacts, form: Form, words: Words) -> tuple[tuple[Block, ...], ...]:
    small = max(6.2, form.size - 1.2)
    inner = [width - 6 for width in COLUMNS]
    where = [block(stop.label, inner[2], form.size, font=BOLD, most_lines=form.where_lines)]
    beside = ", ".join(
        filter(None, [stop.street, stop.landmark and texts.beside_words(stop.landmark, words)])
    )
    if beside and form.walk_lines:
        where.append(block(beside, inner[2], small, most_lines=max(1, form.where_lines - 1)))
    if stop.walks and form.walk_lines:
        ways = [f"→ {walk}" for walk in stop.walks]
        where.append(fullest_block(ways, inner[2], small, most_lines=form.walk_lines, grey=0.25))
    acts = "  ".join(f"• {act}" for act in stop.acts)
    return (
        (block(str(stop.order), inner[0] + 4, form.size + 4, font=BOLD),),
        (
            block(clock(stop.start), inner[1] + 4, form.size + 3, font=BOLD),
            block(texts.until_words(stop.leave, words), inner[1] + 4, small),
            block(minutes_text(stop.minutes, words), inner[1] + 4, small),
        ),
        tuple(where),
        (
            fullest_block(stop.whys or ("",), inner[3], form.size - 0.5, most_lines=form.why_lines),
            block(acts, inner[3], small, most_lines=form.act_lines, grey=0.15),
        ),
        (),
    )


def _thin(stop: StopFacts, form: Form, words: Words) -> tuple[tuple[Block, ...], ...]:
    size = max(6.5, form.size - 1)
    what = stop.told or words({"start": texts.START, "break": texts.BREAK, "end": texts.END}[stop.kind])
    if stop.kind == "break":
        when, what = (
            texts.span_words(stop.start, stop.leave),
            f"{what}, {minutes_text(stop.minutes, words)}",
        )
    else:
        when = clock(stop.leave if stop.kind == "start" else stop.arrive)
    told = [f"{what} · {walk}" for walk in stop.walks] or [what]
    wide = sum(COLUMNS[2:4]) - 6
    return (
        (),
        (block(when, COLUMNS[1] + 60, size, font=BOLD),),
        (fullest_block(told, wide, size, most_lines=1),),
        (),
        (),
    )
