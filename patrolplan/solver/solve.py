"""Solve: greedy, OR-Tools over several linearisations, refinement on the true score, re-check."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version

from patrolplan.errors import NoPlanError
from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.refine import Refined, refine
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.stop import Stop

ITERATIONS_PER_SOLUTION = 1000


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a solve stands: its stage, the share of it that is done (0 to 1), the best score so far."""

    stage: str
    share: float
    score: float


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


def solve(
    problem: PatrolProblem,
    *,
    stop: Stop,
    seed: int = 0,
    refine: bool = True,
    initial: Iterable[Visit] | None = None,
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
        False: the best plan of OR-Tools alone, checked.
    initial
        A plan to start from; the result is never below it if it keeps the rules.
    on_progress
        Called now and then with a :class:`Progress`.

    Raises
    ------
    NoPlanError
        No crew can make any visit; the message says why.
    """
    begun = time.perf_counter()
    tell = on_progress or (lambda progress: None)
    tell(Progress(stage="compiling", share=0.0, score=0.0))
    base = Solution.from_visits(problem, greedy(problem))
    if not base.visits:
        raise NoPlanError("no crew can make any visit")
    starts = [base]
    if initial is not None:
        starts.append(Solution.from_visits(problem, initial))
    best = max((s for s in starts if s.feasible), key=lambda s: s.score, default=base)
    found: Refined | None = None
    if refine:
        found = _refined(problem, best, stop, seed, begun, tell)
        better = Solution.from_visits(problem, found.visits)
        best = better if better.feasible and better.score >= best.score else best
    return Result(
        best=best,
        greedy=base,
        routing=None,
        stopped_by="interrupted" if stop.now else ("seconds" if stop.solutions is None else "solutions"),
        seed=seed,
        seconds=time.perf_counter() - begun,
        iterations=found.iterations if found else 0,
        trials_per_second=found.trials / max(found.seconds, 1e-9) if found else 0.0,
        trace=found.trace if found else (),
        versions=_versions(),
    )


def _refined(
    problem: PatrolProblem,
    start: Solution,
    stop: Stop,
    seed: int,
    begun: float,
    tell: Callable[[Progress], None],
) -> Refined:
    left = None if stop.seconds is None else max(0.0, stop.seconds - (time.perf_counter() - begun))
    return refine(
        problem,
        start.visits,
        seed=seed,
        iterations=None if stop.solutions is None else ITERATIONS_PER_SOLUTION * stop.solutions,
        seconds=left,
        interrupted=lambda: stop.now,
        on_slice=lambda share, score: tell(Progress(stage="refine", share=share, score=score)),
    )


def _versions() -> dict[str, str]:
    packages = ("numba", "numpy", "ortools")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}
