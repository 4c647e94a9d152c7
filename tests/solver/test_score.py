"""The closed form against a sum by the second, and cases a reader can work out."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import judged_score
from making import make_problem

from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.warm_up import toy_problem

NEED = 3e-6


def one_stop(**changes: object) -> PatrolProblem:
    """The toy problem with need 3e-6 a second at the first stop alone, nothing to pass."""
    toy = toy_problem()
    rate = np.zeros_like(toy.segment_rate)
    rate[0] = NEED
    return dataclasses.replace(toy, segment_rate=rate, **changes)


def test_a_visit_covers_its_dwell_and_fades() -> None:
    # 720 s of full effect, then a fade of 7200 s of which the horizon leaves 7200 - 720 - 300 = 6180 s.
    solution = Solution.from_visits(one_stop(), [Visit(crew=0, start_s=300, stop=0)])
    fade = 6180 - 6180**2 / (2 * 7200)
    assert solution.score == pytest.approx(NEED * (720 + fade), rel=1e-12)
    assert solution.score_passes == 0
    assert solution.feasible


def test_the_fade_ends_with_the_next_visit() -> None:
    visits = [Visit(crew=0, start_s=300, stop=0), Visit(crew=0, start_s=3000, stop=0)]
    between, after = 3000 - 1020, 7200 - 3720
    fades = sum(t - t * t / 14400 for t in (between, after))
    solution = Solution.from_visits(one_stop(), visits)
    assert solution.score == pytest.approx(NEED * (1440 + fades), rel=1e-12)
    assert [b.rule for b in solution.breaches] == ["in_a_row"]


def test_two_crews_at_once_count_once() -> None:
    base = make_problem(3, stops=3, crews=2, passes=False)
    one = Solution.from_visits(base, [Visit(crew=0, start_s=2000, stop=1)])
    two = Solution.from_visits(
        base, [Visit(crew=0, start_s=2000, stop=1), Visit(crew=1, start_s=2000, stop=1)]
    )
    assert two.score == pytest.approx(one.score, rel=1e-12)
    assert {"together", "gap"} <= {b.rule for b in two.breaches}


def test_minutes_after_the_horizon_count_for_nothing() -> None:
    late = Solution.from_visits(one_stop(), [Visit(crew=0, start_s=7000, stop=0)])
    assert late.score == pytest.approx(NEED * 200, rel=1e-12)


def test_need_moves_with_the_hour() -> None:
    rate = np.zeros((3, 2))
    rate[0] = [1e-6, 5e-6]
    problem = dataclasses.replace(toy_problem(), segment_rate=rate)
    solution = Solution.from_visits(problem, [Visit(crew=0, start_s=3240, stop=0)])
    # Ends at 3960: 360 s before the hour, 360 after it, then a fade over 3240 s.
    expected = 360e-6 + 5e-6 * (360 + 3240 - 3240**2 / 14400)
    assert solution.score == pytest.approx(expected, rel=1e-12)
    assert judged_score(problem, solution.visits) == pytest.approx(expected, rel=1e-9)


def test_on_shift_counts_only_the_bins_on_shift() -> None:
    problem = one_stop(on_shift=np.array([True, False]))
    solution = Solution.from_visits(problem, [Visit(crew=0, start_s=300, stop=0)])
    fade = 2580 - 2580**2 / 14400
    assert solution.score_on_shift == pytest.approx(NEED * (720 + fade), rel=1e-12)
    assert solution.share_on_shift == pytest.approx(NEED * (720 + fade) / (5e-6 * 3600), rel=1e-12)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    pass_quality=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    quality=st.sampled_from([0.0, 0.3, 0.8, 1.0]),
    fade=st.sampled_from([900, 3600, 7200]),
    data=st.data(),
)
def test_closed_form_equals_the_sum_by_seconds(
    seed: int, pass_quality: float, quality: float, fade: int, data: st.DataObject
) -> None:
    base = make_problem(seed % 50, stops=3, crews=2, hours=2, side_m=700.0)
    problem = dataclasses.replace(
        base,
        pass_quality=pass_quality,
        quality=np.full(3, quality),
        fade_s=fade,
        prize=np.array([0, 1e-3, 0]),
    )
    visits = data.draw(
        st.lists(
            st.builds(Visit, crew=st.integers(0, 1), start_s=st.integers(0, 7199), stop=st.integers(0, 2)),
            max_size=6,
        )
    )
    solution = Solution.from_visits(problem, visits)
    assert solution.score == pytest.approx(judged_score(problem, visits), rel=2e-6, abs=1e-12)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000))
def test_labels_and_order_of_stops_and_crews_are_irrelevant(seed: int) -> None:
    problem = make_problem(seed, stops=4, crews=2)
    rng = np.random.default_rng(seed)
    visits = [
        Visit(crew=int(rng.integers(2)), start_s=int(rng.integers(7000)), stop=int(rng.integers(4)))
        for _ in range(5)
    ]
    base = Solution.from_visits(problem, visits)
    shuffled = Solution.from_visits(problem, [visits[i] for i in rng.permutation(5)])
    assert shuffled == base
    renamed = dataclasses.replace(problem, stop_labels=("d", "c", "b", "a"), crew_labels=("y", "x"))
    assert Solution.from_visits(renamed, visits).score == base.score
    swapped = Solution.from_visits(
        problem, [Visit(crew=1 - v.crew, start_s=v.start_s, stop=v.stop) for v in visits]
    )
    assert swapped.score == pytest.approx(base.score, rel=1e-12)


def test_padding_of_windows_is_no_window() -> None:
    problem = make_problem(0, windows_s=np.full((5, 3, 2), NEVER, dtype=np.int32))
    assert Solution.from_visits(problem, [Visit(crew=0, start_s=3000, stop=1)]).feasible
