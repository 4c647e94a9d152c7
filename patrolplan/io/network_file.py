"""A cleaned street network as a GeoPackage: written whole, read back equal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from patrolplan.errors import InputError
from patrolplan.graph.network import Dropped, NetworkReport, StreetNetwork
from patrolplan.io.atomic import atomic_path
from patrolplan.units import OSM_CREDIT

FIXED_DATE = "2000-01-01T00:00:00.000Z"
"""Date put into every GeoPackage, so that the same network gives the same bytes."""

SQLITE = b"SQLite format 3\x00"
"""How every GeoPackage begins."""

FORM = "1"
"""Version of the file's form."""


def write_network(network: StreetNetwork, path: str | PathLike[str]) -> Path:
    """Write a network to a GeoPackage with the layers ``segments`` and ``nodes``.

    The file appears whole or not at all, holds the credit to OpenStreetMap as column and as
    metadata, and is the same bytes for the same network. ``osm_ids`` are joined by commas.

    Parameters
    ----------
    network
        The network to keep.
    path
        Where to, ending in ``.gpkg``; an existing file is replaced.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        Another ending, or a folder that does not exist or cannot be written to.
    """
    target = Path(path)
    if target.suffix.lower() != ".gpkg":
        raise InputError(f"{target}: networks are written as GeoPackage; give a name ending in .gpkg")
    segments = network.segments.reset_index()
    segments["osm_ids"] = [",".join(map(str, ids)) for ids in segments["osm_ids"]]
    segments["credit"] = OSM_CREDIT
    about = {
        "credit": OSM_CREDIT,
        "form": FORM,
        "report": json.dumps(asdict(network.report), ensure_ascii=False),
    }
    with atomic_path(target) as unfinished, _fixed_date():
        options: dict[str, Any] = {"driver": "GPKG", "promote_to_multi": False}
        pyogrio.write_dataframe(segments, unfinished, layer="segments", dataset_metadata=about, **options)
        pyogrio.write_dataframe(
            network.nodes.reset_index(), unfinished, layer="nodes", append=False, **options
        )
    return target


def is_network_file(path: str | PathLike[str]) -> bool:
    """Whether a file is a network that `write_network` wrote (of this or another form)."""
    with Path(path).open("rb") as file:
        if file.read(len(SQLITE)) != SQLITE:  # whatever else it is, GDAL need not try
            return False
    try:
        about = pyogrio.read_info(Path(path), layer="segments").get("dataset_metadata") or {}
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError):
        return False
    return "form" in about and "report" in about


def read_network_file(path: str | PathLike[str]) -> StreetNetwork:
    """Read a network that `write_network` wrote.

    Raises
    ------
    InputError
        No such file, or not a network of this form.
    """
    source = Path(path)
    if not source.is_file():
        raise InputError(f"{source}: no such file; write one with `patrolplan network`")
    try:
        about = pyogrio.read_info(source, layer="segments").get("dataset_metadata") or {}
        segments = gpd.read_file(source, layer="segments", engine="pyogrio")
        nodes = gpd.read_file(source, layer="nodes", engine="pyogrio")
        report = _report(json.loads(about["report"]))
        segments["osm_ids"] = [
            tuple(int(i) for i in ids.split(",") if i) for ids in segments["osm_ids"].fillna("")
        ]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, KeyError, ValueError) as error:
        raise InputError(
            f"{source}: not a street network written by patrolplan ({error}); "
            "write it again with `patrolplan network`"
        ) from error
    for column in {"kind", "name", "name_en", "name_uk", "lit", "surface", "sides"} & set(segments.columns):
        segments[column] = segments[column].fillna("").astype(str)
    segments = segments.astype({"u": np.int64, "v": np.int64, "steps": bool}).drop(columns="credit")
    return StreetNetwork(
        segments=_numbered(segments, "segment"), nodes=_numbered(nodes, "node"), report=report
    )


def _numbered(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    frame = frame.sort_values(name).drop(columns=name)
    return frame.set_axis(pd.RangeIndex(len(frame), name=name))


def _report(data: dict[str, Any]) -> NetworkReport:
    dropped = tuple(Dropped(**item) for item in data["dropped"])
    return NetworkReport(
        ways_in=data["ways_in"],
        main_part_share=data["main_part_share"],
        dropped=dropped,
        notes=tuple(data["notes"]),
    )


@contextmanager
def _fixed_date() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
