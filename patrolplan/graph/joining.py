"""Joining: what stayed after folding becomes edges from junction to junction, with its ways known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from patrolplan.graph.chains import chains, joined_lines
from patrolplan.graph.edges import Edges, chosen, traits_of_parts
from patrolplan.graph.pieces import Pieces
from patrolplan.graph.ways import Bools, Floats, Ints, offsets_of, ragged_range


@dataclass(frozen=True, kw_only=True)
class JoinedLines:
    """Pieces that stay and the links made, as one set of lines."""

    u: Ints
    v: Ints
    edge: Ints
    piece: Ints
    offsets: Ints
    xy: Floats
    length_m: Floats
    node_xy: Floats
    node_ref: Ints


def lines_of_pieces(pieces: Pieces, kept: Bools, link_u: Ints, link_v: Ints, link_piece: Ints) -> JoinedLines:
    """The pieces kept, and a straight line for each link."""
    at = np.flatnonzero(kept)
    counts = np.diff(pieces.offsets)[at]
    link_xy = np.stack([pieces.node_xy[link_u], pieces.node_xy[link_v]], axis=1).reshape(-1, 2)
    link_m = np.hypot(*(pieces.node_xy[link_u] - pieces.node_xy[link_v]).T)
    return JoinedLines(
        u=np.concatenate([pieces.u[at], link_u]),
        v=np.concatenate([pieces.v[at], link_v]),
        edge=np.concatenate([pieces.edge[at], pieces.edge[link_piece]]),
        piece=np.concatenate([at, np.full(len(link_u), -1)]),
        offsets=offsets_of(np.concatenate([counts, np.full(len(link_u), 2)])),
        xy=np.concatenate([pieces.xy[ragged_range(pieces.offsets[at], counts)], link_xy]),
        length_m=np.concatenate([pieces.length_m[at], link_m]),
        node_xy=pieces.node_xy,
        node_ref=pieces.node_ref,
    )


def joined(lines: JoinedLines, keep: Bools, edges: Edges, table: pd.DataFrame, beside: pd.DataFrame) -> Edges:
    """Join the lines kept between junctions, with the parts of the edges they came from."""
    at = np.flatnonzero(keep)
    u, v = lines.u[at], lines.v[at]
    order, backward, chain_offsets = chains(u, v, len(lines.node_xy))
    counts = np.diff(lines.offsets)[at]
    xy = lines.xy[ragged_range(lines.offsets[at], counts)]
    offsets, points = joined_lines(order, backward, chain_offsets, offsets_of(counts), xy)
    tail, head = np.where(backward, v[order], u[order]), np.where(backward, u[order], v[order])
    chain = np.repeat(np.arange(len(chain_offsets) - 1), np.diff(chain_offsets))
    along = pd.DataFrame({"chain": chain, "edge": lines.edge[at][order], "metres": lines.length_m[at][order]})
    along["beside"] = False
    home = np.full(int(lines.piece.max(initial=-1)) + 2, -1)
    home[lines.piece[at][order]] = chain
    home[-1] = -1
    host = beside["host"].to_numpy()
    near = beside.assign(
        chain=np.where(host < len(home) - 1, home[np.minimum(host, len(home) - 1)], -1), beside=True
    )
    near = near[near["chain"] >= 0][along.columns]
    parts = _parts_of(pd.concat([along, near]), edges)
    result = Edges(
        u=tail[chain_offsets[:-1]],
        v=head[chain_offsets[1:] - 1],
        offsets=offsets,
        xy=points,
        traits=traits_of_parts(parts, table, len(chain_offsets) - 1),
        parts=parts,
        node_xy=lines.node_xy,
        node_ref=lines.node_ref,
    )
    return chosen(result, result.length_m > 0)


def rejoined(edges: Edges, table: pd.DataFrame) -> Edges:
    """Join edges at nodes that are no junction any more."""
    lines = JoinedLines(
        u=edges.u,
        v=edges.v,
        edge=np.arange(len(edges)),
        piece=np.full(len(edges), -1),
        offsets=edges.offsets,
        xy=edges.xy,
        length_m=edges.length_m,
        node_xy=edges.node_xy,
        node_ref=edges.node_ref,
    )
    none = pd.DataFrame({"host": np.zeros(0, np.int64), "edge": np.zeros(0, np.int64), "metres": np.zeros(0)})
    return joined(lines, np.ones(len(edges), dtype=bool), edges, table, none)


def _parts_of(along: pd.DataFrame, edges: Edges) -> pd.DataFrame:
    """Ways along and beside each chain, from those of the edges it is made of."""
    by_edge = along.groupby(["chain", "edge", "beside"], sort=True)["metres"].sum().reset_index()
    merged = by_edge.merge(edges.parts, on="edge", sort=False)
    length = edges.length_m[merged["edge"].to_numpy()]
    merged["length_m"] *= merged["metres"] / np.where(length > 0, length, 1.0)
    merged["folded"] |= merged["beside"]
    parts = merged.groupby(["chain", "way", "folded"], sort=True)["length_m"].sum().reset_index()
    return parts.rename(columns={"chain": "edge"})[["edge", "way", "length_m", "folded"]]
