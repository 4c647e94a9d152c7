"""The map page in a real browser without a network: it draws, answers and asks nobody."""

from __future__ import annotations

import dataclasses
import shutil
from itertools import combinations
from pathlib import Path

import pytest
from plan_of_lattice import plan_of_lattice

from patrolplan.io.map_page import write_map

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

PIXELS = """name => {
  const shown = document.querySelector(`.leaflet-${name}-pane canvas`);
  const canvas = new OffscreenCanvas(shown.width, shown.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(shown, 0, 0);
  const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = {};
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 255) continue;
    const key = data.slice(i, i + 3).join(",");
    colours[key] = (colours[key] || 0) + 1;
  }
  return colours;
}"""


@pytest.fixture(scope="module")
def browser():
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    plan = plan_of_lattice(side=12, n_hot_spots=9)
    return write_map(plan, tmp_path_factory.mktemp("map") / "map.html")


@pytest.fixture
def opened(browser):
    """Opens a page file; at the end nothing may have been asked or complained about."""
    complaints, contexts = [], []

    def open_page(file: Path, viewport=DESK, **options):
        context = browser.new_context(viewport=viewport, reduced_motion="reduce", **options)
        contexts.append(context)
        context.set_offline(True)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: _note_request(request, file, complaints))
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready]", timeout=10_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _note_request(request, file, complaints):
    if request.url != file.as_uri() and not request.url.startswith("data:"):
        complaints.append(f"request: {request.url}")


def popup(page) -> str:
    return page.inner_text(".leaflet-popup-content", timeout=3000)


def set_hour(page, hour):
    page.evaluate(
        """hour => { const slider = document.getElementById('hour');
        slider.value = hour;
        slider.dispatchEvent(new Event('input')); }""",
        hour,
    )


def test_streets_routes_and_need_are_drawn(opened, page_file):
    page = opened(page_file)
    for pane in ("base", "need", "routes", "spots"):
        assert sum(page.evaluate(PIXELS, pane).values()) > 500, pane
    assert page.title().startswith("Вигадана громада")
    assert "© OpenStreetMap contributors, ODbL" in page.inner_text(".leaflet-control-attribution")
    assert "An invented community" in page.inner_text("#notes")


def test_slider_changes_colours(opened, page_file):
    page = opened(page_file)
    assert page.inner_text("#hour-name") == "Mon 16:00–17:00"
    evening = page.evaluate(PIXELS, "need")
    set_hour(page, 6 * 24 + 3)
    assert page.inner_text("#hour-name") == "Sun 03:00–04:00"
    assert page.evaluate(PIXELS, "need") != evening
    page.click("#whole-week")
    assert page.inner_text("#hour-name") == "Average over the week"
    page.select_option("#part", "footfall")
    page.click("#at-shift")
    assert page.evaluate(PIXELS, "need") != evening
    page.select_option("#part", "all")
    assert page.evaluate(PIXELS, "need") == evening


def test_keyboard_moves_the_hour_and_opens_stops(opened, page_file):
    page = opened(page_file)
    page.focus("#hour")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#hour-name") == "Mon 17:00–18:00"
    assert page.get_attribute("#hour", "aria-valuetext") == "Monday 17:00 to 18:00"
    page.keyboard.press("PageUp")
    assert page.inner_text("#hour-name") == "Tue 17:00–18:00"
    page.focus("tr.visit .go")
    page.keyboard.press("Enter")
    assert "16:01–16:13" in popup(page)
    page.keyboard.press("Escape")
    page.wait_for_selector(".leaflet-popup", state="detached")
    page.focus(".leaflet-marker-icon")
    page.keyboard.press("Enter")
    assert popup(page)


def test_row_opens_popup_with_times_and_reasons(opened, page_file):
    page = opened(page_file)
    page.click("tr.visit >> nth=1")
    told = popup(page)
    assert page.inner_text("tr.here .time") in told
    assert "stop 2" in told
    assert "14 thefts on record here" in told
    box = page.locator(".leaflet-popup").bounding_box()
    stage = page.locator("#map").bounding_box()
    assert box["y"] >= stage["y"]
    assert box["x"] >= stage["x"]


