"""Where offences are expected: each segment's own records on a pattern learned from streets like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from patrolplan.risk.street_regression import Held, fitted, predicted
from patrolplan.risk.street_traits import StreetTraits

BANDWIDTH_M = 600.0
"""Reach of the kernel along the streets; 450 to 900 m score alike (docs/need.md has the figures)."""
BY_LENGTH = (0.75, 0.5, 1.0, 0.25, 0.1, 0.0)
"""Parts of length in the base (the rest goes by ends at junctions), the usual one first."""
STRENGTHS = np.geomspace(2, 20_000, 28)
"""Records' worth that a pattern may stand for against own counts."""
ROUNDS = 10
"""Of fitting the kinds to what they make together; three are enough to be within 1 %."""


@dataclass(frozen=True, kw_only=True)
class SpaceSettings:
    """How records become a share per segment.

    Attributes
    ----------
    bandwidth_m
        Reach of the kernel along the streets in metres.
    blocks
        Parts in time that are held back in turn to learn from.
    precision
        Of the coefficients around their usual values: the worth of about as many records each.
    usual_strength, strength_spread
        Records' worth of the pattern against own counts before any record is seen, and the standard
        deviation of its logarithm.
    even_share, even_records
        Part of the even rate per metre in the pattern before any record is seen, and how many
        records that is worth.
    """

    bandwidth_m: float = BANDWIDTH_M
    blocks: int = 4
    precision: float = 3.0
    usual_strength: float = 100.0
    strength_spread: float = 1.5
    even_share: float = 0.2
    even_records: float = 20.0


