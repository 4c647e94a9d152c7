"""Each silly thing is counted once it is there."""

import dataclasses

import numpy as np

from patrolplan.evaluate.silly import silly_things
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.warm_up import toy_problem


def counted(*visits: tuple[int, int], **changes):
    problem = dataclasses.replace(toy_problem(), **changes)
    made = [Visit(crew=0, start_s=start, stop=stop) for start, stop in visits]
    return silly_things(problem, Solution.from_visits(problem, made))


def test_a_sensible_plan_has_nothing_to_tell():
    told = counted((300, 0), (1320, 1))
    assert (told.shuttles, told.soon_again, told.detours) == (0, 0, 0)
    assert told.walk_share == round(1200 / 7200, 4)


def test_shuttling_and_coming_back_at_once():
    told = counted((300, 0), (1320, 1), (2340, 0), (3360, 1))
    assert told.shuttles == 1
    assert told.soon_again == 2
    assert any("shuttle" in note for note in told.notes)


def test_standing_idle():
    told = counted((300, 0), (3000, 1))
    assert told.idle_share == round((3000 - 1020 - 300) / 7200, 4)
    assert any("idle" in note for note in told.notes)


def test_a_long_way_for_one_visit_and_much_walking():
    travel = toy_problem().travel_s * 3
    told = counted((900, 0), (2520, 1), travel_s=travel.astype(np.int32))
    assert told.detours == 1
    assert any("walk" in note for note in told.notes)


def test_crews_close_together():
    problem = dataclasses.replace(
        toy_problem(),
        crew_labels=("a", "b"),
        travel_s=np.where(toy_problem().travel_s > 0, 100, 0).astype(np.int32),
        **{name: np.repeat(getattr(toy_problem(), name), 2, axis=0) for name in (
            "crew_start_s", "crew_end_s", "crew_start_at", "crew_end_at", "crew_pace", "break_s", "allowed",
            "most_walk_s", "crew_way",
        )},
    )  # fmt: skip
    both = [Visit(crew=0, start_s=300, stop=0), Visit(crew=1, start_s=300, stop=1)]
    told = silly_things(problem, Solution.from_visits(problem, both))
    assert told.crowded_share == round(2 * 720 / 14400, 4)
    assert any("close together" in note for note in told.notes)
