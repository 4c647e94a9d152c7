"""Settings changed by words: what is asked holds, everything else stays, faults are told."""

import pytest

from patrolplan.errors import InputError
from patrolplan.example import write_example
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.asked_settings import asked_settings
from patrolplan.orders.compare_made import side_asked, side_planned


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    write_example(folder)
    return read_plan_file(folder / "plan.toml")


def test_no_change_changes_nothing(settings):
    assert asked_settings(settings, []) == settings


def test_one_crew_more_and_another_shift(settings):
    more = asked_settings(settings, ["officers=+1"])
    assert len(more.crews) == len(settings.crews) + 1
    assert more.crews[:-1] == settings.crews
    assert more.need == settings.need
    assert asked_settings(settings, ["officers=-1"]).crews == settings.crews[:-1]
    assert {crew.shift for crew in asked_settings(settings, ["officers=2", "shift=18:00-22:00"]).crews} == {
        "18:00-22:00"
    }


def test_a_key_of_the_plan_file(settings):
    assert asked_settings(settings, ["hot_spots.dwell_min=14"]).hot_spots.dwell_min == 14
    assert asked_settings(settings, ["walking.patrol_km_h=2.5"]).walking.patrol_km_h == 2.5


def test_one_share_leaves_the_others_in_their_ratio(settings):
    start = ["need.a_off=0.5"]
    with pytest.raises(InputError, match="leaves the shares of need to the records"):
        asked_settings(settings, start)
    need = settings.need.model_copy(update={"a_off": 0.6, "a_foot": 0.3, "a_prob": 0.1})
    given = settings.model_copy(update={"need": need})
    told = asked_settings(given, ["need.a_prob=0.4"]).need
    assert (told.a_off, told.a_foot, told.a_prob) == pytest.approx((0.4, 0.2, 0.4))


@pytest.mark.parametrize(
    "change",
    ["officers", "officers=two", "officers=-9", "need.a_probs=0.4", "needs.a_prob=1", "shift=1-2",
     "hot_spots.dwell_min=900"],
)  # fmt: skip
def test_faults_are_told(settings, change):
    with pytest.raises(InputError):
        asked_settings(settings, [change])


def test_a_folder_is_taken_as_it_is_and_cannot_be_changed(tmp_path):
    assert side_planned(side_asked(tmp_path, []), solutions=1, seed=0) == tmp_path
    with pytest.raises(InputError, match="name its plan file"):
        side_asked(tmp_path, ["officers=+1"])


def test_all_shifts_and_breaks_two_hours_later(settings):
    later = asked_settings(settings, ["shift=+2h"])
    assert [crew.shift for crew in settings.crews] == ["08:00-12:00", "17:00-21:00", "17:00-22:00"]
    assert [crew.shift for crew in later.crews] == ["10:00-14:00", "19:00-23:00", "19:00-00:00"]
    back = asked_settings(later, ["shift=-1h30", "shift=-0h30"])
    assert back == settings
    with pytest.raises(InputError, match="on another day"):
        asked_settings(settings, ["shift=+8h"])
    with pytest.raises(InputError, match=r"such as \+2h"):
        asked_settings(settings, ["shift=+2"])


def test_a_share_of_need_changes_those_in_use(settings, tmp_path):
    write_example(tmp_path)
    need = side_asked(tmp_path / "plan.toml", ["need.a_prob=0.5"]).need
    assert need.a_prob == 0.5
    assert need.a_off + need.a_foot == pytest.approx(0.5)
    assert need.a_off > 4 * need.a_foot, "offences have most of what problems leave, as by default"
