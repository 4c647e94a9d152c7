"""What officers, volunteers and the public may hold: nothing more leaks into any file."""

from __future__ import annotations

import csv
import re
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from patrolplan.errors import InputError
from patrolplan.example import write_example
from patrolplan.io.outputs import write_plan
from patrolplan.io.plan_file import read_plan_file
from patrolplan.io.public_facts import public_facts
from patrolplan.io.write_public import FILES, write_public
from patrolplan.orders.pipeline import make
from patrolplan.plan import Reason
from patrolplan.redact import redacted
from patrolplan.solver.stop import Stop

KYIV = ZoneInfo("Europe/Kyiv")
PAIRS = re.compile(r"(?=(?<![\d.])(-?\d{1,3}\.\d{4,})[^\d-]{1,20}(-?\d{1,3}\.\d{4,}))")
DEGREES = re.compile(r"-?\d{1,3}\.\d{4,}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("hromada")
    write_example(home)
    return home


@pytest.fixture(scope="module")
def plan(folder):
    made = make(read_plan_file(folder / "plan.toml"), stop=Stop(solutions=1))
    terms = made.weights.terms.copy()
    terms["sensitive"] |= terms["kind"] == "Hooliganism"
    sources = made.weights.sources.copy()
    sources["sensitive"] |= sources["kind"] == "Hooliganism"
    return replace(made, weights=replace(made.weights, terms=terms, sources=sources))


@pytest.fixture(scope="module")
def records(folder):
    with (folder / "offences.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def later(plan, days):
    return max(crew.shift.end for crew in plan.crews) + timedelta(days=days)


def texts_of(home: Path) -> dict[str, str]:
    """Every file of a folder as text, whatever its form: tables, metadata and all."""
    return {file.name: text_of(file) for file in sorted(home.rglob("*")) if file.is_file()}


def text_of(file: Path) -> str:
    if file.suffix == ".gpkg":
        with sqlite3.connect(file) as base:
            tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return "\n".join(str(row) for name in tables for row in base.execute(f'SELECT * FROM "{name}"'))
    if file.suffix == ".pdf":
        from pypdf import PdfReader

        reader = PdfReader(file)
        return "\n".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)])
    if file.suffix == ".xlsx":
        from openpyxl import load_workbook

        book = load_workbook(file)
        cells = (str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
        return "\n".join([*cells, str(vars(book.properties))])
    return file.read_bytes().decode("utf-8-sig", errors="replace")


def leaked_places(text: str, records, plan, decimals=5) -> list[tuple[str, str]]:
    """Places of records that stand in a text as a pair of numbers, in either order.

    Crossings are left out: a record there has the coordinates of the crossing, as has every route.
    """
    crossings = {(f"{x:.{decimals}f}", f"{y:.{decimals}f}") for x, y in _vertices(plan)}
    placed = {
        (f"{float(row['lon']):.{decimals}f}", f"{float(row['lat']):.{decimals}f}")
        for row in records
        if _placed(row)
    }
    assert len(placed) > 500
    told = {tuple(f"{float(value):.{decimals}f}" for value in pair) for pair in PAIRS.findall(text)}
    return sorted((placed - crossings) & (told | {pair[::-1] for pair in told}))


def _vertices(plan):
    return shapely.get_coordinates(plan.network.segments.to_crs("EPSG:4326").geometry.to_numpy())


def _placed(row):
    return all(row.get(name) and DEGREES.fullmatch(row[name].strip()) for name in ("lon", "lat"))


def ids(records) -> set[str]:
    (column,) = [name for name in records[0] if "id" in name.lower().split("_")] or ["№"]
    return {row[column] for row in records if row.get(column)}


def times_in(text: str) -> list[str]:
    return re.findall(r"\b\d{1,2}:\d{2}\b", text)


@pytest.fixture(scope="module")
def public(plan, tmp_path_factory):
    home = tmp_path_factory.mktemp("public") / "out"
    write_public(plan, home, as_of=later(plan, 3))
    return home


def test_public_folder_holds_nothing_that_could_harm(plan, records, public, folder):
    texts = texts_of(public)
    assert set(texts) == set(FILES)
    names = {officer.name for crew in plan.crews for officer in crew.officers}
    crews = {crew.name for crew in plan.crews}
    kinds = set(plan.weights.terms.loc[plan.weights.terms["part"] == "offences", "kind"])
    for name, text in texts.items():
        assert not leaked_places(text, records, plan), name
        assert not [told for told in names | crews | kinds if told in text], name
        assert not times_in(text), name
        for path in folder.iterdir():
            assert path.name not in text
    ring = {spot.label for spot in plan.hot_spots if spot.kind == "problem"}
    assert not [label for label in ring if any(label in text for text in texts.values())]


def test_what_looks_for_leaks_finds_them(plan, records, public):
    """Each search of the test above, spoilt: a page with one leak more must not pass."""
    page = (
        texts_of(public)["index.html"]
        if "index.html" in texts_of(public)
        else next(iter(texts_of(public).values()))
    )
    crossings = {(f"{x:.5f}", f"{y:.5f}") for x, y in _vertices(plan)}
    row = next(
        row
        for row in records
        if _placed(row) and (f"{float(row['lon']):.5f}", f"{float(row['lat']):.5f}") not in crossings
    )
    for leak in (f"[{row['lon']}, {row['lat']}]", f"{row['lat']},{row['lon']}"):
        assert leaked_places(f"{page}\n{leak}", records, plan)
    assert times_in(f"{page} 17:20") == ["17:20"]


def test_public_record_numbers_stay_home(records, public):
    known = {value for value in ids(records) if not value.isdigit()}
    for name, text in texts_of(public).items():
        assert not [value for value in known if value in text], name


def test_public_sees_only_days_that_are_over(plan, tmp_path):
    now = min(crew.shift.start for crew in plan.crews)
    files = write_public(plan, tmp_path / "before", as_of=now)
    assert gpd.read_file(files["minutes.geojson"]).empty
    dates = {str(crew.shift.start.date()) for crew in plan.crews}
    for text in texts_of(tmp_path / "before").values():
        assert not [day for day in dates if day in text]
    same_day = datetime.combine(max(crew.shift.end for crew in plan.crews), datetime.max.time(), KYIV)
    if same_day.date() == now.date():
        assert public_facts(plan, as_of=same_day).areas.empty
    over = public_facts(plan, as_of=later(plan, 2))
    stayed = plan.stops["minutes"].sum()
    assert over.areas["minutes"].sum() == pytest.approx(stayed, abs=2.5 * len(over.areas))


def test_public_streets_hold_at_least_five_records_and_no_sensitive_ones(plan):
    facts = public_facts(plan, as_of=later(plan, 2))
    sources = plan.weights.sources
    told = sources[(sources["part"] == "offences") & ~sources["sensitive"]]
    assert len(facts.offences)
    assert set(facts.offences["at_least"] % 5) == {0}
    assert facts.offences["at_least"].min() >= 5
    assert facts.offences["at_least"].sum() <= told["row"].nunique()
    lines = plan.network.segments.geometry
    middles = set(lines.interpolate(0.5, normalized=True).to_wkt())
    assert set(facts.offences.geometry.to_wkt()) <= middles
    fewer = replace(plan.weights, sources=told[told["row"].isin(told["row"].unique()[:4])])
    assert public_facts(replace(plan, weights=fewer), as_of=later(plan, 2)).offences.empty


def test_public_folder_is_a_folder_of_its_own(plan, tmp_path):
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises(InputError, match="folder of their own"):
        write_public(plan, tmp_path, as_of=later(plan, 1))


@pytest.mark.parametrize("options", [{"k": 4}, {"area_m": 100.0}, {"as_of": datetime(2026, 1, 1)}])
def test_public_limits_cannot_be_lowered(plan, options):
    with pytest.raises(InputError):
        public_facts(plan, **({"as_of": later(plan, 1)} | options))


@pytest.fixture(scope="module", params=["officer", "volunteer"])
def cut(request, plan, tmp_path_factory):
    home = tmp_path_factory.mktemp(request.param)
    made = redacted(plan, request.param)
    write_plan(made, home)
    return made, texts_of(home)


def test_no_record_and_no_sensitive_kind_leaves_the_command(cut, plan, records, folder):
    made, texts = cut
    hidden = set(plan.weights.terms.loc[plan.weights.terms["sensitive"], "kind"])
    assert hidden
    for name, text in texts.items():
        assert not leaked_places(text, records, plan, decimals=6), name
        assert not [kind for kind in hidden if re.search(rf"\b{kind}\b", text, re.IGNORECASE)], name
        assert "offences.csv" not in text, name
    assert set(made.weights.sources["part"]) <= {"footfall"}
    assert not made.weights.sources["sensitive"].any()
    assert not made.weights.sources["row"].any()
    assert {officer.speed_factor for crew in made.crews for officer in crew.officers} == {1.0}


def test_volunteers_hold_no_facts_on_offences(plan, tmp_path):
    made = redacted(plan, "volunteer")
    write_plan(made, tmp_path)
    kinds = set(plan.weights.terms.loc[plan.weights.terms["part"] == "offences", "kind"])
    problems = {spot.label for spot in plan.hot_spots if spot.kind == "problem"}
    for name, text in texts_of(tmp_path).items():
        words = re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.DOTALL)
        for told in [*kinds, *problems, "on record"]:
            assert not re.search(rf"\b{re.escape(told)}", words, re.IGNORECASE), (name, told)
    assert set(made.weights.terms["part"]) <= {"footfall"}
    assert made.weights.terms["share"].sum() == pytest.approx(1)
    assert made.unserved.empty
    assert all(made.visits)
    for row, before in zip(made.stops.itertuples(), plan.stops.itertuples(), strict=True):
        assert made.hot_spots[row.hot_spot].segments == plan.hot_spots[before.hot_spot].segments
        assert (row.start, row.leave) == (before.start, before.leave)
        assert row.why
        assert {reason.part for reason in row.reasons} <= {"footfall", "problems"}


