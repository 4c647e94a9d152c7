"""Settings chosen on earlier records alone, and written with the evidence."""

import tomllib
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from test_need_back_test import city, trial  # noqa: F401 - fixtures

from patrolplan.errors import InputError
from patrolplan.evaluate.tune import Tuned, tune_need, tuned_text


def test_later_records_change_nothing(trial):  # noqa: F811
    day = date(2018, 4, 1)
    early = trial.only(trial.before((day - date(1970, 1, 1)).days))
    one, two = tune_need(trial, before=day), tune_need(early, before=day)
    assert one.evidence.equals(two.evidence)
    assert one.records == two.records


def test_too_few_records_are_refused(trial):  # noqa: F811
    with pytest.raises(InputError, match="too few to choose"):
        tune_need(trial, before=date(2018, 1, 3))


def test_written_twice_reads_as_once():
    found = Tuned(
        bandwidth_m=400.0,
        half_life_days=180.0,
        gain=0.01,
        evidence=pd.DataFrame(),
        records=90,
        before=date(2026, 1, 1),
    )
    text = '[community]\nname = "T"\n\n[need]\nbandwidth_m = 600\na_off = 0.5\n\n[plan]\nseconds = 5\n'
    once = tuned_text(found, text)
    assert tuned_text(found, once) == once
    got = tomllib.loads(once)
    assert got["need"] == {"bandwidth_m": 400, "half_life_days": 180, "a_off": 0.5}
    assert got["plan"] == {"seconds": 5}
    assert (
        tomllib.loads(tuned_text(replace(found, bandwidth_m=300.0), "[plan]\n"))["need"]["bandwidth_m"] == 300
    )
