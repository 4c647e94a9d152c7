"""The shortest closed walk over all streets of a small cluster (route inspection, "Chinese postman").

Every street has to be walked; where an odd number of streets meet, some must be walked twice. The
cheapest set to walk twice joins the odd crossings in pairs (Edmonds and Johnson 1973,
doi:10.1007/BF01580113); a round of all of them then exists (Euler) and is read off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from patrolplan.errors import InputError
from patrolplan.graph.pairing import pairs_of
from patrolplan.graph.steps import Step

if TYPE_CHECKING:
    from patrolplan.graph.network import StreetNetwork

COSTS_PER_M = 1000
"""Lengths are compared in whole millimetres, so that ties never hang on the last bit."""


@dataclass(frozen=True, kw_only=True)
class _Street:
    segment: int
    u: int
    v: int
    cost: int
    length_m: float


def closed_walk(network: StreetNetwork, segments: Iterable[int], entry: int) -> tuple[Step, ...]:
    """The shortest walk from ``entry`` over all the segments and back, staying on them.

    Parameters
    ----------
    network
        Streets; shortest is by walking time, which is by length where ``speed_factor`` is 1.
    segments
        Ids of segments that hang together.
    entry
        A node at which one of them ends.

    Returns
    -------
    Steps over whole segments; a segment walked twice stands twice.

    Raises
    ------
    InputError
        If there are none, they don't hang together, or ``entry`` is none of their ends.
    """
    streets = _streets(network, segments)
    met = {street.u for street in streets} | {street.v for street in streets}
    if entry not in met:
        raise InputError(f"entry {entry}: none of the walk's segments ends there; they end at {sorted(met)}")
    return _round(streets + _twice(streets), entry)


def _streets(network: StreetNetwork, segments: Iterable[int]) -> list[_Street]:
    ids = np.unique(np.array(list(segments), dtype=np.int64))
    table = network.segments
    if not len(ids) or ids[0] < 0 or ids[-1] >= len(table):
        raise InputError(f"segments {ids.tolist()}: name one or more of 0 to {len(table) - 1}")
    rows = table.iloc[ids]
    cost = np.rint(rows["length_m"] / rows["speed_factor"] * COSTS_PER_M).to_numpy(dtype=np.int64)
    columns = (ids, rows["u"], rows["v"], np.maximum(cost, 1), rows["length_m"])
    streets = [
        _Street(segment=int(s), u=int(u), v=int(v), cost=int(c), length_m=float(m))
        for s, u, v, c, m in zip(*columns, strict=True)
    ]
    reached = _nearest(streets, streets[0].u)
    apart = sorted({street.segment for street in streets if street.u not in reached})
    if apart:
        raise InputError(f"segments {apart} don't hang together with segment {streets[0].segment}")
    return streets


def _twice(streets: list[_Street]) -> list[_Street]:
    """The cheapest streets whose second walk makes an even number meet everywhere."""
    meet: dict[int, int] = {}
    for street in streets:
        for node in (street.u, street.v):
            meet[node] = meet.get(node, 0) + 1
    odd = sorted(node for node, count in meet.items() if count % 2)
    trees = [_nearest(streets, node) for node in odd]
    apart = [[tree[node][0] for node in odd] for tree in trees]
    again: list[_Street] = []
    for a, b in pairs_of((1 << len(odd)) - 1, apart, {}):
        node = odd[b]
        while node != odd[a]:
            by = trees[a][node][1]
            if by is None:
                break
            again.append(by)
            node = by.u if by.v == node else by.v
    return again


def _nearest(streets: list[_Street], source: int) -> dict[int, tuple[int, _Street | None]]:
    """Cost from ``source`` to each node it reaches and the street by which it is reached."""
    at: dict[int, list[_Street]] = {}
    for street in streets:
        at.setdefault(street.u, []).append(street)
        at.setdefault(street.v, []).append(street)
    found: dict[int, tuple[int, _Street | None]] = {}
    queue: list[tuple[int, int, int, _Street | None]] = [(0, source, -1, None)]
    while queue:
        cost, node, _, by = heappop(queue)
        if node in found:
            continue
        found[node] = (cost, by)
        for street in at[node]:
            other = street.u if street.v == node else street.v
            if other not in found:
                heappush(queue, (cost + street.cost, other, street.segment, street))
    return found


def _round(streets: list[_Street], entry: int) -> tuple[Step, ...]:
    """Euler's round (Hierholzer), turning on the heel only where nothing else is left."""
    left: dict[int, list[int]] = {}
    for index, street in enumerate(streets):
        left.setdefault(street.u, []).append(index)
        if street.v != street.u:
            left.setdefault(street.v, []).append(index)
    walked = [False] * len(streets)
    trail: list[tuple[int, int, int]] = []  # node reached, index of the street, node it was left from
    stack = [(entry, -1, -1)]
    while stack:
        node, by, _ = stack[-1]
        open_streets = [index for index in left[node] if not walked[index]]
        if not open_streets:
            trail.append(stack.pop())
            continue
        came = streets[by].segment if by >= 0 else -1
        index = min(open_streets, key=lambda i: (streets[i].segment == came, streets[i].segment, i))
        walked[index] = True
        street = streets[index]
        stack.append((street.v if street.u == node else street.u, index, node))
    steps = []
    for _node, index, start in reversed(trail[:-1]):
        street = streets[index]
        ends = (0.0, street.length_m) if street.u == start else (street.length_m, 0.0)
        steps.append(Step(segment=street.segment, from_m=ends[0], to_m=ends[1]))
    return tuple(steps)
