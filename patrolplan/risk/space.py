"""Where need lies: kernel density along the streets, as a prior for each segment's own count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork

BANDWIDTH_M = 600.0
"""Reach of the kernel along the streets. Chosen, like the priors below, on Philadelphia's street
offences of January to September 2018: rolling four-week steps from April on, and thinned to 50, 200 and
500 records (docs/need.md has the figures); 500 to 1,000 m score alike, since counts keep what is sharp."""
SHORTEST_M = 0.1
"""Shorter segments are walked as if this long, so that no walk goes round and round in place."""
CUT = 1e-3
"""A walk that carries less than this share of its source's weight is cut; the rest is scaled up."""


@dataclass(frozen=True, kw_only=True)
class SpaceSettings:
    """How counts become a share per segment.

    Attributes
    ----------
    bandwidth_m
        Reach of the kernel along the streets in metres.
    own_prior
        Records' worth of the pooled kernel against which a segment's own count of all kinds stands:
        with more records than this, counts prevail.
    kind_prior
        Records' worth of that pattern of all kinds against the kernel of one kind.
    kind_own_prior
        Records' worth of that against a segment's own count of one kind.
    pool_prior
        Records' worth of the rate by kind of street against the pooled kernel.
    class_prior
        Records' worth of the even rate per metre against the rate of one kind of street.
    footfall_share
        Share of footfall in the coarsest prior, where places are known; the rest goes by kind of
        street.
    """

    bandwidth_m: float = BANDWIDTH_M
    own_prior: float = 500.0
    kind_prior: float = 1000.0
    kind_own_prior: float = 300.0
    pool_prior: float = 100.0
    class_prior: float = 10.0
    footfall_share: float = 0.2


def spread_along_streets(
    network: StreetNetwork,
    segment: NDArray[np.int64],
    offset_m: NDArray[np.float64],
    group: NDArray[np.int64],
    weight: NDArray[np.float64],
    *,
    groups: int,
    bandwidth_m: float,
) -> NDArray[np.float64]:
    """Spread weights from points along the streets: the mass each segment receives, per group.

    The equal-split kernel of Okabe, Satoh and Sugihara (2009, doi:10.1080/13658810802475491): a
    quartic kernel of the distance walked, its mass shared evenly among the onward streets of each
    junction; a dead end sends it back. Nothing is lost: each point's mass adds up to its weight.

    Parameters
    ----------
    network
        The streets.
    segment, offset_m
        [n] where the points are: segment and metres from its ``u`` end.
    group
        [n] 0..groups-1.
    weight
        [n].
    groups
        Number of groups.
    bandwidth_m
        Distance at which the kernel ends, in metres.

    Returns
    -------
    [groups, segments] float.
    """
    out = np.zeros((groups, len(network.segments)))
    if not len(segment):
        return out
    key: NDArray[np.float64] = np.round(np.asarray(offset_m, dtype=np.float64), 2).astype(np.float64)
    order = np.lexsort((group, key, segment))
    segment, key, group, weight = segment[order], key[order], group[order], weight[order]
    new = np.r_[True, (np.diff(segment) != 0) | (np.diff(key) != 0)]
    bounds = np.r_[np.flatnonzero(new), len(segment)].astype(np.int64)
    first, incident, ends = incidence(network)
    _spread(
        network.segments[["u", "v"]].to_numpy(dtype=np.int64),
        network.segments["length_m"].to_numpy(dtype=np.float64).clip(min=SHORTEST_M),
        first,
        incident,
        ends,
        segment[new].astype(np.int64),
        key[new],
        bounds,
        group.astype(np.int64),
        weight.astype(np.float64),
        float(bandwidth_m),
        out,
    )
    return out


def incidence(network: StreetNetwork) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Segments at each node: ``first``, ``segment`` and ``end``.

    Those of node ``n`` are ``segment[first[n]:first[n + 1]]``, met at their ``end`` (0: u, 1: v).
    """
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    node = ends.T.ravel()
    segment = np.tile(np.arange(len(ends)), 2)
    end = np.repeat(np.array([0, 1]), len(ends))
    order = np.lexsort((end, segment, node))
    first = np.searchsorted(node[order], np.arange(len(network.nodes) + 1))
    return first.astype(np.int64), segment[order], end[order]


def shares(
    counts: NDArray[np.float64],
    kernel: NDArray[np.float64],
    length_m: NDArray[np.float64],
    street: NDArray[np.int64],
    *,
    settings: SpaceSettings,
    footfall: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Share of each kind's records to expect on each segment: own counts on priors of the neighbourhood.

    From coarse to fine, each step ``(found + prior * coarser) / (sum of found + prior)``, the mean of
    a share under a Dirichlet prior (empirical Bayes: Clayton and Kaldor 1987, doi:10.2307/2532003):
    even rate per metre; rate by kind of street, mixed with footfall; kernel of all kinds pooled; the
    segment's own records of all kinds; kernel of the kind; the segment's own records of the kind.
    A kernel smears what counts know, so it is never more than the prior of a count.

    Parameters
    ----------
    counts
        [kinds, segments] weight of records on the segment itself.
    kernel
        [kinds, segments] the same weight spread along the streets.
    length_m
        [segments].
    street
        [segments] number of the kind of street.
    settings
        Strength of each prior.
    footfall
        [segments] where people are, summing to 1; None: not known.

    Returns
    -------
    [kinds, segments], each row sums to 1.
    """
    total = counts.sum(axis=1, keepdims=True)
    base = _class_rate(counts.sum(axis=0), length_m, street, settings.class_prior)
    if footfall is not None:
        base = (1 - settings.footfall_share) * base + settings.footfall_share * footfall
    everything = kernel.sum(axis=0)
    pooled = (everything + settings.pool_prior * base) / (everything.sum() + settings.pool_prior)
    everyone = counts.sum(axis=0)
    likely = (everyone + settings.own_prior * pooled) / (everyone.sum() + settings.own_prior)
    prior = (kernel + settings.kind_prior * likely) / (total + settings.kind_prior)
    return np.asarray((counts + settings.kind_own_prior * prior) / (total + settings.kind_own_prior))


