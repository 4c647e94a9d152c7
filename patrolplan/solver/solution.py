"""Solution: clock, true score and rule breaches, recomputed from the visits alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class Visit:
    """One visit: a crew begins to dwell at a stop at a whole second of the horizon."""

    crew: int
    start_s: int
    stop: int
