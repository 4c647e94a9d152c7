"""A network of a hundred thousand segments: clean it, keep it, take it again, time walks over it.

    python benchmarks/network_size.py ../shared/data/osm/liechtenstein_2021.osm.pbf --copies 12

The extract is tiled (`large_pbf.py`) and read whole; every tile is a part of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import networkx as nx
import numpy as np
from large_pbf import count_ways, tile

from patrolplan.graph.clean import CleanRules
from patrolplan.graph.steps import node_point
from patrolplan.graph.walk import walks_between
from patrolplan.io.network_cache import cached_streets


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("extract", type=Path)
    options.add_argument("--copies", type=int, default=12)
    options.add_argument("--points", type=int, default=500)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "tiled.osm.pbf"
        tile(given.extract, file, least_ways=(given.copies - 1) * count_ways(given.extract) + 1)
        rules = CleanRules(part_m=10_000)
        begun = time.perf_counter()
        data = cached_streets(file, folder=Path(scratch) / "kept", rules=rules)
        read = time.perf_counter()
        cached_streets(file, folder=Path(scratch) / "kept", rules=rules)
        kept = time.perf_counter()
    tell(
        segments=len(data.network.segments),
        read_and_clean_s=read - begun,
        reload_s=kept - read,
        peak_mb=peak_mb(),
    )
    nodes = np.random.default_rng(0).choice(len(data.network.nodes), given.points, replace=False)
    points = [node_point(data.network, int(node)) for node in nodes]
    begun = time.perf_counter()
    walks = walks_between(data.network, points, speed_m_per_s=1.25)
    walks_s = time.perf_counter() - begun
    reached = int((walks.seconds >= 0).sum())
    tell(points=len(points), walks_s=walks_s, pairs_reached=reached, peak_mb=peak_mb())
    graph = nx.Graph()
    rows = data.network.segments[["u", "v", "length_m"]].itertuples(index=False)
    graph.add_weighted_edges_from((u, v, metres) for u, v, metres in rows)
    begun = time.perf_counter()
    for node in nodes[:5]:
        nx.single_source_dijkstra(graph, int(node))
    networkx_s = (time.perf_counter() - begun) / 5 * len(nodes)
    tell(networkx_s_extrapolated_from_5=networkx_s, ratio=networkx_s / walks_s)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def tell(**figures: float) -> None:
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}), flush=True)


if __name__ == "__main__":
    main()
