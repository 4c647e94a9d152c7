"""Vary: plans drawn at random within a stated loss of score, hard to guess from those that went before."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.refine import PATROL, refine
from patrolplan.solver.solution import Solution, Visit

SLOT_S = 1800
"""Half an hour: what somebody who watches the street would remember."""

ITERATIONS = 6000
"""Steps of search for each draw: under half a second for six crews' evening."""

TRIALS = 6
"""Searches for each draw, with more or fewer moments forbidden; more gain little."""

Floats = NDArray[np.float64]


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

    Of the moments (a stop in a half hour) at which officers were before, some are drawn and forbidden,
    likelier ones with higher chance, and the routes are searched anew around them on the true score. The
    plan that keeps most of them forbidden and still loses no more than ``loss`` is the draw. It keeps
    every rule: pinned visits stay, and a period in which a stop must be visited stays open.

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
        shares; see :func:`presence`), None for no history.
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
    times = _Slots(problem, slot_s, slot_start_s)
    told = np.zeros((problem.n_stops, slots)) if seen is None else np.asarray(seen, dtype=np.float64)
    often = times.of(known.visits) + (told / told.max() if told.max() > 0 else told)
    found = []
    for draw in range(draws):
        one = _draw(problem, known, often, times, loss=loss, seeds=(seed, draw), iterations=iterations)
        often = often + times.of(one.visits)
        found.append(one)
    return tuple(found)


class _Slots:
    """The horizon in slots, for one problem."""

    def __init__(self, problem: PatrolProblem, slot_s: int, start_s: int) -> None:
        self.problem, self.slot_s, self.start_s = problem, slot_s, start_s
        self.kept = _must_stay_open(problem, slot_s, start_s)

    def of(self, visits: Iterable[Visit]) -> Floats:
        """Presence as numbers."""
        there = presence(self.problem, visits, slot_s=self.slot_s, slot_start_s=self.start_s)
        return there.astype(np.float64)

    def without(self, forbidden: NDArray[np.bool_]) -> PatrolProblem:
        """The problem with windows that leave out the forbidden slots."""
        closed = forbidden & ~self.kept
        rows = [list(self._windows(stop, closed[stop])) for stop in range(self.problem.n_stops)]
        widest = max([1, *(len(row) for row in rows)])
        windows = np.full((len(rows), widest, 2), NEVER, dtype=np.int32)
        for window, row in zip(windows, rows, strict=True):
            window[: len(row)] = np.array(row, dtype=np.int32).reshape(-1, 2)
        return dataclasses.replace(self.problem, windows_s=windows)

    def _windows(self, stop: int, closed: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
        given = [(a, b) for a, b in self.problem.windows_s[stop].tolist() if a != NEVER]
        if not closed.any():
            yield from given
            return
        edges = np.flatnonzero(np.diff(np.concatenate([[True], closed, [True]])))
        spans = [(max(0, self.start_s + int(a) * self.slot_s), self.start_s + int(b) * self.slot_s)
                 for a, b in pairwise(edges) if not closed[a]]  # fmt: skip
        # A stop that is closed throughout keeps a window that holds nothing: without one it would be open.
        found = [
            (max(a, u), min(b, v))
            for a, b in given or [(0, self.problem.horizon_s + self.slot_s)]
            for u, v in spans
            if min(b, v) > max(a, u)
        ]
        yield from found or [(0, 0)]


def _draw(
    problem: PatrolProblem,
    best: Solution,
    often: Floats,
    times: _Slots,
    *,
    loss: float,
    seeds: tuple[int, int],
    iterations: int,
) -> Solution:
    """One plan: the share of forbidden moments is halved in on, and the least likely plan is kept."""
    random = np.random.default_rng(seeds)
    chance = often / often.max() if often.max() > 0 else often
    chosen, likely = best, _likeness(often, times.of(best.visits))
    visits: tuple[Visit, ...] = best.visits
    low, high, strength = 0.0, 1.0, 1.0
    for _ in range(TRIALS):
        odds = chance * strength / max(1.0 - strength, 1e-12)
        forbidden = (chance > 0) & (random.random(often.shape) < odds)
        found = refine(
            times.without(forbidden), visits, seed=int(random.integers(2**31)),
            iterations=max(1, iterations // TRIALS), settings=PATROL,
        )  # fmt: skip
        visits = found.visits
        solution = Solution.from_visits(problem, visits)
        within = solution.score >= (1.0 - loss) * best.score and len(solution.breaches) <= len(best.breaches)
        if within and (alike := _likeness(often, times.of(visits))) < likely:
            chosen, likely = solution, alike
        low, high = (strength, high) if within else (low, strength)
        strength = (low + high) / 2
        if within and high >= 1.0:
            strength = 1.0
    return chosen


def _likeness(often: Floats, there: Floats) -> float:
    """How often officers were before where and when this plan has them, on average."""
    return float((often * there).sum() / max(1.0, there.sum()))


def _must_stay_open(problem: PatrolProblem, slot_s: int, start_s: int) -> NDArray[np.bool_]:
    """[stops, slots] moments of pinned visits and of periods in which a stop must be visited."""
    kept = np.zeros((problem.n_stops, _slots(problem, slot_s, start_s)), dtype=np.bool_)
    pins = [(stop, start, start) for _, start, stop in problem.pinned.tolist()]
    for stop, earliest, latest in (*problem.musts_s.tolist(), *pins):
        last = latest + max(1, int(problem.dwell_s[stop])) - 1
        kept[stop, (earliest - start_s) // slot_s : (last - start_s) // slot_s + 1] = True
    return kept


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
