"""Street segments of real extracts, measured against OSMnx and neatnet, and drawn before and after.

    python benchmarks/streets.py DATA [--sheets DIR] [--only NAME] [--others] [--neatnet]

DATA is the folder with the extracts. Prints one table row per extract and method; with ``--sheets``,
twenty random places per extract go to ``DIR/NAME.png``, ways above and segments below.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from street_measures import (
    Lines,
    Reference,
    covered_share,
    false_joins,
    near_share,
    parallel_shares,
)
from street_sheets import draw_sheet

from patrolplan.graph.edges import SQUARE
from patrolplan.graph.ways import Ways
from patrolplan.io import osm
from patrolplan.io.osm_stream import _is_barrier as is_barrier
from patrolplan.io.osm_stream import stream
from patrolplan.io.streets import read_network


@dataclass(frozen=True, kw_only=True)
class Extract:
    """One extract, and the offences that belong to it."""

    file: str
    offences: str = ""


EXTRACTS = {
    "Philadelphia": Extract(file="philadelphia/streets.osm", offences="philadelphia/offences_2018.csv"),
    "Baltimore": Extract(file="baltimore/streets.osm.pbf", offences="baltimore/offences_june_2016.csv"),
    "London": Extract(file="london/streets.osm.pbf", offences="london/offences_monthly.csv"),
    "Monaco": Extract(file="osm/monaco_2020.osm.pbf"),
    "Minsk": Extract(file="osm/minsk_centre.osm"),
    "Liechtenstein": Extract(file="osm/liechtenstein_2021.osm.pbf"),
    "West Oakland": Extract(file="osm/west_oakland.osm.bz2"),
}

WALK_OUT = {
    "area": "yes",
    "access": "private",
    "highway": "abandoned|bus_guideway|construction|cycleway|motor|no|planned|platform|proposed|raceway"
    "|razed|rest_area|services",
    "foot": "no",
    "service": "private",
    **dict.fromkeys(("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"), "separate"),
}
"""What OSMnx leaves out of ``network_type="walk"`` (version 2.1), by tag."""


@dataclass(frozen=True, kw_only=True)
class Segments:
    """Segments one method made: lines, the share in the main part, and the seconds it took."""

    method: str
    lines: Lines
    main_part: float
    seconds: float


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--only", choices=[*EXTRACTS, "geodanet"])
    parser.add_argument("--others", action="store_true", help="OSMnx as it comes, and consolidated")
    parser.add_argument("--neatnet", action="store_true", help="neatnet too (slow)")
    chosen = parser.parse_args()
    print("| Extract | Method | Segments | Median m | 10th pc m | km | Main part | Covered | "
          "Parallel | same level | no wall | in reach | no fork | "
          "False joins | Offences < 25 m | s |")  # fmt: skip
    print("| --- | --- " + "| ---: " * 14 + "|")
    for name, extract in EXTRACTS.items():
        if chosen.only not in (None, name):
            continue
        ways, reference, crs = reference_of(chosen.data / extract.file)
        points = _offences(chosen.data, extract, crs)
        for made in _methods(chosen.data / extract.file, crs, chosen):
            print(_row(name, made, reference, points), flush=True)
            if chosen.sheets and made.method == "patrolplan":
                chosen.sheets.mkdir(parents=True, exist_ok=True)
                draw_sheet(name, ways, made.lines, chosen.sheets / f"{name.lower().replace(' ', '_')}.png")

    if chosen.only in (None, "geodanet"):
        _print_geodanet(chosen)


def _print_geodanet(chosen: argparse.Namespace) -> None:
    """The street centrelines that libpysal ships, in State Plane feet, and crimes beside them."""
    try:
        from libpysal import examples
    except ImportError:
        return
    file = Path(examples.get_path("streets.shp"))
    network = read_network(file)
    drawn = np.asarray(gpd.read_file(file).to_crs(network.crs).geometry.to_numpy(), dtype=object)
    crimes = gpd.read_file(examples.get_path("crimes.shp")).to_crs(network.crs).geometry.to_numpy()
    nothing: Lines = np.array([], dtype=object)
    reference = Reference(
        lines=drawn,
        patrolled=np.ones(len(drawn), dtype=bool),
        every=drawn,
        layer=np.zeros(len(drawn), dtype=np.int64),
        barriers=nothing,
        buildings=nothing,
        rails_and_water=nothing,
    )
    began = time.perf_counter()
    read_network(file)
    share, took = network.report.main_part_share, time.perf_counter() - began
    lines = np.asarray(network.segments.geometry.to_numpy(), dtype=object)
    made = [Segments(method="patrolplan", lines=lines, main_part=share, seconds=took)]
    made.append(Segments(method="as drawn", lines=drawn, main_part=share, seconds=0.0))
    if chosen.neatnet:
        import neatnet

        began = time.perf_counter()
        tidy = neatnet.neatify(gpd.GeoDataFrame(geometry=drawn, crs=network.crs)).explode().geometry
        took = time.perf_counter() - began
        lines = np.asarray(tidy.to_numpy(), dtype=object)
        made.append(Segments(method="neatnet", lines=lines, main_part=share, seconds=took))
    for some in made:
        print(_row("geodanet", some, reference, np.asarray(crimes, dtype=object)), flush=True)


def reference_of(path: Path) -> tuple[gpd.GeoDataFrame, Reference, Any]:
    """All ways of a file as lines in metres, and what the segments are measured against."""
    content = stream(path)
    ways, crs, _ = osm._metric(content.ways)
    lines = shapely.linestrings(ways.xy, indices=np.repeat(np.arange(len(ways.table)), np.diff(ways.offsets)))
    frame = gpd.GeoDataFrame(ways.table, geometry=lines, crs=crs)
    main = _in_main_part(ways) & (frame["reason"] == "").to_numpy()
    known, walked = frame[main], frame[frame["reason"] == ""]
    patrolled = known["rank"] <= SQUARE
    reference = Reference(
        lines=known.geometry.to_numpy(),
        patrolled=patrolled.to_numpy(),
        every=walked.geometry.to_numpy(),
        layer=walked["layer"].to_numpy(np.int64),
        barriers=osm._projected(content.barriers, crs),
        buildings=osm._projected(_buildings(path), crs),
        rails_and_water=osm._projected(_rails_and_water(path), crs),
    )
    return frame, reference, crs


def _rails_and_water(path: Path) -> Lines:
    """Railways and water on the ground, in degrees, drawn by whole ways."""
    found = []
    ways = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    way: Any
    for way in ways.with_filter(osmium.filter.KeyFilter("railway", "waterway", "natural")):
        tags = {tag.k: tag.v for tag in way.tags}
        if way.is_way() and "barrier" not in tags and is_barrier(tags):
            xy = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            found += [shapely.LineString(xy)] if len(xy) > 1 else []
    return np.array(found, dtype=object)


def _buildings(path: Path) -> Lines:
    """Outlines of buildings in degrees; roofs that stand on posts part nothing."""
    found = []
    ways = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    way: Any
    for way in ways.with_filter(osmium.filter.KeyFilter("building")):
        if way.is_way() and way.tags["building"] not in ("no", "roof"):
            xy = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            found += [shapely.LineString(xy)] if len(xy) > 1 else []
    return np.array(found, dtype=object)


def _in_main_part(ways: Ways) -> np.ndarray[Any, np.dtype[np.bool_]]:
    walkable = (ways.table["reason"] == "").to_numpy()
    way = np.repeat(np.arange(len(ways.table)), np.diff(ways.offsets))
    node = np.unique(ways.refs, return_inverse=True)[1] + len(ways.table)
    use = walkable[way]
    size = len(ways.table) + int(node.max()) + 1
    joined = coo_array((np.ones(use.sum(), dtype=bool), (way[use], node[use])), shape=(size, size))
    label = connected_components(joined, directed=False)[1][: len(ways.table)]
    return label == np.bincount(label[way[use]]).argmax()


def _methods(path: Path, crs: Any, chosen: argparse.Namespace) -> Iterator[Segments]:
    began = time.perf_counter()
    network = osm.read_network(path)
    lines = np.asarray(network.segments.geometry.to_numpy(), dtype=object)
    took = time.perf_counter() - began
    yield Segments(method="patrolplan", lines=lines, main_part=network.report.main_part_share, seconds=took)
    if not (chosen.others or chosen.neatnet):
        return
    import osmnx as ox

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        began = time.perf_counter()
        whole = _osmnx_graph(path, Path(folder))
        share, graph = _main_part(ox.project_graph(whole, to_crs=crs))
        if chosen.others:
            yield _of_graph("OSMnx `walk`", graph, share, began)
            merged = ox.consolidate_intersections(graph, tolerance=10, rebuild_graph=True, dead_ends=True)
            yield _of_graph("OSMnx, consolidated 10 m", merged, share, began)
        if chosen.neatnet:
            import neatnet

            edges = ox.graph_to_gdfs(ox.convert.to_undirected(graph), nodes=False)
            tidy = neatnet.neatify(edges[["geometry"]].reset_index(drop=True)).explode().geometry
            lines = np.asarray(tidy.to_numpy(), dtype=object)
            took = time.perf_counter() - began
            yield Segments(method="neatnet on OSMnx `walk`", lines=lines, main_part=share, seconds=took)


def _osmnx_graph(path: Path, folder: Path) -> Any:
    """The graph OSMnx makes of the file's ways; those that miss nodes are first left to it, then left out."""
    import osmnx as ox

    try:
        return ox.graph_from_xml(_walk_file(path, folder), bidirectional=True, retain_all=True)
    except ValueError:
        whole = _walk_file(path, folder, complete=True)
        return ox.graph_from_xml(whole, bidirectional=True, retain_all=True)


