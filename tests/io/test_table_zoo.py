"""Every animal of the zoo is read to the same records, or refused with the reason; the page says so too."""

import importlib.util
import sys
from pathlib import Path

import pytest

from patrolplan.errors import InputError
from patrolplan.io.tables import read_offences

sys.path.insert(0, str(Path(__file__).parent))
from zoo import TODAY, TRUE, ZONE, ZOO, layer, same

PAGE = Path(__file__).parents[2] / "docs" / "data-in.md"


@pytest.mark.parametrize("name", list(ZOO))
def test_each_is_read_to_the_same_records_or_refused_with_the_reason(name, tmp_path):
    _, write, options, refused = ZOO[name]
    path = write(tmp_path)
    if refused:
        with pytest.raises(InputError, match=refused):
            read_offences(path, timezone=ZONE, today=TODAY, **options)
    else:
        assert same(read_offences(path, timezone=ZONE, today=TODAY, **options).records) == ""


def test_the_zoo_is_large_and_stands_on_the_page():
    assert len(ZOO) >= 60
    text = PAGE.read_text(encoding="utf-8")
    for name, (odd, _, _, refused) in ZOO.items():
        assert f"| {name} | {odd} | {'refused' if refused else 'read'} |" in text


def test_broken_rows_are_set_aside_with_their_numbers(tmp_path):
    _, write, options, _ = ZOO["broken rows"]
    table = read_offences(write(tmp_path), timezone=ZONE, today=TODAY, **options)
    n = len(TRUE)
    assert dict(zip(table.set_aside["row"], table.set_aside["reason"])) == {
        n + 1: "more fields than the header",
        n + 3: "coordinates 0, 0",
        n + 4: "no coordinates",
    }


def test_parquet_is_read_where_its_library_is_there(tmp_path):
    path = tmp_path / "t.parquet"
    if importlib.util.find_spec("pyarrow") is None:
        path.write_bytes(b"PAR1 and so on")
        with pytest.raises(InputError, match="pip install pyarrow"):
            read_offences(path, timezone=ZONE)
        return
    layer().to_parquet(path)
    assert same(read_offences(path, timezone=ZONE, today=TODAY).records) == ""
