"""Commands: forms, exit codes, outputs, and what each says of bad input."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_town import MIDDLE, offence_rows, plan_text, write_offences, write_streets, write_town
from click.testing import CliRunner

from patrolplan.cli import main
from patrolplan.commands.plan import example_into
from patrolplan.errors import InputError

ROOT = Path(__file__).parents[2]
PLAN_KEYS = ("score", "share_on_shift", "share_by_part", "greedy_score", "crews", "stops", "walk_km")
PLAN_KEYS += (
    "hot_spots",
    "segments",
    "offences_used",
    "offences_set_aside",
    "stopped_by",
    "seconds",
    "outputs",
)


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def shell(*words, **options):
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *map(str, words)],
        capture_output=True, text=True, env=environment, check=False, **options,
    )  # fmt: skip


def refused(result, *told, code=1):
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    for words in told:
        assert words in result.stderr, result.stderr


def seen(folder):
    """Files a user sees: the hidden folder of kept streets is not among them."""
    return sorted(file for file in folder.iterdir() if not file.name.startswith("."))


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """The little town, planned once by the real command in a process of its own."""
    folder = tmp_path_factory.mktemp("planned")
    write_town(folder)
    told = shell("plan", folder / "plan.toml", "--out", folder / "out", "--solutions", "2", "--json")
    assert told.returncode == 0, told.stderr
    return folder, told


def test_plan_tells_machines_on_stdout_and_people_on_stderr(planned):
    folder, told = planned
    summary = json.loads(told.stdout)
    assert set(PLAN_KEYS) <= set(summary)
    assert summary["crews"] == 2
    assert summary["stopped_by"] == "solutions"
    assert summary["offences_used"] + summary["offences_set_aside"] == 60
    assert summary["score"] >= summary["greedy_score"] > 0
    assert "% of the patrol need of these hours is under effect" in told.stderr
    assert "reading streets" in told.stderr
    for name, file in summary["outputs"].items():
        assert Path(file).stat().st_size > 0, name
    assert {"plan.json", "plan.gpkg", "routes.geojson", "timetable.csv", "map.html"} <= set(
        summary["outputs"]
    )
    assert folder / "out" == Path(summary["outputs"]["plan.json"]).parent


def test_a_plan_of_ours_is_replaced_and_others_files_are_not(planned, tmp_path):
    folder, _ = planned
    again = run(
        "plan", folder / "plan.toml", "--out", folder / "out", "--solutions", "1", "--officers", "1", "--json"
    )
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["crews"] == 1
    gpx = sorted(file.name for file in (folder / "out").glob("*.gpx"))
    assert len(gpx) == 1
    (tmp_path / "map.html").write_text("mine", encoding="utf-8")
    refused(run("plan", folder / "plan.toml", "--out", tmp_path, "--solutions", "1"), "map.html", "--force")
    assert [file.name for file in tmp_path.iterdir()] == ["map.html"]


def test_strict_ends_with_4_where_there_are_warnings(tmp_path):
    plan_file = write_town(tmp_path)
    assert run("check", plan_file, "--strict").exit_code == 0
    rows = [*offence_rows(), ("", "", "theft", "2026-05-01T18:00")]
    write_offences(tmp_path / "offences.csv", rows)
    result = run("check", plan_file, "--strict", "--json")
    assert result.exit_code == 4
    assert "warning: offences: 1 set aside" in result.stderr
    assert json.loads(result.stdout)["warnings"]


def test_check_reports_rows_streets_stations_and_writes_nothing(tmp_path):
    plan_file = write_town(tmp_path)
    far = ("32.5", "49.5", "theft", "2026-05-01T18:00")
    write_offences(tmp_path / "offences.csv", [*offence_rows(), far])
    before = seen(tmp_path)
    result = run("check", plan_file, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    offences = report["tables"]["offences"]
    assert offences["read"] == 61
    assert offences["used"] == 60
    (aside,) = offences["set_aside"]
    assert aside["count"] == 1
    assert aside["first_rows"] == [61]
    assert report["segments"] == 80, "corners are no junctions"
    assert report["stations"]["Police House"] < 50
    assert "first rows: 61" in result.stderr
    assert seen(tmp_path) == before


def test_network_writes_streets(tmp_path):
    streets = write_streets(tmp_path / "streets.osm")
    result = run("network", streets, "--out", tmp_path / "net.gpkg", "--json")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert {"segments", "median_length_m", "street_km", "main_part_share", "seconds"} <= set(summary)
    assert summary["segments"] == 80, "corners are no junctions"
    assert summary["median_length_m"] == pytest.approx(112, abs=3)
    assert summary["main_part_share"] == 1
    assert (tmp_path / "net.gpkg").stat().st_size > 0
    assert run("network", streets, "--out", tmp_path / "net.gpkg").exit_code == 0, "ours is replaced"
    refused(run("network", streets, "--out", streets), "one of the inputs")
    (tmp_path / "x.gpkg").write_text("mine", encoding="utf-8")
    refused(run("network", streets, "--out", tmp_path / "x.gpkg"), "--force")


def test_weigh_writes_need(tmp_path):
    plan_file = write_town(tmp_path)
    result = run("weigh", plan_file, "--out", tmp_path / "need.gpkg", "--json")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert summary["offences_used"] == 60
    assert sum(summary["policy"].values()) == pytest.approx(1)
    assert "offences: theft" in result.stderr
    refused(run("weigh", plan_file, "--out", tmp_path / "offences.csv"), "one of the inputs")


def test_init_check_plan_go_together(tmp_path):
    write_town(tmp_path)
    (tmp_path / "plan.toml").unlink()
    files = ["--streets", tmp_path / "streets.osm", "--offences", tmp_path / "offences.csv"]
    started = run("init", tmp_path / "town", *files, "--date", "2026-11-23", "--station", "32.0046,49.003")
    assert started.exit_code == 0, started.output
    assert "columns guessed" in started.stderr
    checked = run("check", tmp_path / "town" / "plan.toml")
    assert checked.exit_code == 0, checked.output


OFFENCES = "offences.csv"
BAD_TABLES = {
    "no coordinates": (("lon,lat,kind,time", [("", "", "theft", "2026-05-01T18:00")] * 3), "no "),
    "all outside": (
        ("lon,lat,kind,time", [("2.35", "48.85", "theft", "2026-05-01T18:00")] * 30),
        "show the same place",
    ),
    "swapped": (("lon,lat,kind,time", [(b, a, c, d) for a, b, c, d in offence_rows()]), "swapped"),
    "no such column": (("x1,y1,kind,time", offence_rows()), "no column 'lon'"),
    "metres without a CRS": (
        ("lon,lat,kind,time", [("583212.5", "5428011.2", "theft", "2026-05-01T18:00")] * 9),
        "crs",
    ),
}


@pytest.mark.parametrize("name", BAD_TABLES)
@pytest.mark.parametrize("verb", ["check", "plan"])
def test_offence_tables_that_cannot_be_used(tmp_path, name, verb):
    (header, rows), told = BAD_TABLES[name]
    plan_file = write_town(tmp_path)
    write_offences(tmp_path / OFFENCES, rows, header)
    before = seen(tmp_path)
    words = [verb, plan_file, *(["--out", tmp_path / "out"] if verb == "plan" else [])]
    refused(run(*words), told)
    assert seen(tmp_path) == before, "no partial output"


def test_unparseable_times_are_counted_with_their_rows(tmp_path):
    plan_file = write_town(tmp_path)
    rows = offence_rows()
    rows[4] = (*rows[4][:3], "tomorrow")
    write_offences(tmp_path / OFFENCES, rows)
    result = run("check", plan_file)
    assert result.exit_code == 0
    assert re.search(r"unreadable.*row 5", result.stderr), result.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no such file"),
        ("", "empty"),
        ("lon,lat\n1,2\n", "streets.osm"),
        ("motorway", "no walkable streets"),
    ],
)
@pytest.mark.parametrize("verb", ["check", "plan", "network", "init"])
def test_street_files_that_cannot_be_used(tmp_path, content, told, verb):
    plan_file = write_town(tmp_path)
    streets = tmp_path / "streets.osm"
    if content is None:
        streets.unlink()
    elif content == "motorway":
        write_streets(streets, highway="motorway")
    else:
        streets.write_text(content, encoding="utf-8")
    before = seen(tmp_path)
    words = {
        "check": ["check", plan_file],
        "plan": ["plan", plan_file, "--out", tmp_path / "out"],
        "network": ["network", streets, "--out", tmp_path / "net.gpkg"],
        "init": ["init", tmp_path / "new", "--streets", streets, "--date", "2026-11-23"],
    }[verb]
    refused(run(*words), told)
    assert seen(tmp_path) == before, "no partial output"


LON_LAT = (f"lon = {MIDDLE[0]}", f"lat = {MIDDLE[1]}")
BAD_PLANS = {
    "station far away": ([(LON_LAT[0], "lon = 33.0")], "no street within"),
    "station swapped": (
        [(LON_LAT[0], f"lon = {MIDDLE[1]}"), (LON_LAT[1], f"lat = {MIDDLE[0]}")],
        "(longitude, latitude)",
    ),
    "overlapping shifts": ([('["Petro"]', '["Olena"]')], "two shifts at once"),
    "break outside": ([('"18:30"', '"19:50"')], "outside the shift"),
    "shift without length": ([('"18:00-22:00"', '"18:00-18:05"')], "shorter than one stay"),
    "unknown key": ([("seconds", "second")], 'did you mean "seconds"?'),
    "policy for nothing": ([("[plan]", "[need]\na_off = 0.5\na_foot = 0.3\na_prob = 0.2\n[plan]")], "a_prob"),
}


@pytest.mark.parametrize("name", BAD_PLANS)
@pytest.mark.parametrize("verb", ["check", "plan"])
def test_plan_files_that_cannot_be_used(tmp_path, name, verb):
    changes, told = BAD_PLANS[name]
    plan_file = write_town(tmp_path, plan=plan_text(*changes))
    words = [verb, plan_file, *(["--out", tmp_path / "out"] if verb == "plan" else [])]
    refused(run(*words), told)
    assert not (tmp_path / "out").exists()


def test_check_says_when_a_station_looks_swapped(tmp_path):
    changes = [(LON_LAT[0], f"lon = {MIDDLE[1]}"), (LON_LAT[1], f"lat = {MIDDLE[0]}")]
    refused(run("check", write_town(tmp_path, plan=plan_text(*changes))), "swapped", "Police House")


def test_a_shift_too_short_to_walk_anywhere_and_back_is_no_plan(tmp_path):
    far_corner = (f"lon = {MIDDLE[0]}", "lon = 31.9965")
    changes = [far_corner, ('"16:00-20:00"', '"16:00-16:13"'), ('"18:00-22:00"', '"18:00-18:12"')]
    rest = 'break = { earliest = "17:30", latest = "18:30", minutes = 20 }\n'
    plan_file = write_town(tmp_path, plan=plan_text(*changes, (rest, "")))
    result = run("plan", plan_file, "--out", tmp_path / "out", "--json")
    refused(result, "no plan possible", code=3)
    assert json.loads(result.stdout)["error"] == "no plan possible"
    assert not (tmp_path / "out").exists()


def test_errors_go_to_stdout_as_json_where_asked(tmp_path):
    result = run("check", tmp_path / "plan.toml", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["faults"]


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "plan.toml"],
        ["plan", "plan.toml", "--out", "out", "--seconds", "1", "--solutions", "1"],
        ["plan", "plan.toml", "--out", "out", "--refine", "maybe"],
        ["plan", "plan.toml", "--out", "out", "--seconds", "0"],
        ["plan", "plan.toml", "--out", "out", "--officers", "0"],
        ["init", "folder"],
        ["init", "folder", "--streets", "x", "--station", "north"],
        ["init", "folder", "--streets", "x", "--date", "tomorrow"],
        ["plam"],
    ],
)
def test_wrong_usage_ends_with_2(tmp_path, monkeypatch, words):
    write_town(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(*words).exit_code == 2


def test_a_real_process_gives_the_exit_codes_too(tmp_path):
    assert shell("check", tmp_path / "plan.toml").returncode == 1
    assert shell("plan", tmp_path / "plan.toml").returncode == 2
    assert shell("--version").returncode == 0


def test_the_commands_load_no_heavy_library_until_they_need_one(tmp_path):
    code = (
        "import sys, patrolplan.cli as cli\n"
        "try: cli.main(['plan', '--help'], standalone_mode=False)\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'geopandas', 'shapely', 'scipy', 'osmnx', 'osmium', 'numba', 'ortools',"
        " 'pydantic', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_writes_the_best_plan_so_far(tmp_path):
    plan_file = write_town(tmp_path)
    words = [sys.executable, str(ROOT / "cli.py"), "plan", str(plan_file), "--out", str(tmp_path / "out")]
    with subprocess.Popen(
        [*words, "--seconds", "120", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr:
            if "searching" in line:
                time.sleep(0.5)
                process.send_signal(signal.SIGINT)
                break
        rest = process.stderr.read()
        summary = json.loads(process.stdout.read())
        assert process.wait(60) == 0, rest
    assert summary["stopped_by"] == "interrupted"
    assert "best plan so far" in rest
    assert (tmp_path / "out" / "plan.json").exists()


def test_demo_makes_the_example_and_plans_it(tmp_path):
    folder = tmp_path / "demo"
    result = run("demo", "--out", folder, "--seconds", "1", "--json")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert set(PLAN_KEYS) <= set(summary)
    assert (folder / "input" / "plan.toml").exists()
    assert (folder / "plan" / "map.html").exists()
    assert "invented" in result.stderr


def test_demo_never_writes_over_a_changed_example(tmp_path):
    plan_file = example_into(tmp_path / "input", force=False)
    assert example_into(tmp_path / "input", force=False) == plan_file, "unchanged files may be written again"
    plan_file.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="--force"):
        example_into(tmp_path / "input", force=False)
    assert plan_file.read_text(encoding="utf-8") == "mine"
    example_into(tmp_path / "input", force=True)
    assert plan_file.read_text(encoding="utf-8") != "mine"
