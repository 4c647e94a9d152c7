"""The card's map: streets, the way and its direction, numbered stops, station; black and grey lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import atan2, cos, degrees, floor, hypot, log10, sin
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.io.card_words import map_name
from patrolplan.io.pdf_text import BOLD, PLAIN, fitting, text_width
from patrolplan.io.route_facts import RouteFacts
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

MARGIN_SHARE = 0.07
LEAST_EXTENT_M = 250.0
MAJOR = {"primary", "secondary", "tertiary", "trunk", "primary_link", "secondary_link", "tertiary_link"}
ON_FOOT = {"footway", "path", "steps", "pedestrian", "cycleway", "track", "corridor", "bridleway"}
ARROW_EVERY_PT = 46.0
ASIDE_PT = 1.5
"""The way is drawn this far to its right, so that there and back stand side by side."""
MARKER_PT = 6.6
MOST_LABELS = 34
NORTH_BOX, SCALE_BOX = (22.0, 34.0), (110.0, 21.0)
CREDIT_PT, CREDIT_TALL = 5.5, 8.0
BESIDE = 0.95
"""A name on the route stands beside the way, this many font sizes from the street's middle."""
ROUTE_LABEL_PT, LABEL_PT = 6.6, 5.6
STRAIGHT = 0.97
"""A name is written where the street's piece below it is this straight (chord by length)."""


@dataclass(kw_only=True)
class _Frame:
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
        return np.column_stack(
            [
                self.x + (metres[:, 0] - self.west) * self.scale,
                self.y + (metres[:, 1] - self.south) * self.scale,
            ]
        )

    @property
    def box(self) -> Any:
        return shapely.box(self.x, self.y, self.x + self.width, self.y + self.height)

    def is_free(self, shape: Any) -> bool:
        return bool(self.box.contains(shape)) and not any(shape.intersects(other) for other in self.taken)


def draw_map(
    page: Any, plan: PatrolPlan, route: RouteFacts, *, x: float, y: float, width: float, height: float
) -> None:
    """Draw the route's map into a box whose lower left corner is (``x``, ``y``), in points.

    North is up (grid north of the network's metric system).
    """
    legs = plan.legs[plan.legs["crew"] == route.number - 1]
    frame = _frame(legs, route, x, y, width, height)
    page.saveState()
    clip = page.beginPath()
    clip.rect(x, y, width, height)
    page.clipPath(clip, stroke=0, fill=0)
    streets = _streets_in(plan, frame)
    _draw_streets(page, frame, streets)
    _draw_patrols(page, frame, legs)
    _draw_walks(page, frame, legs)
    _take(frame, frame.x + frame.width - _credit_width(), frame.y, _credit_width(), CREDIT_TALL)
    markers = _markers(frame, route)
    way = _way_on_page(frame, legs)
    north = _corner(frame, way, NORTH_BOX, ("top right", "top left", "bottom left"))
    scale = _corner(frame, way, SCALE_BOX, ("bottom left", "top left", "top right"))
    _draw_names(page, frame, streets, _walked(legs))
    _draw_markers(page, markers)
    _draw_scale(page, frame, *scale)
    _draw_north(page, *north)
    _draw_credit(page, frame)
    page.restoreState()
    page.setStrokeGray(0)
    page.setLineWidth(0.8)
    page.rect(x, y, width, height)


def map_shape(plan: PatrolPlan, route: RouteFacts) -> float:
    """Height by width of the ground that the route's map must show."""
    wide, tall = _extent(plan.legs[plan.legs["crew"] == route.number - 1], route)[2:]
    return tall / wide


def _frame(
    legs: gpd.GeoDataFrame, route: RouteFacts, x: float, y: float, width: float, height: float
) -> _Frame:
    middle_x, middle_y, wide, tall = _extent(legs, route)
    scale = min(width / wide, height / tall)
    return _Frame(
        x=x,
        y=y,
        width=width,
        height=height,
        west=middle_x - width / scale / 2,
        south=middle_y - height / scale / 2,
        scale=scale,
    )


def _extent(legs: gpd.GeoDataFrame, route: RouteFacts) -> tuple[float, float, float, float]:
    """Middle, width and height of route and stops with a margin, in metres."""
    points = np.array([stop.point for stop in route.stops])
    if len(legs):
        points = np.concatenate([points, legs.total_bounds.reshape(2, 2)])
    low, high = points.min(axis=0), points.max(axis=0)
    wide, tall = np.maximum(high - low, LEAST_EXTENT_M) * (1 + 2 * MARGIN_SHARE)
    middle = (low + high) / 2
    return float(middle[0]), float(middle[1]), float(wide), float(tall)


