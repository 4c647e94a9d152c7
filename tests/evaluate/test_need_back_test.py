"""The back-test of need: known answers, records placed alike for all, and what may not be claimed."""

import json
import pathlib
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from patrolplan.errors import InputError
from patrolplan.evaluate.baselines import fit_baselines
from patrolplan.evaluate.estimates import Estimate, NeedOptions, our_estimate
from patrolplan.evaluate.measures import chosen_share, ratio, week_draws
from patrolplan.evaluate.need import evaluate_need
from patrolplan.evaluate.need_words import need_lines, need_summary, not_better_than
from patrolplan.evaluate.trial import cells_of, day_number, trial_of
from patrolplan.io.osm import read_osm
from patrolplan.io.tables import read_offences
from patrolplan.risk.footfall import find_footfall

DATA = pathlib.Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="module")
def city():
    folder = DATA / "philadelphia"
    if not folder.exists():
        pytest.skip("the shared data folder beside the checkout is absent")
    streets = read_osm(folder / "streets.osm")
    offences = read_offences(folder / "offences_2018.csv", timezone="America/New_York")
    unnamed = replace(offences, records=offences.records.assign(street=""))
    return streets.network, unnamed, find_footfall(streets.network, streets.places).found.anywhere()


@pytest.fixture(scope="module")
def trial(city):
    """Records split evenly at their junction, as all claims are made on."""
    network, offences, footfall = city
    return trial_of(network, offences, footfall=footfall)


@pytest.fixture(scope="module")
def found(trial):
    return evaluate_need(trial, first=date(2018, 10, 1), last=date(2018, 12, 31))


def test_shares_chosen_by_hand():
    length = np.array([10.0, 10.0, 80.0])
    assert chosen_share(np.array([0.0, 5.0, 8.0]), length, 20.0).tolist() == [0, 1, 0.125]


def test_an_interval_of_equal_weeks_has_no_width():
    drawn = week_draws(8, seed=1, draws=50)
    assert drawn.sum(axis=1).tolist() == [8] * 50
    got = ratio(np.full(8, 3.0), np.full(8, 6.0), drawn)
    assert (got.value, got.low, got.high) == (0.5, 0.5, 0.5)


def test_an_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(5)
    drawn = week_draws(30, seed=2, draws=400)
    covered = 0
    for _ in range(300):
        tested = rng.poisson(20, size=30).astype(float)
        at = ratio(rng.binomial(tested.astype(int), 0.3).astype(float), tested, drawn)
        covered += at.low <= 0.3 <= at.high
    assert 0.88 < covered / 300 < 0.99


def test_cells_of_a_record_sum_to_one(trial):
    which = trial.between(day_number(date(2018, 10, 1)), day_number(date(2018, 11, 1)))
    cells = cells_of(trial, which)
    assert np.bincount(cells.record, weights=cells.weight) == pytest.approx(np.ones(len(which)))


def test_training_never_sees_the_days_tested(trial):
    day = day_number(date(2018, 10, 1))
    before, after = trial.before(day), trial.between(day, day + 28)
    assert trial.last[before].max() < day <= trial.first[after].min()
    assert not set(before) & set(after)


def test_all_models_are_shares_of_one_week(trial):
    day = day_number(date(2018, 3, 1))
    use = trial.before(day)
    models = dict(fit_baselines(trial, use, day=day).estimates)
    models["ours"] = our_estimate(trial, use, day=day, since=int(trial.first.min()), options=NeedOptions())
    for model in models.values():
        assert model.share.sum() == pytest.approx(1)
        assert model.by_segment().sum() == pytest.approx(1)
        assert (model.space > 0).all()
        assert model.time.sum(axis=1) == pytest.approx(np.ones(len(model.time)))


