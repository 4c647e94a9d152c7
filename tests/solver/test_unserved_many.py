"""Reasons for every stop of a large problem come at once."""

import time

from making import make_problem

from patrolplan.solver.greedy import greedy
from patrolplan.solver.solution import Solution
from patrolplan.unserved import unserved_stops


def test_three_hundred_stops_take_less_than_a_second() -> None:
    problem = make_problem(1, stops=300, crews=6, hours=8, side_m=4000.0, passes=False)
    plan = Solution.from_visits(problem, greedy(problem))
    unserved_stops(problem, plan)
    begun = time.process_time()
    found = unserved_stops(problem, plan)
    assert time.process_time() - begun < 1.0
    assert 50 < len(found) < 300
