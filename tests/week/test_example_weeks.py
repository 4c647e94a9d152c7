"""Weeks of the invented community at little effort, one officer on leave, by the independent reading."""

from __future__ import annotations

from datetime import date

from week_checker import faults_of_weeks

from patrolplan.example import write_example
from patrolplan.io.plan_file import read_plan_file
from patrolplan.run_week import run_week
from patrolplan.solver.stop import Stop


def test_the_example_keeps_its_rules_while_an_officer_is_on_leave(tmp_path):
    write_example(tmp_path)
    settings = read_plan_file(tmp_path / "plan.toml")
    made = [
        run_week(settings, monday, tmp_path / "weeks", stop=Stop(solutions=1))
        for monday in (date(2026, 11, 30), date(2026, 12, 7))
    ]
    folders = [week.folder for week in made]
    assert faults_of_weeks(folders, tmp_path / "plan.toml", ledger=tmp_path / "ledger.gpkg") == []
    for week in made:
        assert not week.planned.days["given_up"].map(len).any(), "patrols are long enough for what is due"
        assert week.planned.summary()["loss"] <= 0.02 + 1e-9
    leave = made[1].planned
    assert leave.summary()["officer_hours"] == 14
    assert leave.guess is not None
    assert leave.guess.guess.hit_rate < 0.5 * leave.guess.guess.repeated
