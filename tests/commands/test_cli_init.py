"""init: what is guessed is told and written down, nothing is replaced unasked, the file can be used."""

import datetime as dt
import re
import tomllib

import pytest
from cli_town import LON, MIDDLE, offence_rows, write_offences, write_streets, write_town

from patrolplan.config.settings import Settings
from patrolplan.crews import crews_of
from patrolplan.errors import InputError
from patrolplan.io.init import init_folder
from patrolplan.io.plan_file import read_plan_file

DAY = dt.date(2026, 11, 23)


@pytest.fixture
def files(tmp_path):
    write_town(tmp_path / "in")
    (tmp_path / "in" / "plan.toml").unlink()
    return {
        name: tmp_path / "in" / file
        for name, file in (("streets", "streets.osm"), ("offences", "offences.csv"))
    }


def test_the_plan_file_can_be_read_and_holds_what_was_guessed(tmp_path, files):
    started = init_folder(tmp_path / "town", **files, date=DAY)
    settings = read_plan_file(started.plan_file)
    assert settings.community.timezone == "Europe/Kyiv"
    assert settings.offences.columns.by_role() == {
        "lon": "lon",
        "lat": "lat",
        "kind": "kind",
        "start": "time",
    }
    assert [station.name for station in settings.stations] == ["Police House"]
    assert settings.plan.date == DAY
    assert [crew.shift.seconds for crew in crews_of(settings)] == [14400, 14400]
    told = " ".join(started.notes)
    for word in (
        "Europe/Kyiv: guessed",
        "1 police station",
        "columns guessed: lon = lon",
        "60 records usable",
    ):
        assert word in told


def test_files_are_named_as_seen_from_the_folder(tmp_path, files):
    text = init_folder(tmp_path / "in", **files, date=DAY).plan_file.read_text(encoding="utf-8")
    assert 'file = "streets.osm"' in text
    assert str(tmp_path) not in text


def test_without_police_the_middle_is_taken_and_said(tmp_path):
    streets = write_streets(tmp_path / "streets.osm", police=False)
    started = init_folder(tmp_path, streets=streets, date=DAY)
    assert "nearest to the middle" in " ".join(started.notes)
    (station,) = read_plan_file(started.plan_file).stations
    assert (station.lon, station.lat) == pytest.approx(MIDDLE, abs=1e-4)


def test_what_is_given_is_not_guessed(tmp_path, files):
    started = init_folder(
        tmp_path, **files, date=DAY, station=MIDDLE, officers=3, shift="22:00-02:00", timezone="Europe/Warsaw"
    )
    settings = read_plan_file(started.plan_file)
    assert settings.community.timezone == "Europe/Warsaw"
    assert {crew.shift for crew in settings.crews} == {"22:00-02:00"}
    assert len(settings.officers) == 3
    assert "guessed from the place" not in started.plan_file.read_text(encoding="utf-8")


def test_every_line_in_comments_is_a_setting_that_can_be_uncommented(tmp_path, files):
    text = init_folder(tmp_path / "in", **files, date=DAY).plan_file.read_text(encoding="utf-8")
    lines = [re.sub(r"^# (?=[a-z_]+ = )", "", line) for line in text.split("\n")]
    data = tomllib.loads("\n".join(lines))
    settings = Settings.model_validate(data)
    assert settings.crews[0].rest is not None
    defaults = Settings.model_validate(tomllib.loads(text))
    for section in ("hot_spots", "effect", "walking", "rules"):
        shown, holds = getattr(settings, section).model_dump(), getattr(defaults, section).model_dump()
        assert {k: v for k, v in shown.items() if holds[k] is not None} == {
            k: v for k, v in holds.items() if v is not None
        }


def test_the_same_inputs_give_the_same_bytes(tmp_path, files):
    first = init_folder(tmp_path / "town", **files, date=DAY).plan_file.read_bytes()
    again = init_folder(tmp_path / "town", **files, date=DAY, force=True).plan_file.read_bytes()
    assert first == again


def test_a_plan_file_is_never_replaced_unasked(tmp_path, files):
    plan_file = init_folder(tmp_path / "town", **files, date=DAY).plan_file
    plan_file.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="--force"):
        init_folder(tmp_path / "town", **files, date=DAY)
    assert plan_file.read_text(encoding="utf-8") == "mine"


def test_all_faults_of_the_options_are_told_together_and_nothing_is_written(tmp_path):
    with pytest.raises(InputError) as caught:
        init_folder(
            tmp_path / "town",
            streets=tmp_path / "none.osm",
            offences=tmp_path / "none.csv",
            station=(49.0, 132.0),
            officers=0,
            shift="16-20",
            timezone="Kyiv",
        )
    assert len(caught.value.faults) == 6
    assert not (tmp_path / "town").exists()


def test_a_swapped_station_is_told(tmp_path, files):
    with pytest.raises(InputError, match="swapped"):
        init_folder(tmp_path / "town", **files, date=DAY, station=(MIDDLE[1], MIDDLE[0]))
    assert not (tmp_path / "town").exists()


def test_a_station_far_away_is_told_with_where_the_streets_lie(tmp_path, files):
    with pytest.raises(InputError, match=f"between longitude {LON:.4f}"):
        init_folder(tmp_path / "town", **files, date=DAY, station=(30.5, 50.4))


def test_a_table_that_needs_care_does_not_stop_the_start(tmp_path, files):
    rows = [(lon, lat, kind, "soon") for lon, lat, kind, _ in offence_rows(40)]
    swapped = [(lat, lon, kind, time) for lon, lat, kind, time in offence_rows(40)]
    for rows_written in (rows, swapped):
        write_offences(files["offences"], rows_written)
        started = init_folder(tmp_path / "town", **files, date=DAY, force=True)
        assert read_plan_file(started.plan_file).offences is not None


def test_awkward_names_survive(tmp_path, files):
    folder = tmp_path / 'Місто "Сонячне" \\ ім. Шевченка'
    settings = read_plan_file(init_folder(folder, **files, date=DAY).plan_file)
    assert settings.community.name == folder.name
