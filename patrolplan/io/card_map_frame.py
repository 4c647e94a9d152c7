"""Where the card's map lies on the page, and what is taken there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.io.route_facts import RouteFacts

MARGIN_SHARE = 0.07


LEAST_EXTENT_M = 250.0


@dataclass(kw_only=True)
class Frame:
    """Where the map lies on the page, and what is taken there already."""

    x: float
    y: float
    width: float
    height: float
    west: float
    south: float
    scale: float
    taken: list[Any] = field(default_factory=list)

    def at(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Metres of the network's system as points of the page, [n, 2]."""
        return np.column_stack(
            [
                self.x + (metres[:, 0] - self.west) * self.scale,
                self.y + (metres[:, 1] - self.south) * self.scale,
            ]
        )

    @property
    def box(self) -> Any:
        """The map's edge on the page."""
        return shapely.box(self.x, self.y, self.x + self.width, self.y + self.height)

    def is_free(self, shape: Any) -> bool:
        """Whether a shape lies on the map and touches nothing that stands there."""
        return bool(self.box.contains(shape)) and not any(shape.intersects(other) for other in self.taken)


def frame_of(
    legs: gpd.GeoDataFrame, route: RouteFacts, x: float, y: float, width: float, height: float
) -> Frame:
    """The map's frame: the route in its middle, as large as it fits."""
    middle_x, middle_y, wide, tall = extent(legs, route)
    scale = min(width / wide, height / tall)
    return Frame(
        x=x,
        y=y,
        width=width,
        height=height,
        west=middle_x - width / scale / 2,
        south=middle_y - height / scale / 2,
        scale=scale,
    )


def extent(legs: gpd.GeoDataFrame, route: RouteFacts) -> tuple[float, float, float, float]:
    """Middle, width and height of route and stops with a margin, in metres."""
    points = np.array([stop.point for stop in route.stops])
    if len(legs):
        points = np.concatenate([points, legs.total_bounds.reshape(2, 2)])
    low, high = points.min(axis=0), points.max(axis=0)
    wide, tall = np.maximum(high - low, LEAST_EXTENT_M) * (1 + 2 * MARGIN_SHARE)
    middle = (low + high) / 2
    return float(middle[0]), float(middle[1]), float(wide), float(tall)


def view_of(frame: Frame) -> Any:
    """The ground that the map shows, in metres."""
    return shapely.box(
        frame.west,
        frame.south,
        frame.west + frame.width / frame.scale,
        frame.south + frame.height / frame.scale,
    )


def take(frame: Frame, x: float, y: float, width: float, height: float) -> None:
    """Keep a box of the page free of what is drawn later."""
    frame.taken.append(shapely.box(x, y, x + width, y + height))


def corner_for(
    frame: Frame, way: Any, size: tuple[float, float], corners: Sequence[str]
) -> tuple[float, float]:
    """Lower left point of a box in the corner where it hides least, taken from then on."""
    places = {
        corner: (
            frame.x if "left" in corner else frame.x + frame.width - size[0],
            frame.y if "bottom" in corner else frame.y + frame.height - size[1],
        )
        for corner in corners
    }

    def hidden(corner: str) -> tuple[int, float]:
        x, y = places[corner]
        box = shapely.box(x, y, x + size[0], y + size[1])
        return sum(box.intersects(other) for other in frame.taken), shapely.intersection(way, box).length

    x, y = places[min(corners, key=hidden)]
    take(frame, x, y, *size)
    return x, y
