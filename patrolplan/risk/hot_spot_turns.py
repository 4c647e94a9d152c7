"""Streets that records can't tell apart take turns: which of them come first is drawn anew each turn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork

SPREAD = 0.5
"""Within a group, drawn need per metre goes from 1 less this to 1 more this of the group's mean."""


def drawn_among_equals(
    network: StreetNetwork, need: NDArray[np.float64], rank_group: NDArray[np.int64], *, turn: int
) -> NDArray[np.float64]:
    """Need with that of equals drawn anew, [segments]; each group keeps its sum.

    In a group all segments get the group's need per metre times a number drawn for this turn; it
    varies smoothly from crossing to crossing, so that hot spots are drawn, not single segments. Groups of
    one, and the last group (all that patrols hardly reach), stay as they are.

    Parameters
    ----------
    network
        The streets.
    need, rank_group
        [segments] need in the window, and ``SegmentWeights.rank_group``.
    turn
        Number of the turn; the same number draws the same.
    """
    rng = np.random.default_rng([turn, len(need)])
    at_node = rng.uniform(1 - SPREAD, 1 + SPREAD, len(network.nodes))
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    length = network.segments["length_m"].to_numpy(dtype=np.float64)
    group = np.unique(rank_group, return_inverse=True)[1]
    count = np.bincount(group)
    drawn = at_node[ends].mean(axis=1) * length
    worth = np.bincount(group, need)[group] * drawn / np.bincount(group, drawn)[group]
    equals = (count[group] > 1) & (rank_group < rank_group.max())
    return np.asarray(np.where(equals, worth, need))
