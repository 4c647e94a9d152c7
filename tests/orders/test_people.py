"""Who walks with whom and when: each rule broken, told with the way out; and kept in a plan."""

import datetime as dt
import json

import pytest
from cli_town import plan_text, write_town
from plan_checker import faults_of as faults_of_plan
from pydantic import ValidationError

from patrolplan.config.people import on_street, startings_of
from patrolplan.config.settings import Settings
from patrolplan.crews import crew_notes, crews_of
from patrolplan.errors import InputError
from patrolplan.io.outputs import write_plan
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.pipeline import make
from patrolplan.solver.stop import Stop

MONDAY = dt.date(2026, 11, 23)
BASE = {
    "community": {"name": "Town", "timezone": "Europe/Kyiv"},
    "streets": {"file": "town.osm"},
    "plan": {"date": MONDAY},
    "stations": [{"name": "S", "lon": 32.0, "lat": 49.0}],
}


def crew(**changes):
    return {"name": "c", "officers": ["A", "V"], "shift": "16:00-20:00", "start": "S"} | changes


def volunteer(**changes):
    return [{"name": "A"}, {"name": "B"}, {"name": "V", "volunteer": True} | changes]


def settings_of(*crews, people=None, **changes):
    people = volunteer() if people is None else people
    return Settings.model_validate(BASE | {"officers": people, "crews": list(crews)} | changes)


def faults_of(*crews, **changes):
    with pytest.raises(ValidationError) as caught:
        settings_of(*crews, **changes)
    return str(caught.value)


def test_a_volunteer_never_walks_alone():
    assert settings_of(crew()).crews
    assert '"V" may not walk without an officer' in faults_of(crew(officers=["V"]))
    two = [*volunteer(), {"name": "W", "volunteer": True}]
    assert '"V", "W" may not walk without an officer' in faults_of(crew(officers=["V", "W"]), people=two)


@pytest.mark.parametrize(
    ("when", "shift", "walked"),
    [
        ("", "16:00-20:00", "16:00-20:00"),
        ("Mo-Fr 17:00-21:00", "16:00-20:00", "17:00-20:00"),
        ("Mo 16:00-17:30; Mo 18:00-20:00", "16:00-20:00", "18:00-20:00"),
        ("Mo 16:00-17:30; Mo 18:00-19:30", "16:00-20:00", "16:00-17:30"),
        ("Mo 23:00-01:00", "22:00-02:00", "23:00-01:00"),
        ("Tu 00:15-02:00", "22:00-02:00", "00:15-02:00"),
    ],
)
def test_the_narrower_hours_hold_for_the_crew(when, shift, walked):
    settings = settings_of(crew(shift=shift), people=volunteer(when=when))
    people = {officer.name: officer for officer in settings.officers}
    cut = on_street(settings.crews[0], people, MONDAY)
    assert cut.shift == walked
    (walking,) = crews_of(settings)
    assert f"{walking.shift.start:%H:%M}-{walking.shift.end:%H:%M}" == walked
    assert walking.cut_for == (() if walked == shift else ("V",))
    assert bool(crew_notes([walking])) == (walked != shift)
    assert walking.shift.start.date() == (dt.date(2026, 11, 24) if when.startswith("Tu") else MONDAY)


@pytest.mark.parametrize(
    ("when", "changes", "told"),
    [
        ("Tu 16:00-20:00", {}, "leave 16:00-20:00 no shift of one stay"),
        ("Mo 19:50-22:00", {}, "19:50-20:00 is left"),
        (
            "Mo 18:00-20:00",
            {"break": {"earliest": "17:00", "latest": "17:30", "minutes": 20}},
            "with its break in it; 18:00-20:00 is left; change the shift, the break or who walks",
        ),
    ],
)
def test_hours_that_leave_no_shift_are_told(when, changes, told):
    assert told in faults_of(crew(**changes), people=volunteer(when=when))


def test_hours_that_name_nothing_are_refused():
    assert "no day" in faults_of(crew(), people=volunteer(when="sometimes 16:00-18:00"))


def test_shifts_of_an_officer_leave_rest_between_days():
    late, early = crew(name="late", shift="18:00-23:00"), dt.date(2026, 11, 24)
    next_day = crew(name="early", officers=["A", "B"], date=early, shift="07:00-11:00")
    assert settings_of(late, next_day).crews
    told = faults_of(late, next_day, rules={"rest_h": 11})
    assert 'officer "A" rests 8 hours of 11 (rules.rest_h) between 18:00-23:00 with crew "late"' in told
    assert '07:00-11:00 on 2026-11-24 with crew "early"' in told
    assert settings_of(late, next_day, rules={"rest_h": 8}).crews
    same_day = crew(name="noon", shift="11:00-14:00")
    assert settings_of(late, same_day, rules={"rest_h": 11}).crews


def test_a_shift_free_to_begin_counts_by_its_latest_end():
    free = crew(name="free", shift="14:00-18:00", latest_start="17:00")
    assert "two shifts at once" in faults_of(free, crew(name="d", shift="20:00-22:00"))
    assert settings_of(free, crew(name="d", shift="21:00-23:00")).crews


