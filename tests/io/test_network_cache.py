"""Kept streets: equal to those read, never stale, made anew where damaged."""

import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from osm_town import LAT, LON, cross

from patrolplan.errors import InputError
from patrolplan.graph.clean import CleanRules
from patrolplan.io import network_cache
from patrolplan.io.network_cache import cached_streets


@pytest.fixture
def town(tmp_path):
    town = cross()
    town.node(10, 10, amenity="school", name="Школа")
    town.node(0, 0, place="village", name="Тест")
    return town.write(tmp_path / "town.osm")


@pytest.fixture
def reads(monkeypatch):
    """How often the file itself was read."""
    calls = []

    def read(*args, **options):
        calls.append(args)
        return real(*args, **options)

    real = network_cache.read_streets
    monkeypatch.setattr(network_cache, "read_streets", read)
    return calls


def same(one, other):
    for frame, twin in (
        (one.network.segments, other.network.segments),
        (one.network.nodes, other.network.nodes),
        (one.places, other.places),
        (one.settlements, other.settlements),
    ):
        assert_geodataframe_equal(frame, twin)
    return one.network.report == other.network.report and one.timestamp == other.timestamp


def test_what_is_kept_is_what_was_read(town, tmp_path, reads):
    told = []
    first = cached_streets(town, folder=tmp_path / "kept")
    again = cached_streets(town, folder=tmp_path / "kept", on_progress=told.append)
    assert same(first, again)
    assert len(reads) == 1
    assert told == ["streets as kept from the last time"]
    assert again.places["name"].tolist() == ["Школа"]
    assert (tmp_path / "kept" / ".gitignore").read_text() == "*\n"


def test_a_town_without_places_is_kept_too(tmp_path, reads):
    bare = cross().write(tmp_path / "bare.osm")
    first = cached_streets(bare, folder=tmp_path / "kept")
    assert same(first, cached_streets(bare, folder=tmp_path / "kept"))
    assert len(reads) == 1


def test_whatever_differs_is_read_anew(town, tmp_path, reads, monkeypatch):
    kept = {"folder": tmp_path / "kept"}
    near = shapely.box(LON - 0.1, LAT - 0.1, LON + 0.001, LAT + 0.1)
    cached_streets(town, **kept)
    cached_streets(town, **kept, boundary=near)
    cached_streets(town, **kept, rules=CleanRules(junction_m=5.0))
    town.write_text(town.read_text().replace("Main Street", "High Street"))
    assert "High Street" in set(cached_streets(town, **kept).network.segments["name"])
    monkeypatch.setattr(network_cache, "__version__", "99")
    cached_streets(town, **kept)
    assert len(reads) == 5
    cached_streets(town, **kept, boundary=near)
    cached_streets(town, **kept, boundary=shapely.reverse(near))  # the same area, drawn the other way
    assert len(reads) == 6


@pytest.mark.parametrize("harm", ["cut", "changed", "emptied", "swapped"])
def test_damage_is_noticed_and_mended(town, tmp_path, reads, harm):
    first = cached_streets(town, folder=tmp_path / "kept")
    (file,) = (tmp_path / "kept").glob("*.npz")
    content = bytearray(file.read_bytes())
    if harm == "changed":
        content[len(content) // 2] ^= 0xFF
    file.write_bytes({"cut": content[:-100], "emptied": b"", "swapped": b"PK other"}.get(harm, content))
    assert same(first, cached_streets(town, folder=tmp_path / "kept"))
    assert len(reads) == 2
    assert same(first, cached_streets(town, folder=tmp_path / "kept"))
    assert len(reads) == 2


def test_only_the_last_few_are_kept(town, tmp_path, monkeypatch):
    monkeypatch.setattr(network_cache, "KEPT", 2)
    for junction_m in (5.0, 6.0, 7.0, 8.0):
        cached_streets(town, folder=tmp_path / "kept", rules=CleanRules(junction_m=junction_m))
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 2


def test_without_a_folder_or_where_none_can_be_made_streets_are_read(town, tmp_path, reads):
    cached_streets(town, folder=None)
    (tmp_path / "file").write_text("in the way")
    cached_streets(town, folder=tmp_path / "file")
    cached_streets(town, folder=tmp_path / "no" / "such" / "place")
    assert len(reads) == 3
    with pytest.raises(InputError, match="no such file"):
        cached_streets(tmp_path / "none.osm", folder=tmp_path / "kept")