def _main_part(graph: Any) -> tuple[float, Any]:
    """The largest connected part of an OSMnx graph, and its share of the length."""
    import osmnx as ox

    main = ox.truncate.largest_component(graph)
    metres = [sum(length for *_, length in part.edges(data="length")) for part in (main, graph)]
    return metres[0] / metres[1], main


def _walk_file(path: Path, folder: Path, *, complete: bool = False) -> Path:
    """The ways OSMnx takes as walkable, as the XML it reads; with ``complete`` only the file's whole ways."""
    target = folder / f"walk{complete:d}.osm"
    writer = osmium.SimpleWriter(str(target))
    entity: Any
    for entity in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations():
        tags = {tag.k: tag.v for tag in entity.tags}
        if entity.is_node() or (
            "highway" in tags
            and not any(re.search(out, tags[key]) for key, out in WALK_OUT.items() if key in tags)
            and not (complete and any(not node.location.valid() for node in entity.nodes))
        ):
            writer.add(entity)
    writer.close()
    return target


def _of_graph(method: str, graph: Any, share: float, began: float) -> Segments:
    import osmnx as ox

    edges = ox.graph_to_gdfs(ox.convert.to_undirected(graph), nodes=False)
    lines = np.asarray(edges.geometry[edges.length > 0].to_numpy(), dtype=object)
    return Segments(method=method, lines=lines, main_part=share, seconds=time.perf_counter() - began)


