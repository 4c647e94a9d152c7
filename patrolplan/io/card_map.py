"""The card's map: streets, the way and its direction, numbered stops, station; black and grey lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import atan2, cos, floor, sin
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.graph.street_names import street_names
from patrolplan.io.card_map_frame import Frame, corner_for, extent, frame_of, take
from patrolplan.io.card_map_markers import draw_markers, draw_shelters, place_markers, place_shelters
from patrolplan.io.card_map_names import draw_names
from patrolplan.io.card_map_signs import (
    CREDIT_TALL,
    NORTH_BOX,
    SCALE_BOX,
    credit_width,
    draw_credit,
    draw_north,
    draw_scale,
)
from patrolplan.io.route_facts import RouteFacts
from patrolplan.plan import PatrolPlan

MAJOR = {"primary", "secondary", "tertiary", "trunk", "primary_link", "secondary_link", "tertiary_link"}


ON_FOOT = {"footway", "path", "steps", "pedestrian", "cycleway", "track", "corridor", "bridleway"}


ARROW_EVERY_PT = 46.0


SHUT_BARS = (1.1, 2.4)
"""Bars across a street that is shut, and what is between them, in points."""


ASIDE_PT = 2.3
"""The way is drawn this far to its right, so that there and back stand side by side."""


def draw_map(
    page: Any, plan: PatrolPlan, route: RouteFacts, *, x: float, y: float, width: float, height: float
) -> None:
    """Draw the route's map into a box whose lower left corner is (``x``, ``y``), in points.

    North is up (grid north of the network's metric system).
    """
    legs = plan.legs[plan.legs["crew"] == route.number - 1]
    frame = frame_of(legs, route, x, y, width, height)
    page.saveState()
    clip = page.beginPath()
    clip.rect(x, y, width, height)
    page.clipPath(clip, stroke=0, fill=0)
    streets = _streets_in(plan, frame)
    _draw_streets(page, frame, streets)
    _draw_shut(page, frame, streets[streets.index.isin(list(route.shut))])
    _draw_patrols(page, frame, legs)
    _draw_walks(page, frame, legs)
    take(frame, frame.x + frame.width - credit_width(), frame.y, credit_width(), CREDIT_TALL)
    markers = place_markers(frame, route)
    shelters = place_shelters(frame, route)
    way = _way_on_page(frame, legs)
    north = corner_for(frame, way, NORTH_BOX, ("top right", "top left", "bottom left"))
    scale = corner_for(frame, way, SCALE_BOX, ("bottom left", "top left", "top right"))
    draw_names(page, frame, streets, _walked(legs))
    draw_shelters(page, shelters)
    draw_markers(page, markers)
    draw_scale(page, frame, *scale)
    draw_north(page, *north)
    draw_credit(page, frame)
    page.restoreState()
    page.setStrokeGray(0)
    page.setLineWidth(0.8)
    page.rect(x, y, width, height)


def map_shape(plan: PatrolPlan, route: RouteFacts) -> float:
    """Height by width of the ground that the route's map must show."""
    wide, tall = extent(plan.legs[plan.legs["crew"] == route.number - 1], route)[2:]
    return tall / wide


def _streets_in(plan: PatrolPlan, frame: Frame) -> gpd.GeoDataFrame:
    segments = plan.network.segments
    view = shapely.box(
        frame.west,
        frame.south,
        frame.west + frame.width / frame.scale,
        frame.south + frame.height / frame.scale,
    )
    rows = np.sort(segments.sindex.query(view))
    return segments.iloc[rows].assign(name=street_names(plan.network, plan.language).iloc[rows])


def _draw_streets(page: Any, frame: Frame, streets: gpd.GeoDataFrame) -> None:
    kind = streets["kind"].to_numpy()
    is_major, is_foot = np.isin(kind, list(MAJOR)), np.isin(kind, list(ON_FOOT))
    for rows, width, grey, dash in (
        (is_foot, 0.7, 0.66, (2, 1.4)),
        (~is_foot & ~is_major, 1.5, 0.78, ()),
        (is_major, 3.0, 0.74, ()),
    ):
        path = page.beginPath()
        for line in streets.geometry.to_numpy()[rows]:
            _trace(path, frame.at(shapely.get_coordinates(shapely.simplify(line, 0.25 / frame.scale))))
        _stroke(page, path, width=width, grey=grey, dash=dash)


def _draw_shut(page: Any, frame: Frame, shut: gpd.GeoDataFrame) -> None:
    """Streets that are shut in the shift, barred across."""
    path = page.beginPath()
    for line in shut.geometry:
        _trace(path, frame.at(shapely.get_coordinates(line)))
    _stroke(page, path, width=4.6, grey=1.0)
    _stroke(page, path, width=4.6, grey=0.25, dash=SHUT_BARS, cap=0)


def _draw_patrols(page: Any, frame: Frame, legs: gpd.GeoDataFrame) -> None:
    patrols = legs[legs["kind"] == "patrol"].drop_duplicates("hot_spot")
    path = page.beginPath()
    for line in patrols.geometry:
        _trace(path, frame.at(shapely.get_coordinates(line)))
    _stroke(page, path, width=4.2, grey=0.0)
    _stroke(page, path, width=3.0, grey=0.87)


def _draw_walks(page: Any, frame: Frame, legs: gpd.GeoDataFrame) -> None:
    walks = legs[legs["kind"] == "walk"]
    path, heads = page.beginPath(), page.beginPath()
    for line in walks.geometry:
        points = _aside(frame.at(shapely.get_coordinates(shapely.simplify(line, 0.4 / frame.scale))))
        if len(points) > 1:
            _trace(path, points)
            for tip, angle in _arrows(points):
                _head(heads, tip, angle)
    _stroke(page, path, width=1.3, grey=0.0)
    page.setFillGray(0)
    page.drawPath(heads, stroke=0, fill=1)


def _aside(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The line moved to its right by a little."""
    line = shapely.LineString(points) if len(points) > 1 else None
    if line is None or line.length < 4 * ASIDE_PT:
        return points
    moved = shapely.offset_curve(line, -ASIDE_PT, join_style="mitre", mitre_limit=2)
    if moved.is_empty or moved.geom_type != "LineString":
        return points
    return np.asarray(shapely.get_coordinates(moved))


def _arrows(points: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.float64], float]]:
    steps = np.hypot(*np.diff(points, axis=0).T)
    total = float(steps.sum())
    count = max(1, floor(total / ARROW_EVERY_PT))
    along = np.concatenate([[0.0], steps.cumsum()])
    if total < 9:
        return
    for number in range(count):
        at = total * (number + 0.5) / count
        piece = min(int(np.searchsorted(along, at, side="right")) - 1, len(steps) - 1)
        way = points[piece + 1] - points[piece]
        share = (at - along[piece]) / steps[piece] if steps[piece] else 0.0
        yield points[piece] + share * way, atan2(way[1], way[0])


def _head(path: Any, tip: NDArray[np.float64], angle: float) -> None:
    along, across = np.array([cos(angle), sin(angle)]), np.array([-sin(angle), cos(angle)])
    nose, tail = tip + 3.6 * along, tip - 2.2 * along
    left, right = tail + 2.7 * across, tail - 2.7 * across
    path.moveTo(*nose)
    path.lineTo(*left)
    path.lineTo(*(tail + 1.2 * along))
    path.lineTo(*right)
    path.close()


def _walked(legs: gpd.GeoDataFrame) -> set[int]:
    return {segment for ids in legs["segments"] for segment in ids}


def _way_on_page(frame: Frame, legs: gpd.GeoDataFrame) -> Any:
    return shapely.union_all([shapely.transform(line, frame.at) for line in legs.geometry])


def _trace(path: Any, points: NDArray[np.float64]) -> None:
    if len(points) < 2:
        return
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)


def _stroke(
    page: Any, path: Any, *, width: float, grey: float, dash: Sequence[float] = (), cap: int = 1
) -> None:
    page.setStrokeGray(grey)
    page.setLineWidth(width)
    page.setLineCap(cap)
    page.setLineJoin(1)
    page.setDash(*([list(dash)] if dash else []))
    page.drawPath(path, stroke=1, fill=0)
    page.setDash()
