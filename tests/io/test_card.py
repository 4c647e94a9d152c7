"""The officer's card, read back with pypdf."""

from __future__ import annotations

import dataclasses
import io
import re
from datetime import timedelta

import pandas as pd
import pytest
import shapely
from plan_of_lattice import HOSTILE, plan_of_lattice
from pypdf import PdfReader

from patrolplan.around import Around, Closure, Shelter
from patrolplan.errors import InputError
from patrolplan.in_language import in_language
from patrolplan.io import card_words as words
from patrolplan.io.card import card_bytes, write_card, write_cards
from patrolplan.io.card_map_frame import frame_of
from patrolplan.io.card_map_markers import place_markers, place_shelters
from patrolplan.io.card_words import acts_for
from patrolplan.io.outputs import write_plan
from patrolplan.io.pdf_text import BOLD, PLAIN, block, fitting, fullest_block, text_width
from patrolplan.io.phone_links import stops_link
from patrolplan.io.route_facts import all_routes, plan_hash
from patrolplan.reasons import Reason
from patrolplan.units import OSM_CREDIT


def pages_of(content: bytes) -> list[str]:
    # a line may break anywhere, so blanks tell nothing
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def card_of(plan, **options) -> str:
    return " ".join(pages_of(next(iter(card_bytes(plan, **options).values()))))


@pytest.fixture(scope="module")
def text(plan) -> str:
    return card_of(plan)


def test_head_tells_community_shift_crew_version_and_plan(plan, text):
    for told in ("Вигадана громада", "Наряд 1", "Mon 23 Nov 2026", "16:00–21:00", "with Officer 1"):
        assert told in text
    assert f"Plan {plan_hash(plan)}" in text
    assert "version 3" in card_of(plan, version=3)
    assert OSM_CREDIT in text
    assert words.NO_SUSPICION in text


def test_every_stop_with_time_place_reason_and_acts(plan, text):
    own = plan.events[(plan.events["crew"] == 0) & (plan.events["kind"] == "visit")]
    assert len(own) == 3
    for stop in own.itertuples():
        assert f"{stop.order} {stop.start:%H:%M} to {stop.leave:%H:%M} 12 min" in text
        assert stop.label in text
    assert text.count("14 thefts on record here") == len(own)
    assert "Look for things left unattended" in text
    assert text.count("not done, why:") == len(own) == text.count("out of order")
    assert "Break, 20 min" in text
    assert "Back at the station" in text


def test_five_fields_to_write_back_and_contacts(plan, text):
    assert all(field in text for field in words.WRITE_BACK_FIELDS)
    assert len(words.WRITE_BACK_FIELDS) == 5
    assert all(blank in text for blank in words.BLANK_CONTACTS)
    given = card_of(
        plan,
        contacts={"Чергова частина": "102"},
        shelters=["школа № 3, підвал"],
        closed=["bridge by the mill, until Friday"],
    )
    for told in ("Чергова частина: 102", "школа № 3, підвал", "bridge by the mill, until Friday"):
        assert told in given
    assert words.BLANK_CONTACTS[0] not in given


def test_contacts_of_the_plan_file_stand_on_the_card(plan, tmp_path):
    card = {"contacts": ["Duty desk: 102"], "shelters": ["school, cellar"], "closed": ["the bridge"]}
    provenance = {**plan.provenance, "settings": {"card": card}}
    paths = write_plan(dataclasses.replace(plan, provenance=provenance), tmp_path / "out")
    told = " ".join(pages_of(paths["card_1_nariad-1.pdf"].read_bytes()))
    assert all(line in told for line in ("Duty desk: 102", "school, cellar", "the bridge"))


@pytest.mark.parametrize("resolution_dpi", [150, 300])
def test_code_reads_on_paper_as_the_link(resolution_dpi):
    pdfium = pytest.importorskip("pypdfium2", reason="draws the page")
    zxing = pytest.importorskip("zxingcpp", reason="reads the code")
    plan = plan_of_lattice(n_hot_spots=21, crews=1)
    (content,) = card_bytes(plan).values()
    page = pdfium.PdfDocument(content)[0].render(scale=resolution_dpi / 72, grayscale=True).to_numpy()
    (found,) = zxing.read_barcodes(page)
    assert found.text == stops_link(all_routes(plan)[0].visits)


@pytest.mark.parametrize("stops", [1, 5, 12, 20])
@pytest.mark.parametrize("hostile", [False, True])
def test_up_to_twenty_stops_fit_on_two_pages(stops, hostile):
    plan = plan_of_lattice(n_hot_spots=stops + 1, crews=1, hostile=hostile)
    (content,) = card_bytes(plan).values()
    pages = pages_of(content)
    assert len(pages) <= (1 if stops <= 5 else 2)
    whole = " ".join(pages)
    for order in range(1, stops + 1):
        assert re.search(rf"(?<!\d){order} \d\d:\d\d to \d\d:\d\d", whole), order
    assert words.WRITE_BACK in pages[-1]


