"""Tables in: encodings, columns, coordinates, times, and every sort of bad input."""

import pathlib
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrolplan.errors import InputError
from patrolplan.io.table_columns import guess_columns
from patrolplan.io.table_times import read_times
from patrolplan.io.tables import read_offences, read_places, read_problems

DATA = pathlib.Path(__file__).parents[2].parent / "shared" / "data"
ZONE = "Europe/Kyiv"
TODAY = date(2026, 11, 22)


def written(folder, text, *, name="offences.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def offences(folder, text, *, encoding="utf-8", **options):
    path = written(folder, text, encoding=encoding)
    return read_offences(path, timezone=ZONE, today=TODAY, **options)


def reasons(table):
    return dict(zip(table.set_aside["row"], table.set_aside["reason"], strict=True))


UKRAINIAN = (
    "Номер;Вид;Довгота;Широта;Дата вчинення;Адреса;Прізвище\n"
    "1;Крадіжка;24,0297;49,8397;21.10.2026 18:30;вул. Шевченка, 5;Іваненко\n"
    "2;Грабіж;24,0301;49,8402;03.10.2026;просп. Свободи, 1;Петренко\n"
    "3;Хуліганство;24,0310;49,8410;09.2026;площа Ринок;Коваль\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_ukrainian_register_is_read_in_any_encoding(tmp_path, encoding):
    table = offences(tmp_path, UKRAINIAN, encoding=encoding)
    records = table.records
    assert records["kind"].tolist() == ["Крадіжка", "Грабіж", "Хуліганство"]
    assert records["precision"].tolist() == ["minute", "date", "month"]
    assert str(records["start"][0]) == "2026-10-21 18:30:00+03:00"
    assert (records.geometry.x[0], records.geometry.y[0]) == (24.0297, 49.8397)
    assert records["street"][0] == "вул. Шевченка, 5"


def test_nothing_personal_is_carried_on(tmp_path):
    records = offences(tmp_path, UKRAINIAN).records
    assert records.columns.tolist() == ["row", "kind", "start", "end", "precision", "street", "geometry"]
    assert (
        not records.drop(columns="geometry")
        .astype("str")
        .apply(lambda cells: cells.str.contains("Іваненко"))
        .any(axis=None)
    )


def test_a_day_and_a_month_stay_what_they_are(tmp_path):
    records = offences(tmp_path, UKRAINIAN).records
    day, month = records.iloc[1], records.iloc[2]
    assert (str(day["start"].date()), str(day["end"].date())) == ("2026-10-03", "2026-10-04")
    assert (str(month["start"].date()), str(month["end"].date())) == ("2026-09-01", "2026-10-01")


def lines(*rows, header="lon,lat,kind,start,end"):
    return "\n".join([header, *rows]) + "\n"


def test_windows_are_kept_and_odd_ends_told(tmp_path):
    table = offences(
        tmp_path,
        lines(
            "24.03,49.84,theft,2026-10-20 22:00,2026-10-21 07:00",
            "24.03,49.84,theft,2026-10-20 22:00,",
            "24.03,49.84,theft,2026-10-20 22:00,2026-10-20 21:00",
            "24.03,49.84,theft,2026-10-20 22:00,2026-10-20 22:00",
            "24.03,49.84,theft,2026-10-20,2026-10-22",
        ),
    )
    assert table.records["precision"].tolist() == ["window", "minute", "date", "minute", "window"]
    assert str(table.records["end"][4]) == "2026-10-23 00:00:00+03:00"
    assert any("1 windows end before they start" in note and "row 3" in note for note in table.notes)


def test_a_clock_in_its_own_column_joins_its_date(tmp_path):
    table = offences(tmp_path, lines("24.03,49.84,theft,2026-10-20,22:15", header="lon,lat,kind,date,time"))
    assert str(table.records["start"][0]) == "2026-10-20 22:15:00+03:00"


def test_a_utc_column_beside_a_local_one_is_left(tmp_path):
    table = offences(
        tmp_path,
        lines(
            "24.03,49.84,theft,2026-10-20 19:00:00+00,2026-10-20 22:00",
            header="lon,lat,kind,dispatch_date,occurred_at",
        ),
    )
    assert table.records["start"][0].hour == 22
    assert any("dispatch_date: in UTC, left aside" in note for note in table.notes)


def test_a_lone_utc_column_is_moved_to_local_time(tmp_path):
    table = offences(tmp_path, lines("24.03,49.84,theft,2026-10-20T19:00:00Z", header="lon,lat,kind,date"))
    assert str(table.records["start"][0]) == "2026-10-20 22:00:00+03:00"


def test_the_hour_that_clocks_skip_is_moved_and_told(tmp_path):
    table = offences(
        tmp_path, lines("24.03,49.84,theft,2026-03-29 03:30,", "24.03,49.84,theft,2026-10-25 03:30,")
    )
    assert table.records["start"][0].hour == 4
    assert table.records["start"][1].hour == 3
    assert any("clocks skip" in note for note in table.notes)


def test_far_too_many_midnights_are_days_without_an_hour(tmp_path):
    rows = [f"24.03,49.84,theft,2026-10-{d:02d} 00:00," for d in range(1, 21)]
    table = offences(tmp_path, lines(*rows, "24.03,49.84,theft,2026-10-20 12:00,"))
    assert (table.records["precision"] == "date").sum() == 20
    assert any("20 records stand at 00:00 sharp" in note for note in table.notes)


def test_a_few_midnights_are_midnights(tmp_path):
    rows = [f"24.03,49.84,theft,2026-10-{1 + d % 20:02d} {d % 24:02d}:{d % 60:02d}," for d in range(1, 100)]
    table = offences(tmp_path, lines(*rows, "24.03,49.84,theft,2026-10-20 00:00,"))
    assert (table.records["precision"] == "minute").all()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["13/04/2026", "03/04/2026"], ["2026-04-13", "2026-04-03"]),
        (["04/13/2026", "03/04/2026"], ["2026-04-13", "2026-03-04"]),
        (["03.04.2026", "05.04.2026"], ["2026-04-03", "2026-04-05"]),
        (["2026/04/03", "2026.04.05"], ["2026-04-03", "2026-04-05"]),
        (["04/13/2026 01:30 PM", "04/14/2026 12:10 AM"], ["2026-04-13", "2026-04-14"]),
    ],
)
def test_day_and_month_are_told_apart_by_proof(values, expected):
    times = read_times(pd.Series(values, index=[1, 2]), timezone=ZONE)
    assert [str(day.date()) for day in times.start] == expected


