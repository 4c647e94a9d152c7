"""Street names on the card's map: those of the route first, beside the way, where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import atan2, cos, degrees, hypot, sin
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.io.card_map_frame import Frame, view_of
from patrolplan.io.card_words import map_name
from patrolplan.io.pdf_text import PLAIN, fitting, text_width

MOST_LABELS = 34


BESIDE = 0.95
"""A name on the route stands beside the way, this many font sizes from the street's middle."""


ROUTE_LABEL_PT, LABEL_PT = 6.6, 5.6


STRAIGHT = 0.97
"""A name is written where the street's piece below it is this straight (chord by length)."""


def draw_names(page: Any, frame: Frame, streets: gpd.GeoDataFrame, walked: set[int]) -> None:
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
    frame: Frame,
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
    merged = shapely.line_merge(shapely.union_all(shapely.intersection(lines.to_numpy(), view_of(frame))))
    parts = sorted(shapely.get_parts(merged), key=lambda part: -part.length)
    for part in parts[:3]:
        if part.geom_type != "LineString":
            continue
        spot = _name_place(frame, part, width, size, aside)
        if spot is not None:
            _write_name(page, frame, text, spot, width, size, grey)
            return True
    return False


def _name_place(
    frame: Frame, line: Any, width: float, size: float, aside: Sequence[float]
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
    frame: Frame,
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
