import json
from dataclasses import replace
from datetime import timedelta

import pytest
from lattice_town import TOWN, ZONE, crew, local, weights_on

from patrolplan.build import build_problem
from patrolplan.make import make_plan
from patrolplan.risk.hot_spots import find_hot_spots
from patrolplan.solver.solution import Solution
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop
from patrolplan.unserved import unserved_stops, why_line

NEED = weights_on(TOWN, {0: 0.4, 2: 0.3, 11: 0.2, 23: 0.1})


def planned(*crews, **options):
    hot_spots = find_hot_spots(TOWN, NEED, [c.shift for c in crews], timezone=ZONE)
    problem = build_problem(TOWN, NEED, hot_spots, crews, timezone=ZONE, **options)
    result = solve(problem, stop=Stop(solutions=1), seed=3)
    plan = make_plan(
        result,
        problem=problem,
        network=TOWN,
        weights=NEED,
        hot_spots=hot_spots,
        crews=crews,
        timezone=ZONE,
        community="Lattice",
        notes=("first note",),
    )
    return plan, problem, result


def test_events_and_legs_tell_one_story():
    rest = (local(23, 16, 30), local(23, 17), 15)
    plan, _, result = planned(crew("A", rest=rest), crew("B", pace=0.8))
    assert list(plan.stops["hot_spot"]) == [visit.stop for visit in result.best.visits]
    for number in (0, 1):
        events = plan.events[plan.events["crew"] == number]
        legs = plan.legs[plan.legs["crew"] == number]
        assert events["kind"].iloc[0] == "start"
        assert events["kind"].iloc[-1] == "end"
        assert list(legs["leg"]) == list(range(1, len(legs) + 1))
        assert (legs["end"].iloc[:-1].to_numpy() <= legs["start"].iloc[1:].to_numpy()).all()
        assert events["leave"].max() <= plan.crews[number].shift.end
    resting = plan.events[plan.events["kind"] == "break"]
    assert list(resting["crew_name"]) == ["A"]
    assert resting["start"].iloc[0] >= rest[0]
    assert resting["leave"].iloc[0] - resting["start"].iloc[0] == timedelta(minutes=15)


def test_scores_are_those_of_the_solution_and_the_parts_add_up():
    plan, problem, result = planned(crew())
    assert plan.scores["score"] == Solution.from_visits(problem, result.best.visits).score
    # All need is of offences here, so their share under effect is the whole share.
    assert plan.scores["share_by_part"] == {"offences": pytest.approx(plan.scores["share_on_shift"])}
    assert plan.scores["score"] >= plan.scores["greedy_score"]


def test_notes_and_provenance_travel_with_the_plan():
    plan, _, result = planned(crew())
    assert plan.notes == ("made for a test", "first note")
    assert plan.provenance["seed"] == 3
    assert plan.provenance["stopped_by"] == result.stopped_by
    assert plan.provenance["effect"] == {"fade_s": 7200, "pass_quality": 0.3}


def test_every_stop_says_why_and_when():
    plan, _, _ = planned(crew())
    assert (plan.stops["why"] != "").all()
    assert (plan.stops["street"] != "").all()
    assert set(plan.stops["start"].map(lambda when: when.tzinfo.key)) == {ZONE}
    assert plan.stops["need_share"].between(0, 1).all()


def test_a_crew_without_time_for_a_second_stop_says_how_much_is_missing():
    plan, _, _ = planned(crew(hours=0.5))
    assert len(plan.unserved) == len(plan.hot_spots) - sum(v > 0 for v in plan.visits) > 0
    assert plan.unserved["why"].str.contains("more min").any()


def why_of(problem, best, stop):
    alone = Solution.from_visits(problem, [visit for visit in best.visits if visit.stop != stop])
    (why,) = (one for one in unserved_stops(problem, alone) if one.stop == stop)
    return why_line(problem, why, clock=str)


def test_unserved_hot_spots_name_what_binds():
    _, problem, result = planned(crew())
    closed = replace(problem, windows_s=problem.windows_s * 0)
    assert why_of(closed, result.best, 0) == "not open while any crew is on shift"
    nowhere = problem.travel_s.copy()
    nowhere[0, 1:] = nowhere[1:, 0] = -1
    cut_off = replace(problem, travel_s=nowhere)
    assert why_of(cut_off, result.best, 0).startswith("no walk leads there")


def test_summary_is_plain_values():
    plan, _, _ = planned(crew())
    figures = plan.summary()
    assert json.loads(json.dumps(figures)) == figures
    assert {"score", "share_on_shift", "share_by_part", "greedy_score", "crews", "stops", "walk_km"} <= set(
        figures
    )
