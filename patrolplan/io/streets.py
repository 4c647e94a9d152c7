"""Streets out of any file that holds them; the ending of its name says how it is read."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from patrolplan.errors import InputError
from patrolplan.graph.clean import CleanRules
from patrolplan.graph.network import StreetNetwork
from patrolplan.io.osm import OsmData, network_of_lines, read_osm
from patrolplan.io.osm_stream import SUFFIXES
from patrolplan.io.street_lines import LINE_SUFFIXES

GRAPH_SUFFIXES = (".graphml",)
"""Street graphs as OSMnx writes them."""

EVERY_SUFFIX = (*SUFFIXES, *GRAPH_SUFFIXES, *LINE_SUFFIXES)


def read_network(
    path: str | PathLike[str], *, boundary: shapely.Geometry | None = None, rules: CleanRules | None = None
) -> StreetNetwork:
    """Read walkable streets from any file that holds them, one street one segment.

    Parameters
    ----------
    path
        OpenStreetMap (``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``; extracts whose ways miss nodes
        are fine), a graph that OSMnx wrote (``.graphml``), street centrelines (GeoPackage, Shapefile,
        GeoJSON, FlatGeobuf, in any coordinate system that they state), or a GeoPackage that
        `write_network` wrote, which comes back as it was.
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
    read_streets : places and settlements too, where the file has them.
    """
    return read_streets(path, boundary=boundary, rules=rules).network


def read_streets(
    path: str | PathLike[str], *, boundary: shapely.Geometry | None = None, rules: CleanRules | None = None
) -> OsmData:
    """Read streets, and from an OpenStreetMap file its places and settlements in the same pass.

    Parameters, returns and errors as `read_network`; of other files places and settlements are empty.
    """
    file = Path(path)
    name = file.name.lower()
    if name.endswith(SUFFIXES):
        return read_osm(file, boundary=boundary, rules=rules)
    if not name.endswith(EVERY_SUFFIX):
        raise InputError(f"{file}: unknown ending; streets are read from {', '.join(EVERY_SUFFIX)}")
    if not file.is_file():
        raise InputError(f"{file}: no such file; give the path of a street file")
    return _without_places(_network(file, boundary, rules or CleanRules()))


def _network(file: Path, boundary: shapely.Geometry | None, rules: CleanRules) -> StreetNetwork:
    from patrolplan.io.graphml import graph_lines
    from patrolplan.io.network_file import is_network_file, read_network_file
    from patrolplan.io.street_lines import centrelines, clipped

    if is_network_file(file):
        return read_network_file(file)
    lines, ids = graph_lines(file) if file.name.lower().endswith(GRAPH_SUFFIXES) else centrelines(file)
    network = network_of_lines(file, clipped(lines, boundary), rules=rules)
    rows = network.segments["osm_ids"]
    known = [tuple(sorted({number for row in some for number in ids[row]})) for some in rows]
    return replace(network, segments=network.segments.assign(osm_ids=known))


def _without_places(network: StreetNetwork) -> OsmData:
    def empty(*columns: str) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(
            pd.DataFrame({column: pd.Series(dtype=object) for column in columns}),
            geometry=[],
            crs="EPSG:4326",
        )

    return OsmData(
        network=network,
        places=empty("kind", "name", "name_en", "osm_id", "opening_hours"),
        settlements=empty("kind", "name", "name_en", "osm_id"),
        timestamp="",
    )
