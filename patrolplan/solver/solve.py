"""Solve: greedy, OR-Tools over several linearisations, refinement on the true score, re-check, bound."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib.metadata import version

from patrolplan.errors import NoPlanError
from patrolplan.solver.anchors import anchored, kept_with_anchors
from patrolplan.solver.banded import banded
from patrolplan.solver.bound import bound, making_s
from patrolplan.solver.bound_beside import BoundBeside, can_go_beside
from patrolplan.solver.conflict import conflict_of
from patrolplan.solver.greedy import greedy
from patrolplan.solver.no_plan import why_no_plan
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.problem_check import check_one_way
from patrolplan.solver.refine import Refined
from patrolplan.solver.refine import refine as refine_plan
from patrolplan.solver.side import demanding
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.stop import Stop
from patrolplan.solver.warm_up import warm_up, warm_up_bound
from patrolplan.solver.worth import worth_of

ITERATIONS_PER_SOLUTION = 1000

ROUTING_SHARE = 0.06
"""Share of the seconds for OR-Tools when the refinement follows, over all band lengths."""

BAND_LENGTHS = 3

BOUND_STEPS_PER_SOLUTION, MOST_BOUND_STEPS = 20, 400
"""Steps of the bound where the end is counted in solutions."""

LEAST_ROUTING_S = 0.15


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a solve stands: its stage, the share of it that is done (0 to 1), the best score so far.

    ``upper_bound`` is what no plan can exceed, None as long as it is not known.
    """

    stage: str
    share: float
    score: float
    upper_bound: float | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """The outcome of a solve.

    Attributes
    ----------
    best
        The best plan found, checked.
    greedy
        The baseline.
    routing
        The best plan of OR-Tools alone, None if it was not run or found nothing.
    stopped_by
        "seconds", "solutions" or "interrupted".
    seed
        As given.
    seconds
        Wall clock of the whole solve.
    iterations, trials_per_second
        Of the refinement: steps made, insertions tried a second; 0 without it.
    trace
        (seconds, iterations, score) of the refinement each time it found better.
    versions
        Of Python and the packages whose change may change the plan.
    upper_bound
        No plan scores more (see docs/bound.md); None if it was not asked for or found no time.
    """

    best: Solution
    greedy: Solution
    routing: Solution | None
    stopped_by: str
    seed: int
    seconds: float
    iterations: int
    trials_per_second: float
    trace: tuple[tuple[float, int, float], ...]
    versions: Mapping[str, str]
    upper_bound: float | None = None

    @property
    def of_best_possible(self) -> float | None:
        """Share of the best possible score that the plan reaches at least, 0 to 1; None without a bound."""
        if self.upper_bound is None:
            return None
        return self.best.score / self.upper_bound if self.upper_bound > 0 else 1.0


def solve(
    problem: PatrolProblem,
    *,
    stop: Stop,
    seed: int = 0,
    refine: bool = True,
    initial: Iterable[Visit] | None = None,
    bound_share: float = 0.0,
    on_progress: Callable[[Progress], None] | None = None,
) -> Result:
    """The best patrol plan that the given time or number of solutions allows.

    Parameters
    ----------
    problem
        What to plan.
    stop
        When to end.
    seed
        Starts all randomness.
    refine
        False: no refinement; the better of OR-Tools' best plan and greedy's. OR-Tools works on fixed prizes
        in time bands, greedy on the true score, which often scores higher.
    initial
        A plan to start from; the result is never below it if it keeps the rules.
    bound_share
        Share of the seconds kept for an upper bound on the score (0: none); where a second core is free
        for this process the bound is worked out there meanwhile, and the search has all the seconds. With
        solutions the bound makes 20 steps for each, up to 400.
    on_progress
        Called now and then with a :class:`Progress`.

    Raises
    ------
    InputError
        Crews walk different streets (``problem.more_travel_s``).
    NoPlanError
        No crew can make any visit, or a visit that must be made can't be; the message says why.
    """
    check_one_way(problem)
    run = _Solve(problem, stop, seed, on_progress)
    run.tell("compiling", 0.0, 0.0)
    warm_up()
    if bound_share > 0:
        warm_up_bound()
        run.keep_for_bound(bound_share)
    try:
        run.problem = anchored(problem)
    except NoPlanError as error:
        raise _contradicted(problem, str(error)) from None
    run.begun = time.perf_counter()
    base = run.checked(greedy(run.problem))
    if base.breaches:
        base = run.checked(kept_with_anchors(run.problem, (), filled=True))
    if not base.visits:
        raise NoPlanError(why_no_plan(problem))
    run.offer(base)
    if initial is not None:
        run.offer(run.checked(initial))
    with run.beside(problem, base):
        routing = run.routing(alone=not refine)
        found = run.refined() if refine else None
    best = run.best
    if best.breaches:
        told = "no plan keeps all rules: " + "; ".join(b.text for b in best.breaches)
        raise _contradicted(problem, told)
    upper_bound = run.bounded(problem, best) if bound_share > 0 else None
    return Result(
        best=best,
        greedy=base,
        routing=routing,
        stopped_by=run.stopped_by,
        seed=seed,
        seconds=time.perf_counter() - run.begun,
        iterations=found.iterations if found else 0,
        trials_per_second=found.trials / max(found.seconds, 1e-9) if found else 0.0,
        trace=found.trace if found else (),
        versions=_versions(),
        upper_bound=upper_bound,
    )


