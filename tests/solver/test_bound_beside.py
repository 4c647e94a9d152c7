"""The bound within a solve: on a second core meanwhile, or in its share of the seconds; never in the way."""

import threading
import time

import numba
import pytest
from making import make_problem

from patrolplan.solver.bound_beside import BoundBeside, spare_core
from patrolplan.solver.greedy import greedy
from patrolplan.solver.solution import Solution
from patrolplan.solver.solve import Progress, solve
from patrolplan.solver.stop import Stop
from patrolplan.solver.warm_up import warm_up, warm_up_bound


@pytest.mark.parametrize("cores", [1, 2])
def test_a_solve_in_seconds_tells_a_bound_worth_telling(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", cores)
    if cores > 1 and not spare_core():
        pytest.skip("one core only")
    problem = make_problem(5, stops=12, crews=2, hours=3)
    warm_up()
    warm_up_bound()
    told: list[Progress] = []
    result = solve(problem, stop=Stop(seconds=4.0), bound_share=0.25, on_progress=told.append)
    assert result.of_best_possible is not None
    # All need under effect, which no work at all would tell, gives 0.47; the first step 0.73.
    assert 0.6 < result.of_best_possible <= 1.0
    assert any(progress.stage == "bound" for progress in told) == (cores == 1)


def test_work_beside_ends_with_the_block_and_hands_its_errors_on() -> None:
    problem = make_problem(5, stops=12, crews=2, hours=3)
    plan = Solution.from_visits(problem, greedy(problem))
    warm_up_bound()
    with BoundBeside(problem, plan, seconds=60.0) as beside:
        while beside.value is None:
            time.sleep(0.01)
    assert beside.value >= plan.score
    assert not any(thread.name.startswith("bound") for thread in threading.enumerate())

    def fails() -> float:
        raise ValueError("told")

    with pytest.raises(ZeroDivisionError), BoundBeside(problem, plan, seconds=60.0):
        raise ZeroDivisionError
    broken = BoundBeside(problem, plan, seconds=60.0)
    broken._tell = lambda *_: fails()  # type: ignore[method-assign,assignment]
    with pytest.raises(ValueError, match="told"), broken:
        broken._thread.join()