def test_am_and_pm_are_read():
    times = read_times(pd.Series(["04/13/2026 01:30 PM", "04/14/2026 12:10 AM"]), timezone=ZONE)
    assert times.start.dt.hour.tolist() == [13, 0]


def test_day_and_month_that_cannot_be_told_apart_are_an_error():
    with pytest.raises(InputError, match="give day_first"):
        read_times(pd.Series(["03/04/2026"]), timezone=ZONE)
    assert read_times(pd.Series(["03/04/2026"]), timezone=ZONE, day_first=False).start[0].month == 3


@given(st.datetimes(min_value=pd.Timestamp("1990-01-01"), max_value=pd.Timestamp("2100-01-01")))
def test_every_form_of_an_instant_reads_alike(instant):
    forms = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M", "%Y/%m/%d %H:%M:00"]
    times = read_times(pd.Series([instant.strftime(form) for form in forms]), timezone="UTC", day_first=True)
    assert (times.precision == "minute").all()
    assert (times.start == times.start[0]).all()
    assert times.start[0].strftime("%Y-%m-%d %H:%M") == instant.strftime("%Y-%m-%d %H:%M")


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_unread_but_never_a_crash(text):
    times = read_times(pd.Series([text]), timezone=ZONE, day_first=True)
    assert bool(times.unread[0]) == (bool(text.strip()) and times.precision[0] == "none")


