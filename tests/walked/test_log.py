"""Tracks simulated from a plan, and filled-in workbooks: minutes found again, nothing invented or kept."""

import json
import resource
import shutil
import sqlite3
import time

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from plan_of_lattice import plan_of_lattice
from walker import phone, walk_route, write_track

from patrolplan.cli import main
from patrolplan.errors import InputError
from patrolplan.io.issued_file import read_issued
from patrolplan.io.issued_network import read_issued_network
from patrolplan.io.read_gpx import read_gpx
from patrolplan.io.write_gpkg import write_gpkg
from patrolplan.io.write_gpx import write_gpx
from patrolplan.io.write_json import write_json
from patrolplan.io.write_xlsx import write_xlsx
from patrolplan.orders.log_walks import log_walks


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    folder = tmp_path_factory.mktemp("issued") / "plan"
    folder.mkdir()
    plan = plan_of_lattice(side=10, n_hot_spots=9, crews=2)
    write_json(plan, folder / "plan.json")
    write_gpkg(plan, folder / "plan.gpkg")
    write_xlsx(plan, folder / "roster.xlsx")
    write_gpx(plan, folder)
    return folder


@pytest.fixture(scope="module")
def ground(issued):
    return read_issued_network(issued), read_issued(issued)


def recorded(ground, file, route=0, *, seed=0, left_out=(), clock_s=0.0, late_s=0.0, **kind):
    network, plan = ground
    walked = walk_route(network, plan, plan.routes[route], left_out=left_out, late_s=late_s)
    seconds, xy = phone(walked, np.random.default_rng(seed), **kind)
    write_track(file, network, seconds, xy, clock_s=clock_s)
    return walked


@pytest.mark.parametrize(
    "kind",
    [{"noise_m": 5}, {"noise_m": 10}, {"noise_m": 10, "canyons": 5}, {"noise_m": 8, "gaps": 3}],
    ids=["5 m", "10 m", "canyons", "gaps"],
)
def test_minutes_are_found_again_and_a_stop_left_out(issued, ground, tmp_path, kind):
    for route in (0, 1):
        walked = recorded(ground, tmp_path / "track.gpx", route, seed=route, left_out={1}, **kind)
        found = log_walks(issued, [tmp_path / "track.gpx"]).patrols
        assert [patrol.route for patrol in found] == [route]
        assert found[0].visits[1].status == "not done"
        assert found[0].visits[1].minutes == 0
        got = np.array([visit.minutes for visit in found[0].visits])
        made = walked.minutes > 0
        assert np.abs(got - walked.minutes)[made].max() <= 0.2 * walked.minutes.max()
        assert abs(got[made].sum() / walked.minutes.sum() - 1) <= 0.1
        assert abs(found[0].km / walked.km - 1) <= 0.3
        assert found[0].stray_min <= 0.02 * found[0].recorded_min


@pytest.mark.parametrize("hours", [2, -5, 5.75])
def test_a_clock_in_another_zone_is_told_and_put_right(issued, ground, tmp_path, hours):
    recorded(ground, tmp_path / "track.gpx", clock_s=hours * 3600, noise_m=8)
    log = log_walks(issued, [tmp_path / "track.gpx"])
    assert log.patrols[0].walked_min == pytest.approx(log.patrols[0].planned_min, rel=0.1)
    assert f"clock is about {abs(int(hours))} h" in log.notes[0]
    assert ("ahead of" if hours > 0 else "behind") in log.notes[0]


def test_a_crew_that_is_late_has_no_wrong_clock(issued, ground, tmp_path):
    recorded(ground, tmp_path / "track.gpx", late_s=1500, noise_m=8)
    log = log_walks(issued, [tmp_path / "track.gpx"])
    assert not log.notes
    assert log.patrols[0].walked_min == pytest.approx(log.patrols[0].planned_min, rel=0.1)


def test_two_phones_of_a_crew_and_a_track_in_two_parts_are_one_patrol(issued, ground, tmp_path):
    network, plan = ground
    walked = walk_route(network, plan, plan.routes[0])
    seconds, xy = phone(walked, np.random.default_rng(1), noise_m=6)
    half = len(seconds) // 2
    files = [
        write_track(tmp_path / "a.gpx", network, seconds[:half], xy[:half]),
        write_track(tmp_path / "b.gpx", network, seconds[half:], xy[half:]),
        write_track(tmp_path / "c.gpx", network, *phone(walked, np.random.default_rng(2), noise_m=12)),
    ]
    (patrol,) = log_walks(issued, files).patrols
    assert patrol.walked_min == pytest.approx(walked.minutes.sum(), rel=0.1)


