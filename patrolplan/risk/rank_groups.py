"""Which segments' need can't be told apart: groups to be taken in turns, by bootstrap over records."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from patrolplan.risk.street_offences import StreetOffences
from patrolplan.risk.weights import SegmentWeights

DRAWS = 200
CHANCE = 0.1
"""A segment that outranks the head of a group in more than this share of draws belongs to the group."""
TOP_SHARE = 0.2
"""Share of street length that is grouped; the rest is one last group, as patrols don't get there."""


def rank_groups(
    need: NDArray[np.float64],
    length_m: NDArray[np.float64],
    *,
    segment: NDArray[np.int64],
    record: NDArray[np.int64],
    worth: NDArray[np.float64],
    seed: int = 0,
) -> NDArray[np.int64]:
    """Groups of segments by need per metre, 1 the neediest.

    Records are drawn anew (each counts a Poisson number of times with mean 1, which is the bootstrap
    of a total that is itself chance). What a record is worth on a segment beyond its spread over the
    neighbourhood moves with it; priors stand still, so that the groups are rather too fine than
    too coarse where kernels dominate.

    Parameters
    ----------
    need
        [segments] need of the week.
    length_m
        [segments].
    segment, record, worth
        [m] what each record adds to the need of a segment by its own count.
    seed
        Of the bootstrap.

    Returns
    -------
    [segments].

    Examples
    --------
    >>> nobody = {"segment": np.array([0]), "record": np.array([0]), "worth": np.array([0.0])}
    >>> rank_groups(np.array([0.5, 0.3, 0.2]), np.ones(3), **nobody).tolist()
    [1, 2, 2]
    """
    density = need / length_m
    order = np.lexsort((np.arange(len(need)), -density))
    within = np.cumsum(length_m[order]) <= TOP_SHARE * length_m.sum()
    top = order[: max(int(within.sum()), 1)]
    drawn = _drawn(need, top, segment, record, worth, seed) / length_m[top]
    groups = np.empty(len(need), dtype=np.int64)
    start, number = 0, 0
    while start < len(top):
        number += 1
        end = start + _alike(drawn, start)
        groups[top[start:end]] = number
        start = end
    groups[order[len(top) :]] = number + 1
    return groups


def groups_of(
    weights: SegmentWeights, offences: StreetOffences | None, length_m: NDArray[np.float64]
) -> NDArray[np.int64]:
    """`rank_groups` of weights as they were composed; footfall and problems stand still."""
    need = weights.week()
    if offences is None:
        none = np.zeros(0, dtype=np.int64)
        return rank_groups(need, length_m, segment=none, record=none, worth=np.zeros(0))
    kinds = offences.kinds["kind"]
    carried = (
        offences.places.own * offences.kinds["share"].to_numpy(dtype=np.float64) * weights.policy["a_off"]
    )
    sources = offences.sources
    worth = sources["kind"].map(dict(zip(kinds, carried, strict=True))).to_numpy(dtype=np.float64)
    return rank_groups(
        need,
        length_m,
        segment=sources["segment"].to_numpy(dtype=np.int64),
        record=sources["row"].to_numpy(dtype=np.int64),
        worth=worth * sources["weight"].to_numpy(dtype=np.float64),
    )


def _drawn(
    need: NDArray[np.float64],
    top: NDArray[np.int64],
    segment: NDArray[np.int64],
    record: NDArray[np.int64],
    worth: NDArray[np.float64],
    seed: int,
) -> NDArray[np.float64]:
    """Need of the top segments in each draw, [draws, top]."""
    at = np.full(len(need), -1)
    at[top] = np.arange(len(top))
    use = at[segment] >= 0
    if not use.any():
        return np.repeat(need[top][None, :], DRAWS, axis=0)
    names, number = np.unique(record[use], return_inverse=True)
    carried = csr_array((worth[use], (at[segment[use]], number)), shape=(len(top), len(names)))
    more = np.random.default_rng(seed).poisson(1.0, size=(len(names), DRAWS)) - 1.0
    return np.asarray(need[top] + (carried @ more).T)


def _alike(drawn: NDArray[np.float64], start: int) -> int:
    """How many segments from ``start`` on can't be told from the first."""
    head, count, chunk = drawn[:, start], 1, 64
    while start + count < drawn.shape[1]:
        ahead = (drawn[:, start + count : start + count + chunk] >= head[:, None]).mean(axis=0)
        told = np.flatnonzero(ahead <= CHANCE)
        if len(told):
            return count + int(told[0])
        count, chunk = count + len(ahead), chunk * 2
    return count