def _streets_in(plan: PatrolPlan, frame: _Frame) -> gpd.GeoDataFrame:
    segments = plan.network.segments
    view = shapely.box(
        frame.west,
        frame.south,
        frame.west + frame.width / frame.scale,
        frame.south + frame.height / frame.scale,
    )
    return segments.iloc[np.sort(segments.sindex.query(view))]


def _draw_streets(page: Any, frame: _Frame, streets: gpd.GeoDataFrame) -> None:
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


def _draw_patrols(page: Any, frame: _Frame, legs: gpd.GeoDataFrame) -> None:
    patrols = legs[legs["kind"] == "patrol"].drop_duplicates("hot_spot")
    path = page.beginPath()
    for line in patrols.geometry:
        _trace(path, frame.at(shapely.get_coordinates(line)))
    _stroke(page, path, width=4.2, grey=0.0)
    _stroke(page, path, width=3.0, grey=0.87)


def _draw_walks(page: Any, frame: _Frame, legs: gpd.GeoDataFrame) -> None:
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


@dataclass(frozen=True, kw_only=True)
class _Marker:
    text: str
    place: tuple[float, float]
    centre: tuple[float, float]
    half: float
    is_station: bool


def _markers(frame: _Frame, route: RouteFacts) -> list[_Marker]:
    """Stations, then stops; one that would hide another stands aside with a line to its place."""
    stations = [stop.point for stop in route.stops if stop.kind in ("start", "end")]
    numbers: dict[tuple[float, float], list[str]] = {}
    for stop in route.visits:
        numbers.setdefault(stop.point, []).append(str(stop.order))
    wanted = [("S", point, True) for point in dict.fromkeys(stations)]
    wanted += [("·".join(orders), point, False) for point, orders in numbers.items()]
    markers = []
    for text, point, is_station in wanted:
        place = frame.at(np.array([point]))[0]
        half = max(MARKER_PT, text_width(text, BOLD, 8) / 2 + 3)
        centre = _free_place(frame, place, half)
        frame.taken.append(_marker_box(centre, half))
        markers.append(
            _Marker(
                text=text,
                place=(float(place[0]), float(place[1])),
                centre=centre,
                half=half,
                is_station=is_station,
            )
        )
    return markers


def _free_place(frame: _Frame, place: NDArray[np.float64], half: float) -> tuple[float, float]:
    for away in (0.0, 11.0, 16.0, 22.0, 30.0):
        for turn in range(16 if away else 1):
            angle = turn * np.pi / 8 + np.pi / 4
            centre = (float(place[0] + (away + half - MARKER_PT) * cos(angle) * (away > 0)),
                      float(place[1] + away * sin(angle)))  # fmt: skip
            if frame.is_free(_marker_box(centre, half)):
                return centre
    return float(place[0]), float(place[1])


def _marker_box(centre: tuple[float, float], half: float) -> Any:
    return shapely.box(
        centre[0] - half - 0.5,
        centre[1] - MARKER_PT - 0.5,
        centre[0] + half + 0.5,
        centre[1] + MARKER_PT + 0.5,
    )


def _draw_markers(page: Any, markers: Sequence[_Marker]) -> None:
    page.setStrokeGray(0)
    page.setLineWidth(0.9)
    for marker in markers:
        if hypot(marker.centre[0] - marker.place[0], marker.centre[1] - marker.place[1]) > 1:
            page.line(*marker.place, *marker.centre)
            page.setFillGray(0)
            page.circle(*marker.place, 1.9, stroke=0, fill=1)
    for marker in markers:
        x, y = marker.centre
        page.setFillGray(1 if marker.is_station else 0)
        page.setStrokeGray(0 if marker.is_station else 1)
        box = (x - marker.half, y - MARKER_PT, 2 * marker.half, 2 * MARKER_PT)
        if marker.is_station:
            page.setLineWidth(1.6)
            page.rect(*box, stroke=1, fill=1)
        else:
            page.setLineWidth(0.8)
            page.roundRect(*box, MARKER_PT, stroke=1, fill=1)
        page.setFillGray(0 if marker.is_station else 1)
        page.setFont(BOLD, 8)
        page.drawCentredString(x, y - 2.9, marker.text)


