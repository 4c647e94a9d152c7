"""Pieces: every edge cut into stretches of about ten metres, to ask of each what lies beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from patrolplan.graph.edges import Edges
from patrolplan.graph.ways import Floats, Ints, offsets_of, ragged_range, way_lengths

PIECE_M = 10.0


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Short stretches of edges, in the order of the edges and along them.

    Attributes
    ----------
    u, v
        Nodes at the ends (rows of ``node_xy``: the edges' nodes first, then those of the cuts).
    edge
        The edge each piece belongs to.
    offsets, xy
        Points of each piece, as in `Edges`.
    node_xy, node_ref
        Nodes of the edges and of the cuts; a cut has a negative reference.
    """

    u: Ints
    v: Ints
    edge: Ints
    offsets: Ints
    xy: Floats
    node_xy: Floats
    node_ref: Ints

    @cached_property
    def length_m(self) -> Floats:
        """Length of each piece in metres."""
        return way_lengths(self.offsets, self.xy)

    @cached_property
    def middle(self) -> Floats:
        """The middle between the ends of each piece."""
        return np.asarray((self.node_xy[self.u] + self.node_xy[self.v]) / 2)

    @cached_property
    def direction(self) -> Floats:
        """Unit vector from start to end of each piece (zero where they coincide)."""
        along = self.node_xy[self.v] - self.node_xy[self.u]
        length = np.hypot(along[:, 0], along[:, 1])
        return np.asarray(along / np.where(length > 0, length, 1.0)[:, None])


def cut(edges: Edges, *, piece_m: float = PIECE_M) -> Pieces:
    """Cut each edge into equal pieces of about ``piece_m`` metres."""
    length = edges.length_m
    count = np.maximum(1, np.rint(length / piece_m)).astype(np.int64)
    inner = count - 1
    owner = np.repeat(np.arange(len(edges)), inner)
    step = ragged_range(np.ones(len(edges), dtype=np.int64), inner)
    return cut_at(edges, owner, length[owner] * step / count[owner])


def cut_at(edges: Edges, owner: Ints, from_start_m: Floats) -> Pieces:
    """Cut edges at places inside them.

    Parameters
    ----------
    edges
        What to cut.
    owner, from_start_m
        The edge of each cut, and its distance from the edge's start in metres; sorted by both.
    """
    along = _along(edges)
    count = np.bincount(owner, minlength=len(edges)) + 1
    at = along[edges.offsets[owner]] + from_start_m
    cut_xy = np.column_stack([np.interp(at, along, edges.xy[:, axis]) for axis in (0, 1)])
    place = np.clip(np.searchsorted(along, at), edges.offsets[owner] + 1, edges.offsets[owner + 1] - 1)
    twice = np.repeat(place, 2)
    begins = np.zeros(len(edges.xy), dtype=bool)
    begins[edges.offsets[:-1]] = True
    starts = np.insert(begins, twice, np.tile([False, True], len(at)))
    at_piece = np.flatnonzero(starts)
    u, v = _piece_ends(edges, count)
    lowest = min(0, int(edges.node_ref.min(initial=0)))
    return Pieces(
        u=u,
        v=v,
        edge=np.repeat(np.arange(len(edges)), count),
        offsets=np.append(at_piece, len(edges.xy) + len(twice)).astype(np.int64),
        xy=np.insert(edges.xy, twice, np.repeat(cut_xy, 2, axis=0), axis=0),
        node_xy=np.concatenate([edges.node_xy, cut_xy]),
        node_ref=np.concatenate([edges.node_ref, lowest - 1 - np.arange(len(at))]),
    )


def _piece_ends(edges: Edges, count: Ints) -> tuple[Ints, Ints]:
    """Nodes at the ends of each piece: those of its edge, and a new one at every cut."""
    first, total = offsets_of(count)[:-1], int(count.sum())
    new_node = len(edges.node_xy) + np.arange(total - len(edges))
    u, v = np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int64)
    is_first, is_last = np.zeros(total, dtype=bool), np.zeros(total, dtype=bool)
    is_first[first] = True
    is_last[first + count - 1] = True
    u[is_first], v[is_last] = edges.u, edges.v
    u[~is_first], v[~is_last] = new_node, new_node
    return u, v


def _along(edges: Edges) -> Floats:
    """Metres walked at each point if all edges were walked one after another."""
    step = np.hypot(*np.diff(edges.xy, axis=0).T)
    step[edges.offsets[1:-1] - 1] = 0.0
    return np.concatenate([[0.0], np.cumsum(step)])
