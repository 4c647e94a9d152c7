"""Measures of a back-test, record by record, and their intervals by bootstrap over weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PERCENTAGES = (1, 2, 5, 10)
"""Per cent of street length at which the share caught is told."""
DRAWS = 2000
LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A figure with the limits of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float | None]:
        """``value``, ``low`` and ``high``; None where there is no figure."""
        figures = {"value": self.value, "low": self.low, "high": self.high}
        return {name: float(at) if np.isfinite(at) else None for name, at in figures.items()}


def chosen_share(
    rate: NDArray[np.float64], length_m: NDArray[np.float64], percent: float
) -> NDArray[np.float64]:
    """How much of each segment lies in the best ``percent`` of street length, [segments], 0..1.

    Segments of one rate per metre are taken evenly, so that no order of rows decides.

    Examples
    --------
    >>> chosen_share(np.array([5.0, 5.0, 4.0]), np.array([10.0, 50.0, 40.0]), 55.0).round(3).tolist()
    [1.0, 0.5, 0.5]
    """
    level = -np.float32(rate / length_m).astype(np.float64)
    _, group = np.unique(level, return_inverse=True)
    size = np.bincount(group, weights=length_m)
    before = np.cumsum(size) - size
    target = percent / 100 * length_m.sum()
    return np.asarray(np.clip((target - before) / size, 0, 1)[group])


def week_draws(weeks: int, *, seed: int, draws: int = DRAWS) -> NDArray[np.float64]:
    """How often each week is drawn in each bootstrap sample, [draws, weeks]."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(weeks, np.full(weeks, 1 / weeks), size=draws).astype(np.float64)


def ratio(above: NDArray[np.float64], below: NDArray[np.float64], drawn: NDArray[np.float64]) -> Interval:
    """``sum(above) / sum(below)`` over weeks, with its interval.

    Parameters
    ----------
    above, below
        [weeks].
    drawn
        [draws, weeks].
    """
    if below.sum() <= 0:
        return Interval(value=np.nan, low=np.nan, high=np.nan)
    top, bottom = drawn @ above, drawn @ below
    samples = top[bottom > 0] / bottom[bottom > 0]
    low, high = np.quantile(samples, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value=float(above.sum() / below.sum()), low=float(low), high=float(high))
