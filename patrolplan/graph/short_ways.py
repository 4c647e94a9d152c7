"""Short ways: whether two nodes are near each other on foot, for many pairs at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patrolplan.graph.ways import Bools, Floats, Ints, ragged_range

HOPS = 12
"""Over how many lines a way is looked for."""


@dataclass(frozen=True, kw_only=True)
class ShortWays:
    """Who is whose neighbour, and how far: for questions about short ways between many pairs."""

    count: int
    tail: Ints
    head: Ints
    length_m: Floats

    @classmethod
    def of(cls, count: int, u: Ints, v: Ints, length_m: Floats) -> ShortWays:
        """From lines between numbered nodes, walked both ways."""
        return cls(
            count=count,
            tail=np.concatenate([u, v]),
            head=np.concatenate([v, u]),
            length_m=np.tile(length_m, 2),
        )

    def joined(self, u: Ints, v: Ints, length_m: Floats) -> ShortWays:
        """The same with more lines."""
        more = ShortWays.of(self.count, u, v, length_m)
        return ShortWays(
            count=self.count,
            tail=np.concatenate([self.tail, more.tail]),
            head=np.concatenate([self.head, more.head]),
            length_m=np.concatenate([self.length_m, more.length_m]),
        )

    def near(self, a: Ints, b: Ints, limit_m: Floats) -> Bools:
        """Whether ``b[i]`` is at most ``limit_m[i]`` from ``a[i]`` (over at most `HOPS` lines)."""
        order = np.argsort(self.tail, kind="stable")
        head, metres = self.head[order], self.length_m[order]
        begin = np.searchsorted(self.tail[order], np.arange(self.count + 1))
        reached = a == b
        pair, node, far = np.arange(len(a)), a, np.zeros(len(a))
        for _ in range(HOPS):
            size = begin[node + 1] - begin[node]
            step = ragged_range(begin[node], size)
            pair, far = np.repeat(pair, size), np.repeat(far, size) + metres[step]
            node = head[step]
            good = (far <= limit_m[pair]) & ~reached[pair]
            pair, node, far = pair[good], node[good], far[good]
            reached[pair[node == b[pair]]] = True
            order = np.lexsort((far, node, pair))
            pair, node, far = pair[order], node[order], far[order]
            fresh = np.ones(len(pair), dtype=bool)
            fresh[1:] = (pair[1:] != pair[:-1]) | (node[1:] != node[:-1])
            pair, node, far = pair[fresh], node[fresh], far[fresh]
        return np.asarray(reached)
