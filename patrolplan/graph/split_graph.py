"""The routing graph: street segments cut where a walk may begin or end, weighed in whole microseconds.

Whole numbers make sums exact, so that the walk there and the walk back take the same time and the
same input always gives the same walk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from patrolplan.graph.network import StreetNetwork

US_PER_S = 1_000_000
SAME_PLACE_M = 1e-3
"""Places closer than this on a segment, or to its end, are one place (a millimetre)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SplitGraph:
    """Nodes of the network followed by one node per cut; pieces of segments between them.

    Attributes
    ----------
    matrix
        [nodes, nodes] microseconds of the quickest piece between two nodes, both ways.
    keys
        [stored entries] int64, ``row * nodes + column`` of each entry of ``matrix``, ascending.
    entry_piece
        [stored entries] int64, the piece behind each entry.
    entry_forward
        [stored entries] bool, whether the entry walks its piece from ``from_m`` to ``to_m``.
    segment, from_m, to_m
        [pieces] the segment, and where on it the piece begins and ends (``from_m < to_m``).
    point_node
        [points] node of each point asked for.
    """

    matrix: csr_array
    keys: NDArray[np.int64]
    entry_piece: NDArray[np.int64]
    entry_forward: NDArray[np.bool_]
    segment: NDArray[np.int64]
    from_m: NDArray[np.float64]
    to_m: NDArray[np.float64]
    point_node: NDArray[np.int64]

    @property
    def nodes(self) -> int:
        """Number of nodes, cuts included."""
        return int(self.matrix.shape[0])

    def quickest(
        self, sources: NDArray[np.int64], limit_us: float
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Microseconds [sources, nodes] (inf beyond the limit) and the node before each on the walk."""
        time_us, before = dijkstra(
            self.matrix, directed=True, indices=sources, return_predecessors=True, limit=limit_us
        )
        return time_us, before

    def entries(self, tail: NDArray[np.int64], head: NDArray[np.int64]) -> NDArray[np.int64]:
        """Stored entries of the walks from ``tail`` to ``head`` over one piece."""
        return np.searchsorted(self.keys, tail * np.int64(self.nodes) + head)


def split_graph(
    network: StreetNetwork,
    segment: NDArray[np.int64],
    offset_m: NDArray[np.float64],
    *,
    speed_m_per_s: float,
) -> SplitGraph:
    """The routing graph of ``network`` cut at the points ``offset_m`` along ``segment`` (both [points])."""
    table = network.segments
    length_m = table["length_m"].to_numpy(dtype=np.float64)
    ends = table[["u", "v"]].to_numpy(dtype=np.int64)
    pace = speed_m_per_s * table["speed_factor"].to_numpy(dtype=np.float64)

    at_m = np.round(offset_m, 3)
    at_u, at_v = at_m < SAME_PLACE_M, at_m > length_m[segment] - SAME_PLACE_M
    inside = ~at_u & ~at_v
    cuts, cut_of = np.unique(np.c_[segment[inside], at_m[inside]], axis=0, return_inverse=True)
    point_node = np.where(at_u, ends[segment, 0], ends[segment, 1])
    point_node[inside] = len(network.nodes) + cut_of.ravel()

    pieces = _pieces(ends, length_m, cuts, first_cut=len(network.nodes))
    piece_segment, from_m, to_m, tail, head = pieces
    us = _position_us(to_m, piece_segment, pace) - _position_us(from_m, piece_segment, pace)
    nodes = len(network.nodes) + len(cuts)
    keys, entry_piece, entry_forward = _least_entries(tail, head, np.maximum(us, 1), nodes)
    starts = np.searchsorted(keys, np.arange(nodes + 1, dtype=np.int64) * nodes)
    columns = (keys % nodes).astype(np.int32)
    data = np.maximum(us, 1)[entry_piece].astype(np.float64)
    return SplitGraph(
        matrix=csr_array((data, columns, starts.astype(np.int32)), shape=(nodes, nodes)),
        keys=keys,
        entry_piece=entry_piece,
        entry_forward=entry_forward,
        segment=piece_segment,
        from_m=from_m,
        to_m=to_m,
        point_node=point_node,
    )


def _position_us(
    at_m: NDArray[np.float64], segment: NDArray[np.int64], pace: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Whole microseconds from the segment's ``u`` end: rounding positions keeps the pieces' sum exact."""
    return np.rint(at_m / pace[segment] * US_PER_S).astype(np.int64)


def _pieces(
    ends: NDArray[np.int64], length_m: NDArray[np.float64], cuts: NDArray[np.float64], *, first_cut: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Segment, from, to, tail node and head node of every stretch between two neighbouring cuts."""
    every = np.arange(len(ends))
    segment = np.concatenate([every, cuts[:, 0].astype(np.int64), every])
    at_m = np.concatenate([np.zeros(len(ends)), cuts[:, 1], length_m])
    node = np.concatenate([ends[:, 0], first_cut + np.arange(len(cuts)), ends[:, 1]])
    rank = np.repeat([0, 1, 2], [len(ends), len(cuts), len(ends)])
    order = np.lexsort([at_m, rank, segment])
    segment, at_m, node = segment[order], at_m[order], node[order]
    begins = np.flatnonzero(segment[:-1] == segment[1:])
    return segment[begins], at_m[begins], at_m[begins + 1], node[begins], node[begins + 1]


def _least_entries(
    tail: NDArray[np.int64], head: NDArray[np.int64], us: NDArray[np.int64], nodes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Both directions of every piece, the quickest (then first) piece alone where several are parallel.

    A sparse matrix made from coordinates would add parallel pieces up.
    """
    keys = np.concatenate([tail * nodes + head, head * nodes + tail])
    piece = np.tile(np.arange(len(tail)), 2)
    forward = np.repeat([True, False], len(tail))
    real = np.tile(tail != head, 2)
    keys, piece, forward = keys[real], piece[real], forward[real]
    order = np.lexsort([piece, us[piece], keys])
    keys, piece, forward = keys[order], piece[order], forward[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    return keys[first], piece[first], forward[first]