def test_more_stops_than_two_pages_hold_are_still_all_there():
    (content,) = card_bytes(plan_of_lattice(n_hot_spots=41, crews=1)).values()
    whole = " ".join(pages_of(content))
    assert all(re.search(rf"(?<!\d){order} \d\d:\d\d to", whole) for order in range(1, 41))


def test_text_stays_within_the_page(hostile_plan):
    """Every piece of text begins and, by its width, ends on the paper."""
    for content in card_bytes(hostile_plan).values():
        for page in PdfReader(io.BytesIO(content)).pages:
            seen = []

            def note(text, matrix, text_matrix, font, size, seen=seen):
                if text.strip():
                    x = text_matrix[4] * matrix[0] + text_matrix[5] * matrix[2] + matrix[4]
                    y = text_matrix[4] * matrix[1] + text_matrix[5] * matrix[3] + matrix[5]
                    seen.append((x, y))

            page.extract_text(visitor_text=note)
            assert seen
            assert all(20 <= x <= 580 and 20 <= y <= 825 for x, y in seen)


def test_hostile_names_are_text_alone(hostile_plan):
    for content in card_bytes(hostile_plan).values():
        reader = PdfReader(io.BytesIO(content))
        assert "/AA" not in reader.trailer["/Root"]
        assert "/OpenAction" not in reader.trailer["/Root"] or b"JavaScript" not in content
        assert all("/Annots" not in page for page in reader.pages)
        assert "<script>alert(1)</script>" in " ".join(pages_of(content))


def test_same_bytes_twice(plan):
    assert card_bytes(plan) == card_bytes(plan)


