"""A trial by lot: fair calendars, false alarms at the stated rate, power as foretold, files that hold."""

import json
from datetime import date

import numpy as np
import pytest
from cli_town import plan_text, write_offences, write_town
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from patrolplan.cli import main
from patrolplan.errors import InputError
from patrolplan.evaluate.crossover import CrossoverCalendar, chance_to_see, compare_days, draw_calendar
from patrolplan.evaluate.crossover_words import verdict
from patrolplan.io.trial_file import read_trial

MONDAY = date(2026, 3, 2)


@given(places=st.integers(2, 9), fortnights=st.integers(1, 4), seed=st.integers(0, 2**31))
def test_each_weekday_of_a_fortnight_comes_once_with_and_once_without(places, fortnights, seed):
    patrol = draw_calendar(places, first=MONDAY, fortnights=fortnights, seed=seed).patrol
    weeks = patrol.reshape(fortnights, 2, 7, places)
    assert (weeks[:, 0] ^ weeks[:, 1]).all()
    assert set(np.unique(patrol.sum(axis=1))) <= {places // 2, places - places // 2}


def test_the_lot_is_even():
    share = np.mean([draw_calendar(5, first=MONDAY, fortnights=1, seed=s).patrol for s in range(600)], axis=0)
    assert np.abs(share - 0.5).max() < 0.1


def test_figures_by_hand():
    patrol = np.zeros((14, 2), dtype=bool)
    patrol[:7, 0] = patrol[7:, 1] = True
    calendar = CrossoverCalendar(first=MONDAY, patrol=patrol, seed=1)
    at, around = np.zeros((14, 2), dtype=np.int64), np.zeros((14, 2), dtype=np.int64)
    at[0] = (4, 9)  # place 1 patrolled, place 2 not
    at[8] = (7, 1)
    around[0] = (2, 1)
    found = compare_days(calendar, at, around, lots=50)
    assert (found.at_patrolled, found.at_left) == (5, 16)
    assert (found.around_patrolled, found.around_left) == (2, 1)
    assert found.difference == 5 - 16 + 2 - 1
    assert found.high - found.difference == pytest.approx(1.959964 * np.sqrt(24))
    assert found.ratio == 5 / 16
    # Limits of 5 of 21 by the table of Clopper and Pearson: 0.0822 and 0.4717, as odds.
    assert found.ratio_low == pytest.approx(0.0822 / 0.9178, rel=2e-3)
    assert found.ratio_high == pytest.approx(0.4717 / 0.5283, rel=2e-3)


def simulated(effect, *, trials, rate=0.25, spread=0.0):
    """Share of simulated trials in which lot and interval see a difference."""
    rng = np.random.default_rng(11)
    lot, interval = 0, 0
    for k in range(trials):
        calendar = draw_calendar(10, first=MONDAY, fortnights=6, seed=k)
        busy = rng.gamma(2.0, rate / 2, 10)
        day = rng.gamma(1 / spread, spread, (84, 1)) if spread else 1.0
        at = rng.poisson(busy * day * np.where(calendar.patrol, 1 - effect, 1.0))
        found = compare_days(calendar, at, rng.poisson(0.5 * busy * day * np.ones((84, 10))), lots=199)
        lot += found.chance < 0.05
        interval += not found.low <= 0 <= found.high
    return lot / trials, interval / trials


@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_false_alarms_come_at_the_stated_rate(spread):
    lot, _ = simulated(0.0, trials=160, spread=spread)
    assert 0.01 <= lot <= 0.1


def test_power_is_as_foretold():
    lot, interval = simulated(0.3, trials=120)
    foretold = chance_to_see(0.25, 420, 0.3, ring_share=0.5)
    assert interval == pytest.approx(foretold, abs=0.15)
    assert lot == pytest.approx(foretold, abs=0.15)
    assert chance_to_see(0.25, 420, 0.1) < foretold < chance_to_see(0.25, 4200, 0.3)
    assert chance_to_see(0.0, 420, 0.3) == 0.0


def test_no_difference_is_not_called_no_effect():
    calendar = draw_calendar(4, first=MONDAY, fortnights=2, seed=3)
    found = compare_days(calendar, np.ones((28, 4), dtype=np.int64), np.zeros((28, 4), dtype=np.int64))
    assert found.difference == 0
    assert "not proof that patrols do nothing" in verdict(found)


@pytest.fixture
def town(tmp_path):
    rows = []
    for k in range(240):
        lon, lat = 32.0 + 0.00155 * (k * 3 % 7), 49.0 + 0.001 * (k % 7)
        rows.append(
            (f"{lon:.6f}", f"{lat:.6f}", "theft", f"2026-{1 + k % 8:02d}-{1 + k % 28:02d}T17:{k % 60:02d}")
        )
    plan = write_town(tmp_path, plan=plan_text())
    write_offences(tmp_path / "offences.csv", rows)
    return plan


def trial(*words):
    return CliRunner().invoke(main, ["trial", *map(str, words)])


def test_drawn_and_judged_from_the_command_line(town, tmp_path):
    out = tmp_path / "trial"
    words = ("draw", town, "--from", "2026-06-01", "--weeks", 4, "--apart-m", 200, "--out", out, "--json")
    done = trial(*words)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["places"]) >= 2
    drawn = read_trial(out / "trial.json")
    lines = (out / "calendar.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 29
    for line, row in zip(lines[1:], drawn.calendar.patrol):
        on, off = line.split(",")[2:4]
        assert len(on.split("; ")) == row.sum()
        assert len(off.split("; ")) == (~row).sum()
    again = trial(*words)
    assert again.exit_code == 1
    assert "no longer be a lot" in again.stderr
    found = trial("judge", town, out / "trial.json", "--json")
    assert found.exit_code == 0, found.stderr
    got = json.loads(found.stdout)
    assert got["at_patrolled"] + got["at_left"] > 5
    assert got["low"] <= got["difference"] <= got["high"]


def test_what_makes_no_sense_is_told(town, tmp_path):
    far = trial("draw", town, "--from", "2026-06-01", "--apart-m", 90000, "--out", tmp_path / "far")
    assert far.exit_code == 1
    assert "no two hot spots lie 90000 m apart" in far.stderr
    assert not (tmp_path / "far").exists()
    assert trial("draw", town, "--from", "2026-06-01", "--weeks", 3, "--out", tmp_path / "odd").exit_code == 2
    late = trial(
        "draw", town, "--from", "2026-08-20", "--weeks", 4, "--apart-m", 200, "--out", tmp_path / "late"
    )
    assert late.exit_code == 0, late.stderr
    early = trial("judge", town, tmp_path / "late" / "trial.json")
    assert early.exit_code == 1
    assert "wait for the records" in early.stderr
    broken = tmp_path / "broken.json"
    for text in ("{", "[]", '{"format": "patrolplan trial 1"}', '{"format": "other"}'):
        broken.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="is no trial drawn"):
            read_trial(broken)
    with pytest.raises(InputError, match="can't be read"):
        read_trial(tmp_path / "none.json")
