"""Drawn plans keep their rules, stay within the loss, repeat by their seed and differ from what was seen."""

import dataclasses

import numpy as np
import pytest
from making import make_problem

from patrolplan.errors import InputError
from patrolplan.evaluate.guess import mean_guessability
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop
from patrolplan.solver.vary import presence, vary
from patrolplan.solver.warm_up import toy_problem


@pytest.fixture(scope="module")
def town() -> tuple[PatrolProblem, Solution]:
    problem = make_problem(3, stops=25, crews=2, hours=4, windows=True, breaks=True)
    return problem, solve(problem, stop=Stop(solutions=3), seed=1).best


def test_presence_counts_every_half_hour_that_a_stay_touches() -> None:
    problem = toy_problem()
    there = presence(problem, [Visit(crew=0, start_s=1700, stop=0), Visit(crew=0, start_s=5400, stop=1)])
    assert there.tolist() == [[True, True, False, False], [False, False, False, True]]
    # 900 s earlier on the clock, 1700..2420 lies in the second slot alone, and there are five.
    shifted = presence(problem, [Visit(crew=0, start_s=1700, stop=0)], slot_start_s=-900)
    assert shifted[0].tolist() == [False, True, False, False, False]


def test_draws_keep_the_rules_and_the_loss(town: tuple[PatrolProblem, Solution]) -> None:
    problem, best = town
    drawn = vary(problem, best, loss=0.08, draws=3, seed=5, iterations=600)
    assert len(drawn) == 3
    for one in drawn:
        assert one.feasible
        assert one.score >= 0.92 * best.score
    usual = presence(problem, best.visits)
    for one in drawn:
        there = presence(problem, one.visits)
        assert (there & usual).sum() < 0.8 * there.sum()


def test_draws_repeat_by_seed(town: tuple[PatrolProblem, Solution]) -> None:
    problem, best = town
    one, two = (vary(problem, best, loss=0.1, draws=2, seed=s, iterations=200) for s in (1, 1))
    assert [d.visits for d in one] == [d.visits for d in two]
    other = vary(problem, best, loss=0.1, draws=2, seed=2, iterations=200)
    assert [d.visits for d in one] != [d.visits for d in other]


def test_without_loss_the_best_stays_and_all_of_it_may_be_given_up(
    town: tuple[PatrolProblem, Solution],
) -> None:
    problem, best = town
    (kept,) = vary(problem, best, loss=0.0, iterations=60)
    assert kept.score >= best.score
    (strange,) = vary(problem, best, loss=1.0, iterations=300)
    assert not (presence(problem, strange.visits) & presence(problem, best.visits)).any()


def test_moments_seen_before_are_avoided(town: tuple[PatrolProblem, Solution]) -> None:
    problem, best = town
    usual = presence(problem, best.visits)
    seen = np.zeros(usual.shape)
    seen[:, 3:5] = 1.0
    (one,) = vary(problem, best, loss=1.0, seen=seen, iterations=300)
    assert not presence(problem, one.visits)[:, 3:5].any()


def test_pinned_visits_stay_and_musts_stay_possible() -> None:
    problem = make_problem(3, stops=12, crews=1, hours=3)
    first = solve(problem, stop=Stop(solutions=2), seed=1).best
    pin = first.visits[0]
    stop = first.visits[2].stop
    bound = make_problem(
        3, stops=12, crews=1, hours=3,
        pinned=np.array([[pin.crew, pin.start_s, pin.stop]], dtype=np.int32),
        musts_s=np.array([[stop, 0, 9000]], dtype=np.int32),
    )  # fmt: skip
    best = solve(bound, stop=Stop(solutions=2), seed=1).best
    (one,) = vary(bound, best, loss=0.5, iterations=300)
    assert one.feasible
    assert pin in one.visits


def test_faults_are_told_together() -> None:
    with pytest.raises(InputError) as told:
        vary(toy_problem(), (), loss=1.5, draws=0, seen=np.zeros((1, 1)))
    assert len(told.value.faults) == 3


def test_an_observer_is_wrong_far_more_often_than_if_the_best_were_repeated(
    town: tuple[PatrolProblem, Solution],
) -> None:
    problem, best = town
    drawn = vary(problem, best, loss=0.05, draws=5, seed=2, iterations=800)
    there = np.array([presence(problem, one.visits) for one in drawn])
    told = mean_guessability(there, memory=5)
    assert told.hit_rate < 0.6 * told.repeated
    assert 1 - np.mean([one.score for one in drawn]) / best.score > 0.025, "the loss allowed is used"


def test_prices_that_a_problem_has_already_still_count(town: tuple[PatrolProblem, Solution]) -> None:
    problem, best = town
    stop = best.visits[0].stop
    price = np.zeros((problem.n_stops, 4))
    price[stop] = 1.0
    (one,) = vary(dataclasses.replace(problem, moment_price=price), best, loss=0.5, iterations=300)
    assert stop not in {visit.stop for visit in one.visits}
