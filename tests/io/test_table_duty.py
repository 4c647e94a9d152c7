# ruff: noqa: E501 - tables stand in one piece
"""Tables of officers, rosters and cameras, in English and Ukrainian, as lists and as grids."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from patrolplan.errors import InputError
from patrolplan.io.addresses import AddressBook
from patrolplan.io.osm_addresses import OsmNames
from patrolplan.io.table_read import read_table
from patrolplan.io.tables import guess_columns, read_cameras, read_officers, read_roster

KYIV = "Europe/Kyiv"
STAFF = {
    "en": "Name,First name,Hours per week,Days,Earliest,Latest,Leave,Phone,Birth date\n"
    "Koval,Olena,10,Mo-Fr,14:00,22:00,2026-11-24..2026-11-26,0671234567,01.02.1990\n"
    "Shevchuk,Ivan,7.5,,,,,0671234568,03.04.1985\n",
    "uk": "Прізвище;Ім'я;Годин на тиждень;Дні;Не раніше;Не пізніше;Відпустка;Телефон;Дата народження\n"
    "Koval;Olena;10;Пн-Пт;14:00;22:00;24.11.2026 - 26.11.2026;0671234567;01.02.1990\n"
    "Shevchuk;Ivan;7,5;;;;;0671234568;03.04.1985\n",
}
ROSTER = {
    "en list": "Officer,Date,Start,End,Phone\nA,2026-11-23,16:00,20:00,1\nB,2026-11-23,22:00,02:00,2\nA,2026-11-24,off,,1\n",
    "uk list": "ПІБ;Дата зміни;Початок;Кінець\nA;23.11.2026;16.00;20.00\nB;23.11.2026;22;2\nA;24.11.2026;вих;\n",
    "one cell": "officer,date,shift\nA,2026-11-23,16-20\nB,2026-11-23,22:00 – 02:00\nA,2026-11-24,-\n",
    "grid": "Графік чергувань\n\nПоліцейський;23.11.2026;24.11.2026\nA;16:00-20:00;в\nB;22-2;відпустка\n",
}


def write(folder, text, name="t.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize("language", list(STAFF))
def test_officers_are_read_alike_in_both_languages(language, tmp_path):
    staff = read_officers(write(tmp_path, STAFF[language]))
    assert staff["name"].tolist() == ["Koval Olena", "Shevchuk Ivan"]
    assert staff["hours_per_week"].tolist() == [10, 7.5]
    assert staff["days"].tolist() == [(0, 1, 2, 3, 4), tuple(range(7))]
    assert staff.loc[0, ["earliest_min", "latest_min"]].tolist() == [840, 1320]
    assert staff["away"].tolist() == [((dt.date(2026, 11, 24), dt.date(2026, 11, 26)),), ()]
    assert staff["pace"].tolist() == [1, 1]


@pytest.mark.parametrize("language", list(STAFF))
def test_what_else_the_table_holds_of_officers_is_left_behind(language, tmp_path):
    table = read_table(write(tmp_path, STAFF[language]), table="officers")
    assert {found.sort for found in table.personal} == {"telephone", "birth date"}


@pytest.mark.parametrize("form", list(ROSTER))
def test_every_form_of_roster_gives_the_same_shifts(form, tmp_path):
    roster = read_roster(write(tmp_path, ROSTER[form]), timezone=KYIV)
    assert roster["officer"].tolist() == ["A", "B"]
    assert [str(at) for at in roster["start"]] == ["2026-11-23 16:00:00+02:00", "2026-11-23 22:00:00+02:00"]
    assert [str(at) for at in roster["end"]] == ["2026-11-23 20:00:00+02:00", "2026-11-24 02:00:00+02:00"]
    assert roster.attrs["set_aside"] == ([] if form == "grid" else [(3, "no shift", "")])


def test_a_workbook_with_true_dates_and_clock_times_is_read(tmp_path):
    grid = pd.DataFrame(
        {"Officer": ["A"], dt.datetime(2026, 11, 23): ["16-20"], dt.datetime(2026, 11, 24): [""]}
    )
    grid.to_excel(tmp_path / "grid.xlsx", index=False)
    flat = pd.DataFrame(
        {"Officer": ["A"], "Date": [dt.date(2026, 11, 23)], "From": [dt.time(16)], "To": [dt.time(20)]}
    )
    flat.to_excel(tmp_path / "flat.xlsx", index=False)
    for name in ("grid.xlsx", "flat.xlsx"):
        roster = read_roster(tmp_path / name, timezone=KYIV)
        assert [str(at) for at in (*roster["start"], *roster["end"])] == [
            "2026-11-23 16:00:00+02:00",
            "2026-11-23 20:00:00+02:00",
        ]


def test_a_shift_over_the_night_in_which_clocks_change_keeps_its_wall_clock(tmp_path):
    roster = read_roster(write(tmp_path, "officer,date,start,end\nA,2026-10-24,22:00,06:00\n"), timezone=KYIV)
    assert (roster["end"] - roster["start"])[0] == pd.Timedelta(hours=9)


def test_faults_of_a_roster_are_gathered_by_row_and_name_nobody(tmp_path):
    path = write(
        tmp_path,
        "officer,date,start,end\nKoval,2026-11-23,16:00,20:00\nKoval,2026-11-23,19:00,21:00\n"
        "Koval,someday,16:00,20:00\n,2026-11-25,16:00,20:00\nShevchuk,2026-11-26,late,20:00\n",
    )
    with pytest.raises(InputError) as error:
        read_roster(path, timezone=KYIV, officers=["Koval", "Schevchuk"])
    assert [fault.removeprefix("t.csv: ") for fault in error.value.faults] == [
        "unreadable date in row 3; use YYYY-MM-DD",
        "no officer (row 4)",
        "unreadable times; write 16:00 and 20:00, or 16:00-20:00 (row 5)",
        "an officer is on two shifts at once (row 2); change a time",
        "officers that the plan file doesn't know (row 5); a name like it is there: check the spelling",
    ]
    assert "Koval" not in str(error.value)
    assert "hevchuk" not in str(error.value)


def test_faults_of_officers_are_gathered_by_row_and_name_nobody(tmp_path):
    path = write(
        tmp_path,
        "name,hours,pace,days,earliest,away\nKoval,10,1,Mo,08:00,\nKOVAL,99,1,Mo,08:00,\nX,1,9,soon,dawn,later\n,1,1,,,\n",
    )
    with pytest.raises(InputError) as error:
        read_officers(path)
    told = str(error.value)
    for words in (
        "no name (row 4)",
        "the same name as a row before; tell them apart (row 2)",
        "hours a week must be a number from 0 to 60 (row 2)",
        "pace must be 0.3 to 2",
        "unreadable earliest time",
        "unreadable weekdays",
        "unreadable days off",
    ):
        assert words in told
    assert "koval" not in told.casefold()


@pytest.mark.parametrize(
    ("table", "text", "columns"),
    [
        ("officers", STAFF["en"], {"name": "Name", "first_name": "First name", "hours": "Hours per week"}),
        ("roster", ROSTER["uk list"], {"officer": "ПІБ", "date": "Дата зміни", "start": "Початок", "end": "Кінець"}),
        ("cameras", "№,Назва,Широта,Довгота,Дальність\n1,a,49.8,24.0,50\n", {"lat": "Широта", "range_m": "Дальність"}),
    ],
)  # fmt: skip
def test_columns_are_guessed_with_confidence(table, text, columns, tmp_path):
    guess = guess_columns(read_table(write(tmp_path, text), table=table).frame, table=table)
    assert columns.items() <= dict(guess.columns).items()
    assert all(0.5 <= sure <= 1 for sure in guess.confidence.values())
    assert guess.confidence.keys() == guess.columns.keys()


CAMERAS = (
    "Назва;Широта;Довгота;Дальність;Вулиця;Будинок;З\n"
    "К1;49,84;24,03;60 м;;;\nК2;;;;вул. Шевченка;;2026-01-01\nК3;;;;вул. Шевченка;5;\nК4;;;;;;\n"
)


def test_cameras_stand_at_points_houses_or_whole_streets(tmp_path):
    book = AddressBook(
        OsmNames(
            streets=[(("вулиця Шевченка",), np.array([[24.03, 49.84], [24.031, 49.841]]))],
            houses=[("вулиця Шевченка", "5", 24.0305, 49.8405)],
            settlements=[],
        )
    )
    cameras = read_cameras(write(tmp_path, CAMERAS), timezone=KYIV, addresses=lambda: book)
    assert cameras["row"].tolist() == [1, 2, 3]
    assert cameras["range_m"].tolist() == [60, 40, 40]
    assert [None if point is None else (point.x, point.y) for point in cameras.geometry] == [
        (24.03, 49.84),
        None,
        (24.0305, 49.8405),
    ]
    assert cameras["street"].tolist()[1] == "вул. Шевченка"
    assert str(cameras["since"][1].date()) == "2026-01-01"
    assert [row for row, *_ in cameras.attrs["set_aside"]] == [4]


def test_a_camera_with_an_impossible_range_or_time_is_refused(tmp_path):
    text = "lon,lat,range,since,until\n24,49,-5,,\n24,49,far,,\n24,49,50,2026-05-01,2026-04-01\n"
    with pytest.raises(InputError) as error:
        read_cameras(write(tmp_path, text), timezone=KYIV)
    assert "range must be metres" in error.value.faults[0]
    assert "rows 1, 2" in error.value.faults[0]
    assert "until comes before since in row 3" in error.value.faults[1]
