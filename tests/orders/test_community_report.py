"""The community's report: figures that can be worked out by hand, and nothing in it that must not be."""

import dataclasses
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pypdf
import pytest
import shapely
from cli_town import write_town
from half_year import LAST, OFFICER, half_year_of_demo

from patrolplan.errors import InputError
from patrolplan.evaluate.changed_since import change_of
from patrolplan.evaluate.community import community_facts
from patrolplan.example import write_example
from patrolplan.i18n import words_of
from patrolplan.io.issued_file import read_issued
from patrolplan.io.plan_file import read_plan_file
from patrolplan.io.report_words import changed_words
from patrolplan.io.write_gpkg import write_gpkg
from patrolplan.io.write_json import write_json
from patrolplan.orders.community_report import days_of, report_into
from patrolplan.orders.load import load
from patrolplan.orders.pipeline import make
from patrolplan.solver.stop import Stop

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
HALF = date(2026, 6, 1), date(2026, 11, 30)
"""Reaches beyond today: the days to come must be left out."""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    write_example(folder)
    settings = read_plan_file(folder / "plan.toml")
    network = load(settings).network
    half_year_of_demo(folder, network)
    return settings, network


@pytest.fixture(scope="module", params=["en", "uk"])
def report(request, town, tmp_path_factory):
    settings, _ = town
    folder = tmp_path_factory.mktemp("report") / "out"
    return report_into(settings, folder, days=HALF, as_of=AS_OF, language=request.param)


def texts(report) -> str:
    pdf = pypdf.PdfReader(report.files["report.pdf"])
    told = [page.extract_text() for page in pdf.pages]
    told += [f"{key} {value}" for key, value in (pdf.metadata or {}).items()]
    return "\n".join([*told, report.files["report.html"].read_text(encoding="utf-8")])


def test_nothing_that_must_stay_hidden_is_in_it(report, town):
    settings, _ = town
    told, raw = texts(report), report.files["report.pdf"].read_bytes().decode("latin-1")
    records = pd.read_csv(settings.offences.file, dtype=str).dropna()
    hidden = {*records["id"], OFFICER, *OFFICER.split()[1:], "Crew 77", "Kalyna", "Yavir"}
    hidden |= set(records["lon"]) | set(records["lat"])
    problems = pd.read_csv(settings.problems.file, dtype=str).fillna("")
    hidden |= {*problems["named_by"], *problems["problem"], *problems["lon"], *problems["lat"]} - {""}
    for word in hidden:
        assert word not in told, word
        assert word not in raw, word
    assert not re.search(r"\d{2}\.\d{4,}", told)  # no degrees
    future = {day.strftime("%Y-%m-%d") for day in pd.date_range(AS_OF.date(), LAST)}
    assert not any(day in told for day in future)
    assert not re.search(r"\b(22|23|24|25|26|27|28|29|30) (Nov|лист\.) 2026", told)
    assert "prevent" not in told.casefold()


def test_days_to_come_are_left_out_and_told(report):
    assert report.facts.days == (HALF[0], date(2026, 11, 21))
    assert any("not over" in note for note in report.notes)


def test_minutes_are_those_of_the_ledger(report):
    # 24 visits of 12 minutes a week on Tuesday, Thursday, Friday and Saturday, up to Saturday, 21 November.
    days = [day for day in pd.date_range(HALF[0], "2026-11-21") if day.weekday() in (1, 3, 4, 5)]
    assert report.facts.visits == 6 * len(days)
    assert report.facts.planned_min == pytest.approx(72 * len(days), abs=3)
    assert 0.4 < report.facts.logged_share < 0.6