def test_click_on_a_street_tells_its_need(opened, page_file):
    page = opened(page_file)
    page.fill("#street", "соборна")
    page.keyboard.press("Enter")
    assert sum(page.evaluate(PIXELS, "found").values()) > 100
    spot = page.evaluate(
        """() => { const c = document.querySelector('.leaflet-found-pane canvas');
        const r = c.getBoundingClientRect();
        const m = document.getElementById('map').getBoundingClientRect();
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        for (let i = 3; i < d.length; i += 4 * 7) if (d[i] === 255) {
          const k = (i - 3) / 4, x = r.x + k % c.width, y = r.y + Math.floor(k / c.width);
          if (x > m.x + 60 && x < m.right - 160 && y > m.y + 200 && y < m.bottom - 60) {
            const top = document.elementFromPoint(x, y);
            if (top && top.id === 'map') return [x, y];
          }
        } return null; }"""
    )
    page.mouse.click(*spot)
    told = popup(page)
    assert "вулиця Соборна" in told
    assert "the average" in told


def test_layers_and_crews_can_be_hidden(opened, page_file):
    page = opened(page_file)
    both = sum(page.evaluate(PIXELS, "routes").values())
    page.click("#crews .crew >> nth=1 >> input")
    assert 0 < sum(page.evaluate(PIXELS, "routes").values()) < both
    page.click("#layer-routes")
    assert page.locator(".leaflet-routes-pane canvas").count() == 0
    page.click("#layer-left")
    page.click("#left-out summary")
    page.click("#left-out .go")
    assert "too far from any station" in popup(page)


def test_no_marker_hides_another_from_afar(opened, page_file):
    page = opened(page_file)
    zooms = page.locator(".leaflet-control-zoom-out")
    for _ in range(2):
        zooms.click()
        page.wait_for_timeout(400)
    boxes = page.evaluate(
        """() => [...document.querySelectorAll('.place .badges')].map(b => {
        const box = b.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom]; })"""
    )
    assert len(boxes) > 8
    hidden = [
        (a, b)
        for a, b in combinations(boxes, 2)
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1
    ]
    assert hidden == []
    assert page.evaluate("[...document.querySelectorAll('.lead')].some(line => line.offsetWidth > 8)")


def test_phone_fits_and_works(opened, page_file):
    page = opened(page_file, PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("tr.visit").nth(2).tap()
    assert "stop 3" in popup(page)
    assert page.evaluate("document.getElementById('map').getBoundingClientRect().top") < PHONE["height"] / 2
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_dark_is_dark_and_print_is_light(opened, page_file):
    page = opened(page_file, color_scheme="dark")
    background = "getComputedStyle(document.getElementById('map')).backgroundColor"
    assert page.evaluate(background) == "rgb(21, 24, 28)"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(background) == "rgb(246, 244, 239)"
    assert sum(page.evaluate(PIXELS, "paper").values()) > 10_000
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(background) == "rgb(21, 24, 28)"
    assert sum(page.evaluate(PIXELS, "base").values()) > 500


def test_hostile_names_are_shown_as_they_are(opened, hostile_plan, tmp_path):
    page = opened(write_map(hostile_plan, tmp_path / "hostile.html"), PHONE)
    assert page.inner_text("h1") == "<script>alert(1)</script>"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for row in page.locator("tr.visit .go").all():
        row.click()
        assert popup(page)
    assert page.evaluate("document.querySelectorAll('script').length") == 3


def test_everything_focusable_has_a_name(opened, page_file):
    page = opened(page_file)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, a, [tabindex="0"]')].filter(e => {
        const label = e.getAttribute('aria-label') || e.title || e.textContent.trim();
        return !label && !(e.labels && e.labels.length); }).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


def test_plan_without_any_walk_still_opens(opened, tmp_path):
    plan = plan_of_lattice(side=6, n_hot_spots=2)
    stay = plan.events["kind"].isin(["start", "end"])
    nothing = {"events": plan.events[stay], "legs": plan.legs.iloc[:0], "visits": (0, 0)}
    page = opened(write_map(dataclasses.replace(plan, **nothing), tmp_path / "idle.html"))
    assert sum(page.evaluate(PIXELS, "base").values()) > 500
