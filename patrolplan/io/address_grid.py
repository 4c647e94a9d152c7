"""House numbers that follow the plan of the town: learnt from some houses, used for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

FEWEST = 8
MOST_WRONG = 60.0
"""Median residual, in numbers, above which the town's numbers follow no plan."""
STEP_M = 10.0
OUTSIDE = 60.0
"""Numbers by which an address may lie beyond the end of its street."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Numbers as a plane over the town, one for streets in each of two directions.

    ``planes`` maps the direction (0: along ``bearing``, 1: across) to (c, a, b) of
    number = c + a x + b y in local metres.
    """

    bearing: float
    planes: dict[int, NDArray[np.float64]]

    def find(self, line: BaseGeometry, number: int) -> NDArray[np.float64] | None:
        """The point of a street where the town's plan puts the number, None if it knows none."""
        plane = self.planes.get(_direction(line, self.bearing))
        if plane is None or line.length < STEP_M:
            return None
        points = shapely.get_coordinates(shapely.segmentize(line, STEP_M))
        off = np.abs(plane[0] + points @ plane[1:] - number)
        at = int(off.argmin())
        found: NDArray[np.float64] = points[at]
        return found if off[at] <= OUTSIDE else None


def fit_grid(
    streets: Sequence[tuple[BaseGeometry, NDArray[np.int64], NDArray[np.float64]]],
) -> Grid | None:
    """Learn the plan of a town's numbers from its houses; None where there is none.

    Parameters
    ----------
    streets
        Line, house numbers and places of the houses in local metres, of each street.
    """
    lined = [item for item in streets if item[0].length > STEP_M]
    if not lined:
        return None
    bearing = _main_bearing([line for line, _, _ in lined])
    planes = {}
    for direction in (0, 1):
        mine = [item for item in lined if len(item[1]) and _direction(item[0], bearing) == direction]
        if not mine:
            continue
        plane = _plane(
            np.concatenate([item[1] for item in mine]),
            np.concatenate([item[2] for item in mine]),
            bearing,
            direction,
        )
        if plane is not None:
            planes[direction] = plane
    return Grid(bearing=bearing, planes=planes) if planes else None


def _plane(
    numbers: NDArray[np.int64], xy: NDArray[np.float64], bearing: float, direction: int
) -> NDArray[np.float64] | None:
    """A robust line through numbers over the way along the streets of one direction."""
    if len(numbers) < FEWEST:
        return None
    turned = bearing + direction * np.pi / 2
    unit = np.array([np.cos(turned), np.sin(turned)])
    along = xy @ unit
    base = np.column_stack([np.ones(len(along)), along])
    weight = np.ones(len(along))
    for _ in range(20):
        fit, *_ = np.linalg.lstsq(base * weight[:, None], numbers * weight, rcond=None)
        weight = 1 / np.sqrt(np.maximum(np.abs(base @ fit - numbers), 10.0))
    wrong = float(np.median(np.abs(base @ fit - numbers)))
    spread = float(np.median(np.abs(numbers - np.median(numbers))))
    if wrong > MOST_WRONG or wrong > 0.2 * spread:
        return None
    return np.array([fit[0], *(fit[1] * unit)])


def _main_bearing(lines: Sequence[BaseGeometry]) -> float:
    """Bearing most streets keep, up to right angles, as an angle from east."""
    steps = np.concatenate(
        [np.diff(shapely.get_coordinates(part), axis=0) for line in lines for part in shapely.get_parts(line)]
    )
    length = np.hypot(steps[:, 0], steps[:, 1])
    turned = 4 * np.arctan2(steps[:, 1], steps[:, 0])
    return float(np.arctan2((length * np.sin(turned)).sum(), (length * np.cos(turned)).sum()) / 4)


def _direction(line: BaseGeometry, bearing: float) -> int:
    """0 for a street along the main bearing, 1 across it."""
    points = shapely.get_coordinates(line)
    spread = points - points.mean(axis=0)
    along = np.abs(spread @ np.array([np.cos(bearing), np.sin(bearing)])).sum()
    across = np.abs(spread @ np.array([-np.sin(bearing), np.cos(bearing)])).sum()
    return int(across > along)
