"""Draws the pictures of segments.md: small towns made by hand, the ways above, the segments below.

python docs/segment_pictures.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import shapely

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "io"))

from osm_town import LAT, LON, M_PER_DEG, Town  # noqa: E402, the towns of the tests

from patrolplan.io.osm import read_network  # noqa: E402

COLOURS = {"sidewalk": "#e08214", "footway": "#4d9221", "road": "#2c4b6e", "water": "#4aa3df"}


def street() -> Town:
    """A street with both sidewalks, crossings and a path that begins at a sidewalk."""
    town = Town()
    xs, ys = (-150, -60, -8, 8, 150), (-110, -8, 8, 110)
    town.way(*[(x, 0) for x in (-150, -8, 0, 8, 150)], highway="residential", name="Long Street")
    town.way(*[(0, y) for y in (-110, -8, 0, 8, 110)], highway="residential", name="Mill Lane")
    for y in (8, -8):
        town.way(*[(x, y) for x in xs], highway="footway", footway="sidewalk")
        town.way((-8, y), (0, y), (8, y), highway="footway", footway="crossing")
    for x in (8, -8):
        town.way(*[(x, y) for y in ys], highway="footway", footway="sidewalk")
        town.way((x, -8), (x, 0), (x, 8), highway="footway", footway="crossing")
    town.way((-60, 8), (-80, 60), (-75, 110), highway="footway")
    return town


def avenue() -> Town:
    """Two carriageways near each other, a roundabout, and a canal between a street and a path."""
    town = Town()
    for y, sense in ((0, 1), (15, -1)):
        town.way(*[(-150, y), (-40, y), (90, y)][::sense], highway="primary", name="Avenue", oneway="yes")
    town.way((-40, -100), (-40, 0), (-40, 15), (-40, 100), highway="residential")
    ring = [(118 + 14 * np.cos(a), 7 + 14 * np.sin(a)) for a in np.radians(range(-180, 181, 45))]
    ring = [(round(float(x), 1), round(float(y), 1)) for x, y in ring]
    town.way(*ring, highway="primary", junction="roundabout", oneway="yes")
    town.way((90, 0), ring[0], highway="primary", oneway="yes")
    town.way(ring[0], (90, 15), highway="primary", oneway="yes")
    for k, end in ((2, (118, -100)), (6, (118, 100))):
        town.way(ring[k], end, highway="residential")
    town.way((-150, 90), (-40, 90), highway="residential")
    town.way((-150, 79), (-40, 79), highway="footway")
    town.way((-150, 84), (-45, 84), waterway="canal")
    town.ways[2] = (town.ways[2][0], [town.node(-40, y) for y in (-100, 0, 15, 79, 90, 100)], town.ways[2][2])
    return town


def market() -> Town:
    """A market place with four streets, a lane behind a locked gate and a path that stops at the kerb."""
    town = Town()
    ring = [(-45, -45), (0, -45), (45, -45), (45, 0), (45, 45), (0, 45), (-45, 45), (-45, 0), (-45, -45)]
    town.way(*ring, highway="pedestrian", area="yes", name="Market")
    for end in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        points = [(45 * end[0], 45 * end[1]), (150 * end[0], 110 * end[1])]
        if end == (1, 0):
            points.insert(1, (100, 0))
        town.way(*points, highway="residential")
    town.way((100, 0), (100, -40), (140, -60), (140, -105), highway="service")
    town.node(100, -40, barrier="gate", locked="yes")
    town.way((100, 4), (115, 50), (100, 100), highway="footway")
    return town


def draw(town: Town, title: str, target: Path) -> None:
    """The ways as they came on the left, the segments on the right."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with tempfile.TemporaryDirectory() as folder:
        network = read_network(town.write(Path(folder) / "town.osm"))
    figure, (before, after) = plt.subplots(1, 2, figsize=(9.2, 3.7))
    at = {number: point for point, number in town.nodes.items()}
    for _, nodes, tags in town.ways:
        xy = np.array([at[node] for node in nodes])
        beside = tags.get("footway") in ("sidewalk", "crossing")
        path = tags.get("highway") in ("footway", "pedestrian")
        colour = COLOURS["sidewalk" if beside else "footway" if path else "road"]
        if "waterway" in tags:
            colour = COLOURS["water"]
        before.plot(*xy.T, color=colour, linewidth=3 if "waterway" in tags else 1.6, marker=".", markersize=4)
        after.plot(*xy.T, color="#cccccc", linewidth=0.9)
    for number, tags in town.tagged:
        if "barrier" in tags:
            before.plot(*at[number], "rx", markersize=9, markeredgewidth=2.5)
    for number, line in enumerate(_on_paper(network.segments.geometry)):
        xy = shapely.get_coordinates(line)
        after.plot(*xy.T, color=f"C{number % 10}", linewidth=3, solid_capstyle="butt")
        after.plot(*xy[[0, -1]].T, "k.", markersize=8)
    before.set_title(f"{len(town.ways)} ways", fontsize=10)
    after.set_title(f"{len(network.segments)} segments", fontsize=10)
    for axis in (before, after):
        axis.set(xlim=(-155, 155), ylim=(-115, 115), xticks=[], yticks=[], aspect="equal")
    figure.suptitle(title, fontsize=11)
    figure.tight_layout()
    figure.savefig(target, dpi=80, metadata={"Software": None})
    plt.close(figure)


def _on_paper(lines: gpd.GeoSeries) -> np.ndarray:
    """Lines in the metres of the town."""
    lonlat = lines.to_crs("EPSG:4326").to_numpy()
    scale = np.array([M_PER_DEG * np.cos(np.radians(LAT)), M_PER_DEG])
    return np.array([shapely.transform(line, lambda xy: (xy - [LON, LAT]) * scale) for line in lonlat])


if __name__ == "__main__":
    (HERE / "segments").mkdir(exist_ok=True)
    draw(street(), "Sidewalks and crossings are part of their street", HERE / "segments/street.png")
    draw(avenue(), "Carriageways and roundabouts are one; a canal parts", HERE / "segments/avenue.png")
    draw(market(), "Squares are crossed, gaps closed, locked gates shut", HERE / "segments/market.png")
