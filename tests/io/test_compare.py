"""Two plans side by side, in memory and from their folders."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner

from patrolplan.cli import main
from patrolplan.compare import compare_sides
from patrolplan.errors import InputError
from patrolplan.in_language import in_language
from patrolplan.io.plan_side import compare_plans, read_plan_side, side_of
from patrolplan.io.write_comparison import FILES, write_comparison
from patrolplan.io.write_gpkg import write_gpkg
from patrolplan.io.write_json import write_json


@pytest.fixture(scope="module")
def shorter(plan):
    """The plan without its last visit and the patrol walk in it."""
    last = plan.stops.iloc[-1]
    events = plan.events[~((plan.events["kind"] == "visit") & (plan.events["start"] == last["start"]))]
    legs = plan.legs[~((plan.legs["kind"] == "patrol") & (plan.legs["start"] == last["start"]))]
    return replace(plan, events=events, legs=legs)


@pytest.fixture(scope="module")
def folders(plan, shorter, tmp_path_factory):
    home = tmp_path_factory.mktemp("plans")
    for name, each in (("long", plan), ("short", shorter)):
        (home / name).mkdir()
        write_json(each, home / name / "plan.json")
        write_gpkg(each, home / name / "plan.gpkg")
    return home / "long", home / "short"


def test_a_plan_equals_itself(plan):
    same = compare_plans(plan, plan)
    assert (same.figures["difference"] == 0).all()
    assert (same.stops["difference"] == 0).all()
    assert same.segments["difference"].abs().max() == 0
    assert "100 % of the minutes" in same.sentence


def test_what_is_taken_away_is_told(plan, shorter):
    told = compare_plans(plan, shorter)
    last = plan.stops.iloc[-1]
    (changed,) = told.stops[told.stops["difference"] != 0].itertuples()
    assert (changed.label, changed.difference) == (last["label"], -12.0)
    assert told.figures.set_index("figure").loc["stops", "difference"] == -1
    less = told.segments[told.segments["difference"] < 0]
    ring = plan.network.segments.geometry[list(plan.hot_spots[last["hot_spot"]].segments)]
    assert set(less.geometry.to_wkt()) == set(ring.to_wkt())
    assert less["difference"].sum() == pytest.approx(-12)


def test_shares_of_different_needs_are_not_set_side_by_side_unsaid(plan):
    told = "need in the shifts is not the same"
    assert told not in compare_plans(plan, plan).sentence
    one = side_of(plan, name="A")
    need = one.streets["need"]
    other = replace(one, name="B", streets=one.streets.assign(need=need.sum() - need))
    assert told in compare_sides(one, other).sentence
    assert "потреба у змінах не та сама" in compare_sides(one, other, language="uk").sentence


def test_minutes_are_those_of_the_legs(plan):
    side = side_of(plan, name="A")
    spans = (plan.legs["end"] - plan.legs["start"]).dt.total_seconds() / 60
    assert side.streets["minutes"].sum() == pytest.approx(spans.sum())


def test_folders_say_the_same_as_memory(plan, shorter, folders):
    from_files, from_memory = compare_plans(*folders), compare_plans(plan, shorter)
    assert from_files.names == ("long", "short")
    pd.testing.assert_frame_equal(from_files.figures, from_memory.figures)
    plain = from_files.stops.drop(columns="geometry")
    pd.testing.assert_frame_equal(plain, from_memory.stops.drop(columns="geometry"), check_dtype=False)
    for column in ("minutes_a", "minutes_b", "need_a"):
        assert from_files.segments[column].to_numpy() == pytest.approx(
            from_memory.segments[column].to_numpy()
        )


def test_files_hold_the_differences(plan, shorter, tmp_path):
    files = write_comparison(compare_plans(plan, shorter), tmp_path / "out")
    assert list(files) == list(FILES)
    streets = gpd.read_file(files["streets.geojson"])
    assert (streets["difference"] < 0).all()
    page = files["compare.html"].read_text(encoding="utf-8")
    assert page.count("<title>") == 1 + len(streets) + len(compare_plans(plan, shorter).stops)
    assert "© OpenStreetMap contributors" in page
    assert "src=" not in page


def test_hostile_names_stay_text(hostile_plan, tmp_path):
    stops = hostile_plan.events.iloc[:2]
    other = replace(hostile_plan, events=stops, legs=hostile_plan.legs.iloc[:1])
    page = write_comparison(compare_plans(hostile_plan, other), tmp_path / "out")["compare.html"]
    assert "<script" not in page.read_text(encoding="utf-8")


def test_plans_of_two_places_are_refused(plan):
    away = replace(
        plan.network, segments=plan.network.segments.set_geometry(plan.network.segments.translate(1e5))
    )
    with pytest.raises(InputError, match="different places"):
        compare_plans(plan, replace(plan, network=away))


def test_a_folder_without_a_plan_is_told(tmp_path):
    with pytest.raises(InputError, match=r"no plan\.json"):
        read_plan_side(tmp_path)
    (tmp_path / "plan.json").write_text('{"schema": "other"}')
    with pytest.raises(InputError, match="not a plan"):
        read_plan_side(tmp_path)


def test_told_in_ukrainian(plan, shorter, folders, tmp_path):
    told = compare_plans(plan, shorter, language="uk")
    assert "точки: тих самих" in told.sentence
    page = write_comparison(told, tmp_path / "out")["compare.html"].read_text(encoding="utf-8")
    shown = re.sub(r"<style.*?</style>|<[^>]*>|OpenStreetMap contributors, ODbL", " ", page, flags=re.DOTALL)
    labels = {*plan.stops["label"], *plan.network.segments["name"]}
    for label in sorted(labels, key=len, reverse=True):
        shown = shown.replace(label, " ")
    assert re.findall(r"[A-Za-z]{2,}", shown) == []
    assert 'lang="uk"' in page
    assert compare_plans(plan, in_language(shorter, "uk")).language == "uk"
    done = CliRunner().invoke(main, ["compare", *map(str, folders), "--lang", "uk"])
    assert "хвилин — на тих самих вулицях" in done.output


def test_command_tells_and_writes(folders, tmp_path):
    done = CliRunner().invoke(main, ["compare", *map(str, folders), "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0, done.output
    assert "the same" in done.output
    assert (tmp_path / "out" / "compare.html").exists()
