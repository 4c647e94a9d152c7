"""Caps and floors of need: what share of the week a settlement or district gets at least and at most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.risk.modifiers import with_factor
from patrolplan.risk.weights import SegmentWeights


@dataclass(frozen=True, kw_only=True)
class AreaLimits:
    """Areas and what they may get.

    Attributes
    ----------
    names
        One an area.
    of_segment
        [segments] area of each segment, -1 outside all.
    least, most
        [areas] shares of the week's need.
    """

    names: tuple[str, ...]
    of_segment: NDArray[np.int64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]


def within_limits(weights: SegmentWeights, limits: AreaLimits) -> SegmentWeights:
    """Need scaled by area, as little as it takes for each area to keep its limits.

    All areas within their limits, and what lies outside of all, are scaled alike; within an area nothing
    changes but the scale. A note says what was moved.

    Raises
    ------
    InputError
        Limits that can't be kept together, or a floor where nothing is needed.
    """
    count = len(limits.names)
    area = np.where(limits.of_segment < 0, count, limits.of_segment)
    now = np.zeros(count + 1)
    np.add.at(now, area, weights.week())
    least, most = np.r_[limits.least, 0.0], np.r_[limits.most, 1.0]
    _check(limits, now, least, most)
    target = _kept(now, least, most)
    factor = np.divide(target, now, out=np.ones(count + 1), where=now > 0)
    moved = [
        f"{name} from {before:.0%} to {after:.0%}"
        for name, before, after, low, high in zip(limits.names, now, target, least, most)
        if not low - 1e-9 <= before <= high + 1e-9
    ]
    if not moved:
        return weights
    told = f"your limits of areas moved need: {', '.join(moved)}"
    changed = with_factor(weights, factor[area])
    return changed.with_notes((*changed.notes, told))


def _kept(
    now: NDArray[np.float64], least: NDArray[np.float64], most: NDArray[np.float64]
) -> NDArray[np.float64]:
    """``clip(scale * now, least, most)`` with the scale that makes it sum to 1."""
    low, high = 0.0, 1.0
    while np.clip(high * now, least, most).sum() < 1 - 1e-12 and high < 1e12:
        high *= 2
    for _ in range(100):
        scale = (low + high) / 2
        low, high = (low, scale) if np.clip(scale * now, least, most).sum() >= 1 else (scale, high)
    return np.asarray(np.clip(high * now, least, most))


def _check(
    limits: AreaLimits, now: NDArray[np.float64], least: NDArray[np.float64], most: NDArray[np.float64]
) -> None:
    faults = [
        f"{name}: at least {low:.0%} and at most {high:.0%}; give shares from 0 to 1, the first no greater"
        for name, low, high in zip(limits.names, least, most)
        if not 0 <= low <= high <= 1
    ]
    faults += [
        f"{name}: at least {low:.0%}, but nothing is needed there; lower it to 0"
        for name, low, share in zip(limits.names, least, now)
        if low > 0 and share <= 0
    ]
    if least.sum() > 1 + 1e-9:
        faults.append(f"the floors of all areas add up to {least.sum():.0%}; lower them to 100 % at most")
    if np.where(now > 0, most, 0.0).sum() < 1 - 1e-9:
        faults.append("the caps of all areas leave nowhere for the rest of the need; raise one of them")
    if faults:
        raise InputError(faults)