def test_the_same_report_gives_the_same_bytes(report, town, tmp_path):
    settings, _ = town
    language = re.search(r'lang="(..)"', report.files["report.html"].read_text(encoding="utf-8"))[1]
    again = report_into(settings, tmp_path / "again", days=HALF, as_of=AS_OF, language=language)
    for name, path in report.files.items():
        assert again.files[name].read_bytes() == path.read_bytes()


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A little town, and the folder of a plan of it for a day that is over."""
    folder = tmp_path_factory.mktemp("planned")
    settings = read_plan_file(write_town(folder))
    plan = make(settings, stop=Stop(solutions=1))
    write_json(plan, folder / "plan.json")
    write_gpkg(plan, folder / "plan.gpkg")
    return settings, read_issued(folder), folder


def test_a_report_from_plans_tells_their_minutes_and_nothing_of_those_who_walked(planned, tmp_path):
    settings, plan, folder = planned
    day = plan.routes[0].crew.shift.start.date()
    after = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(days=3)
    found = report_into(settings, tmp_path / "out", days=(day, day), as_of=after, plans=[folder])
    visits = [event for route in plan.routes for event in route.visits]
    minutes = sum((event.leave - event.start).total_seconds() for event in visits) / 60
    assert found.facts.visits == len(visits)
    assert found.facts.planned_min == pytest.approx(minutes, abs=2.5)  # told in steps of five
    assert found.facts.walked_min is None
    told = texts(found)
    names = {one.name for route in plan.routes for one in route.crew.officers}
    for word in (*names, *(route.crew.name for route in plan.routes), "32.00", "49.00"):
        assert word not in told, word
    starts = {f"{event.start:%H:%M}" for event in visits}
    assert not starts & set(re.findall(r"\d{2}:\d{2}", told))
    with pytest.raises(InputError, match="no day of it is over"):
        report_into(
            settings, tmp_path / "soon", days=(day, day), as_of=after - timedelta(days=4), plans=[folder]
        )


def test_a_plan_named_twice_and_a_plan_of_elsewhere_are_refused(planned, town, tmp_path):
    settings, _, folder = planned
    copy = shutil.copytree(folder, tmp_path / "copy")
    with pytest.raises(InputError, match="count twice"):
        report_into(settings, tmp_path / "out", days=HALF, as_of=AS_OF, plans=[folder, copy])
    with pytest.raises(InputError, match="outside the streets"):
        report_into(town[0], tmp_path / "out", days=HALF, as_of=AS_OF, plans=[folder])
    assert not (tmp_path / "out").exists()


def test_own_words_are_told_on_demand_alone_and_people_by_table(town, tmp_path):
    settings, _ = town
    (tmp_path / "people.csv").write_text("name,people\nВигадів,4200\nУявне,310\n", encoding="utf-8")
    asked = settings.model_copy(
        update={"report": settings.report.model_copy(update={"people_file": tmp_path / "people.csv"})}
    )
    told = report_into(asked, tmp_path / "out", days=HALF, as_of=AS_OF, in_own_words=True)
    page = told.files["report.html"].read_text(encoding="utf-8")
    assert "Drinking and shouting on the park benches" in page
    assert "4,200" in page
    assert any("people are not known of" in note for note in told.notes)
    assert told.facts.settlements["need_share"].sum() == pytest.approx(1, abs=0.1)


def test_a_folder_with_other_files_and_a_span_to_come_are_refused(town, tmp_path):
    settings, _ = town
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises(InputError, match="folder of their own"):
        report_into(settings, tmp_path, days=HALF, as_of=AS_OF)
    with pytest.raises(InputError, match="no day of it is over"):
        report_into(settings, tmp_path / "x", days=(date(2027, 1, 1), date(2027, 3, 1)), as_of=AS_OF)
    with pytest.raises(InputError, match="2026-Q3"):
        days_of("2026-Q5")


def test_figures_of_one_problem_by_hand(town):
    _, network = town
    lines = network.segments.geometry.to_crs("EPSG:4326")
    street = int(np.argmax(network.segments["length_m"].to_numpy()))
    visits = gpd.GeoDataFrame(
        {
            "day": [date(2026, 3, 2), date(2026, 3, 3), date(2026, 7, 1)],
            "start": pd.to_datetime(["2026-03-02 18:10", "2026-03-03 09:00", "2026-07-01 18:00"]),
            "planned_min": [15.0, 25.0, 60.0],
            "walked_min": [10.0, np.nan, np.nan],
        },
        geometry=[shapely.MultiLineString([lines.iloc[street]])] * 3,
        crs="EPSG:4326",
    )
    when = pd.to_datetime(["2025-02-03"] * 12 + ["2026-02-03"] * 7 + ["2026-05-03"] * 9)
    records = pd.DataFrame({"segment": street, "first": when, "last": when})
    point = lines.iloc[street].interpolate(0.5, normalized=True)
    problems = gpd.GeoDataFrame(
        {
            "row": [1, 2], "street": "", "hours": ["18:00-20:00", ""], "days": "",
            "since": pd.NaT, "until": pd.NaT, "seriousness": 2, "text": ["dark", "domestic violence"],
            "named_by": "x",
        },
        geometry=[point, point],
        crs="EPSG:4326",
    )  # fmt: skip
    facts = community_facts(
        network,
        days=(date(2026, 1, 1), date(2026, 3, 31)),
        visits=visits,
        need=np.full(len(lines), 1 / len(lines)),
        records=records,
        known=(date(2024, 1, 1), date(2026, 12, 31)),
        problems=problems,
    )
    (one,) = facts.problems
    assert facts.untold == 1
    assert (one.visits, one.planned_min, one.walked_min) == (2, 40, 10)
    assert one.in_hours == pytest.approx(15 / 40)
    assert one.change == dataclasses.replace(
        change_of(12, 7, days_before=90, days_after=90, k=5), before=10, after=5
    )


def test_a_change_is_told_without_a_cause():
    told = changed_words(change_of(80, 30, days_before=181, days_after=181, k=5), words_of("en"))
    assert told.startswith("80 or more records before, 30 or more now: fewer records than before")
    assert told.endswith("whatever the cause")
    assert "no clear change" in changed_words(
        change_of(9, 8, days_before=90, days_after=90, k=5), words_of("en")
    )


def test_false_alarms_come_at_the_stated_rate():
    chance = np.random.default_rng(0)
    pairs = chance.poisson(20, size=(400, 2))
    told = [change_of(int(a), int(b), days_before=90, days_after=90, k=5).verdict for a, b in pairs]
    assert sum(verdict != "open" for verdict in told) / len(told) < 0.05


def test_the_example_is_where_its_path_says(town):
    settings, _ = town
    assert Path(settings.week.ledger).is_file()
