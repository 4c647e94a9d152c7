"""When shifts begin, where they are free to: the spans of duty whose routes score most."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import log2, prod

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import NoPlanError
from patrolplan.solver.anchors import anchored
from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.refine import refine
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.warm_up import warm_up
from patrolplan.solver.worth import worth_of

Span = tuple[int, int]
Picks = tuple[int, ...]

MOST_COMBINED = 120
"""Up to so many combinations of spans are all tried by greedy; of more, one crew's span after another."""

FINALISTS = 8
"""Combinations that are refined, half of them given up after each round."""

GREEDY_SHARE = 0.4
"""Share of the seconds after which no more combinations are tried."""


@dataclass(frozen=True, kw_only=True)
class StartChoice:
    """Which of its spans each crew takes.

    Attributes
    ----------
    picks
        For each crew the number of its span.
    score
        Of the plan found for it, over the horizon of the spans picked.
    tried
        How many combinations were tried.
    """

    picks: Picks
    score: float
    tried: int


def at_spans(problem: PatrolProblem, spans: Sequence[Span]) -> PatrolProblem:
    """The problem with a fixed span of duty for each crew, its horizon cut to them.

    Parameters
    ----------
    problem
        Its horizon holds all spans; without prices on moments.
    spans
        For each crew the first and last second of its duty, on whole minutes.

    Returns
    -------
    PatrolProblem
        As it would be built for crews with these shifts: a plan scores the same on both.
    """
    start = np.array([first for first, _ in spans], dtype=np.int32)
    end = np.array([last for _, last in spans], dtype=np.int32)
    zero, over, knots = int(start.min()), int(end.max()), problem.knots_s
    edges = np.unique(np.concatenate([start, end, knots[(knots > zero) & (knots < over)]]))
    of_bin = np.searchsorted(knots, edges[:-1], side="right") - 1
    middle = (edges[:-1] + edges[1:]) / 2
    on_shift = ((start[:, None] <= middle) & (middle < end[:, None])).any(axis=0)
    clock = problem.clock_s
    if len(clock):
        clock = (clock[of_bin] + edges[:-1] - knots[of_bin]).astype(np.int32)
    rests = problem.break_s.copy()
    rests[rests[:, 2] > 0, :2] -= zero
    return dataclasses.replace(
        problem,
        crew_start_s=(start - zero).astype(np.int32),
        crew_end_s=(end - zero).astype(np.int32),
        break_s=rests,
        windows_s=_windows(problem.windows_s, zero),
        knots_s=(edges - zero).astype(np.int32),
        segment_rate=problem.segment_rate[:, of_bin],
        horizon_rate=problem.horizon_rate[of_bin],
        on_shift=on_shift,
        clock_s=clock,
        musts_s=_moved(problem.musts_s, zero, columns=(1, 2)),
        pinned=_moved(problem.pinned, zero, columns=(1,)),
        carried=_moved(problem.carried, zero, columns=(1,)),
    )


