"""A plan told in Ukrainian: page, reasons and labels; the rest stays as it is."""

from __future__ import annotations

import json
import re

import pytest

from patrolplan.in_language import in_language
from patrolplan.io.map_data import map_data
from patrolplan.io.map_page import map_html
from patrolplan.io.write_csv import timetable
from patrolplan.io.write_gpx import gpx_texts
from patrolplan.io.write_json import plan_document
from patrolplan.redact import redacted


@pytest.fixture(scope="module")
def ukrainian(plan):
    return in_language(plan, "uk")


def test_reasons_follow_the_language_and_figures_stay(plan, ukrainian):
    assert ukrainian.stops["why"].str.startswith("У записах тут: ").all()
    assert ukrainian.events["start"].equals(plan.events["start"])
    assert in_language(ukrainian, "uk") is ukrainian
    assert plan.language == "en"


def test_page_says_nothing_in_english(ukrainian):
    page = map_html(ukrainian)
    assert '<html lang="uk">' in page
    head = page[page.index("<body>") : page.index('<script type="application/json"')]
    texts = re.findall(r">([^<]+)<|aria-label=\"([^\"]+)\"|title=\"([^\"]+)\"", head)
    said = [text.strip() for each in texts for text in each if re.search("[A-Za-z]{3}", text)]
    assert [text for text in said if not re.search("[а-яіїє]", text)] == []


def test_page_data_is_in_ukrainian(ukrainian):
    data = map_data(ukrainian)
    assert data["days"][0] == "пн"
    assert "точ" in data["crews"][0]["sums"]
    assert data["when"].startswith("пн 23 лист. 2026")
    assert all("відвідин" in spot["told"] for spot in data["hot_spots"])
    assert json.dumps(data)


def test_volunteers_read_ukrainian_too(plan):
    told = in_language(redacted(plan, "volunteer"), "uk")
    assert told.notes == (
        "для волонтерів: показує, де й коли ходити, і не містить відомостей про правопорушення",
    )
    assert not told.stops["why"].str.contains("записах").any()


def test_tables_and_tracks_are_in_ukrainian(ukrainian):
    table = timetable(ukrainian)
    assert set(table["weekday"]) <= {"пн", "вт"}
    assert table["why"].str.contains("У записах тут").any()
    (first, *_) = gpx_texts(ukrainian).values()
    assert "Перерва" in first
    assert "12 хв" in first
    document = plan_document(ukrainian)
    assert (document["language"], document["audience"]) == ("uk", "command")
