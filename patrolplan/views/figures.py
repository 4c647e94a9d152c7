"""Figures by matplotlib: the routes of a plan, need on the map in an hour, need over the week."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.io.text import one_line
from patrolplan.plan import PatrolPlan
from patrolplan.risk.weights import PARTS, SegmentWeights
from patrolplan.units import HOURS_PER_WEEK, OSM_CREDIT
from patrolplan.views.small_map import MARGIN_M, crew_colour, numbered_places

try:
    from matplotlib.collections import LineCollection
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "figures need matplotlib: pip install matplotlib, or pip install 'patrolplan[notebook]'"
    ) from missing

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CLASSES = (1, 2, 4, 8, 16)
"""Need as multiples of the average street and hour; the same classes as on the map page."""
NEED_COLOURS = ("#f8d79a", "#f5ab55", "#e87a2e", "#c8461c", "#8c1a14")
PAPER, STREET, INK = "#f6f4ef", "#cfcac0", "#22262b"
SHORTEST_M = 10.0
"""Need per metre of shorter segments would stand out for their shortness alone."""


class Drawing(Figure):
    """A figure that a notebook shows once, whatever its backend, and that nobody has to close."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=110)
        return buffer.getvalue()


def plan_figure(plan: PatrolPlan) -> Drawing:
    """Routes over streets, stops with their numbers, one colour a crew."""
    figure, axes = _map_figure(plan.network, _bounds(plan))
    handles = []
    for index, who in enumerate(plan.crews):
        own = plan.legs[plan.legs["crew"] == index]
        for kind, style in (("walk", (0, (3, 1.5))), ("patrol", "solid")):
            lines = [shapely.get_coordinates(line) for line in own.geometry[own["kind"] == kind]]
            axes.add_collection(
                LineCollection(lines, colors=crew_colour(index), linewidths=1.8, linestyles=[style])
            )
        handles.append(Line2D([], [], color=crew_colour(index), label=_plain(who.name)))
    for crew, numbers, point in numbered_places(plan):
        axes.annotate(
            numbers,
            (point.x, point.y),
            color="white",
            fontsize=7,
            ha="center",
            va="center",
            bbox={"boxstyle": "round,pad=0.25", "facecolor": crew_colour(crew), "edgecolor": "white"},
        )
    if handles:
        axes.legend(handles=handles, loc="best", fontsize=8, framealpha=0.9)
    axes.set_title(_plain(plan.community), fontsize=11)
    return figure


def need_figure(weights: SegmentWeights, network: StreetNetwork, *, hour: int | None = None) -> Drawing:
    """Need per metre of every street in an hour of the week, or on average, as multiples of the average.

    Raises
    ------
    InputError
        The hour is not of a week, or the weights are of another network.
    """
    length = network.segments["length_m"].to_numpy(dtype=np.float64)
    if weights.space.shape[1] != len(length):
        raise InputError(
            f"weights are of {weights.space.shape[1]} segments, the network has {len(length)}: "
            "give the network that was weighed"
        )
    need = weights.week() if hour is None else HOURS_PER_WEEK * weights.need(_hour(hour))[:, 0]
    ratio = need * length.sum() / np.maximum(length, SHORTEST_M)
    figure, axes = _map_figure(network, tuple(network.segments.total_bounds))
    order = np.argsort(ratio, kind="stable")
    order = order[ratio[order] >= CLASSES[0]]
    coloured = LineCollection(
        [shapely.get_coordinates(line) for line in network.segments.geometry.to_numpy()[order]],
        cmap=ListedColormap(list(NEED_COLOURS[:-1])).with_extremes(over=NEED_COLOURS[-1]),
        norm=BoundaryNorm(CLASSES, len(CLASSES) - 1),
        linewidths=1 + np.digitize(ratio[order], CLASSES) * 0.6,
    )
    coloured.set_array(ratio[order])
    axes.add_collection(coloured)
    bar = figure.colorbar(coloured, ax=axes, extend="max", shrink=0.6, ticks=CLASSES)
    bar.set_label("need per metre, × average street and hour")
    axes.set_title("Patrol need, average of the week" if hour is None else f"Patrol need, {_hour_name(hour)}")
    return figure


def week_figure(weights: SegmentWeights, *, part: str | None = None) -> Drawing:
    """Need of all streets by day and hour, as multiples of the average hour.

    Raises
    ------
    InputError
        No such part.
    """
    by_hour = _by_hour(weights, part).reshape(7, 24)
    mean = by_hour.mean()
    figure = Drawing(figsize=(9, 3.2), layout="constrained")
    axes = figure.subplots()
    picture = axes.imshow(by_hour / mean if mean > 0 else by_hour, aspect="auto", cmap="YlOrBr", vmin=0)
    axes.set_yticks(range(7), DAYS)
    axes.set_xticks(range(0, 24, 3), [f"{hour:02d}:00" for hour in range(0, 24, 3)])
    axes.set_xticks(np.arange(-0.5, 24), minor=True)
    axes.set_yticks(np.arange(-0.5, 7), minor=True)
    axes.grid(which="minor", color="white", linewidth=0.6)
    axes.tick_params(which="both", length=0)
    axes.set_title("Patrol need by hour of the week" + (f": {part}" if part else ""))
    figure.colorbar(picture, ax=axes, label="× average hour")
    return figure


def _map_figure(network: StreetNetwork, bounds: tuple[float, ...]) -> tuple[Drawing, Any]:
    west, south, east, north = bounds
    figure = Drawing(figsize=(8, 8), layout="constrained", facecolor=PAPER)
    axes = figure.subplots()
    lines = [shapely.get_coordinates(line) for line in network.segments.geometry]
    axes.add_collection(LineCollection(lines, colors=STREET, linewidths=0.7))
    axes.set(xlim=(west - MARGIN_M, east + MARGIN_M), ylim=(south - MARGIN_M, north + MARGIN_M))
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.text(0.995, 0.005, OSM_CREDIT, transform=axes.transAxes, ha="right", va="bottom", fontsize=7)
    return figure, axes


def _bounds(plan: PatrolPlan) -> tuple[float, ...]:
    return tuple((plan.legs if len(plan.legs) else plan.network.segments).total_bounds)


def _by_hour(weights: SegmentWeights, part: str | None) -> NDArray[np.float64]:
    if part is not None and part not in PARTS:
        raise InputError(f'part = "{part}": must be one of {", ".join(PARTS)}')
    rows = np.full(len(weights.terms), True) if part is None else (weights.terms["part"] == part).to_numpy()
    whole = weights.terms["share"].to_numpy(dtype=np.float64)[rows] * weights.space[rows].sum(axis=1)
    return np.asarray(whole @ weights.time[rows])


def _hour(hour: int) -> NDArray[np.int64]:
    if not 0 <= hour < HOURS_PER_WEEK:
        raise InputError(f"hour = {hour}: give an hour of the week, 0 (Monday 00:00) to 167")
    return np.array([hour], dtype=np.int64)


def _hour_name(hour: int) -> str:
    return f"{DAYS[hour // 24]} {hour % 24:02d}:00–{hour % 24 + 1:02d}:00"


def _plain(text: str) -> str:
    """A name in which matplotlib sees no formula."""
    return one_line(text).replace("$", r"\$")
