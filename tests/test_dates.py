"""The calendar and the events from their tables to the plan: need, streets shut, shifts cut, crews there."""

import datetime as dt
import json
from itertools import combinations, pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from cli_town import plan_text, write_town
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_checker import faults_of

from patrolplan.dates import BELL, EVENT, DatedRow, Dates
from patrolplan.errors import InputError
from patrolplan.i18n import words_of
from patrolplan.io.day_words import shift_lines
from patrolplan.io.issued_file import read_issued
from patrolplan.io.outputs import write_plan
from patrolplan.io.plan_file import read_plan_file
from patrolplan.io.table_dates import read_calendar, read_events
from patrolplan.orders.check.check import check_inputs
from patrolplan.orders.event_cover import Able, _in_turns, _together
from patrolplan.orders.load import load
from patrolplan.orders.pipeline import make, weigh_loaded
from patrolplan.orders.replan.replan import replan
from patrolplan.orders.replan.trouble import Trouble
from patrolplan.orders.week.plan_week import plan_week
from patrolplan.risk.crowds import crowds_of
from patrolplan.solver.stop import Stop

TABLES = '[calendar]\nfile = "calendar.csv"\n[events]\nfile = "events.csv"\n'
CALENDAR = """\
date,until,what,name,place,from,to,cover,note
2026-09-01,2026-12-24,bell,,School,17:30,,1,talk to the head
2026-11-23,,market,,Market,08:00,14:00,,
2026-11-23,,curfew,,,21:30,05:00,,
2026-11-23,,closed,works,Row 1,16:00,18:00,,
"""
EVENTS = """\
name,place,date,from,to,crowd,closures,cover,joint,note
Parade,Column 5,2026-11-23,18:30,21:00,3000,Column 5; Row 5,2,yes,who pays
"""


