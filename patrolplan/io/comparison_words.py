"""Words and figures of two plans compared, in the language of the comparison."""

from __future__ import annotations

from collections.abc import Iterator

from patrolplan.compare import PlanComparison
from patrolplan.i18n import Words, words_of

FIGURE_NAMES = {
    "share_on_shift": "share of the need in the shifts under effect, %",
    "score": "share of the week's need under effect, %",
    "stops": "stops",
    "hot_spots_unserved": "hot spots without a visit",
    "crews": "routes",
    "walk_km": "km from stop to stop",
    "patrol_km": "km inside the hot spots",
}
"""What each figure is called."""
DIGITS = {"share_on_shift": (100, 1), "score": (100, 3), "walk_km": (1, 1), "patrol_km": (1, 1)}
"""By what a figure is multiplied, and its digits after the point; others are whole numbers."""
PAGE = (
    "Two plans compared", "Figure", "Difference", "Minutes of presence by street", "more in {plan}",
    "the same in both", "Stops that changed", "None.", "Place", "Map of the differences",
)  # fmt: skip
"""Headings of the page."""


def told_figures(comparison: PlanComparison) -> Iterator[tuple[str, str, str, str]]:
    """Name, both values and their difference of every figure, as they are read."""
    words = words_of(comparison.language)
    for figure, a, b, difference in comparison.figures.itertuples(index=False):
        factor, digits = DIGITS.get(str(figure), (1, 0))
        yield (
            words(FIGURE_NAMES.get(str(figure), str(figure))),
            words.number(factor * a, digits),
            words.number(factor * b, digits),
            signed(factor * difference, words, digits=digits),
        )


def signed(value: float, words: Words, *, digits: int = 0) -> str:
    """A number with its sign, 0 without one.

    Examples
    --------
    >>> [signed(value, words_of("en"), digits=1) for value in (1.25, -0.3, 0.01, -1234)]
    ['+1.2', '−0.3', '0.0', '−1,234.0']
    """
    told = words.number(abs(value), digits)
    if float(f"{abs(value):.{digits}f}") == 0:
        return told
    return ("+" if value > 0 else "\u2212") + told
