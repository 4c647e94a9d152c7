"""An upper bound on the score of every plan of a problem, by Lagrangian prices on visits and passes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from patrolplan.solver.bound_descent import Descent
from patrolplan.solver.bound_model import MOST_CELLS
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.problem_check import check_one_way
from patrolplan.solver.solution import Solution

STAGES = ((10, 60, True, 0.25), (5, 60, True, 0.25), (2, 20, False, 0.25), (1, 10, False, 0.25))
"""Slots that share a price, seconds of the crews' grid, whether all ends of shifts are taken for the nearest,
share of the effort. Many quick steps find the prices, few careful ones the bound: 1.3 points better in 12
seconds than with an even grid of 60, 30 and 10 seconds."""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """No plan of the problem scores more than ``value``.

    Attributes
    ----------
    value
        Upper bound on the score.
    of_best
        Score of the given plan over ``value``: at least this share of the best possible is reached.
    iterations, seconds
        Steps made and time spent.
    trace
        (iterations, value) each time it fell.
    """

    value: float
    of_best: float
    iterations: int
    seconds: float
    trace: tuple[tuple[int, float], ...]


def bound(
    problem: PatrolProblem,
    best: Solution,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    on_step: Callable[[float, float], None] | None = None,
    known: Callable[[], float] | None = None,
) -> Bound:
    """Bound the score of all plans from above; docs/bound.md has the model and its proof.

    Parameters
    ----------
    problem
        The problem. Rules that the bound does not know are dropped, which can only raise it: pinned and
        must visits, most walk, two crews at one stop at once, most visits above one.
    best
        A plan, the better the quicker the bound falls; the bound holds whatever it is.
    seconds, iterations
        Which of the two ends the work; with ``iterations`` the result repeats exactly.
    interrupted
        Asked after each step.
    on_step
        Called after each step with the share done (0 to 1) and the bound so far.
    known
        Score of the best plan known by now, where a search goes on beside; else ``best``'s.

    Returns
    -------
    Bound
        Its value is never below ``best.score``.

    Raises
    ------
    InputError
        Crews walk different streets (``problem.more_travel_s``).
    """
    check_one_way(problem)
    begun = time.perf_counter()
    run = Descent(problem, best)
    effort = float(iterations if iterations is not None else (seconds or 0.0))
    done, longest = 0.0, 0.0
    for width, step_s, nearest_end, share in STAGES:
        done += share * effort
        if not run.begin(width, step_s, nearest_end=nearest_end):
            break
        while True:
            at = time.perf_counter() - begun
            used = run.steps if iterations is not None else at
            # A step that would end too late is not begun.
            if used >= done or interrupted() or run.value <= best.score:
                break
            if iterations is None and at + longest > effort:
                break
            run.target = max(best.score, known()) if known is not None else best.score
            run.step()
            longest = time.perf_counter() - begun - at
            if on_step is not None:
                on_step(min(1.0, used / effort), run.value)
    value = max(run.value, best.score)
    return Bound(
        value=value,
        of_best=best.score / value if value > 0 else 1.0,
        iterations=run.steps,
        seconds=time.perf_counter() - begun,
        trace=tuple(run.trace),
    )


def making_s(problem: PatrolProblem) -> float:
    """Rough seconds that the tables take before the first step, on the slow side."""
    gaps = (problem.fade_s + int(problem.dwell_s.max(initial=0))) / 60
    cells = min(MOST_CELLS, problem.n_stops * gaps * problem.horizon_s / 60)
    return 0.05 + 3e-8 * cells + 3e-7 * len(problem.pass_segment)


__all__ = ["Bound", "bound", "making_s"]
