# ruff: noqa: PT012 - any end but a crash is right
"""What fuzzing found, kept: databases whose error messages are no text."""

import random
import sqlite3

import pytest

from patrolplan.errors import InputError
from patrolplan.io.table_read import read_table


@pytest.mark.parametrize("ending", [".sqlite", ".gpkg"])
def test_a_schema_that_is_no_text_is_refused(ending, tmp_path):
    path = tmp_path / f"t{ending}"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE events (lon REAL, lat REAL, kind TEXT)")
    base.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
    base.commit()
    base.close()
    data = path.read_bytes()
    for k in range(60):
        chance = random.Random(k)
        at = data.index(b"CREATE TABLE events") + chance.randrange(60)
        path.write_bytes(data[:at] + b"\xff" * 8 + data[at + 8 :])
        with pytest.raises((InputError, AssertionError)):
            read_table(path)
            raise AssertionError  # read after all: fine, as long as nothing else is raised


def test_a_street_file_with_text_for_a_coordinate_is_refused(tmp_path):
    from patrolplan.io.osm import read_osm
    from patrolplan.io.osm_addresses import read_names

    path = tmp_path / "s.osm"
    path.write_text('<osm version="0.6"><node id="1" lat="49.8 https" lon="24.0"/></osm>', encoding="utf-8")
    for read in (read_osm, read_names):
        with pytest.raises(InputError):
            read(path)
