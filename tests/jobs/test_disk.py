"""A full disk, and a place that can't be written to: told plainly, and what stood there stands."""

import datetime as dt
import os
import shutil
import subprocess
import sys

import pytest
from cli_town import write_week_town
from jobs_states import check_whole, state

from patrolplan.errors import InputError
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.week.run_week import run_week
from patrolplan.solver.stop import Stop

STOP = Stop(solutions=1)
FIRST, SECOND = dt.date(2026, 11, 16), dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A town with its first week planned."""
    home = tmp_path_factory.mktemp("disk") / "town"
    settings = read_plan_file(write_week_town(home))
    run_week(settings, FIRST, home / "weeks", stop=STOP)
    return home


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("left_kb", [4, 160, 700])
def test_a_full_disk_is_told_and_changes_nothing(planned, small_disk, left_kb):
    """However far the writing comes: to the ledger, to one of the files, to nearly all of them."""
    home = shutil.copytree(planned, small_disk / "town", ignore=shutil.ignore_patterns("*.npz"))
    before = state(home / "weeks", home / "ledger.gpkg")
    room = shutil.disk_usage(small_disk).free
    with (small_disk / "filler").open("wb") as filler:
        filler.write(bytes(max(0, room - left_kb * 1024)))
    with pytest.raises(InputError, match=r"disk"):
        run_week(read_plan_file(home / "plan.toml"), SECOND, home / "weeks", stop=STOP)
    (small_disk / "filler").unlink()
    assert state(home / "weeks", home / "ledger.gpkg") == before
    check_whole(home / "weeks", home / "ledger.gpkg")


def test_a_place_that_cannot_be_written_to_is_told_and_changes_nothing(planned, small_disk):
    home = shutil.copytree(planned, small_disk / "town", ignore=shutil.ignore_patterns("*.npz"))
    before = state(home / "weeks", home / "ledger.gpkg")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for out in (home / "others", home / "weeks"):
        told = subprocess.run(
            [sys.executable, "-m", "patrolplan", "week", str(home / "plan.toml"), "--week", "2026-W48",
             "--out", str(out), "--solutions", "1"],
            capture_output=True, text=True, check=False, env={**os.environ},
        )  # fmt: skip
        assert told.returncode == 1, told.stderr
        assert "Traceback" not in told.stderr
        assert "error: " in told.stderr
        assert str(out) in told.stderr
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert state(home / "weeks", home / "ledger.gpkg") == before