def test_beginnings_lie_on_the_quarter_hour_and_keep_break_and_hours():
    free = crew(latest_start="17:20")
    settings = settings_of(free)
    starts = startings_of(settings.crews[0], {}, MONDAY, least_min=12)
    begins = [one.shift[:5] for one in starts]
    assert begins == ["16:00", "16:15", "16:30", "16:45", "17:00", "17:15", "17:20"]
    resting = free | {"break": {"earliest": "16:40", "latest": "17:00", "minutes": 20}}
    starts = startings_of(settings_of(resting).crews[0], {}, MONDAY, least_min=12)
    assert [one.shift for one in starts] == ["16:00-20:00", "16:15-20:15", "16:30-20:30"]
    night = settings_of(crew(shift="23:00-02:00", latest_start="00:30"))
    starts = startings_of(night.crews[0], {}, MONDAY, least_min=12)
    assert (starts[-1].shift, starts[-1].date) == ("00:30-03:30", dt.date(2026, 11, 24))
    assert "a day or more after its earliest start" in faults_of(crew(latest_start="13:00"))


PAIR = """\
[[officers]]
name = "Vira"
volunteer = true
when = "Mo-Fr 16:30-19:30"
only = ["Row 2", "Row 3", "Row 4", "Column 2", "Column 3", "Column 4"]
[[officers]]
name = "Petro"
"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """An officer with a volunteer, and an officer whose shift is free to begin."""
    folder = tmp_path_factory.mktemp("people")
    text = plan_text(
        ('[[officers]]\nname = "Petro"\n', PAIR),
        ('officers = ["Olena"]', 'officers = ["Olena", "Vira"]'),
        ('shift = "18:00-22:00"', 'shift = "12:00-15:00"\nlatest_start = "18:00"'),
    )
    path = write_town(folder, plan=text)
    plan = make(read_plan_file(path), stop=Stop(solutions=1))
    files = write_plan(plan, folder / "out")
    return plan, folder, files


def test_a_crew_with_a_volunteer_keeps_to_hours_and_places(planned):
    plan, folder, files = planned
    assert faults_of_plan(folder / "out") == []
    evening = plan.crews[0]
    assert f"{evening.shift.start:%H:%M}-{evening.shift.end:%H:%M}" == "16:30-19:30"
    names = plan.network.segments["name"]
    allowed = {"Row 2", "Row 3", "Row 4", "Column 2", "Column 3", "Column 4"}
    mine = plan.stops[plan.stops["crew_name"] == "Evening"]
    assert len(mine)
    assert {names[s] for k in mine["hot_spot"] for s in plan.hot_spots[k].segments} <= allowed
    elsewhere = plan.stops[plan.stops["crew_name"] == "Late"]
    assert {names[s] for k in elsewhere["hot_spot"] for s in plan.hot_spots[k].segments} - allowed
    text = next(path for name, path in files.items() if name.startswith("route_1") and name.endswith("txt"))
    told = text.read_text(encoding="utf-8")
    assert "never alone, as a volunteer: Vira" in told
    assert "no longer than the hours of Vira" in told


def test_the_chosen_beginning_is_told_and_plans_as_if_it_had_been_fixed(planned, tmp_path):
    plan, folder, files = planned
    late = plan.crews[1]
    assert late.shift.seconds == 3 * 3600
    begin = f"{late.shift.start:%H:%M}"
    assert "12:00" < begin <= "18:00"
    assert any(f"walks {begin}-" in note and "chosen between 12:00 and 18:00" in note for note in plan.notes)
    text = next(path for name, path in files.items() if name.startswith("route_2") and name.endswith("txt"))
    assert f"begins at {begin}: chosen between 12:00 and 18:00" in text.read_text(encoding="utf-8")
    fixed = (folder / "plan.toml").read_text(encoding="utf-8")
    chosen = f'shift = "{begin}-{late.shift.end:%H:%M}"'
    fixed = fixed.replace('shift = "12:00-15:00"\nlatest_start = "18:00"', chosen)
    same = make(read_plan_file(write_town(tmp_path, plan=fixed)), stop=Stop(solutions=1))
    assert same.scores["score"] == plan.scores["score"]
    first = fixed.replace(chosen, 'shift = "12:00-15:00"')
    worse = make(read_plan_file(write_town(tmp_path / "first", plan=first)), stop=Stop(solutions=1))
    assert worse.scores["score"] < plan.scores["score"]


@pytest.mark.parametrize("what", ["late", "long", "alone", "hours"])
def test_the_checker_notices_broken_duty(planned, tmp_path, what):
    _, folder, _ = planned
    for file in (folder / "out").iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    settings = plan["provenance"]["settings"]
    if what == "late":
        settings["crews"][1]["latest_start"] = "12:15"
    elif what == "long":
        settings["crews"][1]["shift"] = "12:00-16:00"
    elif what == "alone":
        settings["officers"][0]["volunteer"] = True
    else:
        settings["officers"][1]["when"] = "Mo-Fr 17:00-19:30"
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    told = {"late": "not as asked", "long": "not as asked", "alone": "volunteers alone", "hours": "outside"}
    assert any(told[what] in fault for fault in faults_of_plan(tmp_path))


def test_places_that_leave_a_crew_nothing_are_told(tmp_path):
    text = plan_text(
        ('[[officers]]\nname = "Petro"\n', PAIR),
        ('officers = ["Olena"]', 'officers = ["Olena", "Vira"]\nonly = ["Row 0"]'),
    )
    with pytest.raises(InputError, match='left by only and avoid of crew "Evening", officer "Vira"'):
        make(read_plan_file(write_town(tmp_path, plan=text)), stop=Stop(solutions=1))