def own_shares(total: NDArray[np.float64], *, settings: SpaceSettings) -> NDArray[np.float64]:
    """What part of a kind's pattern its records carry by their own segments, [kinds].

    The rest is spread by kernels. Records of a kind also bear on other kinds, by the pattern of all;
    that is counted to the kind itself, as for equal shares of need.
    """
    everyone = total.sum()
    by_kind = total / (total + settings.kind_own_prior)
    pooled = (1 - by_kind) * settings.kind_prior / (total + settings.kind_prior)
    return np.asarray(by_kind + pooled * everyone / (everyone + settings.own_prior))


def street_classes(network: StreetNetwork) -> NDArray[np.int64]:
    """Number of the kind of street of each segment, [segments]."""
    return np.asarray(pd.factorize(network.segments["kind"].astype("str"), sort=True)[0], dtype=np.int64)


def _class_rate(
    counts: NDArray[np.float64], length_m: NDArray[np.float64], street: NDArray[np.int64], strength: float
) -> NDArray[np.float64]:
    """Even rate per metre within each kind of street, shrunk to the even rate of all."""
    length = np.bincount(street, weights=length_m)
    found = np.bincount(street, weights=counts)
    share = (found + strength * length / length.sum()) / (found.sum() + strength)
    return np.asarray(length_m * (share / np.maximum(length, 1e-9))[street])


@njit(cache=True)
def _mass(metres: float, bandwidth_m: float) -> float:
    """Mass of a quartic kernel from its middle to a distance, one side: 0..0.5."""
    x = min(metres / bandwidth_m, 1.0)
    return 0.9375 * (x - 2.0 * x**3 / 3.0 + x**5 / 5.0)


@njit(cache=True)
def _spread(
    nodes: NDArray[np.int64],
    length_m: NDArray[np.float64],
    first: NDArray[np.int64],
    incident: NDArray[np.int64],
    ends: NDArray[np.int64],
    source_segment: NDArray[np.int64],
    source_offset: NDArray[np.float64],
    bounds: NDArray[np.int64],
    group: NDArray[np.int64],
    weight: NDArray[np.float64],
    bandwidth_m: float,
    out: NDArray[np.float64],
) -> None:
    """Walk out from every source in every direction and add what each segment receives to ``out``."""
    received = np.zeros(len(length_m))
    touched = np.empty(len(length_m), dtype=np.int64)
    room = 1024
    walk_segment, walk_to = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    walk_m, walk_left, walk_share = np.empty(room), np.empty(room), np.empty(room)
    for source in range(len(source_segment)):
        segment, offset, count, top = source_segment[source], source_offset[source], 0, 0
        for end in range(2):  # a walk: on a segment, towards an end, metres behind it, metres before that end
            walk_segment[top], walk_to[top], walk_m[top] = segment, end, 0.0
            walk_left[top], walk_share[top] = (
                (max(offset, 0.0) if end == 0 else max(length_m[segment] - offset, 0.0)),
                1.0,
            )
            top += 1
        while top > 0:
            top -= 1
            at, end, behind, left, share = (
                walk_segment[top],
                walk_to[top],
                walk_m[top],
                walk_left[top],
                walk_share[top],
            )
            if received[at] == 0.0:
                touched[count] = at
                count += 1
            received[at] += share * (_mass(behind + left, bandwidth_m) - _mass(behind, bandwidth_m)) + 1e-300
            ahead = behind + left
            if ahead >= bandwidth_m:
                continue
            node = nodes[at, end]
            degree = first[node + 1] - first[node]
            onward = share if degree == 1 else share / (degree - 1)
            if onward < CUT or top + degree >= room:
                continue
            for way in range(first[node], first[node + 1]):
                if degree > 1 and incident[way] == at and ends[way] == end:
                    continue
                walk_segment[top], walk_to[top] = incident[way], 1 - ends[way]
                walk_m[top], walk_left[top], walk_share[top] = ahead, length_m[incident[way]], onward
                top += 1
        whole = 0.0
        for k in range(count):
            whole += received[touched[k]]
        for k in range(count):
            for row in range(bounds[source], bounds[source + 1]):
                out[group[row], touched[k]] += weight[row] * received[touched[k]] / whole
            received[touched[k]] = 0.0
