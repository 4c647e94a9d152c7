"""A network of a hundred thousand segments: clean it, keep it, take it again, time walks over it.

    python benchmarks/network_size.py ../shared/data/osm/liechtenstein_2021.osm.pbf --copies 12

The extract is tiled (`large_pbf.py`) and read whole; for the walks the tiles are joined by a street each, so
that every point reaches every other. `--tiled FILE` keeps the tiled file, or takes it where it is. Seconds
are of processor time, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from large_pbf import count_ways, tile

from patrolplan.graph.clean import CleanRules
from patrolplan.graph.islands import parts_of
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.steps import node_point
from patrolplan.graph.walk import walks_between
from patrolplan.io.network_cache import cached_streets

SPEED, LONGEST_S, SAMPLE = 1.25, 2700.0, 5


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("extract", type=Path)
    options.add_argument("--copies", type=int, default=12)
    options.add_argument("--points", type=int, default=500)
    options.add_argument("--tiled", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        file = given.tiled or Path(scratch) / "tiled.osm.pbf"
        if not file.exists():
            tile(given.extract, file, least_ways=(given.copies - 1) * count_ways(given.extract) + 1)
        kept = {"folder": Path(scratch) / "kept", "rules": CleanRules(part_m=10_000)}
        begun, wall = time.process_time(), time.perf_counter()
        data = cached_streets(file, **kept)
        read, wall = time.process_time(), time.perf_counter() - wall
        tell(segments=len(data.network.segments), clean_s=read - begun, wall_s=wall, peak_mb=peak_mb())
        read = time.process_time()
        cached_streets(file, **kept)
        tell(reload_s=time.process_time() - read, peak_mb=peak_mb())
    network = one_part(data.network)
    walks(network, some_points(network, given.points), limit_s=None)
    walks(network, some_points(network, given.points), limit_s=LONGEST_S)


def one_part(network: StreetNetwork) -> StreetNetwork:
    """The network with a street from each part to the one before it."""
    part = parts_of(network)
    first = np.array([int(network.segments["u"].to_numpy()[part == number][0]) for number in np.unique(part)])
    xy = shapely.get_coordinates(network.nodes.geometry.to_numpy())[first]
    rows = network.segments.iloc[np.zeros(len(first) - 1, dtype=int)].assign(u=first[:-1], v=first[1:])
    lines = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
    rows = rows.set_geometry(gpd.GeoSeries(lines, index=rows.index, crs=network.crs))
    rows["length_m"] = rows.length
    joined = pd.concat([network.segments, rows], ignore_index=True).rename_axis("segment")
    return dataclasses.replace(network, segments=gpd.GeoDataFrame(joined, crs=network.crs))


def some_points(network: StreetNetwork, count: int) -> Any:
    """Nodes of the largest town's surroundings: the 20,000 nearest to a node, some of them drawn."""
    xy = shapely.get_coordinates(network.nodes.geometry.to_numpy())
    near = np.argsort(np.hypot(*(xy - xy[0]).T), kind="stable")[:20_000]
    return np.random.default_rng(0).choice(near, count, replace=False)


def walks(network: StreetNetwork, nodes: Any, *, limit_s: float | None) -> None:
    points = [node_point(network, int(node)) for node in nodes]
    begun = time.process_time()
    found = walks_between(network, points, speed_m_per_s=SPEED, limit_s=limit_s)
    walks_s = time.process_time() - begun
    passes = len(found.passes().segment)
    graph = nx.Graph()
    rows = network.segments[["u", "v", "length_m", "speed_factor"]].itertuples(index=False)
    for u, v, metres, factor in rows:
        seconds = metres / factor / SPEED
        if not graph.has_edge(u, v) or graph[u][v]["weight"] > seconds:
            graph.add_edge(u, v, weight=seconds)
    begun, worst = time.process_time(), 0.0
    for row, node in enumerate(nodes[:SAMPLE]):
        away, _ = nx.single_source_dijkstra(graph, int(node), cutoff=limit_s)
        theirs = np.array([away.get(int(other), np.nan) for other in nodes])
        ours = found.seconds[row]
        assert ((ours >= 0) == np.isfinite(theirs)).all()
        worst = max(worst, float(np.nanmax(np.abs(np.where(ours >= 0, ours, np.nan) - theirs))))
    networkx_s = (time.process_time() - begun) / SAMPLE * len(nodes)
    tell(
        points=len(points),
        limit_s=limit_s or 0,
        walks_s=walks_s,
        pairs=int((found.seconds >= 0).sum()),
        passes=passes,
        peak_mb=peak_mb(),
        networkx_s_from_sample=networkx_s,
        ratio=networkx_s / walks_s,
        farthest_apart_s=worst,
    )


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def tell(**figures: float) -> None:
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}), flush=True)


if __name__ == "__main__":
    main()
