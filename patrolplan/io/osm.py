"""OpenStreetMap files in: walkable streets and places people visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from patrolplan.around import Closure
from patrolplan.errors import InputError
from patrolplan.graph.clean import Cleaned, CleanRules, clean
from patrolplan.graph.islands import islands
from patrolplan.graph.network import Dropped, NetworkReport, StreetNetwork
from patrolplan.graph.segments import network_of
from patrolplan.graph.ways import WAY_COLUMNS, Ways, offsets_of, ragged_range, way_lengths
from patrolplan.io.osm_gates import CUT
from patrolplan.io.osm_lines import Lines, run_numbers
from patrolplan.io.osm_stream import stream
from patrolplan.io.osm_tags import LEADS_THERE, WHY_OUT

LONLAT = "EPSG:4326"


@dataclass(frozen=True, kw_only=True)
class OsmData:
    """What one reading of an OpenStreetMap file gives.

    Attributes
    ----------
    network
        The walkable streets.
    places
        Places people visit, as `read_osm_places` returns them.
    settlements
        ``place=*`` nodes (towns, villages, quarters): ``kind``, ``name``, ``name_en``, ``osm_id``,
        ``geometry`` (EPSG:4326).
    timestamp
        The data's own date as the file states it (ISO 8601), "" if it states none.
    closures
        What was closed in the network, where closures were asked for.
    """

    network: StreetNetwork
    places: gpd.GeoDataFrame
    settlements: gpd.GeoDataFrame
    timestamp: str
    closures: tuple[Closure, ...] = ()


def read_network(
    path: str | PathLike[str], *, boundary: shapely.Geometry | None = None, rules: CleanRules | None = None
) -> StreetNetwork:
    """Read the walkable streets of an OpenStreetMap file, one street one segment.

    Parameters
    ----------
    path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``; extracts whose ways miss nodes are fine.
    boundary
        Polygon in longitude and latitude; streets outside are not read.
    rules
        Measures of the cleaning in metres, see `patrolplan.graph.clean.CleanRules`.

    Returns
    -------
    StreetNetwork
        In the UTM zone of its middle, with a report of all that was dropped and why.

    Raises
    ------
    InputError
        The file is missing, empty, of another format or broken, or holds no walkable street.

    See Also
    --------
    read_osm : streets and places from one reading.
    """
    return read_osm(path, boundary=boundary, rules=rules).network


def read_osm_places(
    path: str | PathLike[str], *, crs: Any = None, boundary: shapely.Geometry | None = None
) -> gpd.GeoDataFrame:
    """Read the places people visit from an OpenStreetMap file.

    Parameters
    ----------
    path
        As for `read_network`.
    crs
        Coordinate system of the result; EPSG:4326 if none is given.
    boundary
        Polygon in longitude and latitude; places outside are not read.

    Returns
    -------
    GeoDataFrame
        One row a place, sorted by ``osm_id`` ("node/1", "way/2", "relation/3"): ``kind`` (one of
        `patrolplan.io.osm_places.PLACE_KINDS`), ``name``, ``name_en``, ``osm_id``,
        ``opening_hours`` ("" where unknown) and ``geometry`` (points; areas by the middle of their
        bounding box).

    Raises
    ------
    InputError
        The file is missing, empty, of another format or broken.
    """
    places = _points(stream(Path(path), boundary=boundary).places)
    return places if crs is None else places.to_crs(crs)


def read_osm(
    path: str | PathLike[str], *, boundary: shapely.Geometry | None = None, rules: CleanRules | None = None
) -> OsmData:
    """Read streets, places and settlements in one pass over an OpenStreetMap file.

    Parameters, returns and errors as `read_network` and `read_osm_places`.
    """
    content = stream(Path(path), boundary=boundary)
    return OsmData(
        network=network_of_lines(
            Path(path), content.ways, barriers=content.barriers, rules=rules or CleanRules()
        ),
        places=_points(content.places),
        settlements=_points(content.settlements),
        timestamp=content.timestamp,
    )


def network_of_lines(
    path: Path,
    lines: Lines,
    *,
    barriers: np.ndarray[Any, np.dtype[np.object_]] | None = None,
    rules: CleanRules,
) -> StreetNetwork:
    """The cleaned network of lines in degrees that were read from ``path``."""
    everything, crs, broken = _metric(lines)
    walkable = everything.table["reason"].to_numpy() == ""
    if not len(everything.table) or not walkable.any():
        raise InputError(
            f"{path}: no walkable streets ({len(lines.table)} lines of streets, "
            "none to walk on); "
            "use an extract that covers the area, with its ways and their nodes"
        )
    leads = walkable | everything.table["reason"].isin(LEADS_THERE).to_numpy()
    ways = _rows(everything, walkable, island=islands(everything, walkable, leads))
    barriers = np.zeros(0, dtype=object) if barriers is None else barriers
    cleaned = clean(ways, barriers=_projected(barriers, crs), rules=rules)
    report = NetworkReport(
        ways_in=len(lines.table),
        main_part_share=cleaned.main_part_share,
        dropped=_by_length([*_left_out(everything, ~walkable), *cleaned.dropped]),
        notes=_notes(broken, int((lines.refs == CUT).sum()), cleaned),
    )
    return network_of(cleaned.edges, cleaned.table, crs=crs, report=report, kind_pace=rules.kind_pace)


def _metric(lines: Lines) -> tuple[Ways, Any, int]:
    """Lines in metres, sorted by way id, broken where nodes are missing; how many were broken."""
    owner = np.repeat(np.arange(len(lines.table)), np.diff(lines.offsets))
    run = run_numbers(owner, np.isfinite(lines.lonlat[:, 0]))
    valid = run >= 0
    counts = np.bincount(run[valid], minlength=0)
    first = (
        np.flatnonzero(np.append(True, run[1:] != run[:-1]) & valid) if len(run) else np.zeros(0, np.int64)
    )
    long = counts > 1
    first, counts = first[long], counts[long]
    way = owner[first]
    order = np.lexsort((lines.refs[first], lines.table["osm_id"].to_numpy()[way])) if len(way) else way
    first, counts, way = first[order], counts[order], way[order]
    nodes = ragged_range(first, counts)
    broken = len(np.unique(owner[~valid & (lines.refs != CUT)]))
    if not len(nodes):
        return (
            Ways(table=lines.table.iloc[[]], offsets=offsets_of(counts), refs=nodes, xy=np.zeros((0, 2))),
            None,
            broken,
        )
    low, high = lines.lonlat[nodes].min(axis=0), lines.lonlat[nodes].max(axis=0)
    crs = gpd.GeoSeries([shapely.box(low[0], low[1], high[0], high[1])], crs=LONLAT).estimate_utm_crs()
    _, at, node = np.unique(lines.refs[nodes], return_index=True, return_inverse=True)
    lonlat = lines.lonlat[nodes][at]
    xy = gpd.GeoSeries(shapely.points(lonlat), crs=LONLAT).to_crs(crs).get_coordinates().to_numpy()[node]
    table = lines.table.iloc[way].reset_index(drop=True)
    return Ways(table=table, offsets=offsets_of(counts), refs=lines.refs[nodes], xy=xy), crs, broken


def _rows(
    ways: Ways, keep: np.ndarray[Any, np.dtype[np.bool_]], *, island: np.ndarray[Any, np.dtype[np.bool_]]
) -> Ways:
    counts = np.diff(ways.offsets)
    nodes = np.repeat(keep, counts)
    table = ways.table[list(WAY_COLUMNS)].assign(island=island)
    return Ways(
        table=table[keep].reset_index(drop=True),
        offsets=offsets_of(counts[keep]),
        refs=ways.refs[nodes],
        xy=ways.xy[nodes],
    )


def _left_out(ways: Ways, out: np.ndarray[Any, np.dtype[np.bool_]]) -> list[Dropped]:
    table = pd.DataFrame({"reason": ways.table["reason"], "metres": way_lengths(ways.offsets, ways.xy)})[out]
    by = table.groupby("reason", sort=True)["metres"].agg(["size", "sum"])
    return [
        Dropped(
            what=str(reason),
            count=int(row["size"]),
            length_m=round(float(row["sum"]), 1),
            why=WHY_OUT[str(reason)],
        )
        for reason, row in by.iterrows()
    ]


def _by_length(dropped: Sequence[Dropped]) -> tuple[Dropped, ...]:
    return tuple(sorted(dropped, key=lambda item: (-item.length_m, item.what)))


def _notes(broken: int, gates: int, cleaned: Cleaned) -> tuple[str, ...]:
    notes = []
    if broken:
        ways = "1 way misses" if broken == 1 else f"{broken} ways miss"
        notes.append(f"{ways} nodes in this file (a clipped extract): the known stretches were kept")
    if gates:
        ways = "1 way ends" if gates == 1 else f"{gates} ways end"
        notes.append(f"{ways} at a gate, wall or fence that is shut to walkers")
    if cleaned.gaps:
        gaps = "1 gap was" if cleaned.gaps == 1 else f"{cleaned.gaps} gaps were"
        notes.append(f"{gaps} closed, of a few metres between a dead end and the street or path beside it")
    if cleaned.squares:
        squares = "1 square is" if cleaned.squares == 1 else f"{cleaned.squares} squares are"
        notes.append(f"{squares} walked across, from entrance to entrance")
    if cleaned.islands_m:
        notes.append(
            f"{cleaned.islands_m / 1000:.1f} km that only a ferry or a road closed to walkers joins to the "
            "main part were kept"
        )
    out = 1 - cleaned.kept_share
    if out > 0.05 and any(item.what == "not connected" for item in cleaned.dropped):
        notes.append(
            f"{100 * out:.0f} % of the walkable length is not joined to the main part and was left out"
        )
    return tuple(notes)


def _projected(
    lines: np.ndarray[Any, np.dtype[np.object_]], crs: Any
) -> np.ndarray[Any, np.dtype[np.object_]]:
    if not len(lines):
        return lines
    return np.asarray(gpd.GeoSeries(lines, crs=LONLAT).to_crs(crs).to_numpy(), dtype=object)


def _points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    return gpd.GeoDataFrame(table.drop(columns=["lon", "lat"]), geometry=points, crs=LONLAT)
