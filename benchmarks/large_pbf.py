"""One community out of a large file: tiles an extract to many times its size, then clips one tile out.

    python benchmarks/large_pbf.py ../shared/data/osm/liechtenstein_2021.osm.pbf --ways 500000 1000000

Prints seconds and peak memory of reading the clipped streets, for each size: time should grow with the file,
memory should not.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import osmium

ID_STEP = 10**10
"""Ids of a tile are those of the extract plus this many for each tile before it."""

READ_ONE = """
import json, resource, sys, time
from patrolplan.io.boundary import read_boundary
from patrolplan.io.osm import read_osm
start = time.perf_counter()
area = read_boundary(sys.argv[1], name=sys.argv[2])
found = time.perf_counter()
data = read_osm(sys.argv[1], boundary=area)
print(json.dumps({"boundary_s": round(found - start, 2), "streets_s": round(time.perf_counter() - found, 2),
    "cpu_s": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 1),
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    "segments": len(data.network.segments), "street_km": round(data.network.street_km, 1),
    "places": len(data.places)}))
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("extract", type=Path)
    options.add_argument("--ways", type=int, nargs="+", default=[500_000, 1_000_000])
    options.add_argument("--name", default="Schaan", help="Community to clip out.")
    options.add_argument("--folder", type=Path, help="Where the large files are kept; default: nowhere.")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for ways in (0, *given.ways):
            file = given.extract if not ways else folder / f"tiled_{ways}.osm.pbf"
            if not file.exists():
                tile(given.extract, file, least_ways=ways)
            # the first tile keeps ids and names; the others' names carry their number
            print(json.dumps({"ways": ways or count_ways(file), **read_one(file, given.name)}), flush=True)


def tile(extract: Path, file: Path, *, least_ways: int) -> None:
    """Write as many copies of the extract side by side as give ``least_ways`` ways."""
    start = time.perf_counter()
    copies = math.ceil(least_ways / count_ways(extract))
    side = math.ceil(math.sqrt(copies))
    lon, lat = extent(extract)
    with osmium.SimpleWriter(str(file), overwrite=True) as writer:
        for kind in (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION):
            for copy in range(copies):
                shift = ((copy % side) * lon, (copy // side) * lat)
                for found in osmium.FileProcessor(str(extract), kind):
                    add(writer, found, copy=copy, shift=shift)
    print(f"{file}: {copies} copies, {file.stat().st_size / 1e6:.0f} MB, {time.perf_counter() - start:.0f} s")


def add(writer: osmium.SimpleWriter, found: object, *, copy: int, shift: tuple[float, float]) -> None:
    step = copy * ID_STEP
    if found.is_node():
        location = (found.location.lon + shift[0], found.location.lat + shift[1])
        writer.add_node(found.replace(id=found.id + step, location=location) if copy else found)
    elif found.is_way():
        refs = [node.ref + step for node in found.nodes]
        writer.add_way(found.replace(id=found.id + step, nodes=refs) if copy else found)
    else:
        tags = {tag.k: f"{tag.v} {copy}" if copy and tag.k == "name" else tag.v for tag in found.tags}
        members = [(member.type, member.ref + step, member.role) for member in found.members]
        writer.add_relation(found.replace(id=found.id + step, tags=tags, members=members))


def extent(extract: Path) -> tuple[float, float]:
    """Width and height of the extract's nodes in degrees, with a gap."""
    with osmium.io.Reader(str(extract)) as reader:
        box = reader.header().box()
    if not box.valid():
        box = osmium.osm.Box()
        for node in osmium.FileProcessor(str(extract), osmium.osm.NODE):
            box.extend(node.location)
    width, height = box.top_right.lon - box.bottom_left.lon, box.top_right.lat - box.bottom_left.lat
    return round(width, 2) + 0.02, round(height, 2) + 0.02


def count_ways(extract: Path) -> int:
    return sum(1 for _ in osmium.FileProcessor(str(extract), osmium.osm.WAY))


def read_one(file: Path, name: str) -> dict[str, float]:
    told = subprocess.run(
        [sys.executable, "-c", READ_ONE, file, name], capture_output=True, text=True, check=False
    )
    if told.returncode:
        raise SystemExit(told.stderr)
    return json.loads(told.stdout)


if __name__ == "__main__":
    main()