class Cells(NamedTuple):
    """Weight of records by kind, segment and block, one row for each that has any."""

    kind: NDArray[np.int64]
    segment: NDArray[np.int64]
    block: NDArray[np.int64]
    weight: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where offences are expected.

    Attributes
    ----------
    space
        [kinds, segments], rows sum to 1.
    own
        [kinds] what part of a kind's pattern records carry by their own segments.
    pooled_own
        The same of all kinds together.
    by_length
        Part of length in the base that was chosen.
    coefficients
        Name -> coefficient of the regression.
    even_share
        Part of the even rate per metre in the pattern.
    """

    space: NDArray[np.float64]
    own: NDArray[np.float64]
    pooled_own: float
    by_length: float
    coefficients: dict[str, float]
    even_share: float


def expected_places(
    cells: Cells,
    nearby: NDArray[np.float64],
    traits: StreetTraits,
    *,
    kinds: int,
    settings: SpaceSettings,
    observed: NDArray[np.bool_] | None = None,
) -> Places:
    """Share of each kind's records to expect on each segment.

    In three steps, each learned on records that are held back, a block of time after the other:

    1. a *pattern* of all kinds: shares ``base * exp(coefficients @ traits)`` with the density of the
       other records nearby, footfall, kind of street, dead ends and names for traits, mixed with
       the even rate per metre;
    2. *all records* of a segment on it, ``(own + strength * pattern) / (records + strength)``, the
       mean of a share under a Dirichlet prior (empirical Bayes: Clayton and Kaldor 1987,
       doi:10.2307/2532003);
    3. its records *of the kind* on that, in the same way; then scaled by segment, so that the kinds
       together stay at what all records say (else each record would count twice over).

    A kernel smears what counts know, so it is never more than the prior of a count; and how much it is
    worth beside counts is for the records to say: much where they are few or scattered, next to
    nothing where they always stand at the same spots.

    Parameters
    ----------
    cells
        The records.
    nearby
        [blocks, segments] their weight spread along the streets.
    traits
        Of the segments.
    kinds
        Number of kinds.
    settings
        Usual values and how firmly they stand.
    observed
        [segments] which the records cover; the others say nothing. None: all.
    """
    size = nearby.shape[1]
    at = cells.block * size + cells.segment
    counts: NDArray[np.float64] = np.zeros(nearby.shape)
    np.add.at(counts, (cells.block, cells.segment), cells.weight)
    seen = np.ones(size, dtype=bool) if observed is None or not observed.any() else observed
    learned = _pattern(counts, nearby, traits, seen, settings)
    everyone = _own_counts(counts, learned, traits.length, settings)
    strength = _kind_strength(cells, everyone.held.ravel()[at], kinds, size, settings)
    of_kind = np.zeros((kinds, size))
    np.add.at(of_kind, (cells.kind, cells.segment), cells.weight)
    total = of_kind.sum(axis=1, keepdims=True)
    by_kind = (total / (total + strength)).ravel()
    pooled_own = float(counts.sum() / (counts.sum() + everyone.strength))
    space = (of_kind + strength * everyone.whole) / (total + strength)
    return Places(
        space=_adding_up(space, total, everyone.whole),
        own=by_kind + (1 - by_kind) * pooled_own,
        pooled_own=pooled_own,
        by_length=learned.by_length,
        coefficients=dict(zip(traits.regressor_names(), learned.coefficients.tolist(), strict=True)),
        even_share=everyone.even_share,
    )


def time_blocks(day: NDArray[np.float64], spot: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Number of the block that each record belongs to, [n]: parts of about equal number, by day.

    Records without a day, or all of one day, are dealt out by spot, so that no order of rows matters.

    Examples
    --------
    >>> time_blocks(np.array([1.0, 2.0, 2.0, 9.0]), np.arange(4), 2).tolist()
    [0, 1, 1, 1]
    """
    known = np.isfinite(day)
    out = np.zeros(len(day), dtype=np.int64)
    days = np.sort(day[known])
    if known.any():
        cuts = days[np.arange(1, count) * len(days) // count]
        out[known] = np.searchsorted(cuts, day[known], side="right")
    dealt = ~known if len(np.unique(out[known])) > 1 else np.ones(len(day), dtype=bool)
    order = np.flatnonzero(dealt)[np.argsort(spot[dealt], kind="stable")]
    out[order] = np.arange(len(order)) % count
    return out


class _Learned(NamedTuple):
    """The pattern of all records, that without each block, and what it rests on."""

    whole: NDArray[np.float64]
    held: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    by_length: float


class _Everyone(NamedTuple):
    """All records of each segment on the pattern, the same without each block, and what that rests on."""

    whole: NDArray[np.float64]
    held: NDArray[np.float64]
    strength: float
    even_share: float


def _pattern(
    counts: NDArray[np.float64],
    nearby: NDArray[np.float64],
    traits: StreetTraits,
    seen: NDArray[np.bool_],
    settings: SpaceSettings,
) -> _Learned:
    """The regression with the base that predicts held-back records best."""
    amount, others = counts.sum(), counts.sum() - counts.sum(axis=1)
    use = [k for k in range(len(counts)) if counts[k].sum() > 0 and others[k] > 0]
    near = nearby.sum(axis=0)
    tried = []
    for by_length in BY_LENGTH:
        base = traits.base(by_length)
        held = [
            Held(traits.regressors(base, near - nearby[k], others[k])[:, seen], base[seen], counts[k, seen])
            for k in use
        ]
        tried.append(fitted(held, traits.usual(), precision=settings.precision))
    best = _first_best([worth for _, worth in tried])
    at, base = tried[best][0], traits.base(BY_LENGTH[best])
    whole = predicted(at, traits.regressors(base, near, amount), base)
    without = [
        predicted(at, traits.regressors(base, near - nearby[k], others[k]), base) for k in range(len(counts))
    ]
    return _Learned(whole, np.array(without), at, BY_LENGTH[best])


def _own_counts(
    counts: NDArray[np.float64], learned: _Learned, even: NDArray[np.float64], settings: SpaceSettings
) -> _Everyone:
    """All records of each segment on the pattern, its strength and the even part in it learned."""
    block, segment = counts.nonzero()
    found = counts[block, segment]
    rest = counts.sum(axis=0)[segment] - found
    total = counts.sum() - counts.sum(axis=1)[block]
    patterns = np.stack([learned.held[block, segment], even[segment]])
    usual = np.array([1 - settings.even_share, settings.even_share])
    mix, strength = usual, settings.usual_strength
    for _ in range(3):
        strength = _strength(found, rest, total, mix @ patterns, settings)
        mix = _mixed(found, rest, strength * patterns, mix, usual * settings.even_records)
    whole, held = (mix[0] * part + mix[1] * even for part in (learned.whole, learned.held))
    others = counts.sum(axis=0) - counts
    return _Everyone(
        whole=(counts.sum(axis=0) + strength * whole) / (counts.sum() + strength),
        held=(others + strength * held) / (others.sum(axis=1, keepdims=True) + strength),
        strength=strength,
        even_share=float(mix[1]),
    )


def _adding_up(
    space: NDArray[np.float64], total: NDArray[np.float64], everyone: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Patterns of kinds that together make that of all records (iterative proportional fitting)."""
    share = total.ravel() / total.sum()
    for _ in range(ROUNDS):
        space = space * (everyone / (share @ space))
        space = space / space.sum(axis=1, keepdims=True)
    return space


def _kind_strength(
    cells: Cells, everyone: NDArray[np.float64], kinds: int, size: int, settings: SpaceSettings
) -> float:
    """How many records of a kind the pattern of all kinds is worth."""
    place = cells.kind * size + cells.segment
    _, at = np.unique(place, return_inverse=True)
    here = np.bincount(at, cells.weight)[at]
    blocks = int(cells.block.max(initial=0)) + 1
    by_block = np.bincount(cells.kind * blocks + cells.block, cells.weight, kinds * blocks).reshape(
        kinds, blocks
    )
    total = by_block.sum(axis=1)[cells.kind] - by_block[cells.kind, cells.block]
    return _strength(cells.weight, here - cells.weight, total, everyone, settings)


def _strength(
    found: NDArray[np.float64],
    rest: NDArray[np.float64],
    total: NDArray[np.float64],
    pattern: NDArray[np.float64],
    settings: SpaceSettings,
) -> float:
    """Strength of a pattern with which records held back (``found``) are likeliest."""
    usual = -0.5 * (np.log(STRENGTHS / settings.usual_strength) / settings.strength_spread) ** 2
    worth = [
        float(found @ np.log((np.maximum(rest, 0) + strength * pattern) / (total + strength))) + before
        for strength, before in zip(STRENGTHS, usual, strict=True)
    ]
    return float(STRENGTHS[_first_best(worth)])


def _mixed(
    found: NDArray[np.float64],
    rest: NDArray[np.float64],
    worth: NDArray[np.float64],
    mix: NDArray[np.float64],
    before: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Parts of a mixture by expectation and maximisation (Dempster, Laird and Rubin 1977)."""
    for _ in range(40):
        each = mix[:, None] * worth
        credit = before + (each * (found / (np.maximum(rest, 0) + each.sum(axis=0)))).sum(axis=1)
        mix = credit / credit.sum()
    return mix


def _first_best(worth: Sequence[float]) -> int:
    """The first that is as good as the best, so that rounding decides nothing."""
    best = max(worth)
    return next(k for k, value in enumerate(worth) if value >= best - 1e-7 * max(1.0, abs(best)))
