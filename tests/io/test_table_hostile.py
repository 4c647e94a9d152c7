# ruff: noqa: E501 - hostile contents stand in one piece
"""Hostile files end in a plain error, soon and without eating the memory."""

import os
import sqlite3
import time
import tracemalloc
import zipfile

import pytest

from patrolplan.errors import InputError
from patrolplan.io.readers.guard import MOST_UNPACKED
from patrolplan.io.table_read import read_table

SHEET = "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>{}</sheetData></worksheet>"


def packed(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def zip_bomb(folder):
    with (
        zipfile.ZipFile(folder / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(zipfile.ZipInfo("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as file,
    ):
        for _ in range(60):
            file.write(b" " * (1 << 20))
    return folder / "t.xlsx"


def far_cell(folder):
    cells = "<row r='1'><c r=\"A1\"><v>1</v></c></row><row r='1048576'><c r=\"XFD1048576\"><v>2</v></c></row>"
    return packed(folder / "t.xlsx", {"xl/worksheets/sheet1.xml": SHEET.format(cells)})


def ods_repeats(folder):
    cell = (
        "<table:table-cell office:value-type='float' office:value='1' table:number-columns-repeated='16384'/>"
    )
    body = (
        "<office:document-content xmlns:office='o' xmlns:table='t'><table:table>"
        f"<table:table-row table:number-rows-repeated='1048576'>{cell}</table:table-row></table:table></office:document-content>"
    )
    return packed(folder / "t.ods", {"content.xml": body})


def ods_entities(folder):
    body = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><x>&b;</x>"
    return packed(folder / "t.ods", {"content.xml": body})


def open_quote(folder):
    rows = "".join(f"24.03,49.84,theft,2026-01-{1 + k % 28:02d}\n" for k in range(30_000))
    (folder / "t.csv").write_text(
        'lon,lat,kind,date\n24.03,49.84,"theft,2026-01-01\n' + rows, encoding="utf-8"
    )
    return folder / "t.csv"


def huge_field(folder):
    (folder / "t.csv").write_text(
        "lon,lat,kind,date\n24.03,49.84," + "x" * 3_000_000 + ",2026-01-01\n", encoding="utf-8"
    )
    return folder / "t.csv"


def deep_json(folder):
    (folder / "t.geojson").write_text(
        '{"type":"FeatureCollection","features":' + "[" * 200_000, encoding="utf-8"
    )
    return folder / "t.geojson"


def endless_view(folder):
    path = folder / "t.sqlite"
    base = sqlite3.connect(path)
    base.execute(
        "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x, x AS y FROM c"
    )
    base.commit()
    base.close()
    return path


def lying_shapefile(folder):
    (folder / "t.shp").write_bytes(b"\x00\x00\x27\x0a" + b"\xff" * 96)
    (folder / "t.shx").write_bytes(b"\x00\x00\x27\x0a" + b"\x7f" * 96)
    (folder / "t.dbf").write_bytes(b"\x03\x5f\x07\x1a\xff\xff\xff\x7f\xff\xff\xff\xff" + b"\xff" * 60)
    return folder / "t.shp"


def pipe(folder):
    os.mkfifo(folder / "t.csv")
    return folder / "t.csv"


@pytest.mark.parametrize(
    "make",
    [
        zip_bomb,
        far_cell,
        ods_repeats,
        ods_entities,
        open_quote,
        huge_field,
        deep_json,
        endless_view,
        lying_shapefile,
        pipe,
    ],
    ids=lambda make: make.__name__,
)
def test_it_ends_soon_with_a_plain_error(make, tmp_path):
    path = make(tmp_path)
    tracemalloc.start()
    begun = time.perf_counter()
    try:
        with pytest.raises(InputError) as error:
            read_table(path, table="offences")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - begun < 10
    assert peak < 200_000_000
    assert len(str(error.value)) < 1_000
    assert "Traceback" not in str(error.value)


def test_the_bounds_are_told_by_sizes_not_by_trying():
    assert MOST_UNPACKED == 2**30


def test_a_link_to_a_device_is_no_table(tmp_path):
    (tmp_path / "t.csv").symlink_to("/dev/zero")
    with pytest.raises(InputError, match="no plain file"):
        read_table(tmp_path / "t.csv")


def test_a_name_that_is_a_path_within_gdal_is_just_a_missing_file():
    for name in ("/vsicurl/http://example.invalid/x.geojson", "/vsizip/x.zip/t.shp"):
        with pytest.raises(InputError, match="no such file"):
            read_table(name)
