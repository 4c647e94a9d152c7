"""Contact sheets: random places of an extract, the ways as they came above, the segments below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from street_measures import Lines

COLUMNS, ROWS, SIZE_M = 7, 3, 260.0


def draw_sheet(name: str, ways: gpd.GeoDataFrame, segments: Lines, target: Path, *, seed: int = 1) -> None:
    """Twenty random places to a PNG: blue roads, green paths, orange sidewalks, red ways left out."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    rng = np.random.default_rng(seed)
    places = shapely.get_coordinates(
        [segments[k].interpolate(0.5, normalized=True) for k in rng.choice(len(segments), 20)]
    )
    figure, axes = plt.subplots(2 * ROWS, COLUMNS, figsize=(COLUMNS * 3.3, 2 * ROWS * 3.3))
    for row in axes:
        for axis in row:
            axis.set_axis_off()
    for number, (x, y) in enumerate(places):
        above = axes[2 * (number // COLUMNS), number % COLUMNS]
        below = axes[2 * (number // COLUMNS) + 1, number % COLUMNS]
        draw_place(above, below, ways, segments, x, y, size_m=SIZE_M)
        above.set_title(f"{name} {number + 1}  ({x:.0f}, {y:.0f})", fontsize=7, pad=2)
    figure.subplots_adjust(0.003, 0.003, 0.997, 0.985, 0.02, 0.06)
    figure.savefig(target, dpi=75)
    plt.close(figure)


def draw_place(
    above: Any, below: Any, ways: gpd.GeoDataFrame, segments: Lines, x: float, y: float, *, size_m: float
) -> None:
    """One place before and after."""
    box = shapely.box(x - size_m / 2, y - size_m / 2, x + size_m / 2, y + size_m / 2)
    near = ways[ways.intersects(box)]
    colours = [_colour(r, k) for r, k in zip(near["reason"], near["rank"], strict=True)]
    if len(near):
        for shape, colour in zip(near.geometry, colours, strict=True):
            xy = shapely.get_coordinates(shape)
            above.plot(*xy.T, color=colour, linewidth=1.3)
            below.plot(*xy.T, color="#cccccc", linewidth=0.8)
    shown = segments[shapely.intersects(segments, box)]
    for number, line in enumerate(shown):
        xy = shapely.get_coordinates(line)
        below.plot(*xy.T, color=f"C{number % 10}", linewidth=2.4, solid_capstyle="butt")
        below.plot(*xy[[0, -1]].T, "k.", markersize=5)
    for axis in (above, below):
        axis.set(xlim=(x - size_m / 2, x + size_m / 2), ylim=(y - size_m / 2, y + size_m / 2))
        axis.set_axis_on()
        axis.set(xticks=[], yticks=[], aspect="equal")


def _colour(reason: str, rank: int) -> str:
    if reason:
        return "#dd4444"
    return "#ee8800" if rank > 10 else "#339933" if rank > 6 else "#224466"