def test_what_nobody_recorded_is_unknown_not_left_out(issued, ground, tmp_path):
    network, plan = ground
    walked = walk_route(network, plan, plan.routes[0])
    seconds, xy = phone(walked, np.random.default_rng(1), noise_m=6)
    until = plan.routes[0].visits[1].leave.timestamp() + 60
    write_track(tmp_path / "a.gpx", network, seconds[seconds < until], xy[seconds < until])
    (patrol,) = log_walks(issued, [tmp_path / "a.gpx"]).patrols
    assert [visit.status for visit in patrol.visits][:2] == ["done", "done"]
    assert {visit.status for visit in patrol.visits[2:]} == {"unknown"}
    assert len(patrol.known) == 2


def test_tracks_of_another_day_or_place_and_the_plan_itself_are_refused(issued, ground, tmp_path):
    network, plan = ground
    recorded(ground, tmp_path / "day.gpx", clock_s=-3 * 86400)
    walked = walk_route(network, plan, plan.routes[0])
    seconds, xy = phone(walked, np.random.default_rng(1))
    write_track(tmp_path / "place.gpx", network, seconds, xy + 50_000)
    for file, told in (
        (tmp_path / "day.gpx", "the plan is for 2026-11-23"),
        (tmp_path / "place.gpx", "km from the plan's streets"),
        (next(issued.glob("route_1*.gpx")), "the planned route itself"),
    ):
        with pytest.raises(InputError, match=told):
            log_walks(issued, [file])
    recorded(ground, tmp_path / "good.gpx")
    log = log_walks(issued, [tmp_path / "good.gpx", tmp_path / "day.gpx"])
    assert len(log.patrols) == 1
    assert "not used: day.gpx" in log.notes[0]


HEAD = '<?xml version="1.0"?>\n'
POINT = '<trkpt lat="50" lon="30"><time>2026-11-23T16:00:00Z</time></trkpt>'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            HEAD + '<!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><gpx>&b;</gpx>',
            "declarations of its own",
        ),
        (HEAD + "<gpx>" + "<a>" * 5000, "nested deeper"),
        (HEAD + "<kml></kml>", "not a GPX file"),
        (HEAD + "<gpx><wpt lat='1' lon='1'/></gpx>", "holds no track"),
        (HEAD + "<gpx><trk><trkseg>" + '<trkpt lat="50" lon="30"/>' * 5, "not a whole GPX file"),
        (
            HEAD + "<gpx>" + POINT.replace("2026-11-23T16:00:00Z", "yesterday") * 3 + "</gpx>",
            "no usable times",
        ),
        (HEAD + "<gpx>" + POINT.replace('"50"', '"nan"') * 3 + "</gpx>", "no usable times"),
        ("%PDF-1.7", "a PDF"),
        ("", "empty"),
    ],
)
def test_hostile_files_are_refused_in_words(tmp_path, text, told):
    file = tmp_path / "track.gpx"
    file.write_text(text)
    with pytest.raises(InputError, match=told):
        read_gpx(file)


def test_broken_times_and_a_missing_end_cost_those_points_alone(tmp_path):
    file = tmp_path / "track.gpx"
    good = "".join(POINT.replace("16:00:00", f"16:00:{at:02d}") for at in range(30))
    file.write_text(HEAD + "<gpx><trk><trkseg>" + POINT.replace("16:00:00", "99:00") + good + '<trkpt lat="5')
    assert len(read_gpx(file).seconds) == 30


def test_a_huge_track_is_refused_before_it_fills_the_memory(tmp_path):
    file = tmp_path / "track.gpx"
    with file.open("w") as opened:
        opened.write(HEAD + "<gpx><trk><trkseg>")
        for _ in range(1001):
            opened.write('<trkpt lat="50" lon="30"/>' * 1000)
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(InputError, match="more than 1,000,000 points"):
        read_gpx(file)
    assert time.process_time() - begun < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def filled(issued, path, rows):
    """The roster with cells filled in as in a spreadsheet: (sheet number, row, column, value)."""
    book = openpyxl.load_workbook(issued / "roster.xlsx")
    for sheet, row, column, value in rows:
        book.worksheets[sheet].cell(row=row, column=column, value=value)
    book.save(path)
    return path