def town(folder, *, calendar=CALENDAR, events=EVENTS, changes=()):
    path = write_town(folder, plan=plan_text(*changes) + TABLES)
    (folder / "calendar.csv").write_text(calendar, encoding="utf-8")
    (folder / "events.csv").write_text(events, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dates")
    plan = make(read_plan_file(town(folder)), stop=Stop(solutions=1))
    write_plan(plan, folder / "out")
    return plan, folder / "out"


def test_a_day_with_everything_keeps_its_rules(planned):
    plan, folder = planned
    assert faults_of(folder) == []
    parade = plan.stops[plan.stops["label"] == "Parade"]
    assert sorted(parade["crew_name"]) == ["Evening", "Late"]
    assert parade["start"].nunique() == 1
    assert f"{parade['start'].iloc[0]:%H:%M}" == "18:30"
    bell = plan.stops[(plan.stops["label"] == "School") & (plan.stops["minutes"] == 35)]
    assert [f"{at:%H:%M}" for at in bell["start"]] == ["17:15"]
    assert f"{plan.crews[1].shift.end:%H:%M}" == "21:30"


def test_nobody_walks_what_is_shut_in_these_shifts(planned):
    plan, _ = planned
    walked = {segment for ids in plan.legs["segments"] for segment in ids}
    names = plan.network.segments["name"]
    assert not {names[segment] for segment in walked} & {"Row 1", "Row 5", "Column 5"}


def test_what_people_hold_names_the_day_and_never_the_note(planned):
    plan, folder = planned
    assert shift_lines(plan, 1, words_of("en")) == (
        "Parade, Column 5, 18:30–21:00: you are there 18:30–19:56, together with Evening",
        "Row 5 and Column 5: shut 18:30–21:00 (Parade)",
    )
    assert "Дзвінок о 17:30: School: ви там 17:15–17:50" in shift_lines(plan, 0, words_of("uk"))
    told = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["calendar"]
    assert [row["what"] for row in told] == ["market", "closed", "bell", "event", "closed", "curfew"]
    texts = [
        file.read_bytes() for file in folder.iterdir() if file.suffix in (".json", ".txt", ".html", ".ics")
    ]
    assert any(b"Parade" in text for text in texts)
    assert not any(b"who pays" in text or b"talk to the head" in text for text in texts)


@pytest.mark.parametrize(("what", "changed"), [("shut", "Row 2"), ("curfew", ""), ("appointments", "")])
def test_the_checker_notices_what_is_not_kept(planned, tmp_path, what, changed):
    _, folder = planned
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    if what == "shut":
        row = next(row for row in plan["calendar"] if row["what"] == "closed")
        row |= {"streets": [changed], "segments": [], "from": None, "to": None}
    elif what == "curfew":
        next(row for row in plan["calendar"] if row["what"] == "curfew")["from"] = "2026-11-23T21:00"
    else:
        plan["provenance"]["settings"]["appointments"][-1]["at"] = "18:40"
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert faults_of(tmp_path)


def test_a_crowd_is_worth_its_person_hours(tmp_path):
    """3000 people for 2.5 hours at 150 person-hours a shop: 50 shops beside the 9 of school and market."""
    at_hand = load(
        read_plan_file(town(tmp_path, calendar=CALENDAR.splitlines()[0] + "\n2026-11-25,,market,,,,,,\n"))
    )
    weights = weigh_loaded(at_hand)
    terms = weights.terms
    foot = terms[(terms["part"] == "footfall") & (terms["kind"] != EVENT)]["share"].sum()
    parade = terms[terms["kind"] == EVENT]["share"].sum()
    assert parade / foot == pytest.approx(50 / 9, rel=1e-6)
    assert terms["share"].sum() == pytest.approx(1)
    (crowd,) = crowds_of(at_hand.dates, dt.date(2026, 11, 27))
    assert np.flatnonzero(crowd.time).tolist() == [18, 19, 20]
    assert crowd.time[[18, 19, 20]] == pytest.approx([0.2, 0.4, 0.4])
    assert crowds_of(at_hand.dates, dt.date(2026, 11, 30)) == ()


def test_records_of_a_past_event_speak_for_that_event_alone(tmp_path):
    events = EVENTS.splitlines()[0] + "\nFair,Row 2,2026-03-03,15:00,23:00,500,,,,\n"
    path = town(tmp_path, events=events)
    at_hand = load(read_plan_file(path))
    aside = weigh_loaded(at_hand).set_aside
    gone = aside[aside["reason"].str.startswith("at an event")]
    records = at_hand.offences.records
    there = records[records["row"].isin(gone["row"])]
    assert len(gone)
    assert set(gone["value"]) == {"Fair"}
    assert {at.date() for at in there["start"]} == {dt.date(2026, 3, 3)}
    again = events + "Fair,Row 2,2026-11-27,15:00,23:00,500,,,,\n"
    (tmp_path / "events.csv").write_text(again, encoding="utf-8")
    kept = weigh_loaded(load(read_plan_file(path))).set_aside
    assert not kept["reason"].str.startswith("at an event").any()


def test_faults_of_the_tables_are_told_with_rows(tmp_path):
    bad = """\
date,until,what,name,place,from,to,cover
2026-11-28,2026-11-20,markt,,Square,08:00,14:00,
,,term,,,,,
2026-09-01,,bell,,,25:30,,1.5
2026-11-28,,curfew,,,22:00,,
2026-11-28,,closed,works,,,,
2026-11-28,,event,works,x,,,
"""
    (tmp_path / "c.csv").write_text(bad, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_calendar(tmp_path / "c.csv")
    told = "\n".join(error.value.faults)
    for part in (
        'did you mean "market"? (row 1)',
        "until comes before date; swap them (row 1)",
        "give the day in date (row 2)",
        "unreadable clock time in from; write 18:00 (row 3)",
        "cover must be a whole number from 0 to 100 (row 3)",
        "give both, or neither (row 4)",
        "no street is named in place or closes (row 5)",
        "no hours; give from and to, such as 18:00 and 22:00 (row 6)",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (
            "Fest,Kolumn 5,2026-11-23,18:30,21:00,1,,,,",
            r'events.csv, row 1: nothing is called "Kolumn 5".*did you',
        ),
        ("Fest,Row 2,2026-11-23,18:30,21:00,1,Rwo 3,,,", r'row 1: nothing is called "Rwo 3"'),
        (
            "Fest,Row 2,2026-11-23,18:30,21:00,1,,3,,",
            "asks for 3 crews, and 2 of the 2 on shift can be there at once",
        ),
        ("Fest,Row 2,2026-11-23,18:30,21:00,many,,,,", "crowd must be a number"),
        ("Fest,,2026-11-23,18:30,21:00,1,,,,", "an event needs a name or lon and lat"),
    ],
)
def test_events_that_cannot_be_are_refused(tmp_path, events, told):
    path = town(
        tmp_path, calendar="date,what\n2026-11-23,holiday\n", events=EVENTS.splitlines()[0] + f"\n{events}\n"
    )
    with pytest.raises(InputError, match=told):
        make(read_plan_file(path), stop=Stop(solutions=1))


def test_a_place_far_from_every_street_is_refused(tmp_path):
    header = "name,lon,lat,date,from,to,crowd\n"
    path = town(
        tmp_path,
        calendar="date,what\n2026-11-23,holiday\n",
        events=header + "Fest,33.5,49.0,2026-11-23,18:00,19:00,5\n",
    )
    with pytest.raises(InputError, match=r"events.csv, row 1: .*no street within 300 m"):
        load(read_plan_file(path))


def test_a_curfew_that_leaves_nothing_is_refused(tmp_path):
    path = town(tmp_path, calendar="date,what,from,to\n2026-11-23,curfew,15:00,05:00\n", events=EVENTS)
    with pytest.raises(InputError, match=r'crew "Evening".*leaves nothing of its shift'):
        load(read_plan_file(path))


def test_areas_and_unread_columns(tmp_path):
    rows = "name,place,date,from,to,closes,phone\n"
    area = "POLYGON ((32.0 48.999, 32.01 48.999, 32.01 49.0015, 32.0 49.0015, 32.0 48.999))"
    path = town(tmp_path, events=rows + f'Fair,"{area}",2026-11-23,18:00,20:00,area,0501234567\n')
    dates = load(read_plan_file(path)).dates
    fair = next(one for one in dates.shut if one.row.name == "Fair")
    assert {"Row 0", "Row 1"} <= set(fair.names)
    assert "events.csv: columns that are not read: phone" in dates.notes


def test_ukrainian_tables_are_read(tmp_path):
    text = "Дата;Вид;Назва;Місце;Початок;Закінчення\n28.11.2026;Дзвінок;;Школа 3;13:30;\n"
    text += "28.11.2026;ринковий день;;;;\n"
    (tmp_path / "к.csv").write_text(text, encoding="cp1251")
    bell, market = read_calendar(tmp_path / "к.csv").rows
    assert (bell.what, bell.bell_min, bell.start_min, bell.end_min) == (BELL, 810, 795, 830)
    assert (market.what, market.first) == ("market", dt.date(2026, 11, 28))
    (tmp_path / "e.csv").write_text(
        "Подія;Місце;Дата;Початок;Закінчення;Учасників;Нарядів;Разом\n"
        "Хода;Площа;28.11.2026;22:00;01:00;1 500;2;так\n",
        encoding="utf-8",
    )
    (march,) = read_events(tmp_path / "e.csv").rows
    assert (march.crowd, march.cover, march.joint, march.end_min) == (1500, 2, True, 1500)


def row(what, first, last=None, **more):
    return DatedRow(table="c.csv", row=1, what=what, first=first, last=last or first, **more)


def test_schools_go_by_terms_and_holidays():
    day = dt.date
    dates = Dates(
        rows=(
            row("term", day(2026, 9, 1), day(2026, 12, 24)),
            row("no school", day(2026, 10, 26), day(2026, 10, 30)),
            row("holiday", day(2026, 12, 8)),
        )
    )
    asked = [
        day(2026, 9, 1),
        day(2026, 10, 28),
        day(2026, 12, 8),
        day(2026, 12, 9),
        day(2026, 12, 12),
        day(2026, 12, 28),
    ]
    assert [dates.is_school_day(one) for one in asked] == [True, False, False, True, False, False]
    week = dates.days_of_need(day(2026, 12, 29))
    assert week["what"].tolist() == ["no school"] * 5


minutes = st.integers(min_value=0, max_value=600)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(minutes, minutes), min_size=1, max_size=6), st.integers(min_value=1, max_value=4))
def test_no_other_crews_stand_together_longer(spans, cover):
    able = [Able(crew=k, start_min=min(s), end_min=max(s), walk_s=0) for k, s in enumerate(spans)]
    one = SimpleNamespace(row=SimpleNamespace(cover=cover, stay_min=None, span_min=(0, 600)))
    best = max(
        (
            min(a.end_min for a in group) - max(a.start_min for a in group)
            for group in combinations(able, cover)
        ),
        default=0,
    )
    chosen = _together(one, able)
    if best < 5:
        assert chosen == ()
    else:
        assert len({single.crew for single in chosen}) == cover
        assert {single.end_min - single.start_min for single in chosen} == {best}
    turns = _in_turns(one, able)
    assert len({single.crew for single in turns}) == len(turns) <= cover
    ends = sorted((single.start_min, single.end_min) for single in turns)
    assert all(first[1] <= second[0] for first, second in pairwise(ends))