def test_bad_rows_are_set_aside_with_their_number_and_reason(tmp_path):
    table = offences(
        tmp_path,
        lines(
            "24.03,49.84,theft,2026-10-20 22:00,",
            "0,0,theft,2026-10-20 22:00,",
            ",,theft,2026-10-20 22:00,",
            "24.03,49.84,theft,2027-01-01 10:00,",
            "300000,5500000,theft,2026-10-20 22:00,",
            "24.03,49.84,theft,someday,",
            "24.03,149.84,theft,2026-10-20 22:00,",
            "1,2,3,4,5,6,7",
        ),
    )
    assert reasons(table) == {
        2: "coordinates 0, 0",
        3: "no coordinates",
        4: "in the future (after 2026-11-22)",
        5: "in another coordinate system than the rest (no degrees)",
        7: "latitude and longitude swapped",
        8: "more fields than the header",
    }
    assert table.records["row"].tolist() == [1, 6]
    assert table.records["precision"].tolist() == ["minute", "none"]
    assert any("1 unreadable times" in note and "row 6" in note for note in table.notes)


def test_blank_lines_do_not_move_row_numbers(tmp_path):
    table = offences(tmp_path, lines("24.03,49.84,a,2026-10-20,", "", "24.03,49.84,b,2026-10-20,"))
    assert table.records["row"].tolist() == [1, 3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("lon,lat,kind\n", "no data rows"),
        (lines("theft,2026-10-20", header="kind,date"), "no columns of longitude and latitude"),
        (lines(",,theft,2026-10-20,"), "no row has coordinates"),
        (lines("-33.9,151.2,theft,2026-10-20,"), "latitude and longitude look swapped"),
        (lines("500000,5500000,theft,2026-10-20,"), "are no degrees"),
        (lines("24.03,49.84,theft,2030-10-20,"), "no usable record: in the future"),
    ],
)
def test_tables_that_cannot_be_used_say_why(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        offences(tmp_path, text)


def test_missing_files_folders_and_unknown_forms(tmp_path):
    for path, message in (
        (tmp_path / "none.csv", "no such file"),
        (tmp_path, "is a folder"),
        (written(tmp_path, "x", name="a.docx"), "unknown file form"),
        (written(tmp_path, "not json", name="a.geojson"), "can't be read"),
    ):
        with pytest.raises(InputError, match=message):
            read_offences(path, timezone=ZONE)


def test_a_time_zone_must_exist(tmp_path):
    with pytest.raises(InputError, match="no such time zone: 'Kyiv'"):
        read_offences(written(tmp_path, UKRAINIAN), timezone="Kyiv")


def test_named_columns_must_exist_and_roles_be_known(tmp_path):
    with pytest.raises(InputError, match="2 faults") as error:
        offences(tmp_path, UKRAINIAN, columns={"lon": "X", "colour": "Y"})
    assert "no column 'X' (for lon)" in str(error.value)
    assert "unknown role 'colour'" in str(error.value)


def test_metres_are_read_with_their_system(tmp_path):
    point = gpd.GeoSeries.from_xy([24.03], [49.84], crs=4326).to_crs(32635).iloc[0]
    table = offences(tmp_path, lines(f"{point.x},{point.y},theft,2026-10-20,"), crs="EPSG:32635")
    assert table.records.geometry.x[0] == pytest.approx(24.03)


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp"])
def test_layers_are_read_in_their_own_system(tmp_path, name):
    frame = gpd.GeoDataFrame(
        {"kind": ["theft", "robbery"], "date": ["2026-10-20 22:00", "2026-10-21"]},
        geometry=gpd.GeoSeries.from_xy([24.03, 24.04], [49.84, 49.85], crs=4326),
    )
    if not name.endswith("geojson"):
        frame = frame.to_crs(32635)
    frame.to_file(tmp_path / name)
    table = read_offences(tmp_path / name, timezone=ZONE, today=TODAY)
    assert table.records["precision"].tolist() == ["minute", "date"]
    assert table.records.geometry.x.tolist() == pytest.approx([24.03, 24.04])


def test_a_layer_without_a_system_is_refused(tmp_path):
    frame = gpd.GeoDataFrame({"kind": ["theft"]}, geometry=gpd.GeoSeries.from_xy([24.03], [49.84]))
    frame.set_crs(4326).to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(InputError, match="doesn't say its coordinate system"):
        read_offences(tmp_path / "a.shp", timezone=ZONE)


def test_guesses_follow_contents_too():
    frame = pd.DataFrame(
        {
            "x": ["24.03"] * 40,
            "y": ["49.84"] * 40,
            "id": [str(n) for n in range(40)],
            "Crime type": ["theft", "robbery"] * 20,
            "Description": [f"words {n}" for n in range(40)],
            "Month": ["2026-09"] * 40,
        }
    )
    guess = guess_columns(frame)
    assert dict(guess.columns) == {"lon": "x", "lat": "y", "kind": "Crime type", "start": "Month"}
    assert all(0.5 <= sure <= 1 for sure in guess.confidence.values())


def test_places_of_the_user(tmp_path):
    text = (
        "kind,name,lon,lat,weight,opening_hours\n"
        "Market,Bazaar,24.03,49.84,9,Sa 07:00-13:00\n"
        "school,S1,24.04,49.85,,\n"
        "x,y,,,,\n"
    )
    places = read_places(written(tmp_path, text, name="places.csv"))
    assert places["kind"].tolist() == ["market", "school"]
    assert places["weight"].tolist() == pytest.approx([9, np.nan], nan_ok=True)
    assert places.attrs["set_aside"] == [(3, "no coordinates", "")]
    with pytest.raises(InputError, match="no column of kinds"):
        read_places(written(tmp_path, "lon,lat\n24.0,49.0\n", name="p.csv"))


def test_problems_of_residents(tmp_path):
    text = (
        "place,street,lon,lat,hours,days,since,until,seriousness,text\n"
        "kiosk,,24.03,49.84,18:00-23:00,Fr-Sa,2026-09-01,,3,drinking\n"
        ",вул. Шевченка,,,,,,2026-10,,speeding\n"
        ",,,,,,,,,nowhere\n"
    )
    problems = read_problems(written(tmp_path, text, name="problems.csv"), timezone=ZONE)
    assert problems["row"].tolist() == [1, 2]
    assert problems["seriousness"].tolist() == [3, 2]
    assert str(problems["until"][1].date()) == "2026-10-31"
    assert problems.geometry.isna().tolist() == [False, True]
    assert problems.attrs["set_aside"] == [(3, "no coordinates", "")]


def test_all_faults_of_a_problem_table_come_together(tmp_path):
    text = (
        "street,hours,days,since,seriousness\n"
        "A,evening,Mo,2026-01-01,1\n"
        "B,18:00-20:00,Xx,2026-01-01,1\n"
        "C,,,soon,1\n"
        "D,,,,9\n"
    )
    with pytest.raises(InputError, match="4 faults") as error:
        read_problems(
            written(tmp_path, text, name="problems.csv"),
            timezone=ZONE,
            columns={r: r for r in ("street", "hours", "days", "since", "seriousness")},
        )
    for words in ("row 1", "row 2", "unreadable since in row 3", "seriousness must be 1, 2 or 3 (row 4)"):
        assert words in str(error.value)


@pytest.mark.parametrize(
    ("file", "zone", "count", "precision"),
    [
        ("philadelphia/offences_2018.csv", "America/New_York", 5487, "minute"),
        ("baltimore/offences_june_2016.csv", "America/New_York", 515, "minute"),
        ("london/offences_monthly.csv", "Europe/London", 10581, "month"),
    ],
)
def test_real_tables_are_read_without_a_word(file, zone, count, precision):
    path = DATA / file
    if not path.exists():
        pytest.skip("the shared data folder beside the checkout is absent")
    table = read_offences(path, timezone=zone)
    assert len(table) == count
    assert (table.records["precision"] == precision).all()
    assert table.records["start"].notna().all()
    assert table.set_aside.empty
