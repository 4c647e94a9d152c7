"""Shifts free to begin within a span: cut problems score as whole ones, and the best beginning is found."""

import dataclasses
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import make_problem

from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.solve import solve
from patrolplan.solver.starts import at_spans, choose_starts
from patrolplan.solver.stop import Stop


def without_need_outside(problem: PatrolProblem, zero: int, over: int) -> PatrolProblem:
    """The same problem in quarter hours, those outside a span without any need."""
    knots = np.arange(0, problem.horizon_s + 1, 900, dtype=np.int32)
    of = np.searchsorted(problem.knots_s, knots[:-1], side="right") - 1
    inside = (knots[:-1] >= zero) & (knots[1:] <= over)
    return dataclasses.replace(
        problem,
        knots_s=knots,
        segment_rate=problem.segment_rate[:, of] * inside,
        horizon_rate=problem.horizon_rate[of] * inside,
        on_shift=problem.on_shift[of],
    )


@settings(deadline=None, max_examples=15, derandomize=True)
@given(st.integers(0, 50), st.integers(0, 8), st.integers(0, 8), st.integers(4, 8))
def test_a_problem_cut_to_spans_scores_as_the_whole_one(seed, one, two, quarters):
    problem = make_problem(seed, stops=6, crews=2, hours=4, windows=True)
    spans = [(900 * one, 900 * (one + quarters)), (900 * two, 900 * (two + quarters))]
    cut = at_spans(problem, spans)
    zero, over = min(one, two) * 900, (max(one, two) + quarters) * 900
    assert cut.horizon_s == over - zero
    visits = greedy(cut)
    whole = [Visit(crew=v.crew, start_s=v.start_s + zero, stop=v.stop) for v in visits]
    told = Solution.from_visits(cut, visits)
    same = Solution.from_visits(
        dataclasses.replace(
            without_need_outside(problem, zero, over),
            crew_start_s=np.array([first for first, _ in spans], dtype=np.int32),
            crew_end_s=np.array([last for _, last in spans], dtype=np.int32),
        ),
        whole,
    )
    assert told.feasible
    assert same.feasible
    assert told.score == pytest.approx(same.score, rel=1e-9)


@pytest.mark.parametrize("crews", [1, 2])
def test_the_best_beginning_of_all_is_found(crews):
    problem = make_problem(5, stops=5, crews=crews, hours=4)
    rate = problem.segment_rate * np.array([0.2, 0.3, 1.5, 3.0])
    problem = dataclasses.replace(problem, segment_rate=rate)
    options = [[(900 * k, 900 * k + 7200) for k in range(0, 9, 2)] for _ in range(crews)]
    choice = choose_starts(problem, options, iterations=300)
    scores = {}
    for picks in product(range(5), repeat=crews):
        spans = [options[c][k] for c, k in enumerate(picks)]
        scores[picks] = solve(at_spans(problem, spans), stop=Stop(solutions=1)).best.score
    best = max(scores.values())
    assert scores[choice.picks] == pytest.approx(best, rel=2e-3)
    assert best > 1.2 * scores[(0,) * crews]
    assert choice == choose_starts(problem, options, iterations=300)


def test_many_crews_are_moved_one_after_another():
    problem = make_problem(2, stops=12, crews=4, hours=4)
    problem = dataclasses.replace(problem, segment_rate=problem.segment_rate * np.array([0.1, 0.1, 1.0, 4.0]))
    options = [[(900 * k, 900 * k + 7200) for k in range(9)] for _ in range(4)]
    choice = choose_starts(problem, options, iterations=50)
    assert choice.tried < 9**4 / 20
    plain = solve(at_spans(problem, [spans[0] for spans in options]), stop=Stop(solutions=1)).best.score
    assert choice.score > 1.5 * plain
    assert max(choice.picks) == 8


def test_a_beginning_that_keeps_a_demand_goes_before_one_that_scores_more():
    problem = make_problem(5, stops=5, crews=1, hours=4)
    rate = problem.segment_rate * np.array([0.2, 0.3, 1.5, 3.0])
    must = np.array([[1, 1200, 1800]], dtype=np.int32)
    problem = dataclasses.replace(problem, segment_rate=rate, musts_s=must)
    options = [[(900 * k, 900 * k + 7200) for k in range(0, 9, 2)]]
    assert choose_starts(problem, options, iterations=100).picks == (0,)
