"""Whole weeks of a little town one after the other, judged by an independent checker; and mishaps."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date, timedelta

import openpyxl
import pytest
from cli_town import plan_text, write_town
from week_checker import faults_of_weeks

from patrolplan.errors import InputError
from patrolplan.io.ledger import open_ledger
from patrolplan.io.lock import locked
from patrolplan.io.plan_file import read_plan_file
from patrolplan.io.swap_folder import swapped_folder
from patrolplan.orders.week.run_week import run_week
from patrolplan.solver.stop import Stop
from patrolplan.week.past import Past
from patrolplan.week.seen import matched

WEEKS = [date(2026, 11, 23) + timedelta(days=7 * k) for k in range(4)]
WEEK = """
[week]
hours = 9
step_min = 60
shortest_block_h = 2
longest_block_h = 3
earliest = "12:00"
latest = "22:00"
top_places = 3
[[week.cover]]
hours = "We 17:00-18:00"
"""
STOP = Stop(solutions=1)


def settings_of(folder, *changes):
    leave = ("pace = 0.9", 'pace = 0.9\nleave = ["2026-12-07/2026-12-11"]\noff = "Su"')
    return read_plan_file(write_town(folder, plan=plan_text(leave, *changes) + WEEK))


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    settings = settings_of(folder)
    made = [run_week(settings, monday, folder / "weeks", stop=STOP) for monday in WEEKS]
    return folder, settings, made


def test_four_weeks_keep_every_rule_by_an_independent_reading(town):
    folder, _, made = town
    faults = faults_of_weeks(
        [week.folder for week in made], folder / "plan.toml", ledger=folder / "ledger.gpkg"
    )
    assert faults == []
    away = [row for row in made[2].planned.summary()["roster"] if row["officer"] == "Petro"]
    assert all(row["date"] > "2026-12-11" for row in away)


def test_variation_costs_no_more_than_stated_and_a_repeated_week_would_be_guessed(town):
    for week in town[2]:
        facts = week.planned.summary()
        assert facts["loss"] <= 0.02 + 1e-9
        assert facts["roster_worth"] >= 0.99 * facts["roster_best"] - 1e-12
    guesses = [week.planned.guess.guess for week in town[2][1:]]
    assert all(guess.hit_rate < guess.repeated for guess in guesses)


def test_the_same_week_again_gives_the_same_bytes_and_takes_its_place(town, tmp_path):
    folder, settings, made = town
    copy = shutil.copytree(made[1].folder, tmp_path / "kept")
    run_week(settings, WEEKS[1], folder / "weeks", stop=STOP)
    for file in sorted(copy.iterdir()):
        assert (made[1].folder / file.name).read_bytes() == file.read_bytes(), file.name
    with open_ledger(folder / "ledger.gpkg") as ledger:
        assert list(ledger.weeks()) == ["2026-W48", "2026-W49", "2026-W50", "2026-W51"]


def test_a_planners_changes_are_read_back_and_kept(town, tmp_path):
    _folder, settings, _made = town
    out = tmp_path / "weeks"
    other = settings.model_copy(update={"week": settings.week.model_copy(update={"ledger": None})})
    first = run_week(other, WEEKS[0], out, stop=STOP)
    rows = [row for row in _sheet(first.folder) if row[2].date() == _sheet(first.folder)[0][2].date()]
    pinned, banned = rows[0], next(row for row in rows if row[6] != rows[0][6])
    _write_changes(first.folder, {pinned[10]: "pin", banned[10]: "ban"})
    for _ in range(2):
        run_week(other, WEEKS[0], out, stop=STOP)
        now = _sheet(first.folder)
        assert [row[10] for row in now if row[0] == "pin"] == [pinned[10]]
        assert [row[6] for row in now if row[0] == "ban"] == [banned[6]]
        patrol = [row for row in now if row[2:4] == banned[2:4] and row[0] != "ban"]
        assert banned[6] not in {row[6] for row in patrol}


def test_files_changed_by_hand_and_folders_of_others_are_not_written_over(town, tmp_path):
    folder, settings, made = town
    strange = tmp_path / "weeks" / "2026-W48"
    strange.mkdir(parents=True)
    (strange / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="not written by patrolplan"):
        run_week(settings, WEEKS[0], tmp_path / "weeks", stop=STOP)
    card = made[3].folder / "timetable.csv"
    whole = card.read_bytes()
    card.write_bytes(whole + b"mine\n")
    with pytest.raises(InputError, match=r"timetable\.csv changed"):
        run_week(settings, WEEKS[3], folder / "weeks", stop=STOP)
    card.write_bytes(whole)


def test_a_job_that_ends_between_folder_and_ledger_is_settled_by_the_next(town, tmp_path):
    folder, _, made = town
    ledger_file, home = tmp_path / "ledger.gpkg", tmp_path / "weeks"
    with open_ledger(folder / "ledger.gpkg") as ledger:
        rows = ledger.past("2026-W49")
    seal = (made[0].folder / "week.json").read_bytes()
    with open_ledger(ledger_file) as ledger:
        ledger.stage(
            "2026-W48", home / "2026-W48", seal=seal, shifts=rows.shifts, visits=rows.visits, facts={}
        )
    with open_ledger(ledger_file) as ledger:
        assert ledger.weeks() == {}, "no folder stands: the week is dropped"
        ledger.stage(
            "2026-W48", home / "2026-W48", seal=seal, shifts=rows.shifts, visits=rows.visits, facts={}
        )
        shutil.copytree(made[0].folder, home / "2026-W48")
    with open_ledger(ledger_file) as ledger:
        assert list(ledger.weeks()) == ["2026-W48"], "its folder stands: the week counts"
        assert len(ledger.past("2026-W49").visits) == len(rows.visits)


def test_earlier_visits_find_their_streets_again_after_the_ways_were_renumbered(town):
    folder, _, made = town
    plan = made[0].planned.plan
    with open_ledger(folder / "ledger.gpkg") as ledger:
        past = ledger.past("2026-W49")
    found = matched(plan.network, past)
    visit = plan.stops.iloc[0]
    wanted = set(plan.hot_spots[int(visit["hot_spot"])].segments)
    assert wanted <= set(found.loc[found["visit"] == 0, "segment"])
    other = Past(shifts=past.shifts, visits=past.visits.assign(osm_ids="1 2 3"))
    assert wanted == set(matched(plan.network, other).query("visit == 0")["segment"])


def test_a_folder_is_exchanged_whole(tmp_path):
    target = tmp_path / "week"
    with swapped_folder(target) as new:
        (new / "a").write_text("1")
    with pytest.raises(ZeroDivisionError), swapped_folder(target) as new:
        (new / "a").write_text(str(1 // 0))
    assert (target / "a").read_text() == "1"
    (tmp_path / ".patrolplan-new-week").mkdir()
    target.rename(tmp_path / ".patrolplan-old-week")
    with pytest.raises(RuntimeError), swapped_folder(target):
        raise RuntimeError
    assert (target / "a").read_text() == "1", "what a kill between two moves left is put back"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["week"]


def test_two_jobs_are_kept_apart(tmp_path):
    with locked(tmp_path / "lock"):
        code = os.fork()
        if code == 0:
            try:
                with locked(tmp_path / "lock", wait_s=0.1):
                    os._exit(0)
            except InputError:
                os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(code, 0)[1]) == 7


def test_the_summary_is_plain_json(town):
    document = json.loads((town[2][3].folder / "week.json").read_text(encoding="utf-8"))
    assert document["week"] == "2026-W51"
    assert document["guessability"]["weeks_known"] == 3
    assert "less" in {row["change"] for row in document["hour_more_or_less"]}
    assert [told["against"] for told in document["differences"]] == ["2026-W50"]
    assert len(document["differences"][0]["lines"]) == 3


def _sheet(folder):
    book = openpyxl.load_workbook(folder / "roster.xlsx", read_only=True)
    rows = list(book["Changes"].iter_rows(min_row=4, values_only=True))
    book.close()
    return rows


def _write_changes(folder, words):
    book = openpyxl.load_workbook(folder / "roster.xlsx")
    for row in book["Changes"].iter_rows(min_row=4):
        if row[10].value in words:
            row[0].value = words[row[10].value]
    book.save(folder / "roster.xlsx")
