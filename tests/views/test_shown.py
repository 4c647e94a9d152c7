"""How values show themselves: small map, frame, figures."""

from __future__ import annotations

import builtins
import html
import sys
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from plan_of_lattice import plan_of_lattice

from patrolplan.errors import InputError
from patrolplan.views.small_map import plan_svg


@pytest.fixture(scope="module")
def plan():
    return plan_of_lattice()


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def tags_of(text):
    parser = Tags()
    parser.feed(text)
    return parser.seen


def test_small_map_numbers_every_stop_and_asks_nobody(plan):
    picture = ElementTree.fromstring(plan_svg(plan))
    numbers = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    told = sorted(int(number) for text in numbers for number in text.split(", "))
    assert told == sorted(plan.stops["order"])
    text = plan._repr_html_()
    asking = {"src", "href", "srcset", "data"}
    assert not [tag for tag, attributes in tags_of(text) if asking & attributes.keys()]
    assert text.count("<tr>") == 1 + min(12, len(plan.stops))
    assert "© OpenStreetMap contributors" in text


def test_small_map_takes_hostile_names_for_text():
    text = plan_of_lattice(n_hot_spots=8, hostile=True)._repr_html_()
    assert {tag for tag, _ in tags_of(text)} <= {
        "div", "strong", "br", "svg", "path", "g", "rect", "text", "table", "thead", "tbody", "tr", "th",
        "td", "small", "p", "code",
    }  # fmt: skip


def test_small_map_of_a_plan_without_walks(plan):
    idle = replace(plan, legs=plan.legs.iloc[:0], events=plan.events.iloc[:0])
    assert "<svg" in idle._repr_html_()


def test_explored_page_is_the_map_page_in_a_frame(plan, tmp_path):
    from patrolplan.io.map_page import map_html

    page = plan.explore()
    ((tag, attributes),) = tags_of(page._repr_html_())
    assert tag == "iframe"
    assert html.unescape(attributes["srcdoc"]) == html.unescape(map_html(plan))
    assert "allow-same-origin" not in attributes["sandbox"]
    assert page.save(tmp_path / "page.html").read_text(encoding="utf-8") == map_html(plan)


def test_tiles_without_folium_are_told_plainly(plan, monkeypatch):
    monkeypatch.setitem(sys.modules, "folium", None)
    with pytest.raises(ModuleNotFoundError, match="pip install folium"):
        plan.explore(tiles="OpenStreetMap")


def test_figures_are_drawn(plan):
    assert plan.plot()._repr_png_().startswith(b"\x89PNG")
    figure = plan.weights.plot(plan.network, hour=19)
    assert figure.axes[0].get_title() == "Patrol need, Mon 19:00–20:00"
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert plan.weights.plot(plan.network).axes[0].get_title().endswith("average of the week")
    week = plan.weights.heatmap()
    picture = week.axes[0].images[0].get_array()
    assert picture.shape == (7, 24)
    assert picture.mean() == pytest.approx(1)
    hours = plan.weights.need(np.arange(168)).sum(axis=0).reshape(7, 24)
    assert picture.filled() == pytest.approx((hours / hours.mean()).astype(float))


def test_hostile_names_are_no_formulas():
    plan = plan_of_lattice(n_hot_spots=8, hostile=True)
    assert plan.plot().axes[0].get_title().startswith("<script>")


@pytest.mark.parametrize("hour", [-1, 168])
def test_an_hour_of_no_week_is_refused(plan, hour):
    with pytest.raises(InputError, match="hour of the week"):
        plan.weights.plot(plan.network, hour=hour)


def test_another_network_and_part_are_refused(plan):
    with pytest.raises(InputError, match="network"):
        plan.weights.plot(plan_of_lattice(side=5).network)
    with pytest.raises(InputError, match="footfall"):
        plan.weights.heatmap(part="weather")


def test_without_matplotlib_the_way_out_is_told(plan, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.split(".")[0] == "matplotlib":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, "patrolplan.views.figures", raising=False)
    with pytest.raises(ModuleNotFoundError, match="pip install matplotlib"):
        plan.plot()