def test_one_file_and_many(plan, tmp_path):
    (tmp_path / "card_9_gone.pdf").write_bytes(b"old")
    paths = write_cards(plan, tmp_path)
    assert [path.name for path in paths] == ["card_1_nariad-1.pdf", "card_2_crew-2.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [path.name for path in paths]
    one = write_card(plan, tmp_path / "one.pdf", crew=1)
    assert one.read_bytes() == paths[1].read_bytes()
    with pytest.raises(InputError):
        write_card(plan, tmp_path / "none" / "one.pdf")


def test_crew_that_stays_at_the_station(plan):
    events = plan.events[plan.events["kind"].isin(["start", "end"])].reset_index(drop=True)
    idle = dataclasses.replace(plan, events=events, legs=plan.legs.iloc[:0])
    assert words.NO_STOPS in card_of(idle)


def test_dark_streets_steps_and_mud_are_told(plan):
    segments = plan.network.segments
    walked = plan.legs.loc[plan.legs["crew"] == 0, "segments"].iloc[-1]
    changed = segments.assign(
        lit=segments["lit"].where(~segments.index.isin(walked), "no"),
        steps=segments.index.isin(walked[:1]),
        surface=segments["surface"].where(~segments.index.isin(walked), "mud"),
    )
    network = dataclasses.replace(plan.network, segments=changed)
    told = " ".join(all_routes(dataclasses.replace(plan, network=network))[0].hazards)
    assert "No lamps, dark from" in told
    assert "Steps in 1 place" in told
    assert "Unpaved" in told
    assert not all_routes(plan)[0].hazards  # all streets lit, paved and level


def test_shelters_near_the_stops_are_told_with_the_nearest_stop(plan):
    stop = all_routes(plan)[0].visits[1]
    there = Shelter(name="Школа № 3, підвал", lon=stop.lon, lat=stop.lat + 0.00018)  # 20 m to the north
    far = Shelter(name="Далеко", lon=stop.lon, lat=stop.lat + 0.1)
    sheltered = dataclasses.replace(plan, around=Around(shelters=(far, there)))
    (shelter,) = all_routes(sheltered)[0].shelters
    assert shelter.told.startswith("Школа № 3, підвал")
    assert shelter.told.endswith(f"20 m from stop {stop.order}")
    text = card_of(sheltered)
    assert f"A {shelter.told}" in text
    assert "Далеко" not in text
    assert "Shelters" not in card_of(plan)


def test_shelters_stand_on_the_map_by_letter_where_they_are(plan):
    stop = all_routes(plan)[0].visits[1]
    there = Shelter(name="Школа", lon=stop.lon + 0.0003, lat=stop.lat)
    aside = Shelter(name="Депо", lon=stop.lon + 0.008, lat=stop.lat)
    sheltered = dataclasses.replace(plan, around=Around(shelters=(there, aside)))
    route = all_routes(sheltered)[0]
    legs = plan.legs[plan.legs["crew"] == 0]
    frame = frame_of(legs, route, 50, 400, 380, 300)
    place_markers(frame, route)
    near, far = place_shelters(frame, route)
    assert (near.text, far.text) == ("A", "B")
    for marker in (near, far):
        assert frame.box.contains(shapely.Point(marker.centre))
    assert frame.box.contains(shapely.Point(near.place))
    assert not frame.box.contains(shapely.Point(far.place))
    assert far.centre[0] > frame.box.bounds[2] - 60
    assert words.LEGEND_SHELTER in card_of(sheltered)
    assert words.LEGEND_SHELTER not in card_of(plan)


def test_closures_are_told_on_their_days_where_the_route_runs(plan):
    day = plan.crews[0].shift.start.date()
    lines = plan.legs[plan.legs["crew"] == 0].geometry.to_crs("EPSG:4326")
    near, far = lines.iloc[0], shapely.Point(0, 0)
    closures = (
        Closure(what="Sewer works", since=day, until=day, shape=near),
        Closure(what="Yesterday", until=day - timedelta(days=1), shape=near),
        Closure(what="Elsewhere", shape=far),
    )
    closed = dataclasses.replace(plan, around=Around(closures=closures))
    assert all_routes(closed)[0].hazards[0] == "Closed until Mon 23 Nov 2026: Sewer works"
    text = card_of(closed)
    assert "Sewer works" in text
    assert "Yesterday" not in text
    assert "Elsewhere" not in text


def test_ways_without_a_name_are_told_by_what_they_join(plan):
    called = dataclasses.replace(plan.network, segments=plan.network.segments.assign(name_uk="", name_en=""))
    segments = called.segments
    leg = plan.legs[(plan.legs["crew"] == 0) & (plan.legs["kind"] == "walk")].iloc[0]
    names = segments["name"].where(~segments.index.isin(leg["segments"]), "")
    nameless = dataclasses.replace(
        plan, network=dataclasses.replace(called, segments=segments.assign(name=names))
    )
    assert re.search(r" by \w+ (between|near) ", all_routes(nameless)[0].visits[0].walk)
    uk = segments["name"].map(lambda name: f"{name} (укр.)" if name else "")
    named = dataclasses.replace(called, segments=segments.assign(name_uk=uk))
    told = all_routes(in_language(dataclasses.replace(plan, network=named), "uk"))[0]
    assert "(укр.)" in told.visits[0].walk


def test_what_does_not_fit_is_told_shorter_rather_than_cut():
    long, short = "вулиця Соборна, провулок Горіховий, вулиця Ставкова", "вулиця Соборна"
    assert fullest_block([long, short], 90, 8, most_lines=1).lines == (short,)
    assert fullest_block([long, short], 900, 8, most_lines=1).lines == (long,)
    assert fullest_block([long], 90, 8, most_lines=1).lines[0].endswith("…")


def test_whom_to_meet_and_landmarks_come_from_the_places(plan):
    segment = plan.hot_spots[0].segments[0]
    sources = pd.DataFrame(
        {
            "part": ["footfall", "footfall", "offences"],
            "kind": ["school", "cafe", "theft"],
            "segment": [segment] * 3,
            "weight": [0.1, 0.9, 1.0],
            "hour": -1,
            "label": ["Ліцей № 1", "Кава", ""],
            "sensitive": [False, False, False],
            "row": [1, 2, 3],
        }
    )
    weights = dataclasses.replace(plan.weights, sources=sources)
    route = all_routes(dataclasses.replace(plan, weights=weights))[0]
    assert route.visits[0].landmark == "Ліцей № 1"
    assert route.meet == ("Ліцей № 1: guard or duty teacher (stop 1)", "Кава: staff (stop 1)")


def test_later_visits_suggest_other_acts():
    theft = Reason(part="offences", share=1.0, kind="theft", count=5)
    first, second = acts_for([theft], turn=0), acts_for([theft], turn=1)
    assert first[0] != second[0]
    assert all(2 <= len(acts) <= 3 for acts in (first, second, acts_for([])))


def test_kind_that_may_not_be_named_suggests_nothing_of_it():
    hidden = Reason(part="offences", share=1.0, kind="", count=5)
    assert acts_for([hidden])[:2] == words.OTHER_OFFENCE_ACTS


def test_link_holds_every_place_once_with_all_its_numbers(plan):
    visits = all_routes(plan)[0].visits
    link = stops_link([*visits, dataclasses.replace(visits[0], order=9)])
    assert link.startswith("om://map?v=1&ll=")
    assert link.count("&ll=") == len(visits)
    assert "n=1,9" in link
    assert stops_link([]) == ""


def test_lines_fit_their_width_whatever_the_name():
    for name in (*HOSTILE, "Довгенко" * 40, "a b " * 80):
        told = block(name, 100, 8, font=BOLD, most_lines=3)
        assert len(told.lines) <= 3
        assert all(text_width(line, BOLD, 8) <= 100 for line in told.lines)


def test_signs_without_a_picture_become_a_box_and_emoji_vanish():
    assert fitting("東 🚓 вул.", PLAIN) == "□ вул."
