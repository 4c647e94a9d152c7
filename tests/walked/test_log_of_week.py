"""What was walked of a planned week goes into its ledger, and the next week promises by it."""

import numpy as np
import pytest
from cli_town import plan_text, write_town
from walker import phone, walk_route, write_track

from patrolplan.errors import InputError
from patrolplan.io.issued_file import read_issued
from patrolplan.io.issued_network import read_issued_network
from patrolplan.io.ledger import open_ledger
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.log_walks import log_walks, note_in_ledger
from patrolplan.orders.week.run_week import run_week
from patrolplan.solver.stop import Stop
from patrolplan.week.grid import week_of

WEEK = """
[week]
hours = 9
step_min = 60
shortest_block_h = 2
longest_block_h = 3
earliest = "12:00"
latest = "22:00"
top_places = 3
"""
STOP = Stop(solutions=1)
WALKED = 0.7
"""Share of the planned minutes that everybody stays."""


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    settings = read_plan_file(write_town(folder, plan=plan_text() + WEEK))
    week = run_week(settings, week_of("2026-W48"), folder / "weeks", stop=STOP).folder
    network, issued = read_issued_network(week), read_issued(week)
    tracks, minutes = [], []
    for number, route in enumerate(issued.routes):
        walked = walk_route(network, issued, route, shares=[WALKED] * len(route.visits))
        seconds, xy = phone(walked, np.random.default_rng(number), noise_m=6)
        tracks.append(write_track(folder / f"{number}.gpx", network, seconds, xy))
        minutes.append(walked.minutes)
    before = run_week(settings, week_of("2026-W49"), folder / "weeks", stop=STOP, dry_run=True)
    return folder, settings, week, log_walks(week, tracks), minutes, before


def test_each_visit_of_the_week_gets_its_walked_minutes(logged):
    folder, _, week, log, minutes, _ = logged
    measured = note_in_ledger(log, week, folder / "ledger.gpkg")
    with open_ledger(folder / "ledger.gpkg") as ledger:
        visits = ledger.past("2026-W49").visits
    assert len(visits) == sum(len(route.visits) for route in log.issued.routes)
    known = visits["walked_min"].dropna()
    assert len(known) > 0.9 * len(visits)
    assert known.sum() == pytest.approx(np.concatenate(minutes).sum(), rel=0.1)
    assert measured.patrols == len(log.issued.routes)
    assert measured.ratio(0.55) == pytest.approx(WALKED, abs=0.05)


def test_the_next_week_promises_what_was_measured(logged):
    folder, settings, week, log, _, before = logged
    assert not before.planned.summary()["delivered"]["measured"]
    note_in_ledger(log, week, folder / "ledger.gpkg")
    note_in_ledger(log, week, folder / "ledger.gpkg")  # the same patrols again count once
    facts = run_week(settings, week_of("2026-W49"), folder / "weeks", stop=STOP, dry_run=True)
    told = facts.planned.summary()["delivered"]
    assert told["measured"]
    assert told["patrols_logged"] == len(log.issued.routes)
    assert told["ratio"] == pytest.approx(WALKED, abs=0.05)
    assert told["promised_min"] == pytest.approx(told["planned_min"] * told["ratio"], abs=1)
    routes = [one.planned.summary()["score"] for one in (before, facts)]
    assert routes[0] == routes[1], "what is promised changes, the routes don't"


def test_a_ledger_that_does_not_know_the_week_is_refused(logged, tmp_path):
    _, _, week, log, _, _ = logged
    with pytest.raises(InputError, match="doesn't know the visits"):
        note_in_ledger(log, week, tmp_path / "other.gpkg")
