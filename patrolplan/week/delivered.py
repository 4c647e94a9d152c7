"""What share of planned minutes is walked: measured where patrols are logged, assumed until then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ASSUMED = 0.55
"""In Birmingham's trial of frequency against length of patrols 45 minutes a day were asked for and satellite
positions showed 24 to 26 (2015)."""
LEAST_PATROLS = 5
"""Fewer logged patrols measure little."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """Patrols that were logged: how many, and their minutes at stops.

    Attributes
    ----------
    patrols, by_ticks
        How many, and of how many the minutes were written down by those who walked.
    planned_min, walked_min
        Minutes at stops of which something is known.

    Examples
    --------
    >>> Delivered().ratio(0.55), Delivered(patrols=5, planned_min=600, walked_min=480).ratio(0.55)
    (0.55, 0.8)
    """

    patrols: int = 0
    by_ticks: int = 0
    planned_min: float = 0.0
    walked_min: float = 0.0

    @property
    def measured(self) -> bool:
        """Whether enough was logged to go by it."""
        return self.patrols >= LEAST_PATROLS and self.planned_min > 0

    def ratio(self, assumed: float) -> float:
        """Walked minutes to planned ones."""
        return self.walked_min / self.planned_min if self.measured else assumed

    def facts(self, planned_min: float, assumed: float) -> dict[str, Any]:
        """What a plan of so many minutes at stops promises."""
        ratio = self.ratio(assumed)
        return {
            "ratio": round(ratio, 3),
            "measured": self.measured,
            "patrols_logged": self.patrols,
            "planned_min": round(planned_min),
            "promised_min": round(planned_min * ratio),
        }


def delivered_words(facts: dict[str, Any]) -> str:
    """One sentence on what a plan promises, and whether that is measured.

    Examples
    --------
    >>> print(delivered_words(Delivered().facts(60, 0.55)))
    of 60 minutes planned at places expect about 33 (55 %): an assumption until 5 patrols are logged (0 now)
    """
    what = (
        f"of {facts['planned_min']:,} minutes planned at places expect about {facts['promised_min']:,} "
        f"({facts['ratio']:.0%}".replace("%", " %")
        + ")"
    )
    logged = facts["patrols_logged"]
    if facts["measured"]:
        return f"{what}: measured on {logged} logged patrols"
    return f"{what}: an assumption until {LEAST_PATROLS} patrols are logged ({logged} now)"
