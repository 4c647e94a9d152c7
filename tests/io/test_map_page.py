"""The map page as text: whole, self-contained, the same each time, and safe with any name."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import geopandas as gpd
import numpy as np
import pytest
from plan_of_lattice import HOSTILE

from patrolplan.io.map_data import map_data
from patrolplan.io.map_packing import SCALE, varints
from patrolplan.io.map_page import map_html, write_map
from patrolplan.io.text import one_line
from patrolplan.units import OSM_CREDIT


class Page(HTMLParser):
    """Tags, attributes and the text of scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.policy = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if dict(attrs).get("http-equiv") == "Content-Security-Policy":
            self.policy = dict(attrs)["content"]

    def handle_data(self, data):
        if self.cdata_elem:
            self.texts.append((self.tags[-1][0], dict(self.tags[-1][1]), data))


def embedded(text):
    return json.loads(
        next(data for _, attrs, data in Page(text).texts if attrs.get("type") == "application/json")
    )


def unpacked(text):
    """Variable-length integers read back one by one."""
    values, value, place = [], 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 127) << place
        place += 7
        if byte < 128:
            values.append(-(value + 1) // 2 if value & 1 else value // 2)
            value = place = 0
    return np.array(values)


def test_same_plan_same_bytes(plan, tmp_path):
    one = write_map(plan, tmp_path / "one.html").read_bytes()
    assert write_map(plan, tmp_path / "two.html").read_bytes() == one


@pytest.mark.parametrize("which", ["plan", "hostile_plan"])
def test_nothing_is_asked_of_anyone(which, request):
    page = Page(map_html(request.getfixturevalue(which)))
    assert page.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert [attrs.get("src") for tag, attrs in page.tags if tag in ("script", "img", "iframe")] == [None] * 3
    assert [attrs["href"] for tag, attrs in page.tags if tag == "link"] == ["data:,"]
    styles = "".join(data for tag, _, data in page.texts if tag == "style")
    assert "url(" not in styles
    assert "@import" not in styles


def test_every_script_and_style_is_the_one_allowed(plan):
    page = Page(map_html(plan))
    allowed = set(re.findall(r"'(sha256-[^']+)'", page.policy))
    found = {
        "sha256-" + base64.b64encode(hashlib.sha256(data.encode()).digest()).decode()
        for tag, attrs, data in page.texts
        if tag in ("script", "style") and "type" not in attrs
    }
    assert found == allowed
    assert len(found) == 3


def test_hostile_names_stay_data(plan, hostile_plan):
    kind, hostile = Page(map_html(plan)), map_html(hostile_plan)
    assert [tag for tag, _ in Page(hostile).tags] == [tag for tag, _ in kind.tags]
    assert "<script>alert" not in hostile
    labels = [spot["label"] for spot in embedded(hostile)["hot_spots"][:7]]
    assert labels == [one_line(name) for name in HOSTILE]


def test_streets_unpack_to_where_they_are(plan):
    lines = map_data(plan)["streets"]["lines"]
    counts, steps = unpacked(lines["counts"]), unpacked(lines["steps"]).reshape(-1, 2)
    assert len(counts) == len(plan.network.segments)
    latitude, longitude = steps.cumsum(axis=0).T / SCALE
    back = gpd.GeoSeries.from_xy(longitude, latitude, crs="EPSG:4326").to_crs(plan.network.segments.crs)
    real = plan.network.segments.geometry.get_coordinates().to_numpy()
    assert np.hypot(*(np.column_stack([back.x, back.y]) - real).T).max() < 0.1


def test_need_unpacks_to_what_it_is(plan):
    need = map_data(plan)["need"]
    terms, segments = len(need["part"]), len(plan.network.segments)
    assert need["bytes"] == 2
    space = np.frombuffer(base64.b64decode(need["space"]), "<u2").reshape(terms, segments) / 65535
    time = np.frombuffer(base64.b64decode(need["time"]), "<u2").reshape(terms, 168) / 65535
    back = np.einsum("k,ks,kh->sh", need["peak"], space**2, time)
    real = plan.weights.need(np.arange(168))
    np.testing.assert_allclose(back, real, rtol=2e-3, atol=real.max() * 1e-4)


def test_numbers_of_any_size_pack():
    values = np.array([0, 1, -1, 63, 64, -64, -65, 2**31, -(2**33), 180 * SCALE])
    assert list(unpacked(base64.b64encode(varints(values)))) == list(values)
    assert varints(np.array([], dtype=np.int64)) == b""


def test_credit_and_honest_words_stand_on_the_page(plan):
    text = map_html(plan)
    assert OSM_CREDIT in text
    assert "not a forecast of crime" in text
    assert plan.notes[0] in text


def test_no_sensitive_kind_is_named(plan):
    assert "secret" in list(plan.weights.terms["kind"])
    assert "secret" not in json.dumps(map_data(plan))


def test_every_leg_knows_its_event(plan):
    data = map_data(plan)
    for leg, row in zip(plan.legs.itertuples(), data["legs"]["rows"], strict=True):
        event = plan.events.iloc[row["event"]]
        assert row["event"] >= 0
        assert event["crew"] == leg.crew
        assert event["kind"] == ("visit" if leg.kind == "patrol" or leg.to_label != "station" else "end")
        assert leg.start == event["start"] if leg.kind == "patrol" else leg.end == event["arrive"]
