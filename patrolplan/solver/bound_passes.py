"""What legs that pass streets may add to the score, bounded: prices a pass pays to its walk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.bound_chains import GAPS, Singles
from patrolplan.solver.bound_idle import fill_idle
from patrolplan.solver.bound_model import Chains
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.score import Floats, Ints

MOST_PASSES = 24
"""Passes of a street off the stops that are told apart; more pay for so many and count as always."""


@dataclass(frozen=True, kw_only=True)
class Passes:
    """Legs and what they pass, fixed for a problem.

    Attributes
    ----------
    leg, street
        [k] walks (row * locations + column) and the streets they pass, but for those of their own ends.
    held
        [h] streets of the stops, as rows of ``segment_rate``.
    piece
        [streets] row of a street in ``held``, -1 for streets off the stops.
    piece_stop, piece_worth
        [h] stop of each, and q_pass times its greatest need a second.
    own
        [locations, locations] what passing the streets of the leg's own ends may add at most, prices apart.
    hold
        [stops] what a second of waiting at a stop may add, since its streets were just passed.
    rest
        What passes on leaving a stop may add when the crew has rested there first.
    stop_worth
        [stops] q_pass times the greatest need a second of the stop's streets.
    counts
        [streets, MOST_PASSES + 2] most that so many passes of a street add.
    covered_s, ramp_s
        [stops] seconds from a visit's start until its effect falls below a pass's, and from then until it
        is gone.
    """

    leg: Ints
    street: Ints
    held: Ints
    piece: Ints
    piece_stop: Ints
    piece_worth: Floats
    own: Floats
    hold: Floats
    rest: float
    stop_worth: Floats
    counts: Floats
    covered_s: Floats
    ramp_s: Floats


def make_passes(problem: PatrolProblem, always: NDArray[np.bool_]) -> Passes:
    """Take the legs apart."""
    places, n, qp = problem.travel_s.shape[0], problem.n_stops, float(problem.pass_quality)
    leg = np.repeat(np.arange(places * places), np.diff(problem.pass_start))
    i, j = leg // places, leg % places
    segment = problem.pass_segment.astype(np.int64)
    stop = problem.stop_of_segment.astype(np.int64)[segment]
    top = problem.segment_rate.max(axis=1, initial=0.0)
    held = problem.stop_of_segment >= 0
    stop_worth = qp * np.bincount(problem.stop_of_segment[held], weights=top[held], minlength=n)
    strong = np.append(problem.quality >= qp, False)  # the last row stands for "no stop"
    served = np.append(always, False)
    leaving = (stop == i) & strong[stop]
    coming = (stop == j) & strong[stop] & ~leaving
    own = np.zeros(places * places)
    pace = float(problem.crew_pace.min(initial=1.0))
    offset = problem.pass_offset_s / pace
    q = np.append(problem.quality, 0.0)[stop]
    after = top[segment] * _area_after(offset + 1.0, q, qp, problem.fade_s)
    ahead = qp * top[segment] * np.maximum(0.0, problem.travel_s.ravel()[leg] / pace - offset + 2.0)
    np.add.at(own, leg[leaving], after[leaving])
    np.add.at(own, leg[coming], ahead[coming])
    own[np.arange(places) * (places + 1)] = 0.0
    # Streets of stops that count as always served add nothing.
    priced = ~leaving & ~coming & ~served[stop]
    rows = np.flatnonzero(held & ~served[problem.stop_of_segment])
    piece = np.full(len(held), -1, dtype=np.int64)
    piece[rows] = np.arange(len(rows))
    rest = _rest_worth(problem, stop_worth.astype(np.float64), float(offset[leaving].max(initial=0.0)), pace)
    strong = strong[:-1]
    cover = np.where(strong, problem.fade_s * (1.0 - qp / np.maximum(problem.quality, max(qp, 1e-300))), 0.0)
    return Passes(
        leg=leg[priced],
        street=segment[priced],
        held=rows,
        piece=piece,
        piece_stop=problem.stop_of_segment[rows].astype(np.int64),
        piece_worth=qp * top[rows],
        own=own.reshape(places, places),
        hold=np.where(strong & ~always, stop_worth, 0.0),
        rest=rest,
        stop_worth=np.where(always, 0.0, stop_worth),
        counts=_counts(problem),
        covered_s=problem.dwell_s.astype(np.float64) + cover,
        ramp_s=np.where(strong, problem.fade_s - cover, 0.0),
    )


def _rest_worth(problem: PatrolProblem, stop_worth: Floats, offset_s: float, pace: float) -> float:
    """Most that a crew adds by passing the streets of the stop where it rested before it left."""
    resting = problem.break_s[:, 2] > 0
    if not resting.any() or not len(stop_worth) or problem.pass_quality <= 0:
        return 0.0
    # It rests before it leaves only if it would arrive too late, so it waits no longer than this.
    span = (problem.break_s[:, 1] - problem.break_s[:, 0])[resting].min()
    wait = max(0.0, float(problem.travel_s.max()) / pace + 1.0 - float(span))
    since = np.full(len(stop_worth), float(problem.break_s[:, 2].max()) + offset_s + wait + 2.0)
    qp = float(problem.pass_quality)
    area = _area_after(since, problem.quality, qp, problem.fade_s) / qp
    return float((stop_worth * area)[problem.quality >= qp].max(initial=0.0))


def _area_after(since_s: Floats, quality: Floats, qp: float, fade_s: float) -> Floats:
    """Greatest area of a pass's effect above that of a visit that ended ``since_s`` before it, in seconds."""
    above = np.maximum(quality - qp, 1e-12)
    sliver = 0.5 * qp * since_s**2 * quality / (fade_s * above)
    return np.where(quality > qp, np.minimum(qp * since_s, sliver), qp * since_s)


