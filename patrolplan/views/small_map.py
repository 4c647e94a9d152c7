"""A plan at a glance: a small map as inline SVG and the stops as a table, for a notebook's cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.io.text import one_line
from patrolplan.io.times import clock
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

WIDTH_PX, TALLEST_PX = 560, 440
MARGIN_M = 120.0
MOST_ROWS = 12
"""Rows of the table; more than a screen would hide what comes after the cell."""

CREW_COLOURS = ("#0068a8", "#00805c", "#a8448a", "#2b2f77", "#46505c")
"""Told apart on paper and by people who see no red or green; the same as on the map page."""

STYLE = "max-width:100%;height:auto;background:#f6f4ef;border:1px solid #dcd8cf;border-radius:4px"


def plan_html(plan: PatrolPlan) -> str:
    """The plan as HTML that needs nothing else: figures, a map of the routes and the first stops."""
    figures = plan.summary()
    title = one_line(plan.community) or "Foot patrol"
    told = (
        f"{figures['crews']} routes, {figures['stops']} stops, "
        f"{figures['walk_km'] + figures['patrol_km']:.1f} km on foot, "
        f"{100 * figures['share_on_shift']:.1f} % of the need of these hours under effect"
    )
    return (
        f'<div class="patrolplan"><strong>{escape(title)}</strong><br>{escape(told)}<br>'
        f"{plan_svg(plan)}{_table(plan)}<small>{escape(OSM_CREDIT)}</small></div>"
    )


def plan_svg(plan: PatrolPlan) -> str:
    """Streets in grey, each crew's route in its colour, stops with their numbers; north is up."""
    sheet = _Sheet(plan)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {sheet.width:.0f} {sheet.height:.0f}" '
        f'width="{sheet.width:.0f}" style="{STYLE}" role="img" aria-label="Map of the routes">',
        f'<path d="{sheet.path(sheet.streets)}" fill="none" stroke="#cfcac0" stroke-width="1"/>',
    ]
    for crew in range(len(plan.crews)):
        own = plan.legs.geometry[plan.legs["crew"] == crew].to_numpy()
        colour = crew_colour(crew)
        parts.append(
            f'<path d="{sheet.path(own)}" fill="none" stroke="{colour}" stroke-width="2.2" '
            'stroke-linejoin="round" stroke-opacity="0.85"/>'
        )
    parts += [_badge(sheet, *place) for place in numbered_places(plan)]
    return "".join([*parts, "</svg>"])


def crew_colour(crew: int) -> str:
    """The colour of a crew's route.

    Examples
    --------
    >>> crew_colour(0), crew_colour(5) == crew_colour(0)
    ('#0068a8', True)
    """
    return CREW_COLOURS[crew % len(CREW_COLOURS)]


def numbered_places(plan: PatrolPlan) -> list[tuple[int, str, shapely.Point]]:
    """Crew, its numbers of stops there ("1, 4, 8") and the point of each place it visits."""
    places: dict[tuple[int, str], tuple[list[int], shapely.Point]] = {}
    for stop in plan.stops.itertuples():
        numbers, _ = places.setdefault((int(stop.crew), stop.geometry.wkt), ([], stop.geometry))
        numbers.append(int(stop.order))
    return [(crew, ", ".join(map(str, numbers)), point) for (crew, _), (numbers, point) in places.items()]


class _Sheet:
    """The part of the plane that the routes take up, and pixels in it."""

    def __init__(self, plan: PatrolPlan) -> None:
        lines = plan.network.segments.geometry.to_numpy()
        shown = plan.legs.geometry.to_numpy() if len(plan.legs) else lines
        west, south, east, north = shapely.total_bounds(shown)
        self.box = (west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
        wide, high = self.box[2] - self.box[0], self.box[3] - self.box[1]
        self.scale = min(WIDTH_PX / wide, TALLEST_PX / high)
        self.width, self.height = wide * self.scale, high * self.scale
        near = lines[shapely.intersects(lines, shapely.box(*self.box))]
        self.streets = shapely.simplify(near, 1 / self.scale, preserve_topology=False)

    def pixels(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels from metres, y down."""
        corner = np.array([self.box[0], self.box[3]])
        return np.asarray((points[:, :2] - corner) * [self.scale, -self.scale])

    def path(self, lines: Sequence[shapely.LineString] | NDArray[np.object_]) -> str:
        """The ``d`` of a path through all the lines."""
        return "".join(self._line(line) for line in lines if not line.is_empty)

    def _line(self, line: shapely.LineString) -> str:
        points = self.pixels(shapely.get_coordinates(line)).round(1)
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _badge(sheet: _Sheet, crew: int, numbers: str, point: shapely.Point) -> str:
    ((x, y),) = sheet.pixels(shapely.get_coordinates(point))
    wide = 10 + 5.5 * len(numbers)
    return (
        f'<g><rect x="{x - wide / 2:.1f}" y="{y - 8:.1f}" width="{wide:g}" height="16" rx="8" '
        f'fill="{crew_colour(crew)}" stroke="#fff"/><text x="{x:.1f}" y="{y + 3.2:.1f}" fill="#fff" '
        f'font-size="9" font-family="sans-serif" text-anchor="middle">{numbers}</text></g>'
    )


def _table(plan: PatrolPlan) -> str:
    stops = plan.stops.sort_values(["start", "crew"], kind="stable")
    rows = [
        _row(stop.crew_name, stop.order, f"{clock(stop.start)}–{clock(stop.leave)}", stop.label, stop.why)
        for stop in stops.head(MOST_ROWS).itertuples()
    ]
    head = "".join(f"<th>{name}</th>" for name in ("Route", "Stop", "Time", "Place", "Why"))
    more = len(stops) - MOST_ROWS
    tail = f"<p>and {more} more: <code>plan.stops</code></p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{tail}"


def _row(*values: object) -> str:
    return f"<tr>{''.join(_cells(values))}</tr>"


def _cells(values: Iterable[object]) -> list[str]:
    return [f'<td dir="auto" style="text-align:left">{escape(one_line(value))}</td>' for value in values]
