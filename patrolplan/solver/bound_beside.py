"""The upper bound worked out on a second core while the search goes on."""

from __future__ import annotations

import os
import threading
import time
from types import TracebackType
from typing import Any

from patrolplan.solver.bound import bound, making_s
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution

MOST_MAKING = 0.25
"""Share of the seconds that the tables may take at most: while they are made nobody can end the work."""


def spare_core() -> bool:
    """Whether this process may use a second core: NUMBA_NUM_THREADS=1 and one core only say no."""
    import numba

    config: Any = numba.config
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, int(config.NUMBA_NUM_THREADS)) > 1 and not config.DISABLE_JIT


def can_go_beside(problem: PatrolProblem, seconds: float) -> bool:
    """Whether there is a second core and the bound's tables are made early enough."""
    return spare_core() and making_s(problem) < MOST_MAKING * seconds


LEAST_WAIT_S = 0.2
"""How long the end of a step is waited for."""


class BoundBeside:
    """A bound under way while the block runs; ``value`` is what it has come to, None for nothing yet.

    Attributes
    ----------
    known
        Score of the best plan found by now: whoever searches keeps it up to date.
    """

    def __init__(self, problem: PatrolProblem, plan: Solution, *, seconds: float) -> None:
        self.known, self.value = plan.score, None
        self._end, self._until = threading.Event(), time.perf_counter() + seconds
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, args=(problem, plan), daemon=True, name="bound")

    value: float | None

    def _work(self, problem: PatrolProblem, plan: Solution) -> None:
        try:
            self.value = bound(
                problem, plan, seconds=max(0.0, self._until - time.perf_counter()),
                interrupted=self._end.is_set, on_step=self._tell, known=lambda: self.known,
            ).value  # fmt: skip
        except BaseException as error:
            self._error = error

    def _tell(self, _share: float, value: float) -> None:
        self.value = value

    def __enter__(self) -> BoundBeside:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        # It ends after the step under way; whoever waits for the plan need not wait for that.
        self._thread.join(LEAST_WAIT_S)
        if self._error is not None and error is None:
            raise self._error


__all__ = ["BoundBeside", "can_go_beside", "spare_core"]