def test_routes_and_clock_stay_as_they_are(plan):
    for audience in ("officer", "volunteer"):
        made = redacted(plan, audience)
        assert made.legs[["start", "end", "length_m"]].equals(plan.legs[["start", "end", "length_m"]])
        assert made.audience == audience
        assert redacted(made, audience) is made
    assert redacted(plan, "command") is plan


def test_words_on_sensitive_matters_are_cut(plan):
    events = plan.events.copy()
    at = events.index[events["kind"] == "visit"][0]
    secret = Reason(part="problems", share=1.0, kind="", label="a child was beaten here")
    events["reasons"] = [(secret,) if row == at else () for row in events.index]
    events.loc[at, "why"] = "Named as a problem: a child was beaten here"
    for audience in ("officer", "volunteer"):
        made = redacted(replace(plan, events=events), audience)
        assert "child" not in str(made.events.loc[at, ["why", "reasons"]].to_list())


def test_what_was_cut_does_not_come_back(plan):
    volunteer = redacted(plan, "volunteer")
    with pytest.raises(InputError, match="anew"):
        redacted(volunteer, "officer")
    with pytest.raises(InputError, match="cut down"):
        public_facts(volunteer, as_of=later(plan, 1))
    with pytest.raises(InputError, match="write_public"):
        redacted(plan, "public")
    assert isinstance(plan.weights.sources, pd.DataFrame)
    assert not plan.weights.sources.empty