def _offences(data: Path, extract: Extract, crs: Any) -> Lines | None:
    if not extract.offences:
        return None
    table = pd.read_csv(data / extract.offences)
    known = table[["lon", "lat"]].dropna()
    points = gpd.GeoSeries(gpd.points_from_xy(known["lon"], known["lat"]), crs="EPSG:4326")
    return np.asarray(points.to_crs(crs).to_numpy(), dtype=object)


def _row(name: str, made: Segments, reference: Reference, offences: Lines | None) -> str:
    length = shapely.length(made.lines)
    covered, _ = covered_share(reference, made.lines)
    parallel = parallel_shares(reference, made.lines)
    near = "" if offences is None else f"{100 * near_share(offences, made.lines):.1f} %"
    return (
        f"| {name} | {made.method} | {len(length):,} | {np.median(length):.1f} | "
        f"{np.quantile(length, 0.1):.1f} | {length.sum() / 1000:.1f} | "
        f"{100 * made.main_part:.1f} % | {100 * covered:.2f} % | "
        f"{100 * parallel.all:.1f} % | {100 * parallel.same_level:.1f} % | {100 * parallel.no_wall:.1f} % | "
        f"{100 * parallel.in_reach:.1f} % | {100 * parallel.no_fork:.1f} % | "
        f"{len(false_joins(reference, made.lines))} | {near} | {made.seconds:.1f} |"
    )


if __name__ == "__main__":
    main()