def test_the_truth_scores_best_on_its_own_draws(trial):
    rng = np.random.default_rng(0)
    size = len(trial.network.segments)
    truth, other = (rng.dirichlet(np.ones(size))[None, :] for _ in range(2))
    cells = cells_of(trial, np.arange(20))
    segment = rng.choice(size, 4000, p=truth[0])
    drawn = replace(
        cells,
        record=np.arange(4000),
        segment=segment,
        hour=np.zeros(4000, dtype=int),
        weight=np.ones(4000),
        count=4000,
    )
    flat = np.full((1, 168), 1 / 168)
    scores = [
        Estimate(share=np.ones(1), space=space, time=flat).log_of(drawn).mean() for space in (truth, other)
    ]
    assert scores[0] > scores[1]


def test_philadelphia_reaches_what_is_claimed(found):
    gaps = found.differences
    for percent in (2, 5, 10):
        assert gaps["counts"].share_caught[percent].value > -0.005
        assert gaps["counts"].share_caught[percent].low > -0.015
    assert gaps["kde50"].share_caught[5].value > 0.03
    assert gaps["recent90"].share_caught[5].value > 0.01
    assert gaps["counts"].log_score.value > 0.11
    assert gaps["counts_hours"].log_score.low > 0
    assert found.observed_per_week == pytest.approx(found.expected_per_week, rel=0.1)


def test_json_holds_all_figures_and_reads_back(found):
    told = json.loads(json.dumps(need_summary(found)))
    names = {
        "patrolplan",
        "uniform",
        "counts",
        "counts_hours",
        "recent90",
        "long_recent",
        "kde50",
        "no_hours",
    }
    assert names <= set(told["models"])
    for model in told["models"].values():
        for measure in ("pai", "share_caught"):
            for percent in ("1", "2", "5", "10"):
                at = model[measure][percent]
                assert at["low"] - 1e-9 <= at["value"] <= at["high"] + 1e-9
        assert model["pai"]["5"]["value"] == pytest.approx(20 * model["share_caught"]["5"]["value"])
        assert {"value", "low", "high"} <= set(model["pei"])
        assert {"value", "low", "high"} <= set(model["log_score"])
    assert told["n_test"] == found.n_test
    assert told["origins"][0] == "2018-10-01"


def test_no_better_is_said_where_the_interval_says_so(found):
    lines = "\n".join(need_lines(found))
    assert ("no better than counts_hours" in lines) == ("counts_hours" in not_better_than(found))
    assert "better than uniform" in lines
    assert "no better than uniform" not in lines


def test_eighteen_days_claim_no_skill():
    folder = DATA / "baltimore"
    if not folder.exists():
        pytest.skip("the shared data folder beside the checkout is absent")
    network = read_osm(folder / "streets.osm.pbf").network
    offences = read_offences(folder / "offences_june_2016.csv", timezone="America/New_York")
    short = evaluate_need(trial_of(network, offences), first=date(2016, 6, 10), horizon_days=7)
    lines = "\n".join(need_lines(short))
    assert "too little to claim any skill" in lines
    assert "better than" not in lines
    assert need_summary(short)["claims_skill"] is False


def test_nothing_to_fit_on_or_to_test_is_an_error(trial):
    with pytest.raises(InputError, match="nothing to fit on"):
        evaluate_need(trial, first=date(2018, 1, 1))
    with pytest.raises(InputError, match="comes after the last day"):
        evaluate_need(trial, first=date(2019, 6, 1))


def test_order_of_rows_is_irrelevant(city):
    network, offences, _ = city
    use = offences.records.iloc[:800]
    turned = use.iloc[np.random.default_rng(3).permutation(len(use))]
    day = day_number(date(2018, 12, 31))
    both = []
    for records in (use, turned):
        trial = trial_of(network, replace(offences, records=records.reset_index(drop=True)))
        made = our_estimate(
            trial, trial.before(day), day=day, since=int(trial.first.min()), options=NeedOptions()
        )
        both.append(made.by_segment())
    assert both[0] == pytest.approx(both[1], abs=1e-12)


def test_by_kind_counts_add_up(found):
    assert isinstance(found.by_kind, pd.DataFrame)
    assert found.by_kind["records"].sum() <= found.n_test
    assert found.calibration["observed"].sum() == pytest.approx(found.n_test, rel=1e-6)
