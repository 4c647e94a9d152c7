"""Many communities: each alone, failures apart, done ones left, on this machine and on a cluster."""

import datetime as dt
import json
import shutil
import signal
import time

import pytest
from cli_town import write_week_town
from click.testing import CliRunner
from jobs_cluster import local_cluster
from jobs_states import check_whole, state

from patrolplan.cli import main
from patrolplan.errors import InputError
from patrolplan.jobs.alone import run_alone
from patrolplan.jobs.batch import run_batch, tasks_of
from patrolplan.jobs.engines import on_a_cluster, on_this_machine
from patrolplan.jobs.task import FAILED, NOT_BEGUN, THERE, WRITTEN, Task, do_task

MONDAY = dt.date(2026, 11, 23)
OPTIONS = {"solutions": 1, "seconds": None, "seed": None}


@pytest.fixture
def towns(tmp_path):
    for name in ("one", "two"):
        write_week_town(tmp_path / "in" / name)
    return tmp_path / "in"


def of_town(home, name):
    return state(home / "out" / name, home / "in" / name / "ledger.gpkg")


def test_plan_files_folders_and_folders_of_folders_are_found(towns, tmp_path):
    write_week_town(tmp_path / "alone")
    shutil.copy(tmp_path / "alone/plan.toml", tmp_path / "alone/winter.toml")
    places = [towns, towns / "one", tmp_path / "alone", tmp_path / "alone/winter.toml"]
    tasks = tasks_of(places, MONDAY, tmp_path / "out", options=OPTIONS)
    assert [task.name for task in tasks] == ["one", "two", "alone", "winter"]
    assert tasks[0].folder == tmp_path / "out/one/2026-W48"


def test_places_without_a_plan_file_and_names_twice_are_told_together(towns, tmp_path):
    write_week_town(tmp_path / "other/one")
    (tmp_path / "empty").mkdir()
    places = [towns, tmp_path / "other/one", tmp_path / "empty", tmp_path / "nowhere"]
    with pytest.raises(InputError) as refused:
        tasks_of(places, MONDAY, tmp_path / "out")
    assert len(refused.value.faults) == 3
    assert "nowhere" in str(refused.value)
    assert "rename" in str(refused.value)


def test_failures_stay_alone_and_what_stands_is_left(towns, tmp_path):
    """A fault in one, another killed: told with their reasons; after a repair only they are planned."""
    plan = towns / "two/plan.toml"
    good = plan.read_text(encoding="utf-8")
    plan.write_text(good + "hous = 3\n", encoding="utf-8")
    words = ["batch", str(towns), "--week", "2026-W48", "--out", str(tmp_path / "out"), "--solutions", "1"]
    first = CliRunner().invoke(main, [*words, "--processes", "2", "--json"])
    assert first.exit_code == 1
    told = {row["name"]: row for row in json.loads(first.stdout)["communities"]}
    assert (told["one"]["state"], told["two"]["state"]) == (WRITTEN, FAILED)
    assert told["one"]["figures"]["stops"] > 0
    assert told["one"]["peak_mb"] > 10
    assert "hous" in told["two"]["faults"][0]
    assert "1 written, 1 failed" in first.stderr
    check_whole(tmp_path / "out/one", towns / "one/ledger.gpkg")
    plan.write_text(good, encoding="utf-8")
    one, two = tasks_of([towns], MONDAY, tmp_path / "out", options=OPTIONS)
    before = of_town(tmp_path, "one")
    assert do_task(one).state == THERE
    assert of_town(tmp_path, "one") == before
    assert do_task(two).state == WRITTEN
    assert do_task(two).state == THERE
    # Another input, a touched output, a ledger that forgot: each is planned anew or refused, never skipped.
    (tmp_path / "out/two/2026-W48/map.html").write_text("mine", encoding="utf-8")
    assert "changed since written" in do_task(two).faults[0]
    (towns / "one/ledger.gpkg").unlink()
    assert do_task(one).state == WRITTEN
    assert of_town(tmp_path, "one") == before


def test_a_process_that_is_killed_is_a_fault_with_its_signal(towns, tmp_path):
    (task, _) = tasks_of([towns], MONDAY, tmp_path / "out", options=OPTIONS)
    ended = run_alone(task, ended=lambda: True)
    assert ended.state == FAILED
    assert "SIGKILL" in ended.faults[0]


def test_nothing_is_begun_once_somebody_asked_to_stop(tmp_path):
    tasks = [Task(name=f"{k}", plan_file="", out=str(tmp_path), week="2026-W48") for k in range(3)]
    states = [outcome.state for outcome in on_this_machine(tasks, processes=2, stopping=lambda: True)]
    assert states == [NOT_BEGUN] * 3
    assert not list(tmp_path.iterdir())


def test_an_error_nobody_foresaw_is_one_communitys(tmp_path):
    task = Task(name="odd", plan_file=str(tmp_path / "plan.toml"), out="\0", week="2026-W48")
    write_week_town(tmp_path)
    found = do_task(task)
    assert found.state == FAILED
    assert found.faults[0].startswith("an error of the program")


def test_a_scheduler_that_nobody_answers_at_is_told():
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="no scheduler"):
        list(on_a_cluster([], scheduler="nonsense://127.0.0.1:1"))


def test_a_cluster_goes_on_when_a_worker_is_killed_in_the_middle(towns, tmp_path):
    pytest.importorskip("distributed")
    tasks = tasks_of([towns], MONDAY, tmp_path / "out", options=OPTIONS)
    with local_cluster(tmp_path, workers=2) as (address, workers):
        killed = []

        def kill_one_in_the_middle():
            """One worker, once both communities are begun."""
            begun = all((tmp_path / "out" / name / ".patrolplan.lock").exists() for name in ("one", "two"))
            if begun and not killed:
                workers[0].send_signal(signal.SIGKILL)
                killed.append(time.monotonic())
            return False

        found = run_batch(tasks, scheduler=address, stopping=kill_one_in_the_middle)
        assert killed
        assert workers[0].wait() == -signal.SIGKILL
    assert [outcome.state for outcome in found.outcomes] == [WRITTEN, WRITTEN]
    on_cluster = [of_town(tmp_path, name) for name in ("one", "two")]
    # The same town planned here, undisturbed, has the same bytes.
    assert on_cluster[0] == on_cluster[1]
    again = tmp_path / "again"
    write_week_town(again / "in/one")
    (task,) = tasks_of([again / "in"], MONDAY, again / "out", options=OPTIONS)
    assert do_task(task).state == WRITTEN
    assert of_town(again, "one") == on_cluster[0]
