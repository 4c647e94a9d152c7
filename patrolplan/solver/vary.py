"""Vary: plans drawn at random within a stated loss of score, hard to guess from those that went before."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.solver.observer import named
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.refine import PATROL, refine
from patrolplan.solver.solution import Solution, Visit

SLOT_S = 1800
"""Half an hour: what somebody who watches the street would remember."""

ITERATIONS = 8000
"""Steps of search for each draw: about half a second for six crews' evening."""

TRIALS = 10
"""Searches for each draw, each with another price on being where and when one is expected."""

FIRST_PRICE = 0.3
"""First price tried on a stay that is named for sure, in worths of a mean visit; about what 3 % allow."""

CLOSED = 1.1
"""Prices this near each other are told apart by the search's luck alone."""

GUESSES = 3
"""Places that the observer of the price names in a half hour."""

SEEN_SHARE = 0.3
"""What the most frequent moment costs beside, so that what was seen is shunned though nobody names it yet."""

LOT = 0.3
"""Prices are drawn anew for each plan by so much up and down, so that shunning can't be foretold either."""

PART_S = 60
"""The price of a moment is told for every minute."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def presence(
    problem: PatrolProblem, visits: Iterable[Visit], *, slot_s: int = SLOT_S, slot_start_s: int = 0
) -> NDArray[np.bool_]:
    """Whether any officer stays at a stop in a half hour, [stops, slots].

    Parameters
    ----------
    problem, visits
        The plan.
    slot_s
        Length of a slot.
    slot_start_s
        Where the first slot begins, 0 or before the horizon's start: -900 for a shift that begins at
        16:15, so that slots lie on the clock's half hours.

    Examples
    --------
    >>> from patrolplan.solver.warm_up import toy_problem
    >>> presence(toy_problem(), [Visit(crew=0, start_s=1500, stop=1)]).astype(int).tolist()
    [[0, 0, 0, 0], [1, 1, 0, 0]]
    """
    there = np.zeros((problem.n_stops, _slots(problem, slot_s, slot_start_s)), dtype=np.bool_)
    for visit in visits:
        end = visit.start_s + max(1, int(problem.dwell_s[visit.stop]))
        first, last = (visit.start_s - slot_start_s) // slot_s, (end - 1 - slot_start_s) // slot_s
        there[visit.stop, first : last + 1] = True
    return there


def vary(
    problem: PatrolProblem,
    best: Solution | Iterable[Visit],
    *,
    loss: float = 0.03,
    draws: int = 1,
    seed: int = 0,
    seen: Floats | None = None,
    slot_s: int = SLOT_S,
    slot_start_s: int = 0,
    iterations: int = ITERATIONS,
) -> tuple[Solution, ...]:
    """Plans within ``loss`` of the best score, as unlike the best, each other and earlier ones as can be.

    Somebody who knows the earlier plans names places where an officer is in a half hour
    (`patrolplan.solver.observer`). Being where and when he would look has a price, drawn by lot around
    how likely he names it, and the routes are searched anew on the true score less that price. The price is
    raised as far as the loss lets it; of the plans within the loss the draw is the one he names least.
    It keeps every rule, and prices that the problem has already.

    Parameters
    ----------
    problem
        What is planned.
    best
        The best plan known; a draw scores at least ``(1 - loss)`` times as much.
    loss
        Share of the score that may be given up, 0 to 1.
    draws
        How many plans; each is also unlike the draws before it.
    seed
        Starts all chance; the same arguments give the same plans.
    seen
        [stops, slots] how often officers were at a stop in a half hour in earlier plans (counts or
        shares; see :func:`presence`), None for no history. The best plan counts as one more of them.
    slot_s, slot_start_s
        As in :func:`presence`.
    iterations
        Steps of search for each draw.

    Returns
    -------
    The draws in order; each keeps all rules that ``best`` keeps. Where nothing else is within the loss,
    a draw is ``best`` itself.

    Raises
    ------
    InputError
        A loss outside 0 to 1, fewer than one draw, or ``seen`` of another shape.
    """
    known = best if isinstance(best, Solution) else Solution.from_visits(problem, best)
    slots = _slots(problem, slot_s, slot_start_s)
    _check(problem, loss, draws, seen, slots)
    times, price = _Slots(problem, slot_s, slot_start_s), _Price()
    often = times.of(known.visits) + (0.0 if seen is None else np.asarray(seen, dtype=np.float64))
    found = []
    for draw in range(draws):
        one = _draw(known, often, times, price, loss=loss, seeds=(seed, draw), iterations=iterations)
        often = often + times.of(one.visits)
        price = _Price(now=price.within or price.now)
        found.append(one)
    return tuple(found)


class _Slots:
    """The horizon in slots, for one problem."""

    def __init__(self, problem: PatrolProblem, slot_s: int, start_s: int) -> None:
        self.problem, self.slot_s, self.start_s = problem, slot_s, start_s
        parts = max(1, problem.horizon_s // PART_S)
        begin = (np.arange(parts) + 0.5) * problem.horizon_s / parts
        end = begin + np.maximum(problem.dwell_s, 1)[:, None] - 1
        last = _slots(problem, slot_s, start_s) - 1
        self.first: Ints = np.minimum((begin - start_s) // slot_s, last).astype(np.int64)
        self.last: Ints = np.minimum((end - start_s) // slot_s, last).astype(np.int64)
        self.given = _at_parts(problem.moment_price, parts)

    def of(self, visits: Iterable[Visit]) -> Floats:
        """Presence as numbers."""
        there = presence(self.problem, visits, slot_s=self.slot_s, slot_start_s=self.start_s)
        return there.astype(np.float64)

    def priced(self, price: Floats) -> PatrolProblem:
        """The problem with a price on being at a stop in a slot, beside the prices it has."""
        below = np.concatenate([np.zeros((len(price), 1)), np.cumsum(price, axis=1)], axis=1)
        first = np.broadcast_to(self.first, self.last.shape)
        paid = np.take_along_axis(below, self.last + 1, 1) - np.take_along_axis(below, first, 1)
        return dataclasses.replace(self.problem, moment_price=self.given + paid)


@dataclasses.dataclass
class _Price:
    """The price under trial, in worths of a mean visit: doubled or halved till known from both sides."""

    now: float = FIRST_PRICE
    within: float | None = None
    beyond: float | None = None

    def told(self, within: bool) -> None:
        """Go on from what the last trial showed: whether its loss was within the bound."""
        if within:
            self.within = self.now
        else:
            self.beyond = self.now
        if self.beyond is None:
            self.now *= 2
        elif self.within is None:
            self.now /= 2
        else:
            # The search is noisy: a bracket that has closed is opened again.
            if self.beyond < CLOSED * self.within:
                self.within, self.beyond = self.within / CLOSED, self.beyond * CLOSED
            self.now = (self.within * self.beyond) ** 0.5


def _draw(
    best: Solution,
    often: Floats,
    times: _Slots,
    price: _Price,
    *,
    loss: float,
    seeds: tuple[int, int],
    iterations: int,
) -> Solution:
    """One plan: of those within the loss, the one that an observer would name least."""
    random = np.random.default_rng(seeds)
    likely = _likely(often)
    lot = likely * random.uniform(1 - LOT, 1 + LOT, likely.shape) * best.score / max(1, len(best.visits))
    chosen, least = best, float((likely * times.of(best.visits)).sum())
    visits: tuple[Visit, ...] = best.visits
    for _ in range(TRIALS):
        found = refine(
            times.priced(price.now * lot), visits, seed=int(random.integers(2**31)),
            iterations=max(1, iterations // TRIALS), settings=PATROL,
        )  # fmt: skip
        solution = Solution.from_visits(times.problem, found.visits)
        within = solution.score >= (1.0 - loss) * best.score and len(solution.breaches) <= len(best.breaches)
        if within:
            visits = found.visits
            alike = float((likely * times.of(visits)).sum())
            chosen, least = (solution, alike) if alike < least else (chosen, least)
        price.told(within)
    return chosen


def _likely(often: Floats) -> Floats:
    """[stops, slots] how likely an observer names a stop: first guesses most, all he saw a little."""
    guesses = [named(often, min(count, len(often))) for count in range(1, GUESSES + 1)]
    seen = often / often.max() if often.max() > 0 else often
    return np.asarray(np.mean(guesses, axis=0) + SEEN_SHARE * seen)


def _at_parts(prices: Floats, parts: int) -> Floats:
    """Prices of other equal parts of the horizon at ``parts`` of them."""
    if not prices.shape[1]:
        return np.zeros((len(prices), parts))
    return np.asarray(prices[:, ((np.arange(parts) + 0.5) * prices.shape[1] / parts).astype(np.int64)])


def _slots(problem: PatrolProblem, slot_s: int, start_s: int) -> int:
    return -(-(problem.horizon_s - start_s) // slot_s)


def _check(problem: PatrolProblem, loss: float, draws: int, seen: Floats | None, slots: int) -> None:
    faults = []
    if not 0 <= loss <= 1:
        faults.append(f"loss {loss}: give a share of the score from 0 to 1; 0.03 is 3 %")
    if draws < 1:
        faults.append(f"draws {draws}: ask for at least one")
    if seen is not None and np.shape(seen) != (problem.n_stops, slots):
        faults.append(
            f"seen has the shape {np.shape(seen)}: give one figure for each of {problem.n_stops} stops and "
            f"{slots} half hours"
        )
    if faults:
        raise InputError(faults)