def _contradicted(problem: PatrolProblem, message: str) -> NoPlanError:
    """The error with the rules that contradict each other, and what a plan without some of them reaches."""
    found = conflict_of(problem)
    if found is None:
        return NoPlanError(message)
    cannot = "These can't be kept together" if len(found.rules) > 1 else "This can't be kept at all"
    told = (
        f"{message}. {cannot}: {'; '.join(found.rules)}. Without "
        f"{'; '.join(found.dropped)} a plan of {len(found.partial.visits)} visits can be made: "
        "`patrolplan plan --partial` makes the best such plan, and says on every file what it lacks"
    )
    return NoPlanError(
        told, conflict=found.rules, partial=found.partial, dropped=found.dropped, without=found.without
    )


class _Solve:
    """One solve under way: its clock and the best plan so far."""

    side: BoundBeside | None

    def __init__(
        self, problem: PatrolProblem, stop: Stop, seed: int, on_progress: Callable[[Progress], None] | None
    ) -> None:
        self.problem, self.stop, self.seed, self.on_progress = problem, stop, seed, on_progress
        self.begun = time.perf_counter()
        self.best: Solution = Solution.from_visits(problem, ())
        self.bound_s = 0.0
        self.side_by_side, self.side = False, None

    def tell(self, stage: str, share: float, score: float) -> None:
        """Pass progress on."""
        if self.side is not None:
            self.side.known = max(self.side.known, score)
        if self.on_progress is not None:
            told = None if self.side is None else self.side.value
            self.on_progress(Progress(stage=stage, share=share, score=score, upper_bound=told))

    def checked(self, visits: Iterable[Visit]) -> Solution:
        """Clock, score and rules of a plan."""
        return Solution.from_visits(self.problem, visits)

    def offer(self, solution: Solution) -> None:
        """Keep the plan if it breaks fewer rules, or no more and scores higher."""
        mine, other = self.best, solution
        worth = [worth_of(self.problem, plan) for plan in (other, mine)]
        if (-len(other.breaches), worth[0]) > (-len(mine.breaches), worth[1]):
            self.best = solution

    def keep_for_bound(self, share: float) -> None:
        """Keep a share of the seconds for the bound, unless they would not do to set it up."""
        if self.stop.seconds is None:
            return
        self.side_by_side = can_go_beside(self.problem, self.stop.seconds)
        wanted = share * self.stop.seconds
        if not self.side_by_side and wanted > 2 * making_s(self.problem):
            self.bound_s = wanted

    def beside(self, problem: PatrolProblem, base: Solution) -> AbstractContextManager[object]:
        """The bound at work beside the search, if there is a core for it."""
        left = self.left_s
        if not self.side_by_side or left is None:
            return nullcontext()
        self.side = BoundBeside(problem, base, seconds=left)
        return self.side

    def bounded(self, problem: PatrolProblem, best: Solution) -> float | None:
        """An upper bound on the score of any plan."""
        steps, seconds = None, None
        if self.side is not None:
            return None if self.side.value is None else max(self.side.value, best.score)
        if self.stop.solutions is not None:
            steps = min(BOUND_STEPS_PER_SOLUTION * self.stop.solutions, MOST_BOUND_STEPS)
        elif self.bound_s > 0:
            self.bound_s = 0.0
            seconds = self.left_s
        else:
            return None

        def tell(share: float, upper_bound: float) -> None:
            if self.on_progress is not None:
                told = Progress(stage="bound", share=share, score=best.score, upper_bound=upper_bound)
                self.on_progress(told)

        return bound(
            problem, best, seconds=seconds, iterations=steps, interrupted=lambda: self.stop.now, on_step=tell
        ).value

    @property
    def left_s(self) -> float | None:
        """Seconds left for the search, None if the end is counted in solutions."""
        if self.stop.seconds is None:
            return None
        return max(0.0, self.stop.seconds - self.bound_s - (time.perf_counter() - self.begun))

    @property
    def stopped_by(self) -> str:
        """What ended the solve."""
        if self.stop.now:
            return "interrupted"
        return "seconds" if self.stop.solutions is None else "solutions"

    def routing(self, *, alone: bool) -> Solution | None:
        """The best plan of OR-Tools over all band lengths, by true score."""
        from patrolplan.solver.routing import band_lengths, route

        best: Solution | None = None
        lengths = band_lengths(self.problem)
        for k, band_s in enumerate(lengths):
            if self.stop.now:
                break
            self.tell("routing", k / len(lengths), best.score if best else self.best.score)
            seconds = self._routing_s(len(lengths) - k, alone=alone)
            if seconds is not None and seconds <= 0.0:
                break
            bands = banded(self.problem, band_s=int(band_s))
            routes = route(
                self.problem, bands, seconds=seconds, solutions=self.stop.solutions,
                interrupted=lambda: self.stop.now,
            )  # fmt: skip
            for visits in routes.timings:
                found = self.checked(visits)
                if demanding(self.problem):
                    found = self.checked(kept_with_anchors(self.problem, visits))
                if found.feasible and found.visits and (best is None or found.score > best.score):
                    best = found
        if best is not None:
            self.offer(best)
        return best

    def _routing_s(self, models: int, *, alone: bool) -> float | None:
        left = self.left_s
        if left is None or self.stop.seconds is None:
            return None
        if alone:
            return left / models
        wanted = max(LEAST_ROUTING_S, self.stop.seconds * ROUTING_SHARE / BAND_LENGTHS)
        return wanted if left > 2 * wanted * models else 0.0

    def refined(self) -> Refined:
        """Refine the best plan so far."""
        found = refine_plan(
            self.problem,
            self.best.visits,
            seed=self.seed,
            iterations=None if self.stop.solutions is None else ITERATIONS_PER_SOLUTION * self.stop.solutions,
            seconds=self.left_s,
            interrupted=lambda: self.stop.now,
            on_slice=lambda share, score: self.tell("refine", share, score),
        )
        self.offer(self.checked(found.visits))
        return found


def _versions() -> dict[str, str]:
    packages = ("numba", "numpy", "ortools")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}
