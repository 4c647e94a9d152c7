"""Small street networks whose answers a reader can work out; any test may import this file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np
from scipy.spatial import Delaunay
from shapely import LineString, Point

from patrolplan.graph.closed_walk import closed_walk
from patrolplan.graph.network import NetworkReport, StreetNetwork
from patrolplan.graph.steps import path_length_m

CRS = 32636


def network_of(
    places: Sequence[tuple[float, float]],
    links: Sequence[tuple[int, int]],
    *,
    names: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    speed_factors: Sequence[float] | None = None,
    lengths_m: Sequence[float] | None = None,
    origin: tuple[float, float] = (500_000.0, 5_500_000.0),
) -> StreetNetwork:
    """Straight streets between places given in metres; ``lengths_m`` for streets that wind."""
    count = len(links)
    at = [(origin[0] + x, origin[1] + y) for x, y in places]
    lines = [LineString([at[u], at[v]]) for u, v in links]
    kinds = list(kinds or ["residential"] * count)
    segments = gpd.GeoDataFrame(
        {
            "u": np.array([u for u, _ in links], dtype=np.int64),
            "v": np.array([v for _, v in links], dtype=np.int64),
            "length_m": np.array(
                lengths_m if lengths_m is not None else [line.length for line in lines], dtype=float
            ),
            "speed_factor": np.array(
                speed_factors if speed_factors is not None else [1.0] * count, dtype=float
            ),
            "kind": kinds,
            "name": list(names or [""] * count),
            "name_en": [""] * count,
            "lit": [""] * count,
            "surface": [""] * count,
            "steps": np.array([kind == "steps" for kind in kinds], dtype=bool),
            "osm_ids": [(1000 + i,) for i in range(count)],
        },
        geometry=lines,
        crs=CRS,
    )
    segments.index.name = "segment"
    nodes = gpd.GeoDataFrame(
        {"osm_id": np.arange(len(at), dtype=np.int64)}, geometry=[Point(p) for p in at], crs=CRS
    )
    nodes.index.name = "node"
    return StreetNetwork(
        segments=segments, nodes=nodes, report=NetworkReport(ways_in=count, main_part_share=1.0)
    )


def lattice(n: int = 4, spacing_m: float = 100.0) -> StreetNetwork:
    """n x n crossings, node ``row * n + column``; first all "Street r" (west-east, row by row), then
    all "Avenue c" (south-north, row by row)."""
    places = [(column * spacing_m, row * spacing_m) for row in range(n) for column in range(n)]
    streets = [(row * n + c, row * n + c + 1) for row in range(n) for c in range(n - 1)]
    avenues = [(row * n + c, (row + 1) * n + c) for row in range(n - 1) for c in range(n)]
    names = [f"Street {u // n + 1}" for u, _ in streets] + [f"Avenue {u % n + 1}" for u, _ in avenues]
    return network_of(places, streets + avenues, names=names)


def lattice_segment(n: int, one: int, other: int) -> int:
    """Segment of ``lattice(n)`` between two neighbouring crossings."""
    low, high = sorted((one, other))
    if high - low == 1:
        return (low // n) * (n - 1) + low % n
    return n * (n - 1) + low


def organic(seed: int, places: int = 60, *, side_m: float = 1_000.0, keep: float = 0.6) -> StreetNetwork:
    """A connected town without a chessboard: a thinned Delaunay net over random places."""
    random = np.random.default_rng(seed)
    at = random.uniform(0, side_m, (places, 2))
    corners = Delaunay(at).simplices
    pairs = np.unique(
        np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0
    )
    length = np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T)
    links: list[tuple[int, int]] = []
    part = np.arange(places)
    for index in np.argsort(length):
        u, v = (int(node) for node in pairs[index])
        if part[u] != part[v]:
            part[part == part[v]] = part[u]
            links.append((u, v))
        elif random.uniform() < keep * 0.6:
            links.append((u, v))
    links.sort()
    names = [f"Street {random.integers(1, max(2, places // 4))}" for _ in links]
    return network_of([(float(x), float(y)) for x, y in at], links, names=names)


def closed_walk_m(network: StreetNetwork, segments: Iterable[int]) -> float:
    """Metres of the shortest closed walk over the segments, begun at the first one's ``u`` end."""
    ids = list(segments)
    entry = int(network.segments["u"].iloc[ids[0]]) if ids else 0
    return path_length_m(closed_walk(network, ids, entry))