def columns(issued):
    """Column of "Done?", and the rows of the first three visits."""
    sheet = openpyxl.load_workbook(issued / "roster.xlsx").worksheets[1]
    heads = [cell.value for cell in sheet[3]]
    rows = [row for row in range(4, 30) if sheet.cell(row=row, column=7).value]
    return heads.index("Done?") + 1, rows


def test_ticks_tell_minutes_and_why_not(issued, tmp_path):
    done, (first, second, third, *_) = columns(issued)
    file = filled(
        issued,
        tmp_path / "roster.xlsx",
        [(1, first, done, "done"), (1, first, done + 1, 9), (1, second, done, "not done"),
         (1, second, done + 2, "called away\nto an accident"), (1, third, done, "так")],
    )  # fmt: skip
    (patrol,) = log_walks(issued, [file]).patrols
    assert [visit.status for visit in patrol.visits[:4]] == ["done", "not done", "done", "unknown"]
    assert patrol.visits[0].minutes == 9
    assert patrol.visits[1].why == "called away to an accident"
    assert (patrol.planned_min, patrol.walked_min) == (24, 9)


def test_ticks_that_make_no_sense_are_told_with_their_rows(issued, tmp_path):
    done, (first, second, *_) = columns(issued)
    file = filled(issued, tmp_path / "r.xlsx", [(1, first, done, "eh"), (1, second, done + 1, "many")])
    with pytest.raises(InputError) as trouble:
        log_walks(issued, [file])
    assert f"row {first}: 'eh' under 'Done?'" in trouble.value.faults[0]
    assert "'many' under 'Minutes there'" in trouble.value.faults[1]
    with pytest.raises(InputError, match="nothing is filled in"):
        log_walks(issued, [issued / "roster.xlsx"])


def test_the_command_notes_a_patrol_once_and_keeps_no_track(issued, ground, tmp_path):
    folder = tmp_path / "plan"
    shutil.copytree(issued, folder)
    track = tmp_path / "track.gpx"
    recorded(ground, track, left_out={0}, noise_m=6)
    ledger = tmp_path / "ledger.gpkg"
    before = {file: file.read_bytes() for file in folder.iterdir()}
    for _ in range(2):
        done = CliRunner().invoke(main, ["log", str(folder), str(track), "--ledger", str(ledger), "--json"])
        assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    plan = ground[1]
    names = {one.name for route in plan.routes for one in route.crew.officers}
    assert summary["not_done"] == 1
    assert not any(name in done.stdout for name in names)
    with sqlite3.connect(ledger) as database:
        rows = database.execute("SELECT visits, done, planned_min, walked_min FROM walks").fetchall()
    database.close()
    assert len(rows) == 1
    assert rows[0][2] == sum(visit.planned_min for visit in log_walks(folder, [track]).patrols[0].visits)
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
    points = [line.split('"')[1] for line in track.read_text().splitlines() if "<trkpt" in line]
    assert len(points) > 100
    kept = done.output.encode() + b"".join(file.read_bytes() for file in tmp_path.glob("ledger*"))
    assert not any(point.encode() in kept for point in points)
    officers = CliRunner().invoke(
        main, ["log", str(folder), str(track), "--dry-run", "--by-officer", "--json"]
    )
    assert any(name in officers.stdout for name in names)


def test_a_ledger_measures_after_five_patrols(tmp_path):
    from patrolplan.io.ledger import open_ledger

    row = {"week": "", "day": "2026-11-23", "by": "track", "visits": 9, "done": 8, "unknown": 0,
           "planned_min": 100.0, "walked_min": 70.0, "km": 8.0, "stray_share": 0.1,
           "reasons": "{}"}  # fmt: skip
    with open_ledger(tmp_path / "ledger.gpkg") as ledger:
        ledger.log([{**row, "plan": "a", "route": k} for k in range(4)], [])
        assert ledger.past("2026-W50").delivered.ratio(0.55) == 0.55
        ledger.log([{**row, "plan": "b", "route": 0}], [])
        assert ledger.past("2026-W50").delivered.ratio(0.55) == pytest.approx(0.7)
