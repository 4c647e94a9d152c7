"""The back-test of routes: presence agrees with the score, plain ways keep the clock, known answers."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from cli_town import write_town
from click.testing import CliRunner
from lattice_town import TOWN, ZONE, crew, local, station, weights_on

from patrolplan.build import build_problem, walks_for
from patrolplan.cli import main
from patrolplan.errors import InputError
from patrolplan.evaluate.habits import even_visits, loop_visits, random_visits
from patrolplan.evaluate.presence import Presence, presence_of
from patrolplan.evaluate.routes import Instants, Judged, Walked, judged
from patrolplan.evaluate.routes_figures import route_lines, route_trial
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.back_test_routes import back_test_routes
from patrolplan.risk.hot_spots import find_hot_spots
from patrolplan.solver.greedy import greedy
from patrolplan.solver.solution import Solution
from patrolplan.solver.stop import Stop

NEED = {0: 5, 3: 3, 7: 2, 12: 4, 17: 1, 20: 2, 23: 3}


@pytest.fixture(scope="module")
def ground():
    crews = [
        crew("A", rest=(local(23, 16, 40), local(23, 17), 15)),
        crew("B", at=station(node=15), hours=2.5),
    ]
    weights = weights_on(TOWN, NEED, hours={16: 2, 17: 1, 18: 3})
    spots = find_hot_spots(TOWN, weights, [one.shift for one in crews], dwell_min=6, min_apart_m=0)
    walks = walks_for(TOWN, spots, crews)
    problem = build_problem(TOWN, weights, spots, crews, timezone=ZONE, walks=walks)
    return problem, spots, walks, weights


def presence(ground, visits):
    problem, spots, walks, _ = ground
    best = Solution.from_visits(problem, visits)
    return best, presence_of(
        best, problem=problem, network=TOWN, hot_spots=spots, walks=walks, officers=[1, 2]
    )


def test_effect_summed_over_streets_and_instants_is_the_score(ground):
    problem, _, _, weights = ground
    best, there = presence(ground, greedy(problem))
    assert len(best.visits) > 5
    total, step = 0.0, 5.0
    for bin_, (start, end) in enumerate(zip(problem.knots_s[:-1], problem.knots_s[1:])):
        rate = weights.need(np.array([[16, 17, 18][bin_]]))[:, 0] / 3600
        times = np.arange(start + step / 2, end, step)
        for segment in np.flatnonzero(rate).tolist():
            total += rate[segment] * step * there.effect(np.full(len(times), segment), times).sum()
    assert total == pytest.approx(best.score, rel=2e-3)


def one_visit(**changed):
    known = {
        "dwell_segment": np.array([3]), "dwell_start_s": np.array([600]), "dwell_end_s": np.array([1320]),
        "dwell_quality": np.array([0.8]), "pass_segment": np.array([3, 5]), "pass_s": np.array([4920, 0]),
        "track_s": np.array([0.0, 600.0]), "track_xy": np.array([[0.0, 0.0], [500.0, 0.0]]),
        "horizon_s": 9000, "officer_s": 3600.0, "walked_m": 500.0, "fade_s": 7200, "pass_quality": 0.5,
    }  # fmt: skip
    return Presence(**(known | changed))


@pytest.mark.parametrize(
    ("segment", "time_s", "effect"),
    [
        (3, 599.0, 0.0),
        (3, 600.0, 1.0),
        (3, 1319.0, 1.0),
        (3, 1320.0, 0.8),
        (3, 1320.0 + 3600, 0.5),  # the pass at 4920 s beats the faded visit: 0.8 / 2 < 0.5
        (5, 3600.0, 0.25),
        (4, 700.0, 0.0),
        (3, 9000.0, 0.0),
        (5, -1.0, 0.0),
    ],
)
def test_effect_by_hand(segment, time_s, effect):
    got = one_visit().effect(np.array([segment]), np.array([time_s]))
    assert got[0] == pytest.approx(effect)


def test_near_is_a_place_and_a_time():
    there = one_visit()
    places = np.array([[0.0, 90.0], [0.0, 110.0], [500.0, 0.0], [500.0, 0.0]])
    times = np.array([1700.0, 0.0, 2399.0, 2401.0])
    assert there.near(places, times, within_m=100.0, within_s=1800.0).tolist() == [True, False, True, False]


@pytest.mark.parametrize("way", ["loop", "even", "random"])
def test_plain_ways_of_walking_keep_the_clock_and_the_break(ground, way):
    problem = ground[0]
    visits = {
        "loop": lambda: loop_visits(problem, np.arange(2.0 * problem.n_stops).reshape(-1, 2)),
        "even": lambda: even_visits(problem, np.zeros(problem.n_stops, dtype=np.int64)),
        "random": lambda: random_visits(problem, np.random.default_rng(3)),
    }[way]()
    kept = Solution.from_visits(problem, visits)
    assert len(kept.visits) > 4
    # These ways know no least gap and no rule against two crews at one stop; clock and break they keep.
    assert {breach.rule for breach in kept.breaches} <= {"gap", "together"}
    assert kept.crews[0].rest_s is not None


def test_the_loop_goes_round_its_top_places(ground):
    problem = ground[0]
    visits = loop_visits(problem, np.arange(2.0 * problem.n_stops).reshape(-1, 2))
    for c in range(2):
        route = [visit.stop for visit in visits if visit.crew == c]
        loop = list(dict.fromkeys(route))
        assert route[: 2 * len(loop)] == (loop * 2)[: len(route)]


def test_even_coverage_goes_on_where_it_ended(ground):
    problem = ground[0]
    seen = np.zeros(problem.n_stops, dtype=np.int64)
    for _ in range(6):
        even_visits(problem, seen)
        assert seen.max() - seen.min() <= 2


def test_a_planted_record_is_found_and_a_window_is_shared():
    there = Walked(epoch_s=1000.0, draws=(one_visit(),))
    instants = Instants(
        record=np.array([0, 1, 1, 2]),
        segment=np.array([3, 3, 3, 9]),
        time_s=np.array([1000.0 + 700, 1000.0 + 700, 1000.0 + 100, 1000.0 + 700]),
        weight=np.array([1.0, 0.5, 0.5, 1.0]),
        xy=np.zeros((4, 2)),
        harm=np.array([1.0, 3.0, 1.0]),
        day=np.zeros(3, dtype=np.int64),
    )
    got = judged(instants, [there, replace(there, epoch_s=9e6)])
    assert got.effect.tolist() == [1.0, 0.5, 0.0]
    assert got.on_shift.tolist() == [1.0, 1.0, 1.0]
    assert got.officer_s.tolist() == [3600.0, 3600.0]


def ways_of(effects):
    return {
        name: Judged(
            effect=np.asarray(effect), near=np.asarray(effect), on_shift=np.ones(len(effect)),
            officer_s=np.full(70, 3600.0), walked_m=np.full(70, 1000.0),
        )
        for name, effect in effects.items()
    }  # fmt: skip


def figures(effects):
    count = len(effects["patrolplan"])
    return route_trial(
        ways_of(effects),
        harm=np.ones(count),
        record_day=np.arange(count) % 70,
        walked_day=np.arange(70),
        first=0,
        days=70,
        seed=1,
        origins=(date(2026, 1, 1),),
        horizon_days=70,
    )


def test_figures_by_hand():
    trial = figures({"patrolplan": np.r_[np.ones(30), np.zeros(70)], "greedy": np.zeros(100)})
    ours = trial.plans["patrolplan"]
    assert ours.effect.value == ours.share_near.value == pytest.approx(0.3)
    assert ours.per_officer_hour.value == pytest.approx(30 / 70)
    assert ours.per_km.value == pytest.approx(30 / 70)


def test_chance_is_called_no_better():
    rng = np.random.default_rng(8)
    even = rng.random(200)
    trial = figures({"patrolplan": rng.permutation(even), "greedy": even, "even": np.zeros(200)})
    told = "\n".join(route_lines(trial))
    assert "no better than greedy" in told
    assert "better than even coverage" in told
    assert "no better than even" not in told


def test_few_records_claim_nothing():
    told = route_lines(figures({"patrolplan": np.ones(40), "greedy": np.zeros(40)}))
    assert told[-1].startswith("too little to claim anything: 40 records")


def test_from_the_command_line(tmp_path):
    plan = write_town(tmp_path)
    words = ["evaluate", "routes", str(plan), "--from", "2026-08-10", "--days", "mon,sat", "--solutions", "1"]
    done = CliRunner().invoke(main, [*words, "--json", "--plot", str(tmp_path / "routes.png")])
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told["plans"]) == {"patrolplan", "top_loop", "even", "repeat", "greedy", "random_walk"}
    for score in told["plans"].values():
        for field in ("effect", "share_near", "per_officer_hour"):
            assert set(score[field]) == {"value", "low", "high"}
            assert 0 <= score[field]["low"] <= score[field]["value"] <= score[field]["high"]
    hours = [score["officer_hours"] for score in told["plans"].values()]
    assert len(set(hours)) == 1
    assert hours[0] > 0
    assert told["too_little"]
    assert (tmp_path / "routes.png").read_bytes().startswith(b"\x89PNG")
    again = CliRunner().invoke(main, [*words, "--json"])
    assert json.loads(again.stdout) == told


def test_nothing_to_judge_by_is_told(tmp_path):
    settings = read_plan_file(write_town(tmp_path))
    with pytest.raises(InputError, match="no usable record before"):
        back_test_routes(settings, first=date(2020, 1, 1), stop=Stop(solutions=1))
    with pytest.raises(InputError, match="names no offence table"):
        back_test_routes(settings.model_copy(update={"offences": None}), first=date(2026, 8, 1))
    bad = CliRunner().invoke(
        main, ["evaluate", "routes", str(tmp_path / "plan.toml"), "--from", "2026-08-10", "--days", "wen"]
    )
    assert bad.exit_code == 2
    assert "give weekdays" in bad.stderr


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (("--from", "2026-08-10", "--to", "2026-08-01"), "comes before --from"),
        (("--from", "2026-08-10", "--plot", "no/such/folder.png"), "there is no folder no/such"),
        (("--from", "2026-08-10", "--plot", "routes.doc"), "a figure ends in .png"),
        (("--from", "2027-01-10"), "after the last usable record, of 2026-09-"),
        (("--from", "2026-08-11", "--to", "2026-08-12", "--days", "mon"), "no crew walks from 2026-08-11"),
    ],
)
def test_spans_that_hold_nothing_are_refused_in_words(tmp_path, span, told):
    done = CliRunner().invoke(main, ["evaluate", "routes", str(write_town(tmp_path)), *span, "--json"])
    assert done.exit_code == 1
    assert told in done.stderr
    assert told in json.loads(done.stdout)["faults"][0]


def test_days_after_the_last_record_are_told_and_not_judged(tmp_path):
    words = ["evaluate", "routes", str(write_town(tmp_path)), "--from", "2026-09-14", "--days", "mon",
             "--solutions", "1", "--json"]  # fmt: skip
    whole, beyond = (CliRunner().invoke(main, [*words, *more]) for more in ([], ["--to", "2027-03-01"]))
    told, longer = json.loads(whole.stdout), json.loads(beyond.stdout)
    assert "plans to search" in whole.stderr
    assert told["notes"] == []
    assert "are not judged" in longer["notes"][0]
    assert f"note: {longer['notes'][0]}" in beyond.stderr
    assert longer["plans"] == told["plans"]
