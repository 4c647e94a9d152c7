"""A week of the invented community at little effort, one officer on leave, by the independent reading."""

from __future__ import annotations

from datetime import date

from week_checker import faults_of_weeks

from patrolplan.example import write_example
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.week.run_week import run_week
from patrolplan.solver.stop import Stop


def test_the_example_keeps_its_rules_while_an_officer_is_on_leave(tmp_path):
    write_example(tmp_path)
    settings = read_plan_file(tmp_path / "plan.toml")
    made = run_week(settings, date(2026, 12, 7), tmp_path / "weeks", stop=Stop(solutions=2))
    assert faults_of_weeks([made.folder], tmp_path / "plan.toml", ledger=tmp_path / "ledger.gpkg") == []
    assert not made.planned.days["given_up"].map(len).any(), "patrols are long enough for what is due"
    facts = made.planned.summary()
    assert facts["loss"] <= 0.02 + 1e-9
    assert facts["officer_hours"] == 14, facts["roster"]
