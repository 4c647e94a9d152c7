"""Strokes: edges that carry straight on into one another, as the eye follows a street.

The pairing of edges at a junction by least deflection is that of Thomson and Richardson (1999),
"The 'good continuation' principle of perceptual organization applied to the generalization of
road networks".
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from patrolplan.graph.edges import SQUARE, Edges
from patrolplan.graph.pieces import Pieces
from patrolplan.graph.ways import Bools, Floats, Ints, ragged_range

LARGEST_DEFLECTION_DEG = 60.0


def strokes(edges: Edges, pieces: Pieces) -> Ints:
    """The number of the stroke each edge belongs to."""
    first, second = _continuations(edges, pieces)
    count = len(edges)
    joined = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(count, count))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)


def priorities(edges: Edges, stroke: Ints) -> Ints:
    """Place of each edge's stroke in the order in which streets stay: main and long ones first."""
    table = pd.DataFrame({"stroke": stroke, "rank": edges.traits["rank"], "length": edges.length_m})
    table["first"] = np.arange(len(edges))
    by = table.groupby("stroke").agg(rank=("rank", "min"), length=("length", "sum"), first=("first", "min"))
    by["length"] = by["length"].round(2)
    order = by.sort_values(["rank", "length", "first"], ascending=[True, False, True]).index.to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place[stroke]


def _continuations(edges: Edges, pieces: Pieces) -> tuple[Ints, Ints]:
    """Pairs of edges that are each other's best continuation at a node."""
    node, edge, outward = _half_edges(edges, pieces)
    a, b = _pairs_at_nodes(node)
    fits = _alike(edges, edge[a], edge[b]) & (edge[a] != edge[b])
    straight = -np.einsum("ij,ij->i", outward[a], outward[b])
    fits &= straight >= np.cos(np.radians(LARGEST_DEFLECTION_DEG))
    a, b, straight = a[fits], b[fits], np.round(straight[fits], 6)
    names = edges.traits["name"].to_numpy()
    same = (names[edge[a]] == names[edge[b]]) & (names[edge[a]] >= 0)
    order = np.lexsort((b, -straight, ~same, a))
    a, b = a[order], b[order]
    leads = np.ones(len(a), dtype=bool)
    leads[1:] = a[1:] != a[:-1]
    best = np.full(len(node), -1, dtype=np.int64)
    best[a[leads]] = b[leads]
    here = np.flatnonzero(best >= 0)
    mutual = here[(best[best[here]] == here) & (here < best[here])]
    return edge[mutual], edge[best[mutual]]


def _alike(edges: Edges, a: Ints, b: Ints) -> Bools:
    rank, oneway = edges.traits["rank"].to_numpy(), edges.traits["oneway"].to_numpy()
    name = edges.traits["name"].to_numpy()
    ring = edges.traits["ring"].to_numpy()  # else two carriageways would be one line around a roundabout
    named_alike = (name[a] == name[b]) | (name[a] < 0) | (name[b] < 0)
    same = (rank[a] == rank[b]) & (oneway[a] == oneway[b]) & (ring[a] == ring[b])
    return np.asarray(same & (rank[a] != SQUARE) & named_alike)


def _half_edges(edges: Edges, pieces: Pieces) -> tuple[Ints, Ints, Floats]:
    """Node, edge and direction away from the node for both ends of every edge."""
    ends = np.flatnonzero(np.append(pieces.edge[1:] != pieces.edge[:-1], True))
    starts = np.concatenate([[0], ends[:-1] + 1])
    direction = pieces.direction
    node = np.concatenate([edges.u, edges.v])
    edge = np.tile(np.arange(len(edges)), 2)
    outward = np.concatenate([direction[starts], -direction[ends]])
    order = np.lexsort((edge, node))
    return node[order], edge[order], outward[order]


def _pairs_at_nodes(node: Ints) -> tuple[Ints, Ints]:
    """All ordered pairs of entries with the same (sorted) node."""
    _, start, count = np.unique(node, return_index=True, return_counts=True)
    group = np.repeat(np.arange(len(count)), count)
    a = np.repeat(np.arange(len(node)), count[group])
    b = ragged_range(start[group], count[group])
    return a, b
