"""Damaged and hostile street files: told in one line, in bounded time and memory."""

from __future__ import annotations

import bz2
import gzip
import random
import struct
import time
import zlib
from contextlib import suppress

import osmium
import pytest
import shapely
from osm_town import LAT, LON, cross

from patrolplan.errors import InputError
from patrolplan.io.osm import read_osm
from patrolplan.io.osm_boundary import read_osm_boundary

AROUND = shapely.box(LON - 0.1, LAT - 0.1, LON + 0.1, LAT + 0.1)
LONGEST_S = 5.0


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    """One town in every form, by the ending of its name."""
    folder = tmp_path_factory.mktemp("whole")
    town = cross()
    town.way((10, 10), (40, 10), (40, 40), (10, 10), amenity="school")
    xml = town.write(folder / "town.osm")
    with osmium.SimpleWriter(str(folder / "town.osm.pbf")) as writer:
        for entity in osmium.FileProcessor(str(xml)):
            writer.add(entity)
    text = xml.read_bytes()
    packed = (folder / "town.osm.pbf").read_bytes()
    return {
        ".osm": text,
        ".osm.bz2": bz2.compress(text),
        ".osm.gz": gzip.compress(text),
        ".osm.pbf": packed,
    }


def field(number: int, value: bytes | int) -> bytes:
    """A field of a protocol buffers message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    octets = b""
    while value > 0x7F:
        octets += bytes([value & 0x7F | 0x80])
        value >>= 7
    return octets + bytes([value])


def blob(kind: bytes, content: bytes, *, says: int | None = None) -> bytes:
    header = field(1, kind) + field(3, len(content) if says is None else says)
    return struct.pack(">I", len(header)) + header + content


HEAD = blob(b"OSMHeader", field(1, field(4, b"OsmSchema-V0.6")))
BOMB = field(2, 400 * 2**20) + field(3, zlib.compress(bytes(400 * 2**20), 1))


@pytest.mark.parametrize(
    "content",
    [
        HEAD + blob(b"OSMData", BOMB),
        struct.pack(">I", 2**31) + b"x" * 100,
        HEAD + blob(b"OSMData", b"", says=2**31),
        HEAD + blob(b"OSMData", field(1, b"\xff" * 2_000_000)),
        HEAD + blob(b"OSMData", field(1, field(2, field(2, field(1, b"\xff" * 200_000))))),
        HEAD + blob(b"OSMData", field(1, field(17, 2**64 - 1) + field(2, field(2, field(8, b"\x02"))))),
        HEAD + blob(b"OSMData", field(7, b"no known packing")),
    ],
    ids=["bomb", "long header", "long blob", "endless number", "endless ids", "granularity", "packing"],
)
@pytest.mark.parametrize("boundary", [None, AROUND], ids=["whole", "clipped"])
def test_blocks_that_lie_about_themselves(tmp_path, content, boundary):
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(content)
    began = time.perf_counter()
    with pytest.raises(InputError, match=r"not a readable|no walkable"):
        read_osm(path, boundary=boundary)
    assert time.perf_counter() - began < LONGEST_S


@pytest.mark.parametrize("ending", [".osm", ".osm.bz2", ".osm.gz", ".osm.pbf"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_files_cut_off_are_refused(files, tmp_path, ending, share):
    path = tmp_path / f"town{ending}"
    path.write_bytes(files[ending][: int(share * len(files[ending]))])
    for read in (read_osm, lambda path: read_osm_boundary(path, "Town")):
        with pytest.raises(InputError) as caught:
            read(path)
        assert path.name in str(caught.value)


def test_entities_of_xml_are_not_unfolded(tmp_path):
    path = tmp_path / "town.osm"
    inner = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 10))
    kinds = f'<!DOCTYPE osm [<!ENTITY e0 "x">{inner}]>'
    path.write_text(f'{kinds}<osm version="0.6">&e9;</osm>', encoding="utf-8")
    with pytest.raises(InputError, match="not a readable"):
        read_osm(path)


@pytest.mark.parametrize("ending", [".osm", ".osm.bz2", ".osm.gz", ".osm.pbf"])
def test_damage_anywhere_is_read_or_told(files, tmp_path, ending):
    rng = random.Random(7)
    path = tmp_path / f"town{ending}"
    for turn in range(25):
        content = bytearray(files[ending])
        for _ in range(rng.choice([1, 2, 6])):
            at = rng.randrange(len(content))
            content[at : at + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
        path.write_bytes(content)
        began = time.perf_counter()
        with suppress(InputError):
            read_osm(path, boundary=AROUND if turn % 2 else None)
        assert time.perf_counter() - began < LONGEST_S
