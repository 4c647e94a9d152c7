"""The ground hot spots are grown on: streets, need and neighbours as plain lists for small searches."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.graph.closed_walk import COSTS_PER_M
from patrolplan.graph.network import StreetNetwork


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Streets as lists (quicker than arrays when a few are looked at a time).

    Attributes
    ----------
    u, v
        [segments] end nodes.
    cost
        [segments] millimetres at full pace: a segment at half speed counts twice its length.
    need
        [segments] need in the window, in shares of the week.
    at
        [nodes] segments that end there, ascending.
    place
        [nodes] (x, y) in metres.
    middle
        [segments] (x, y) of the middle of the street as drawn.
    """

    u: list[int]
    v: list[int]
    cost: list[int]
    need: list[float]
    at: list[list[int]]
    place: list[tuple[float, float]]
    middle: list[tuple[float, float]]

    def other(self, segment: int, node: int) -> int:
        """The other end of the segment."""
        return self.v[segment] if self.u[segment] == node else self.u[segment]

    def nodes_within(self, node: int, cost: int) -> list[int]:
        """Nodes nearer by walk than ``cost``, the node itself included."""
        near: dict[int, int] = {}
        queue = [(0, node)]
        while queue:
            spent, here = heappop(queue)
            if here in near:
                continue
            near[here] = spent
            for segment in self.at[here]:
                there, total = self.other(segment, here), spent + self.cost[segment]
                if total < cost and there not in near:
                    heappush(queue, (total, there))
        return list(near)


def ground_of(network: StreetNetwork, need: NDArray[np.float64]) -> Ground:
    """The lists for a network and the need of its segments, [segments]."""
    table = network.segments
    ends = table[["u", "v"]].to_numpy(dtype=np.int64)
    cost = np.rint(table["length_m"] / table["speed_factor"] * COSTS_PER_M).to_numpy(dtype=np.int64)
    lines = table.geometry.to_numpy()
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    at: list[list[int]] = [[] for _ in range(len(network.nodes))]
    for segment, (u, v) in enumerate(ends.tolist()):
        at[u].append(segment)
        if v != u:
            at[v].append(segment)
    return Ground(
        u=ends[:, 0].tolist(),
        v=ends[:, 1].tolist(),
        cost=np.maximum(cost, 1).tolist(),
        need=need.tolist(),
        at=at,
        place=[tuple(xy) for xy in shapely.get_coordinates(network.nodes.geometry.to_numpy()).tolist()],
        middle=[tuple(xy) for xy in middle.tolist()],
    )
