"""Edges: lines between nodes on flat arrays, the form in which streets are cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from patrolplan.graph.ways import Bools, Floats, Ints, Ways, offsets_of, ragged_range, way_lengths

STREET, SQUARE, SIDEWALK = 7, 10, 11
"""Ranks: up to which a line is a road, of the outlines of squares, from which it is a sidewalk or
crossing; what lies between are paths and steps."""

CORNER_DEG = 40.0
"""Turns sharper than this end a side of a square."""


@dataclass(frozen=True, kw_only=True)
class Edges:
    """Lines from node ``u`` to node ``v`` (rows of ``node_xy``).

    Attributes
    ----------
    u, v
        Node at the start and at the end of each edge.
    offsets, xy
        Edge ``e`` runs through the points ``xy[offsets[e]:offsets[e + 1]]``, metres.
    traits
        One row an edge: ``rank``, ``layer``, ``oneway``, ``ring``, ``name`` (a number, -1 = none).
    parts
        Which way lies where: rows of ``edge``, ``way`` (row of the ways' table), ``length_m`` and
        ``folded`` (drawn beside the edge, not along it).
    node_xy, node_ref
        Position of each node and its id in the source (negative where it was made here).
    """

    u: Ints
    v: Ints
    offsets: Ints
    xy: Floats
    traits: pd.DataFrame
    parts: pd.DataFrame
    node_xy: Floats
    node_ref: Ints

    @cached_property
    def length_m(self) -> Floats:
        """Length of each edge in metres."""
        return way_lengths(self.offsets, self.xy)

    def __len__(self) -> int:
        return len(self.u)


def edges_of_ways(ways: Ways) -> Edges:
    """Cut ways where they meet: every node that two stretches share ends an edge."""
    keep = _no_repeats(ways)
    refs, xy = ways.refs[keep], ways.xy[keep]
    owner = np.repeat(np.arange(len(ways.table)), np.diff(ways.offsets))[keep]
    node_ref, first, node = np.unique(refs, return_index=True, return_inverse=True)
    breaks = np.bincount(node)[node] > 1
    ends = np.ones(len(owner) + 1, dtype=bool)
    ends[1:-1] = owner[1:] != owner[:-1]
    breaks |= ends[:-1] | ends[1:]
    breaks |= _corners(xy, ends) & (ways.table["rank"].to_numpy()[owner] == SQUARE)
    at = np.flatnonzero(breaks)
    start, stop = at[:-1], at[1:]
    same = owner[start] == owner[stop]
    start, stop = start[same], stop[same]
    counts = stop - start + 1
    way = owner[start]
    edges = Edges(
        u=node[start],
        v=node[stop],
        offsets=offsets_of(counts),
        xy=xy[ragged_range(start, counts)],
        traits=_traits(ways.table.iloc[way]),
        parts=pd.DataFrame({"edge": np.arange(len(way)), "way": way, "length_m": 0.0, "folded": False}),
        node_xy=xy[first],
        node_ref=node_ref,
    )
    edges.parts["length_m"] = edges.length_m
    return edges


def chosen(edges: Edges, keep: Bools) -> Edges:
    """Only the edges marked, numbered anew; nodes without edges go."""
    new = np.cumsum(keep) - 1
    nodes = np.zeros(len(edges.node_xy), dtype=bool)
    nodes[edges.u[keep]] = True
    nodes[edges.v[keep]] = True
    node = np.cumsum(nodes) - 1
    counts = np.diff(edges.offsets)
    parts = edges.parts[keep[edges.parts["edge"].to_numpy()]]
    return Edges(
        u=node[edges.u[keep]],
        v=node[edges.v[keep]],
        offsets=offsets_of(counts[keep]),
        xy=edges.xy[np.repeat(keep, counts)],
        traits=edges.traits[keep].reset_index(drop=True),
        parts=parts.assign(edge=new[parts["edge"].to_numpy()]).reset_index(drop=True),
        node_xy=edges.node_xy[nodes],
        node_ref=edges.node_ref[nodes],
    )


def name_codes(names: pd.Series) -> Ints:
    """A number for each distinct name, -1 for none."""
    codes, labels = pd.factorize(names, sort=True)
    empty = np.flatnonzero(np.asarray(labels) == "")
    return np.where(np.isin(codes, empty), -1, codes).astype(np.int64)


def traits_of_parts(parts: pd.DataFrame, table: pd.DataFrame, count: int) -> pd.DataFrame:
    """Traits of each edge from the way that makes up most of it."""
    best = parts.sort_values(["edge", "folded", "length_m", "way"], ascending=[True, True, False, True])
    way = best.drop_duplicates("edge")["way"].to_numpy()
    if len(way) != count:
        raise AssertionError("an edge without a way")
    return _traits(table.iloc[way])


def _corners(xy: Floats, ends: Bools) -> Bools:
    """Marks points where a line turns sharply, so that each side of a square is an edge."""
    corner = np.zeros(len(xy), dtype=bool)
    step = np.diff(xy, axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    dot = np.einsum("ij,ij->i", step[:-1], step[1:])
    corner[1:-1] = dot < np.cos(np.radians(CORNER_DEG)) * length[:-1] * length[1:]
    return corner & ~ends[:-1] & ~ends[1:]


def _traits(rows: pd.DataFrame) -> pd.DataFrame:
    traits = rows[["rank", "layer", "oneway", "ring", "name_code"]].reset_index(drop=True)
    return traits.rename(columns={"name_code": "name"})


def _no_repeats(ways: Ways) -> Bools:
    """Marks each node that differs from the one before it on the same way."""
    keep = np.ones(len(ways.refs), dtype=bool)
    keep[1:] = ways.refs[1:] != ways.refs[:-1]
    keep[ways.offsets[:-1][np.diff(ways.offsets) > 0]] = True
    return keep
