# ruff: noqa: E501, RUF005 - rows of tables stand in one piece
"""Addresses placed by the names and numbers of the street file: known answers, and real extracts."""

import pathlib

import numpy as np
import pandas as pd
import pytest

from patrolplan.io.addresses import MANY, NO_HOUSE, NO_STREET, AddressBook, read_addresses
from patrolplan.io.osm_addresses import OsmNames
from patrolplan.io.tables import read_offences

DATA = pathlib.Path(__file__).parents[2].parent / "shared" / "data"
LON, LAT = 24.0, 49.8
STEP = 0.001


def names():
    """A street eastwards with houses 1..9 (odd), one northwards, a short lane, and one name in two villages."""
    found = OsmNames()
    east = np.array([[LON, LAT], [LON + 10 * STEP, LAT]])
    north = np.array([[LON, LAT - STEP], [LON, LAT + 10 * STEP]])
    lane = np.array([[LON + STEP, LAT + STEP], [LON + 3 * STEP, LAT + STEP]])
    far = np.array([[LON + 1.0, LAT], [LON + 1.002, LAT]])
    found.streets += [
        (("вулиця Тараса Шевченка", "Taras Shevchenko Street", "вулиця Леніна"), east),
        (("вулиця Михайла Грушевського",), north),
        (("провулок Тихий",), lane),
        (("вулиця Садова",), far),
        (("вулиця Садова",), far + [2.0, 0]),
    ]
    found.houses += [("вулиця Тараса Шевченка", str(n), LON + n * STEP, LAT) for n in (1, 3, 5, 9)]
    found.houses.append(("вулиця Тараса Шевченка", "5-А", LON + 5.2 * STEP, LAT))
    found.settlements += [(("Верхнє",), LON + 1.001, LAT), (("Нижнє",), LON + 3.001, LAT)]
    return found


@pytest.fixture(scope="module")
def book():
    return AddressBook(names())


def one(book, text, **more):
    row = book.place(
        pd.Series([text], index=[7]), **{key: pd.Series([value], index=[7]) for key, value in more.items()}
    )
    assert row.index.tolist() == [7]
    return row.iloc[0]


@pytest.mark.parametrize(
    "text",
    [
        "вулиця Тараса Шевченка, 5",
        "вул. Шевченка Т., буд. 5",
        "ВУЛ. ШЕВЧЕНКА, 5",
        "Shevchenka St 5",
        "5 Taras Shevchenko Street",
        "вул Тараса Шевчнека 5",
        "ул. Шевченка, д. 5",
        "вул. Леніна, 5",
    ],
)
def test_one_house_is_found_however_it_is_written(book, text):
    row = one(book, text)
    assert row["how"] == "house"
    assert (row["lon"], row["lat"]) == pytest.approx((LON + 5 * STEP, LAT), abs=1e-6)
    assert row["score"] > 0.8


def test_the_score_falls_with_the_doubt(book):
    exact, slip = one(book, "вулиця Тараса Шевченка, 5"), one(book, "вулиця Тараса Шевчнека, 5")
    between = one(book, "вулиця Тараса Шевченка, 7")
    assert exact["score"] == 1.0 > slip["score"]
    assert exact["score"] > between["score"]


def test_letters_of_houses_are_kept_and_gaps_filled_between_neighbours(book):
    assert one(book, "вул. Тараса Шевченка, 5а")["lon"] == pytest.approx(LON + 5.2 * STEP, abs=1e-6)
    row = one(book, "вул. Тараса Шевченка", house="7")
    assert row["how"] == "near house"
    assert row["lon"] == pytest.approx(LON + 7 * STEP, abs=0.0004)


def test_crossings_short_streets_and_villages(book):
    row = one(book, "вул. Шевченка / вул. Грушевського")
    assert (row["how"], row["lon"], row["lat"]) == (
        "crossing",
        pytest.approx(LON, abs=1e-5),
        pytest.approx(LAT, abs=1e-5),
    )
    assert one(book, "пров. Тихий, 12")["how"] == "street"
    assert one(book, "вул. Садова, 1", settlement="Верхнє")["lon"] == pytest.approx(LON + 1.001, abs=1e-4)
    assert one(book, "вул. Садова, 1", settlement="с. Нижнє")["lon"] == pytest.approx(LON + 3.001, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "why"),
    [("вул. Зелена, 4", NO_STREET), ("вул. Грушевського, 4", NO_HOUSE), ("вул. Садова, 1", MANY)],
)
def test_what_is_not_placed_says_why(book, text, why):
    row = one(book, text)
    assert row["how"] == why
    assert np.isnan(row["lon"])
    assert row["score"] == 0


def test_records_without_coordinates_are_placed_and_the_others_listed(tmp_path, book):
    path = tmp_path / "a.csv"
    path.write_text(
        "Вид;Дата;Адреса\nКрадіжка;2026-01-02;вул. Шевченка, 5, кв. 3\nГрабіж;2026-01-03;вул. Зелена, 4\nГрабіж;2026-01-03;\n",
        encoding="utf-8",
    )
    table = read_offences(path, timezone="Europe/Kyiv", addresses=lambda: book)
    assert table.records["row"].tolist() == [1]
    assert table.by_address.to_dict("records") == [{"row": 1, "score": pytest.approx(0.92), "how": "house"}]
    assert table.set_aside[["row", "reason", "value"]].to_numpy().tolist() == [
        [2, NO_STREET, "вул. Зелена, 4"],
        [3, "neither coordinates nor an address", ""],
    ]
    assert "кв" not in " ".join(table.records["street"])


def test_philadelphia_addresses_lie_where_the_records_say():
    folder = DATA / "philadelphia"
    if not folder.exists():
        pytest.skip("the shared data folder beside the checkout is absent")
    records = pd.read_csv(folder / "offences_2018.csv")
    found = read_addresses(folder / "streets.osm").place(records["location_block"].fillna(""))
    placed = found["lon"].notna()
    metres = np.hypot((found["lon"] - records["lon"]) * 85_300, (found["lat"] - records["lat"]) * 110_540)
    assert placed.mean() > 0.9
    assert metres[placed].median() < 100, "blocks are some 140 m long, and records stand at their ends"
    assert metres[found["how"] == "crossing"].median() < 15


def test_minsk_houses_left_out_are_found_between_their_neighbours():
    file = DATA / "osm" / "minsk_centre.osm"
    if not file.exists():
        pytest.skip("the shared data folder beside the checkout is absent")
    from patrolplan.io.osm_addresses import read_names

    everything = read_names(file)
    errors, n = [], len(everything.houses)
    for k in range(0, n, 3):
        street, number, lon, lat = everything.houses[k]
        rest = [house for house in everything.houses if (house[0], house[1]) != (street, number)]
        book = AddressBook(
            OsmNames(streets=everything.streets, houses=rest, settlements=everything.settlements)
        )
        row = book.place(pd.Series([f"{street}, {number}"])).iloc[0]
        if np.isfinite(row["lon"]):
            errors.append(np.hypot((row["lon"] - lon) * 65_500, (row["lat"] - lat) * 110_540))
    assert len(errors) > 0.7 * len(range(0, n, 3))
    assert np.median(errors) < 80
