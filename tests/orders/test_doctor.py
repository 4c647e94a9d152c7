"""The doctor: one fault put in, one finding told, with a remedy that the plan file takes."""

import tomllib

import geopandas as gpd
import numpy as np
import pandas as pd
from cli_town import offence_rows, plan_text, write_offences, write_streets
from click.testing import CliRunner

from patrolplan.cli import main
from patrolplan.config.settings import Settings
from patrolplan.orders.check.doctor import diagnose, diagnosis_lines
from patrolplan.risk.offences import Offences, no_set_aside

NOTHING = no_set_aside().assign(source="")


def offences(n=120, *, lon=None, start=None, kind=None, **more):
    chance = np.random.default_rng(1)
    x = chance.uniform(24.0, 24.1, n) if lon is None else lon
    at = pd.Timestamp("2026-01-05", tz="Europe/Kyiv") + pd.to_timedelta(np.arange(n) * 37, unit="h")
    records = gpd.GeoDataFrame(
        {
            "row": np.arange(1, n + 1),
            "kind": kind or "theft",
            "start": at if start is None else start,
            "end": pd.NaT,
            "precision": "minute",
            "street": "",
        },
        geometry=gpd.points_from_xy(x, np.full(n, 49.8)),
        crs="EPSG:4326",
    )
    records["end"] = pd.Series(pd.NaT, index=records.index, dtype=records["start"].dtype)
    return Offences(records=records, set_aside=no_set_aside(), timezone="Europe/Kyiv", **more)


def told(table, aside=NOTHING):
    return [(finding.severity, finding.what) for finding in diagnose(table, aside).findings]


def assert_a_plan_file_takes(remedy):
    given = tomllib.loads(remedy)
    base = {"community": {"name": "T", "timezone": "Europe/Kyiv"}, "streets": {"file": "s.osm"}}
    given.setdefault("offences", {}).setdefault("file", "o.csv")
    Settings.model_validate({**base, **given})


def test_sound_records_raise_nothing():
    assert told(offences()) == []


def test_doubles_are_counted_and_named():
    table = offences()
    twice = pd.concat(
        [table.records, table.records.head(5).assign(row=[121, 122, 123, 124, 125])], ignore_index=True
    )
    ((severity, what),) = told(Offences(records=twice, set_aside=no_set_aside(), timezone="Europe/Kyiv"))
    assert severity == "warning"
    assert "5 records tell the same as one before" in what
    assert "rows 121, 122, 123, 124, 125" in what


def test_different_ids_are_no_doubles():
    table = offences(lon=np.full(120, 24.0), start=pd.Timestamp("2026-01-05 12:00", tz="Europe/Kyiv"))
    ids = pd.Series(np.arange(120, dtype="uint64") + 1, index=np.arange(1, 121))
    with_ids = Offences(records=table.records, set_aside=no_set_aside(), timezone="Europe/Kyiv", ids=ids)
    assert any("tell the same" in what for _, what in told(table))
    assert not any("tell the same" in what for _, what in told(with_ids))


def test_a_pile_up_is_told_with_its_place():
    lon = np.random.default_rng(2).uniform(24.0, 24.1, 120)
    lon[:20] = 24.05
    ((severity, what),) = told(offences(lon=lon))
    assert severity == "warning"
    assert "20 of 120 records stand at one point (24.05000, 49.80000)" in what


def test_places_rounded_to_blocks_are_a_note():
    lon = np.repeat(np.linspace(24.0, 24.1, 12), 10)
    assert [severity for severity, _ in told(offences(lon=lon))] == ["note"] * len(told(offences(lon=lon)))
    assert any("places are rounded: 120 records at 12 points" in what for _, what in told(offences(lon=lon)))


def test_months_without_records_bring_a_since_to_paste():
    at = pd.Series(pd.date_range("2026-01-01", periods=120, freq="2D", tz="Europe/Kyiv"))
    at = at.where(~at.dt.month.isin([3, 4]), at + pd.Timedelta(days=92))
    (finding,) = diagnose(offences(start=at), NOTHING).findings
    assert "no record in 2 months in between (2026-03, 2026-04)" in finding.what
    assert finding.remedy == "[offences]\nsince = 2026-05-01"
    assert_a_plan_file_takes(finding.remedy)


def test_far_records_bring_a_distance_to_paste():
    aside = pd.DataFrame(
        {"source": "offences", "row": range(1, 21), "reason": "more than 50 m from any street", "value": ""}
    )
    (finding,) = diagnose(offences(), aside).findings
    assert "20 records lie farther than 50 m" in finding.what
    assert_a_plan_file_takes(finding.remedy)


def test_guessed_columns_become_lines_of_the_plan_file():
    columns = {"lon": 'Довгота "X"', "lat": "Широта", "kind": "Вид\\тип"}
    table = offences(
        notes=("t.csv: columns guessed: lon", "t.csv: read as cp1251 (found out)"), columns=columns
    )
    guessed, encoding = diagnose(table, NOTHING).findings
    assert tomllib.loads(guessed.remedy) == {"offences": {"columns": columns}}
    assert_a_plan_file_takes(guessed.remedy)
    assert_a_plan_file_takes(encoding.remedy)
    lines = diagnosis_lines(diagnose(table, NOTHING))
    assert '    encoding = "cp1251"' in lines


def test_check_writes_a_page_and_the_rows_set_aside_and_ends_by_severity(tmp_path):
    write_streets(tmp_path / "streets.osm")
    rows = [*offence_rows(), ("0", "0", "theft", "2026-05-01T18:00"), *offence_rows()[:5]]
    write_offences(tmp_path / "offences.csv", rows)
    (tmp_path / "plan.toml").write_text(plan_text(), encoding="utf-8")
    page, aside = tmp_path / "check.html", tmp_path / "aside.csv"
    run = ["check", str(tmp_path / "plan.toml"), "--html", str(page), "--set-aside", str(aside)]
    assert CliRunner().invoke(main, run).exit_code == 0
    html = page.read_text(encoding="utf-8")
    assert "tell the same as one before" in html
    assert "<svg" in html
    assert "http://" not in html
    assert "https://" not in html
    assert aside.read_text(encoding="utf-8").splitlines()[:2] == [
        "table,row,reason,value",
        'offences,61,"coordinates 0, 0","0, 0"',
    ]
    again = CliRunner().invoke(main, run)
    assert (again.exit_code, "use --force" in again.output) == (1, True)
    assert CliRunner().invoke(main, [*run, "--force", "--strict"]).exit_code == 4
    assert CliRunner().invoke(main, ["check", str(tmp_path / "none.toml")]).exit_code == 1