def _counts(problem: PatrolProblem) -> Floats:
    """Most that 0, 1, ... passes of each street add: the shortest ages in the hours of greatest need.

    With n passes no more than n x seconds have a pass less than x seconds old, so the u-th second by age
    is at least u / n old; pairing the least ages with the greatest need bounds the integral.
    """
    rate, width, fade = problem.segment_rate, np.diff(problem.knots_s), float(problem.fade_s)
    order = np.argsort(-rate, axis=1, kind="stable")
    sorted_rate, sorted_width = np.take_along_axis(rate, order, axis=1), width[order]
    until = np.concatenate([np.zeros((len(rate), 1)), np.cumsum(sorted_width, axis=1)], axis=1)
    counts = np.zeros((len(rate), MOST_PASSES + 2))
    for many in range(1, MOST_PASSES + 1):
        u = np.minimum(until, many * fade)
        counts[:, many] = (sorted_rate * np.diff(u - u**2 / (2 * many * fade), axis=1)).sum(axis=1)
    counts[:, -1] = (rate * width).sum(axis=1)
    counts *= problem.pass_quality
    counts[problem.stop_of_segment >= 0] = 0.0
    return counts


class PassPrices:
    """Prices of passes and what follows from them.

    Attributes
    ----------
    piece_s
        [held streets] price of a pass, in seconds of a fresh one.
    street
        [streets] price of passing a street off the stops, in score.
    before, idle
        What passes may add to each stop, less prices (see the kernels).
    streets_value
        What they may add off the stops, less prices.
    legs
        [locations, locations] what a leg collects.
    """

    def __init__(self, problem: PatrolProblem, chains: Chains, passes: Passes) -> None:
        self.problem, self.chains, self.passes = problem, chains, passes
        n, gaps = problem.n_stops, chains.follow.shape[1]
        self.idle: Singles = np.zeros((n, GAPS + gaps), dtype=np.float32)
        self.before: Singles = np.zeros((n, chains.slots + 1), dtype=np.float32)

    def set(self, piece_s: Floats, street: Floats) -> None:
        """Take these prices over; none may be below 0."""
        p, problem, chains = self.passes, self.problem, self.chains
        self.piece_s, self.street = piece_s, street
        fill_idle(
            p.piece_worth, piece_s, p.piece_stop, p.covered_s, p.ramp_s, float(problem.fade_s),
            chains.slot_s, chains.least, chains.most, self.before, self.idle,
        )  # fmt: skip
        net = p.counts - street[:, None] * np.arange(p.counts.shape[1])
        self.street_count = net.argmax(axis=1)
        self.streets_value = float(net.max(axis=1, initial=0.0).sum())
        price, places = street.copy(), problem.travel_s.shape[0]
        price[p.held] = p.piece_worth * piece_s
        sums = np.bincount(p.leg, weights=price[p.street], minlength=places * places)
        self.legs: Floats = sums.reshape(places, places) + p.own


__all__ = ["MOST_PASSES", "PassPrices", "Passes", "make_passes"]
