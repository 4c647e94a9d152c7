"""What one crew more is worth in each area at each hour: need within reach, with diminishing returns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from patrolplan.risk.weights import SegmentWeights
from patrolplan.units import HOURS_PER_WEEK, PATROL_SPEED_M_PER_S

BETWEEN_S = 360.0
"""Seconds from one visit to the next, walking; the middle of what plans of the test towns take."""

MEAN_EFFECT = 0.5
"""Effect on a street kept up by visits once in the time it fades: half, as it fades in a straight line."""


def streets_per_crew_m(
    *, fade_s: float, dwell_s: float, patrol_speed_m_per_s: float = PATROL_SPEED_M_PER_S
) -> float:
    """Metres of street that one crew keeps under effect: a visit walks its streets there and back.

    Examples
    --------
    >>> round(streets_per_crew_m(fade_s=7200, dwell_s=720))
    2000
    """
    visits = fade_s / (dwell_s + BETWEEN_S)
    return visits * dwell_s * patrol_speed_m_per_s / 2


def gains(
    weights: SegmentWeights,
    length_m: NDArray[np.float64],
    areas: NDArray[np.int64],
    *,
    crews: int,
    metres: float,
) -> NDArray[np.float64]:
    """Need that the first, second, ... crew in an area keeps under effect, hour by hour.

    The neediest streets of an area come first, a crew keeps up ``metres`` of them at half effect on
    average, and the next crew takes the next: so each crew more adds no more than the one before.
    An estimate to choose hours by: a plan's score is always that of its routes.

    Parameters
    ----------
    weights
        Need of the segments.
    length_m
        [segments].
    areas
        [segments] area of each segment, -1 for streets that nobody reaches.
    crews
        How many crews may be in one area at once.
    metres
        Of street that one crew keeps under effect (see `streets_per_crew_m`).

    Returns
    -------
    [areas, 168, crews] in shares of the week's need; never rises along the last axis.
    """
    count = int(areas.max(initial=-1)) + 1
    made = np.zeros((count, HOURS_PER_WEEK, crews))
    edges = np.asarray(metres * np.arange(crews + 1), dtype=np.float64)
    for area in range(count):
        here = np.flatnonzero(areas == area)
        if not len(here):
            continue
        for hours in np.array_split(np.arange(HOURS_PER_WEEK), 7):
            need = weights.need(hours)[here]
            for k, hour in enumerate(hours):
                made[area, hour] = MEAN_EFFECT * np.diff(_held(need[:, k], length_m[here], edges))
    return made


def _held(
    need: NDArray[np.float64], length_m: NDArray[np.float64], edges: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Need on the neediest ``edges`` metres of street."""
    order = np.argsort(-need / length_m, kind="stable")
    metres = np.concatenate([[0.0], np.cumsum(length_m[order])])
    return np.asarray(np.interp(edges, metres, np.concatenate([[0.0], np.cumsum(need[order])])))