def _walked(legs: gpd.GeoDataFrame) -> set[int]:
    return {segment for ids in legs["segments"] for segment in ids}


def _draw_names(page: Any, frame: _Frame, streets: gpd.GeoDataFrame, walked: set[int]) -> None:
    """Names of the streets of the route, then of the longest others, where they fit."""
    named = streets[streets["name"] != ""]
    on_route = named.index.isin(list(walked))
    length = named.geometry.length
    order = sorted(
        (
            (-(length[rows & on_route].sum()), -length[rows].sum(), name)
            for name, rows in _rows_by_name(named)
        ),
    )
    drawn = 0
    for walked_m, _, name in order:
        if drawn >= MOST_LABELS:
            break
        rows = named["name"] == name
        size = ROUTE_LABEL_PT if walked_m < 0 else LABEL_PT
        aside = (BESIDE * size, -BESIDE * size) if walked_m < 0 else (0.0,)
        grey = 0.0 if walked_m < 0 else 0.3
        if _draw_name(page, frame, map_name(name), named.geometry[rows], size=size, grey=grey, aside=aside):
            drawn += 1


def _rows_by_name(named: gpd.GeoDataFrame) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    names = named["name"].to_numpy()
    for name in sorted(set(names)):
        yield str(name), names == name


def _draw_name(
    page: Any,
    frame: _Frame,
    text: str,
    lines: gpd.GeoSeries,
    *,
    size: float,
    grey: float,
    aside: Sequence[float],
) -> bool:
    text = fitting(text)
    width = text_width(text, PLAIN, size)
    if not text or width > 0.5 * frame.width:
        return False
    merged = shapely.line_merge(shapely.union_all(shapely.intersection(lines.to_numpy(), _view(frame))))
    parts = sorted(shapely.get_parts(merged), key=lambda part: -part.length)
    for part in parts[:3]:
        if part.geom_type != "LineString":
            continue
        spot = _name_place(frame, part, width, size, aside)
        if spot is not None:
            _write_name(page, frame, text, spot, width, size, grey)
            return True
    return False


def _view(frame: _Frame) -> Any:
    return shapely.box(
        frame.west,
        frame.south,
        frame.west + frame.width / frame.scale,
        frame.south + frame.height / frame.scale,
    )


def _name_place(
    frame: _Frame, line: Any, width: float, size: float, aside: Sequence[float]
) -> tuple[float, float, float] | None:
    """Centre and angle for a name of ``width`` points along a straight free piece of the line."""
    needed = (width + 3) / frame.scale
    room = line.length - needed
    # a name may stand over the ends of a short street by a little
    if room < -0.35 * needed:
        return None
    starts = np.array([room / 2]) if room <= 0 else room * _from_middle(max(1, int(room / (needed / 3))))
    for start in starts:
        piece = np.clip([start, start + needed / 2, start + needed], 0, line.length)
        a, middle, b = frame.at(shapely.get_coordinates(shapely.line_interpolate_point(line, piece)))
        chord, bent = float(hypot(*(b - a))), float(hypot(*(middle - (a + b) / 2)))
        if chord < STRAIGHT * min(needed, line.length) * frame.scale or bent > 2.2:
            continue
        angle = degrees(atan2(b[1] - a[1], b[0] - a[0]))
        angle = angle - 180 if angle > 90 else angle + 180 if angle <= -90 else angle
        up = np.array([-sin(np.radians(angle)), cos(np.radians(angle))])
        for step in aside:
            x, y = (a + b) / 2 + step * up
            if frame.is_free(_name_box(x, y, angle, width, size)):
                return float(x), float(y), angle
    return None


def _from_middle(count: int) -> NDArray[np.float64]:
    shares = np.linspace(0, 1, count + 2)
    return shares[np.argsort(np.abs(shares - 0.5), kind="stable")]


def _name_box(x: float, y: float, angle: float, width: float, size: float) -> Any:
    box = shapely.box(-width / 2 - 1.5, -size * 0.55, width / 2 + 1.5, size * 0.55)
    turn = np.radians(angle)
    return shapely.transform(
        box,
        lambda xy: np.column_stack(
            [
                x + xy[:, 0] * cos(turn) - xy[:, 1] * sin(turn),
                y + xy[:, 0] * sin(turn) + xy[:, 1] * cos(turn),
            ]
        ),
    )


