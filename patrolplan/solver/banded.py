"""Linearise: each stop becomes optional visits in time bands, each with a prize of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.score import score_tables, visit_value

MOST_NODES = 1200
"""Above this a routing model takes seconds to build and finds little: the richest visits are kept."""


@dataclass(frozen=True, kw_only=True)
class BandedProblem:
    """Optional visits, one row each.

    Attributes
    ----------
    band_s
        Length of the bands.
    stop
        [nodes] the stop it visits.
    opens_s, closes_s
        [nodes] earliest and latest start of the visit.
    prize
        [nodes] what it is worth if the stop is visited in every band.
    """

    band_s: int
    stop: NDArray[np.int64]
    opens_s: NDArray[np.int64]
    closes_s: NDArray[np.int64]
    prize: NDArray[np.float64]


def banded(problem: PatrolProblem, *, band_s: int, most_nodes: int = MOST_NODES) -> BandedProblem:
    """The problem in bands of ``band_s`` seconds from the first shift's start.

    A visit's prize is its true value if it begins in the middle of its span and the next visit to the
    stop comes one band later; the fixed prize of a stop goes to its first band.
    """
    tables = score_tables(problem)
    first, last = int(problem.crew_start_s.min()), int(problem.crew_end_s.max())
    edges = [*range(first, last, band_s), last]
    if len(edges) > 2 and edges[-1] - edges[-2] < band_s / 2:
        edges.pop(-2)
    rows: list[tuple[int, int, int, float]] = []
    for stop in range(problem.n_stops):
        fixed = float(problem.prize[stop])
        visits = 0
        for k, (low, high) in enumerate(pairwise(edges)):
            for opens, closes in _spans(problem, stop, low, high, last):
                middle = (opens + closes) // 2
                following = 1e15 if k + 2 == len(edges) else float(middle + band_s)
                worth = visit_value(tables, stop, float(middle), following) + fixed
                if worth > 0 and visits < problem.most_visits[stop]:
                    rows.append((stop, opens, closes, worth))
                    fixed, visits = 0.0, visits + 1
    kept = _richest(rows, most_nodes, len(edges) - 1)
    columns = list(zip(*kept)) if kept else [(), (), (), ()]
    stops, opening, closing = (np.array(column, dtype=np.int64) for column in columns[:3])
    prize = np.array(columns[3], dtype=np.float64)
    return BandedProblem(band_s=band_s, stop=stops, opens_s=opening, closes_s=closing, prize=prize)


def _spans(problem: PatrolProblem, stop: int, low: int, high: int, last: int) -> list[tuple[int, int]]:
    """Spans of starts that the stop's windows leave in a band."""
    dwell = int(problem.dwell_s[stop])
    windows = [(int(a), int(b)) for a, b in problem.windows_s[stop] if a != NEVER] or [(0, last)]
    spans = [(max(low, a), min(high - 1, b - dwell)) for a, b in sorted(windows)]
    return [(a, b) for a, b in spans if a <= b]


def _richest(
    rows: list[tuple[int, int, int, float]], most: int, bands: int
) -> list[tuple[int, int, int, float]]:
    """The rows of highest prize, the same number from each band as far as they go."""
    if len(rows) <= most:
        return rows
    ranked = sorted(range(len(rows)), key=lambda r: (-rows[r][3], r))
    taken, share = [], max(1, most // bands)
    in_band: dict[int, int] = {}
    width = max(1, (max(r[1] for r in rows) - min(r[1] for r in rows)) // bands + 1)
    for r in ranked:
        band = rows[r][1] // width
        if in_band.get(band, 0) < share:
            in_band[band] = in_band.get(band, 0) + 1
            taken.append(r)
    return [rows[r] for r in sorted(taken)]
