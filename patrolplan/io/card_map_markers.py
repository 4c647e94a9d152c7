"""Numbered stops and stations on the card's map, none hidden by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, sin
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.io.card_map_frame import Frame
from patrolplan.io.pdf_text import BOLD, text_width
from patrolplan.io.route_facts import RouteFacts

MARKER_PT = 6.6
HOUSE_PT = 7.2
"""Half the width of a shelter's sign."""


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A number or an S in its box, and the place it stands for."""

    text: str
    place: tuple[float, float]
    centre: tuple[float, float]
    half: float
    is_station: bool


def place_markers(frame: Frame, route: RouteFacts) -> list[Marker]:
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
            Marker(
                text=text,
                place=(float(place[0]), float(place[1])),
                centre=centre,
                half=half,
                is_station=is_station,
            )
        )
    return markers


def place_shelters(frame: Frame, route: RouteFacts) -> list[Marker]:
    """Shelters by letter; one beyond the map stands at its edge, on the side where it lies."""
    west, south, east, north = frame.box.buffer(-HOUSE_PT - 3).bounds
    markers = []
    for shelter in route.shelters:
        x, y = frame.at(np.array([shelter.point]))[0]
        kept = np.array([min(max(x, west), east), min(max(y, south), north)])
        centre = _free_place(frame, kept, HOUSE_PT)
        frame.taken.append(_marker_box(centre, HOUSE_PT))
        markers.append(
            Marker(
                text=shelter.mark,
                place=(float(x), float(y)),
                centre=centre,
                half=HOUSE_PT,
                is_station=False,
            )
        )
    return markers


def draw_shelters(page: Any, markers: Sequence[Marker]) -> None:
    """Draw each as a white house with its letter, joined to its place by a thin line."""
    for marker in markers:
        (x, y), (u, v) = marker.centre, marker.place
        page.setStrokeGray(0)
        if hypot(u - x, v - y) > 1:
            page.setLineWidth(0.7)
            page.setDash([1.4, 1.2])
            page.line(u, v, x, y)
            page.setDash()
        draw_house(page, x, y, marker.text)


def draw_house(page: Any, x: float, y: float, letter: str) -> None:
    """The sign of a shelter around a point."""
    half = HOUSE_PT
    path = page.beginPath()
    path.moveTo(x - half, y - half + 1)
    path.lineTo(x + half, y - half + 1)
    path.lineTo(x + half, y + 2)
    path.lineTo(x, y + half + 1.5)
    path.lineTo(x - half, y + 2)
    path.close()
    page.setFillGray(1)
    page.setStrokeGray(0)
    page.setLineWidth(1.2)
    page.drawPath(path, stroke=1, fill=1)
    page.setFillGray(0)
    page.setFont(BOLD, 7.5)
    page.drawCentredString(x, y - 4, letter)


def draw_markers(page: Any, markers: Sequence[Marker]) -> None:
    """Draw lines to their places first, then all markers."""
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


def _free_place(frame: Frame, place: NDArray[np.float64], half: float) -> tuple[float, float]:
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
