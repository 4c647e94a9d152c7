"""How much an old record counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Recency:
    """A long memory mixed with a short one: hot spots last, and flare up.

    The mix follows the finding that a long-run count with a recent count beside it predicts as
    well as far heavier models (Lee, O and Eck 2020).

    Attributes
    ----------
    half_life_days
        Days after which the long part counts half.
    recent_share
        Share of the short part, 0..1.
    recent_half_life_days
        Days after which the short part counts half.
    """

    half_life_days: float = 365.0
    recent_share: float = 0.1
    recent_half_life_days: float = 30.0

    def weight(self, age_days: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weight of records of an age in days, 1 at age 0.

        Examples
        --------
        >>> Recency(half_life_days=100, recent_share=0).weight(np.array([0.0, 100.0])).tolist()
        [1.0, 0.5]
        """
        parts = (share * np.exp2(-age_days / life) for share, life in self._parts())
        return np.asarray(sum(parts), dtype=np.float64)

    def days(self, span_days: float) -> float:
        """Weight that one record a day adds up to over a span that ends today.

        Examples
        --------
        >>> round(Recency(half_life_days=1e9, recent_share=0).days(28), 3)
        28.0
        """
        rates = ((share, np.log(2) / life) for share, life in self._parts())
        return float(sum(-share * np.expm1(-rate * span_days) / rate for share, rate in rates))

    def _parts(self) -> tuple[tuple[float, float], ...]:
        long = (1 - self.recent_share, self.half_life_days)
        return long, (self.recent_share, self.recent_half_life_days)