def choose_starts(
    problem: PatrolProblem,
    options: Sequence[Sequence[Span]],
    *,
    seconds: float | None = None,
    iterations: int = 2000,
    seed: int = 0,
    interrupted: Callable[[], bool] = lambda: False,
) -> StartChoice:
    """The spans of duty, one of each crew's, under which the best plan is found.

    Combinations are ranked by the greedy plan; the best few are refined in rounds, after each of which the
    worse half is given up. Of equals the earlier spans win.

    Parameters
    ----------
    problem
        Its horizon holds every span.
    options
        For each crew the spans it may take; one alone where its shift is fixed.
    seconds
        About how long it may take; without it the work is counted in ``iterations``.
    iterations
        Steps of refinement for each of the combinations refined, in each round: repeatable.
    seed
        Of the refinement.
    """
    warm_up()
    begun = time.perf_counter()
    tried = _Tried(problem, options, seed)

    def over(share: float) -> bool:
        return interrupted() or (seconds is not None and time.perf_counter() - begun > share * seconds)

    tried.rank(lambda: over(GREEDY_SHARE))
    finalists = tried.best(FINALISTS)
    rounds = max(1, round(log2(max(1, len(finalists)))))
    left = None if seconds is None else max(0.0, seconds - (time.perf_counter() - begun))
    while len(finalists) > 1 and not over(1.0):
        each = None if left is None else left / rounds / len(finalists)
        for picks in finalists:
            tried.refine(picks, seconds=each, iterations=iterations, interrupted=lambda: over(1.0))
        finalists = sorted(finalists, key=tried.rank_of)[: (len(finalists) + 1) // 2]
    picks = finalists[0]
    return StartChoice(picks=picks, score=tried.worth[picks][1], tried=len(tried.worth))


class _Tried:
    """The combinations tried so far: what the best plan found for each is worth."""

    def __init__(self, problem: PatrolProblem, options: Sequence[Sequence[Span]], seed: int) -> None:
        self.problem, self.options, self.seed = problem, options, seed
        self.worth: dict[Picks, tuple[int, float]] = {}
        self.visits: dict[Picks, tuple[Visit, ...]] = {}

    def rank_of(self, picks: Picks) -> tuple[int, float, Picks]:
        """Sorts the best first: fewest rules broken, highest worth, earliest spans."""
        broken, worth = self.worth[picks]
        return broken, -worth, picks

    def best(self, count: int) -> list[Picks]:
        """The best combinations, best first."""
        return sorted(self.worth, key=self.rank_of)[:count]

    def rank(self, over: Callable[[], bool]) -> None:
        """Try all combinations, or one crew's spans after another until none is better."""
        counts = [len(spans) for spans in self.options]
        self._try((0,) * len(counts))
        if prod(counts) <= MOST_COMBINED:
            for picks in product(*(range(count) for count in counts)):
                if over():
                    return
                self._try(picks)
            return
        # From all crews at the same share of their spans: two crews alike need not move one by one.
        for share in (0.0, 0.5, 1.0):
            self._climb(tuple(round(share * (count - 1)) for count in counts), over)

    def refine(
        self, picks: Picks, *, seconds: float | None, iterations: int, interrupted: Callable[[], bool]
    ) -> None:
        """Improve the plan found for the combination."""
        problem = self._at(picks)
        try:
            bound = anchored(problem)
        except NoPlanError:
            return
        effort = {"seconds": seconds} if seconds is not None else {"iterations": iterations}
        found = refine(bound, self.visits[picks], seed=self.seed, interrupted=interrupted, **effort)
        self._keep(problem, picks, found.visits)

    def _climb(self, picks: Picks, over: Callable[[], bool]) -> None:
        self._try(picks)
        better = True
        while better and not over():
            better = False
            for crew, spans in enumerate(self.options):
                others = [(*picks[:crew], k, *picks[crew + 1 :]) for k in range(len(spans))]
                for other in others:
                    if not over():
                        self._try(other)
                best = min((other for other in others if other in self.worth), key=self.rank_of)
                if self.rank_of(best) < self.rank_of(picks):
                    picks, better = best, True

    def _try(self, picks: Picks) -> None:
        if picks in self.worth:
            return
        problem = self._at(picks)
        try:
            visits = greedy(anchored(problem))
        except NoPlanError:
            visits = ()
        self._keep(problem, picks, visits)

    def _keep(self, problem: PatrolProblem, picks: Picks, visits: Iterable[Visit]) -> None:
        plan = Solution.from_visits(problem, visits)
        worth = (len(plan.breaches), worth_of(problem, plan))
        known = self.worth.get(picks)
        if known is None or (worth[0], -worth[1]) < (known[0], -known[1]):
            self.worth[picks], self.visits[picks] = worth, plan.visits

    def _at(self, picks: Picks) -> PatrolProblem:
        return at_spans(self.problem, [spans[k] for spans, k in zip(self.options, picks, strict=True)])


def _moved(rows: NDArray[np.int32], zero: int, *, columns: tuple[int, ...]) -> NDArray[np.int32]:
    """Rows with these columns on the new clock."""
    moved = rows.copy()
    moved[:, columns] -= zero
    return moved


def _windows(windows: NDArray[np.int32], zero: int) -> NDArray[np.int32]:
    """Windows on the new clock; one that is over holds nothing."""
    padded = windows[:, :, :1] == NEVER
    return np.where(padded, np.int32(NEVER), np.maximum(windows - zero, 0)).astype(np.int32)
