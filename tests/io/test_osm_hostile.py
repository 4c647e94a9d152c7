"""Street files made to end the process that reads them are refused."""

import osmium
import pytest
from cli_town import write_streets

from patrolplan.errors import InputError
from patrolplan.io.osm import read_osm
from patrolplan.io.osm_addresses import read_names


def unpacked_pbf(folder):
    source, target = write_streets(folder / "s.osm"), folder / "s.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(target), "pbf,pbf_compression=none")) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    return target


@pytest.mark.parametrize("read", [read_osm, read_names])
def test_a_text_with_a_zero_byte_is_refused(read, tmp_path):
    path = unpacked_pbf(tmp_path)
    read(path)
    path.write_bytes(path.read_bytes().replace(b"residential", b"resid\0ntial"))
    with pytest.raises(InputError, match="damaged"):
        read(path)


@pytest.mark.parametrize("ending", [".osm.bz2", ".osm.gz", ".osm.pbf"])
def test_what_is_cut_off_or_no_such_file_is_refused(ending, tmp_path):
    target = tmp_path / f"s{ending}"
    source = write_streets(tmp_path / "s.osm")
    with osmium.SimpleWriter(str(target)) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    data = target.read_bytes()
    for broken in (data[: len(data) // 2], b"no such file" * 10):
        target.write_bytes(broken)
        with pytest.raises(InputError):
            read_osm(target)
