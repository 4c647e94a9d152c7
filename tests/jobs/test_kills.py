"""A week killed at any moment: what stands is whole, and the next run makes it as if nothing had been."""

import datetime as dt
import multiprocessing
import os
import shutil
import signal
import sys
import time

import pytest
from cli_town import write_week_town
from jobs_states import check_whole, state

from patrolplan.io.ledger import Ledger
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.week.run_week import run_week
from patrolplan.solver.stop import Stop

FIRST, SECOND = dt.date(2026, 11, 16), dt.date(2026, 11, 23)
STOP = Stop(solutions=1)

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kills forked processes")


def week(home, monday, **options):
    run_week(read_plan_file(home / "plan.toml"), monday, home / "weeks", stop=STOP, **options)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A town with its first week planned, and what stands after the second, undisturbed."""
    start = tmp_path_factory.mktemp("kills") / "start"
    write_week_town(start)
    week(start, FIRST)
    whole = shutil.copytree(start, start.parent / "whole")
    week(whole, SECOND)
    return start, state(whole / "weeks", whole / "ledger.gpkg")


def killed(home, *, after_s=0.0, writing=False, at_step=None):
    """Plan the second week in a process that dies after a time, or at a step of its writing."""
    context = multiprocessing.get_context("fork")
    begun = context.Event()

    def told(words):
        if words == "writing files":
            begun.set()
            if at_step is not None:
                # From here on, for opening the ledger calls the same.
                setattr(Ledger, at_step, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))

    process = context.Process(target=week, args=(home, SECOND), kwargs={"on_progress": told})
    process.start()
    if at_step is None:
        assert not writing or begun.wait(120)
        time.sleep(after_s)
        process.kill()
    process.join()
    return process.exitcode


@pytest.mark.parametrize(
    ("how", "stands"),
    [
        ({"after_s": 0.4}, False),
        ({"after_s": 0.1, "writing": True}, False),
        ({"at_step": "stage"}, False),
        ({"at_step": "finish"}, True),
    ],
    ids=["on its way", "while it writes", "before the folder's turn", "between folder and ledger"],
)
def test_a_killed_week_is_whole_and_comes_out_the_same(town, tmp_path, how, stands):
    start, undisturbed = town
    home = shutil.copytree(start, tmp_path / "town")
    assert killed(home, **how) == -signal.SIGKILL
    assert (home / "weeks/2026-W48").exists() == stands
    check_whole(home / "weeks", home / "ledger.gpkg")
    week(home, SECOND)
    assert state(home / "weeks", home / "ledger.gpkg") == undisturbed
