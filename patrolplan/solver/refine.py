"""Refine: ruin and recreate on the true score, from any plan, in slices that keep the clock."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from patrolplan.solver.anneal import anneal, copy_plan, take_stock
from patrolplan.solver.engine import (
    BEGIN,
    BEST,
    EXACT,
    FINISH,
    PASSES,
    PRICE,
    SCORE,
    SIDE,
    TRIALS,
    VISITS,
    Plan,
    Scratch,
    Static,
    copy_of,
    empty_plan,
    make_scratch,
    make_static,
    shortest_visit,
    visits_of,
)
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.score import Floats
from patrolplan.solver.side import beside
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.worth import worth_of

SLICE_S = 0.05
"""Seconds the compiled search runs before the clock is read."""

COOLINGS = np.array([1.0, 2.0, 4.0, 8.0])
"""How the time is divided. Each cooling after the first begins anew from the best plan so far: whoever stops
a long search early holds what a search half as long would have given, and luck evens out."""


@dataclass(frozen=True, kw_only=True)
class SearchSettings:
    """How the search is tuned; the defaults are measured on patrol problems.

    Attributes
    ----------
    near
        Candidate stops tried at each end of a gap.
    noise, blink
        Spread of the noise on an insertion's worth; chance that a candidate is overlooked.
    power
        Power of the added seconds that an insertion's value is divided by.
    skip
        Chance to pass over a gap that has room only by pushing later visits.
    early
        Chance to close waits before recreating, and not only after it.
    singly
        Chance to put stops back one by one where each costs least, for fixed prizes.
    thrifty
        Chance that these go by prize over what each would cost now.
    walk_price
        Price of walking when two plans are compared, as a share of the score for walking all the time.
    longest_string, strings
        Most consecutive visits that are removed at once, and in how many places.
    first_heat, last_heat
        Temperatures at the beginning and the end of a cooling, in mean values of a visit.
    reheat
        Temperature at the beginning of later coolings over ``first_heat``.
    """

    near: int = 20
    noise: float = 0.1
    blink: float = 0.01
    power: float = 1.0
    skip: float = 0.8
    early: float = 0.0
    singly: float = 0.0
    thrifty: float = 0.0
    walk_price: float = 0.03
    longest_string: int = 8
    strings: int = 3
    first_heat: float = 0.3
    last_heat: float = 0.01
    reheat: float = 0.5

    @property
    def knobs(self) -> Floats:
        """What the kernels read, in their order."""
        return np.array(
            [self.noise, self.blink, self.power, self.skip, self.early, self.singly, self.thrifty]
        )


PATROL = SearchSettings()
"""For scores that fade. Half or twice the heat, other strings, more noise or blinks cost 0.1 to 0.6 %."""

ADDITIVE = SearchSettings(
    early=1.0,
    singly=1.0,
    first_heat=1.0,
    last_heat=0.05,
    reheat=1.0,
    walk_price=0.1,
    blink=0.02,
    longest_string=16,
)
"""For fixed prizes without time windows: team orienteering. Strings of 8 cost 0.3 %, half the heat 0.2 %."""

TIMED = replace(ADDITIVE, thrifty=0.3, longest_string=6, reheat=0.5)
"""For fixed prizes with time windows. Without thrift 0.9 % is lost, with strings of 16 0.6 %."""


@dataclass(frozen=True, kw_only=True)
class Refined:
    """What the refinement found.

    Attributes
    ----------
    visits
        The best plan, never below the start.
    score
        Its true score.
    iterations, trials, exact
        Ruin-and-recreate steps, insertions tried, exact evaluations of passes.
    seconds
        Time spent, compilation apart.
    trace
        (seconds, iterations, best score) at the start and after each slice that improved it.
    """

    visits: tuple[Visit, ...]
    score: float
    iterations: int
    trials: int
    exact: int
    seconds: float
    trace: tuple[tuple[float, int, float], ...]


def refine(
    problem: PatrolProblem,
    visits: Iterable[Visit],
    *,
    seed: int,
    iterations: int | None = None,
    seconds: float | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    settings: SearchSettings | None = None,
    on_slice: Callable[[float, float], None] | None = None,
) -> Refined:
    """Improve a feasible plan by annealed ruin and recreate on the true score.

    Parameters
    ----------
    problem, visits
        The problem and a plan that keeps its rules; visits that do not fit are left out at the start.
    seed
        Starts the search's own random numbers; with ``iterations`` the result repeats exactly.
    iterations, seconds
        Which of the two ends the search.
    interrupted
        Asked between slices of about 50 ms.
    settings
        Chosen by the kind of problem if not given.
    on_slice
        Called with the share done (0 to 1) and the best score after each slice.
    """
    begun = time.perf_counter()
    start = tuple(sorted(visits))
    settings = settings or settings_for(problem)
    static = make_static(problem, near=settings.near)
    scratch, plan = make_scratch(static, seed=seed), empty_plan(static)
    load(static, plan, scratch, start)
    held, best = copy_of(plan), copy_of(plan)
    run = _Run(static, plan, held, best, scratch, settings)
    floor = Solution.from_visits(problem, start)
    if seconds is not None:
        seconds = max(0.0, seconds - (time.perf_counter() - begun))
    run.walk(iterations=iterations, seconds=seconds, interrupted=interrupted, on_slice=on_slice)
    found = visits_of(best)
    ended = Solution.from_visits(problem, found)
    score = ended.score
    below = worth_of(problem, floor) > worth_of(problem, ended)
    if floor.feasible and (below or not ended.feasible):
        found, score = start, floor.score
    return Refined(
        visits=found,
        score=score,
        iterations=run.done,
        trials=int(scratch.figure[TRIALS]),
        exact=int(scratch.figure[EXACT]),
        seconds=run.seconds,
        trace=tuple(run.trace),
    )


def load(static: Static, plan: Plan, scratch: Scratch, visits: Iterable[Visit]) -> int:
    """Put visits into an empty plan at their own times; the number that did not fit.

    Pinned visits come first, so that nothing takes their place.
    """
    pins = {(int(c), int(t), int(s)) for c, t, s in static.fixed}
    ordered = sorted(visits, key=lambda v: ((v.crew, v.start_s, v.stop) not in pins, v))
    from patrolplan.solver.anneal import place_visit

    left = 0
    for visit in ordered:
        left += not place_visit(static, plan, scratch, visit.crew, visit.stop, visit.start_s)
    scratch.crew_mark[:] = 0
    scratch.stop_mark[:] = 0
    return left


def settings_for(problem: PatrolProblem) -> SearchSettings:
    """What was measured to do best on problems of this kind."""
    if not additive(problem):
        return PATROL
    return TIMED if (problem.windows_s != NEVER).any() else ADDITIVE


def additive(problem: PatrolProblem) -> bool:
    """Whether every stop pays a fixed prize once and nothing else counts."""
    once = bool((problem.most_visits <= 1).all()) and not problem.break_s[:, 2].any()
    once = once and not beside(problem)
    return once and not problem.segment_rate.any() and problem.n_crews > 0


class _Run:
    """One search under way: the plans it works on and its clock."""

    def __init__(
        self, static: Static, plan: Plan, held: Plan, best: Plan, scratch: Scratch, settings: SearchSettings
    ) -> None:
        self.static, self.plan, self.held, self.best = static, plan, held, best
        self.scratch, self.settings = scratch, settings
        self.done, self.seconds, self.cooling = 0, 0.0, 0
        self.ends = np.cumsum(COOLINGS) / COOLINGS.sum()
        self.trace: list[tuple[float, int, float]] = []
        self.shape = np.array(
            [settings.longest_string, settings.strings, shortest_visit(static)],
            dtype=np.int64,
        )
        self.knobs = settings.knobs
        take_stock(static, plan, held, scratch)
        anneal(static, plan, held, best, scratch, self.knobs, np.zeros(0), self.shape)
        copy_plan(held, best)
        scratch.figure[BEST] = scratch.figure[SCORE]

    def walk(
        self,
        *,
        iterations: int | None,
        seconds: float | None,
        interrupted: Callable[[], bool],
        on_slice: Callable[[float, float], None] | None,
    ) -> None:
        begun = time.perf_counter()
        self.trace.append((0.0, 0, float(self.scratch.figure[BEST])))
        size = 20
        while not interrupted():
            share = self._share(iterations, seconds)
            if share >= 1.0:
                break
            self._begin_cooling(share)
            if iterations is not None:
                # The cooling's last step is the first at or past its end.
                left = math.ceil(self.ends[self.cooling] * iterations) - self.done
                size = max(1, min(size, left, iterations - self.done))
            took = self._slice(size, share, iterations)
            self.seconds = time.perf_counter() - begun
            if iterations is None:
                size = max(1, min(size * 4, int(size * SLICE_S / max(took, 1e-6))))
            else:
                size = 200
            if on_slice is not None:
                on_slice(min(1.0, self._share(iterations, seconds)), float(self.scratch.figure[BEST]))

    def _share(self, iterations: int | None, seconds: float | None) -> float:
        if iterations is not None:
            return self.done / max(1, iterations)
        return self.seconds / seconds if seconds else 1.0

    def _begin_cooling(self, share: float) -> None:
        """Go back to the best plan when the share of the time used reaches the next cooling."""
        number = int(np.searchsorted(self.ends[:-1], share, side="right"))
        if number > self.cooling:
            self.cooling = number
            copy_plan(self.best, self.plan)
            take_stock(self.static, self.plan, self.held, self.scratch)

    def _heats(self, shares: Floats) -> Floats:
        """Temperatures after these shares of the time, in mean values of a visit."""
        end = self.ends[self.cooling]
        begin = self.ends[self.cooling - 1] if self.cooling else 0.0
        first = self.settings.first_heat * (self.settings.reheat if self.cooling else 1.0)
        within = np.clip((shares - begin) / (end - begin), 0.0, 1.0)
        heats: Floats = first * (self.settings.last_heat / first) ** within
        return heats

    def _slice(self, size: int, share: float, iterations: int | None) -> float:
        begun = time.perf_counter()
        shares = np.full(size, share)
        if iterations is not None:
            shares = (self.done + np.arange(size)) / iterations
        shift = float((self.static.crews[:, FINISH] - self.static.crews[:, BEGIN]).sum())
        self.scratch.figure[PRICE] = self.settings.walk_price * self._value() / max(1.0, shift)
        heats = self._mean_visit() * self._heats(shares)
        s = self
        better = anneal(s.static, s.plan, s.held, s.best, s.scratch, s.knobs, heats, s.shape)
        self.done += size
        took = time.perf_counter() - begun
        if better:
            self.trace.append((self.seconds + took, self.done, float(self.scratch.figure[BEST])))
        return took

    def _mean_visit(self) -> float:
        return self._value() / max(1, int(self.best.size.sum()))

    def _value(self) -> float:
        """The score of the best plan; of the held one where prices and demands stand beside it."""
        figure = self.scratch.figure
        free = figure[SIDE] == 0.0 and figure[BEST] > 0.0
        return float(figure[BEST] if free else figure[VISITS] + figure[PASSES])
