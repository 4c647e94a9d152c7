"""The feedback simulation: repeatable, and safeguards act the way they should."""

import numpy as np
import pytest
from click.testing import CliRunner

from patrolplan.cli import main
from patrolplan.errors import InputError
from patrolplan.evaluate.feedback import World, compare_safeguards, simulate_feedback

SMALL = World(segments=100, runs=40, per_week=20.0)


def test_same_seed_same_figures():
    one, two = simulate_feedback(SMALL, seed=4), simulate_feedback(SMALL, seed=4)
    assert np.array_equal(one.drift, two.drift)


def test_without_finding_and_preventing_need_nears_the_truth():
    still = World(segments=100, runs=40, per_week=50.0, found_share=0, prevented_share=0, shrink=0, floor=0)
    got = simulate_feedback(still)
    assert got.drift[-1] < got.drift[0]


def test_counting_what_patrols_find_feeds_on_itself():
    """Found offences in the records raise the estimated share where patrols walk."""
    table = compare_safeguards(World(segments=100, runs=100, prevented_share=0.0)).set_index("setting")
    assert table.loc["found count too", "bias"] > table.loc["as reported", "bias"]


def test_lots_move_patrols():
    table = compare_safeguards(World(runs=20)).set_index("setting")
    assert table.loc["as reported", "turnover"] > table.loc["without floor", "turnover"]


def test_impossible_worlds_are_refused():
    with pytest.raises(InputError, match="found_share"):
        simulate_feedback(World(found_share=2.0))


def test_command_tells_all_settings():
    told = CliRunner().invoke(main, ["evaluate", "feedback", "--runs", "10", "--weeks", "14", "--json"])
    assert told.exit_code == 0
    assert "without floor" in told.stdout
