"""A folder of results is held against its manifest, and made again."""

import datetime as dt
import json
import re
import shutil

import openpyxl
import pandas as pd
import pytest
from cli_town import write_town, write_week_town
from click.testing import CliRunner

from patrolplan.cli import main
from patrolplan.io.manifest import MANIFEST, read_manifest
from patrolplan.io.plan_file import read_plan_file
from patrolplan.jobs.verify import verify_folder
from patrolplan.orders.made_from import PACKAGES
from patrolplan.orders.week.run_week import run_week
from patrolplan.solver.stop import Stop

MONDAY = dt.date(2026, 11, 23)
SECRET = "Olena"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A town with a planned week; tests copy it before they touch it."""
    home = tmp_path_factory.mktemp("verify") / "town"
    settings = read_plan_file(write_week_town(home))
    run_week(settings, MONDAY, home / "weeks", stop=Stop(solutions=2))
    return home


@pytest.fixture
def town(made, tmp_path):
    return shutil.copytree(made, tmp_path / "town")


def week_of(town):
    return town / "weeks" / "2026-W48"


def differs(town, **options):
    found = verify_folder(week_of(town), rebuild=False, **options).differences
    return {(difference.kind, difference.name) for difference in found}


def test_an_untouched_week_is_made_again_byte_for_byte(town):
    before = {file: file.read_bytes() for file in town.rglob("*") if file.is_file()}
    verdict = verify_folder(week_of(town))
    assert verdict.same
    assert verdict.rebuilt
    assert verdict.plan_file == town / "plan.toml"
    assert not verdict.notes
    assert {file: file.read_bytes() for file in town.rglob("*") if file.is_file()} == before


def test_a_week_with_a_planners_changes_beside_the_week_before_is_made_again(town):
    settings = read_plan_file(town / "plan.toml")
    following = MONDAY + dt.timedelta(days=7)
    folder = run_week(settings, following, town / "weeks", stop=Stop(solutions=1)).folder
    book = openpyxl.load_workbook(folder / "roster.xlsx")
    rows = list(book["Changes"].iter_rows(min_row=4))
    rows[0][0].value, rows[-1][0].value = "pin", "ban"
    book.save(folder / "roster.xlsx")
    assert ("output", "roster.xlsx") in {(d.kind, d.name) for d in verify_folder(folder).differences}
    again = run_week(settings, following, town / "weeks", stop=Stop(solutions=1), language="uk")
    against = [told.against for told in again.planned.differences]
    assert against == ["2026-W48", "2026-W49 as issued"]
    verdict = verify_folder(folder)
    assert verdict.same, verdict.differences
    assert verdict.rebuilt
    document = json.loads((folder / "week.json").read_text(encoding="utf-8"))
    assert {edit["what"] for edit in document["edits"]} == {"pin", "ban"}
    # What is told at the desk is English, what people hold is in their language: the same changes.
    said, held = again.planned.differences, document["differences"]
    assert [told["against"] for told in held] == ["2026-W48", "2026-W49, як видано"]
    assert all(re.search("[а-яії]", line) for told in held for line in told["lines"])
    assert not any(re.search("[а-яії]", line) for told in said for line in told.lines)
    assert "why: 2 changes by hand" in said[1].lines[2]
    assert "чому: 2 зміни вручну" in held[1]["lines"][2]
    figures = ["visits_before", "visits_now", "minutes_before", "minutes_now"]
    for there, here in zip(held, said, strict=True):
        assert pd.DataFrame(there["table"])[figures].equals(here.table[figures].reset_index(drop=True))
    changes = pd.read_csv(folder / "changes.csv")
    assert changes["why"].str.contains("[а-яії]").all()
    assert changes["why"].str.startswith("змінено вручну: ").any()


def test_a_manifest_that_lies_about_its_files_is_found_out(town):
    """A map and its hash in the manifest changed together: only making it again tells."""
    page = week_of(town) / "map.html"
    page.write_bytes(page.read_bytes() + b"<!-- -->")
    manifest = read_manifest(week_of(town))
    import hashlib

    manifest["outputs"]["map.html"] = hashlib.sha256(page.read_bytes()).hexdigest()
    (week_of(town) / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert verify_folder(week_of(town), rebuild=False).same
    found = {(d.kind, d.name) for d in verify_folder(week_of(town)).differences}
    assert ("rebuilt", "map.html") in found
    assert ("rebuilt", MANIFEST) in found


def test_outputs_that_changed_or_went_are_named(town):
    with (week_of(town) / "timetable.csv").open("a") as file:
        file.write("x")
    (week_of(town) / "plan.ics").unlink()
    (week_of(town) / "notes.txt").write_text("somebody's own", encoding="utf-8")
    assert differs(town) == {("output", "timetable.csv"), ("output", "plan.ics")}


def test_an_input_that_changed_is_named_with_its_key(town):
    table = town / "offences.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("theft", "robbery", 1), encoding="utf-8")
    verdict = verify_folder(week_of(town))
    (difference,) = verdict.differences
    assert (difference.kind, difference.name) == ("input", "offences.csv")
    assert "offences.file" in difference.words
    assert not verdict.rebuilt


def test_settings_are_named_by_key_and_people_not_at_all(town):
    plan = town / "plan.toml"
    text = plan.read_text(encoding="utf-8").replace(SECRET, "Ivan")
    plan.write_text(text + "longest_block_h = 3\n[effect]\nfade_min = 60\n", encoding="utf-8")
    verdict = verify_folder(week_of(town), rebuild=False)
    told = {(d.kind, d.name): d.words for d in verdict.differences}
    assert set(told) == {
        ("setting", "effect.fade_min"), ("setting", "week.longest_block_h"), ("setting", "officers"),
    }  # fmt: skip
    assert told["setting", "effect.fade_min"] == "effect.fade_min: was 120.0, is 60.0"
    assert "Ivan" not in str(told)
    assert SECRET not in str(told)


def test_a_ledger_with_another_past_is_named(town):
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(town / "ledger.gpkg")) as database, database:
        database.execute("UPDATE visits SET week = '2026-W47' WHERE fid = (SELECT min(fid) FROM visits)")
    assert differs(town) == {("ledger", "ledger")}


def test_a_version_that_changed_is_named(town):
    manifest = read_manifest(week_of(town))
    manifest["versions"] |= {"shapely": "1.8.0", "left out": "1"}
    (week_of(town) / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    verdict = verify_folder(week_of(town))
    assert {(d.kind, d.name) for d in verdict.differences} == {
        ("version", "shapely"),
        ("version", "left out"),
    }
    assert verdict.rebuilt
    assert "comes out the same" in verdict.notes[0]


def test_without_a_plan_file_files_and_versions_alone_are_proven(town, tmp_path):
    alone = shutil.copytree(week_of(town), tmp_path / "alone" / "week")
    verdict = verify_folder(alone)
    assert verdict.same
    assert not verdict.rebuilt
    assert "--plan-file" in verdict.notes[0]
    given = verify_folder(alone, plan_file=town / "plan.toml", rebuild=False)
    assert given.same
    assert given.notes == ("not made again: only hashes and versions were compared",)


def test_a_manifest_holds_no_place_and_no_person(town):
    text = (week_of(town) / MANIFEST).read_text(encoding="utf-8")
    manifest = json.loads(text)
    manifest.pop("outputs")  # cards are named after their crews
    assert str(town.parent) not in text
    assert SECRET not in json.dumps(manifest)


def test_every_package_patrolplan_stands_on_has_its_version_told():
    import re
    import tomllib
    from pathlib import Path

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    named = {re.match(r"[\w-]+", line)[0] for line in project["project"]["dependencies"]}
    assert named == set(PACKAGES)


def test_the_command_ends_with_1_where_something_differs(town):
    def run(*words):
        return CliRunner().invoke(main, ["verify", *map(str, words)])

    alone = run(week_of(town), "--no-rebuild", "--json")
    assert alone.exit_code == 0, alone.output
    assert json.loads(alone.stdout)["same"] is True
    assert run(week_of(town), "--no-rebuild", "--strict").exit_code == 4
    (week_of(town) / "map.html").write_text("mine", encoding="utf-8")
    changed = run(week_of(town))
    assert changed.exit_code == 1
    assert "output: map.html: changed since it was written" in changed.stderr
    missing = run(town)
    assert missing.exit_code == 1
    assert "holds no manifest.json" in missing.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [("{", "can't be read"), ('{"schema": "x"}', "not written by patrolplan"),
     ('{"schema": "patrolplan/manifest", "schema_version": 9}', "of form 9"),
     ('{"schema": "patrolplan/manifest", "schema_version": 1, "outputs": {"../a": "0"}}', "names no files")],
)  # fmt: skip
def test_a_damaged_manifest_is_refused_plainly(tmp_path, text, told):
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["verify", str(tmp_path)])
    assert result.exit_code == 1
    assert told in result.stderr


def test_plans_for_all_hands_are_proven_too(tmp_path):
    def run(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    plan_file = write_town(tmp_path)
    out = tmp_path / "tonight"
    told = run("plan", plan_file, "--out", out, "--solutions", "2", "--officers", "1", "--for", "officer")
    assert told.exit_code == 0, told.output
    manifest = (out / MANIFEST).read_text(encoding="utf-8")
    assert "settings" not in manifest
    assert "offences.csv" not in manifest
    proven = run("verify", out, "--plan-file", plan_file, "--json")
    assert "sha256_of_the_rest" in manifest
    assert proven.exit_code == 0, proven.stderr
    assert json.loads(proven.stdout)["rebuilt"] is True
    (tmp_path / "offences.csv").write_text("lon,lat,kind,time\n", encoding="utf-8")
    assert "inputs or settings" in run("verify", out, "--plan-file", plan_file).stderr