def _write_name(
    page: Any,
    frame: _Frame,
    text: str,
    spot: tuple[float, float, float],
    width: float,
    size: float,
    grey: float,
) -> None:
    x, y, angle = spot
    frame.taken.append(_name_box(x, y, angle, width, size))
    page.saveState()
    page.translate(x, y)
    page.rotate(angle)
    page.setFillGray(1)
    page.setFillAlpha(0.78)
    page.rect(-width / 2 - 1, -size * 0.42, width + 2, size * 0.86, stroke=0, fill=1)
    page.setFillAlpha(1)
    page.setFillGray(grey)
    page.setFont(PLAIN, size)
    page.drawCentredString(0, -size * 0.35, text)
    page.restoreState()


def _take(frame: _Frame, x: float, y: float, width: float, height: float) -> None:
    frame.taken.append(shapely.box(x, y, x + width, y + height))


def _way_on_page(frame: _Frame, legs: gpd.GeoDataFrame) -> Any:
    return shapely.union_all([shapely.transform(line, frame.at) for line in legs.geometry])


def _corner(
    frame: _Frame, way: Any, size: tuple[float, float], corners: Sequence[str]
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
    _take(frame, x, y, *size)
    return x, y


def _draw_scale(page: Any, frame: _Frame, left: float, low: float) -> None:
    metres = nice_length((SCALE_BOX[0] - 20) / frame.scale)
    long = metres * frame.scale
    x, y = left + 6, low + 6
    _lighten(page, left, low, long + 18, SCALE_BOX[1])
    page.setStrokeGray(0)
    page.setLineWidth(0.8)
    page.setFillGray(0)
    page.rect(x, y, long / 2, 3, stroke=1, fill=1)
    page.setFillGray(1)
    page.rect(x + long / 2, y, long / 2, 3, stroke=1, fill=1)
    page.setFillGray(0)
    page.setFont(PLAIN, 6.5)
    page.drawString(x, y + 5.5, "0")
    page.drawRightString(x + long + 4, y + 5.5, f"{metres:g} m")


def _credit_width() -> float:
    return text_width(OSM_CREDIT, PLAIN, CREDIT_PT) + 4


def _draw_credit(page: Any, frame: _Frame) -> None:
    right = frame.x + frame.width
    page.setFillGray(1)
    page.rect(right - _credit_width(), frame.y, _credit_width(), CREDIT_TALL, stroke=0, fill=1)
    page.setFillGray(0)
    page.setFont(PLAIN, CREDIT_PT)
    page.drawRightString(right - 2, frame.y + 2, OSM_CREDIT)


def _lighten(page: Any, x: float, y: float, width: float, height: float) -> None:
    """What lies below shines through a little."""
    page.setFillGray(1)
    page.setFillAlpha(0.85)
    page.rect(x, y, width, height, stroke=0, fill=1)
    page.setFillAlpha(1)


def nice_length(longest_m: float) -> float:
    """The greatest of 1, 2 and 5 times a power of ten that is no longer.

    Examples
    --------
    >>> [nice_length(metres) for metres in (180, 730, 49)]
    [100.0, 500.0, 20.0]
    """
    power = 10.0 ** floor(log10(longest_m))
    return next(factor * power for factor in (5.0, 2.0, 1.0) if factor * power <= longest_m)


def _draw_north(page: Any, left: float, low: float) -> None:
    x, y = left + NORTH_BOX[0] / 2, low + NORTH_BOX[1] - 8
    _lighten(page, left, low, *NORTH_BOX)
    page.setFillGray(0)
    head = page.beginPath()
    head.moveTo(x, y + 4)
    head.lineTo(x + 5, y - 12)
    head.lineTo(x, y - 8)
    head.lineTo(x - 5, y - 12)
    head.close()
    page.drawPath(head, stroke=0, fill=1)
    page.setFont(BOLD, 7.5)
    page.drawCentredString(x, y - 21, "N")


def _trace(path: Any, points: NDArray[np.float64]) -> None:
    if len(points) < 2:
        return
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)


def _stroke(page: Any, path: Any, *, width: float, grey: float, dash: Sequence[float] = ()) -> None:
    page.setStrokeGray(grey)
    page.setLineWidth(width)
    page.setLineCap(1)
    page.setLineJoin(1)
    page.setDash(*([list(dash)] if dash else []))
    page.drawPath(path, stroke=1, fill=0)
    page.setDash()
