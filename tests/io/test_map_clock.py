"""The map page's clock, hatched streets, names of nameless ways, and what axe-core finds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from plan_of_lattice import plan_of_lattice
from test_map_in_browser import DESK, PHONE, PIXELS, browser, opened  # noqa: F401

from patrolplan.graph.street_names import joined_names, street_called, street_names
from patrolplan.in_language import in_language
from patrolplan.io.map_page import write_map

WALKER = "document.querySelector('.walker').getBoundingClientRect()"


class WithUnseen(type(plan_of_lattice(side=4, n_hot_spots=2).weights)):
    """Weights that know which streets no record covers."""

    observed = None


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    return write_map(plan_of_lattice(side=10, n_hot_spots=8), tmp_path_factory.mktemp("clock") / "map.html")


def at_minute(page, minute):
    page.evaluate(
        """minute => { const slider = document.getElementById('minute');
        slider.value = minute; slider.dispatchEvent(new Event('input')); }""",
        minute,
    )


def test_clock_puts_crews_where_they_are(opened, page_file):  # noqa: F811
    page = opened(page_file)
    assert page.inner_text("#now") == "Mon 16:00"
    start = page.evaluate(WALKER)
    at_minute(page, 3)
    assert page.inner_text("#now") == "Mon 16:03"
    assert page.get_attribute("#minute", "aria-valuetext") == "Mon 16:03"
    moved = page.evaluate(WALKER)
    assert abs(moved["x"] - start["x"]) + abs(moved["y"] - start["y"]) > 5
    assert page.locator(".walker").count() == 1
    page.click("#crews .crew >> nth=0 >> input")
    assert page.locator(".walker").count() == 0


def test_clock_plays_by_keyboard_in_jumps_where_motion_is_unwelcome(opened, page_file):  # noqa: F811
    page = opened(page_file)
    page.select_option("#speed", "600")
    page.focus("#play")
    page.keyboard.press("Enter")
    assert page.get_attribute("#play", "aria-label") == "Pause"
    page.wait_for_selector("#minute[aria-valuetext='Mon 16:10']", timeout=5000)
    page.keyboard.press("Enter")
    assert page.get_attribute("#play", "aria-label") == "Play the shift"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("p")
    assert page.get_attribute("#play", "aria-pressed") == "true"


def test_clock_ends_with_the_shift(opened, page_file):  # noqa: F811
    page = opened(page_file)
    at_minute(page, int(page.get_attribute("#minute", "max")) - 1)
    page.select_option("#speed", "600")
    page.click("#play")
    page.wait_for_selector("#play[aria-pressed='false']", timeout=5000)


def test_streets_no_record_covers_are_hatched(opened, tmp_path):  # noqa: F811
    plan = plan_of_lattice(side=6, n_hot_spots=3)
    values = {field.name: getattr(plan.weights, field.name) for field in dataclasses.fields(plan.weights)}
    weights = WithUnseen(**values)
    object.__setattr__(weights, "observed", np.arange(len(plan.network.segments)) % 2 == 0)
    page = opened(write_map(dataclasses.replace(plan, weights=weights), tmp_path / "unseen.html"))
    page.click("#layer-need")
    assert page.locator("#layer-unseen").is_checked()
    assert page.evaluate("document.querySelectorAll('.leaflet-unseen-pane canvas').length") == 1
    page.click("#layer-unseen")
    assert page.evaluate("document.querySelectorAll('.leaflet-unseen-pane canvas').length") == 0


def test_without_such_streets_there_is_no_such_layer(opened, page_file):  # noqa: F811
    assert opened(page_file).locator("#layer-unseen").count() == 0


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_axe_finds_nothing_serious(opened, page_file, size, scheme):  # noqa: F811
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    page = opened(page_file, size, color_scheme=scheme)
    found = axe.Axe().run(page).response["violations"]
    serious = [
        (rule["id"], rule["help"], [node["html"][:120] for node in rule["nodes"]][:3])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_ukrainian_page_works(opened, tmp_path):  # noqa: F811
    plan = in_language(plan_of_lattice(side=8, n_hot_spots=6), "uk")
    page = opened(write_map(plan, tmp_path / "uk.html"), PHONE)
    assert page.get_attribute("html", "lang") == "uk"
    assert page.inner_text("#now") == "пн 16:00"
    page.click("tr.visit .go >> nth=0")
    assert "точка 1" in page.inner_text(".leaflet-popup-content")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_nameless_ways_are_told_by_what_they_join():
    network = plan_of_lattice(side=8, n_hot_spots=3).network
    names = street_names(network, "uk")
    nameless = np.flatnonzero(names == "")
    assert len(nameless)
    known = np.unique(names.to_numpy(dtype=object).astype(str))
    at, ends = joined_names(network, names, known)
    assert at.tolist() == nameless.tolist()
    assert "" not in known[ends]
    u, v = (network.segments[end].to_numpy() for end in ("u", "v"))
    told = 0
    for segment, pair in zip(at, ends, strict=True):
        meeting = [
            {str(names[k]) for k in range(len(names)) if node in (u[k], v[k]) and names[k]}
            for node in (u[segment], v[segment])
        ]
        if all(meeting):
            told += 1
            first, second = known[pair]
            assert (first in meeting[0] and second in meeting[1]) or (
                first in meeting[1] and second in meeting[0]
            )
    assert told
    called = street_called(
        network, "en", between="{what} between {first} and {second}", near="{what} near {street}", kind=str
    )
    assert (called != "").all()
    assert called[nameless[0]].startswith(("residential between", "primary between", "footway between"))


def test_names_follow_the_language():
    network = plan_of_lattice(side=4, n_hot_spots=2).network
    segments = network.segments.assign(name_uk="вулиця Своя")
    other = dataclasses.replace(network, segments=segments)
    assert set(street_names(other, "uk")) == {"вулиця Своя"}
    local = segments["name"].where(segments["name"] != "", segments["name_en"])
    assert street_names(other, "en").tolist() == local.tolist()
