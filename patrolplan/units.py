"""Units and constants that more than one room needs, each with its source."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T", bound=np.generic)

HOURS_PER_WEEK = 168
"""Hours of a week; hour 0 is Monday 00:00 local wall clock."""

SECONDS_PER_HOUR = 3600

KMH = 1000 / SECONDS_PER_HOUR
"""One kilometre per hour in metres per second."""

TRANSFER_SPEED_M_PER_S = 4.5 * KMH
"""Walking from stop to stop: a little under the 5 km/h of common routers and close to the
1.2 m/s for which crossings are designed."""

PATROL_SPEED_M_PER_S = 3.0 * KMH
"""Walking with open eyes inside a hot spot; an assumption, no published figure is known."""

STEPS_SPEED_FACTOR = 0.5
"""Steps are walked at half the speed of level ground (an assumption on the careful side)."""

OSM_CREDIT = "© OpenStreetMap contributors, ODbL"
"""Owed wherever people see anything drawn from OpenStreetMap."""

BOUND_TOLD_FROM = 0.5
"""A plan's share of its upper bound below this says more of how loose the bound is than of the plan (few
steps in little time): people are not told it; plan.json holds it."""


def readonly(values: NDArray[_T]) -> NDArray[_T]:
    """A view of ``values`` that nobody can write to.

    Examples
    --------
    >>> readonly(np.zeros(2)).flags.writeable
    False
    """
    view = np.asarray(values).view()
    view.flags.writeable = False
    return view


def frozen_columns(record: Any, **arrays: NDArray[Any]) -> None:
    """Set read-only arrays on a frozen dataclass while it is being made."""
    for name, values in arrays.items():
        object.__setattr__(record, name, readonly(values))