def test_each_day_of_a_week_keeps_its_own_calendar(tmp_path):
    """Shut on Thursday and Saturday alone, a curfew on Wednesday, two officers at Saturday's parade."""
    week = "[week]\nhours = 6\nmost_gap_days = 7\ntop_places = 3\n"
    path = town(
        tmp_path,
        calendar="date,what,place,from,to,cover\n2026-11-24,bell,School,13:30,,1\n"
        "2026-11-25,curfew,,07:00,05:00,\n2026-11-26,closed,Row 1; Row 3,,,\n",
        events=EVENTS.splitlines()[0]
        + "\nParade,Column 5,2026-11-28,10:00,12:30,3000,Column 5; Row 5,2,yes,\n",
    )
    text = path.read_text(encoding="utf-8").split("[[crews]]")[0]
    path.write_text(text + week + TABLES, encoding="utf-8")
    planned = plan_week(read_plan_file(path), dt.date(2026, 11, 23), stop=Stop(solutions=4))
    plan = planned.plan
    write_plan(plan, tmp_path / "out")
    assert faults_of(tmp_path / "out") == []
    assert not any(crew.shift.start.date() == dt.date(2026, 11, 25) for crew in plan.crews)
    parade = plan.stops[plan.stops["label"] == "Parade"]
    assert len(parade) == 2
    assert {f"{at:%Y-%m-%d %H:%M}" for at in parade["start"]} == {"2026-11-28 10:00"}
    names = plan.network.segments["name"]
    walked = {}
    for leg in plan.legs.itertuples():
        walked.setdefault(leg.start.date(), set()).update(names[segment] for segment in leg.segments)
    assert not walked.get(dt.date(2026, 11, 26), set()) & {"Row 1", "Row 3"}
    assert not walked[dt.date(2026, 11, 28)] & {"Column 5", "Row 5"}
    assert "Row 3" in walked[dt.date(2026, 11, 28)]
    assert "2026-11-28: Parade, Column 5, 10:00–12:30" in planned.summary()["calendar"]


def test_a_plan_mended_keeps_streets_shut_and_crews_at_the_event(planned, tmp_path):
    _, folder = planned
    issued = read_issued(folder)
    now = issued.routes[0].crew.shift.start.replace(hour=17, minute=0)
    mended = replan(
        read_plan_file(folder.parent / "plan.toml"), issued, Trouble(now=now), stop=Stop(solutions=1)
    ).plan
    parade = mended.stops[mended.stops["label"] == "Parade"]
    assert sorted(parade["crew_name"]) == ["Evening", "Late"]
    ahead = mended.legs[mended.legs["start"] >= now]
    names = mended.network.segments["name"]
    assert not {names[s] for ids in ahead["segments"] for s in ids} & {"Row 1", "Row 5", "Column 5"}


def test_check_tells_what_holds_when(tmp_path):
    events = EVENTS + "Fair,Row 2,2026-12-05,10:00,12:00,50,,,,\n"
    reading = check_inputs(read_plan_file(town(tmp_path, events=events))).reading
    assert "in this plan: 2026-11-23: Bell at 17:30: School" in reading
    assert "on other days: 2026-12-05, event: Fair (events.csv, row 2)" in reading
