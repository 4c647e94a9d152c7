"""The plan's layers for other tools: FlatGeobuf always, GeoParquet where pyarrow is installed."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pyogrio

from patrolplan.errors import InputError
from patrolplan.io.atomic import atomic_folder
from patrolplan.io.write_gpkg import gpkg_layers
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

_SHAPES = {"segments": "LineString", "legs": "LineString", "hot_spots": "MultiLineString"}


def write_flatgeobuf(plan: PatrolPlan, folder: str | os.PathLike[str]) -> dict[str, Path]:
    """Write every layer of the plan as ``<layer>.fgb`` and return the paths by layer.

    Parameters
    ----------
    plan
        The plan to write.
    folder
        Made if missing; all files appear, or none.

    Raises
    ------
    InputError
        The folder is not writable, or the disk is full.
    """
    layers = gpkg_layers(plan)
    with atomic_folder(folder) as unfinished:
        for name, (frame, about) in layers.items():
            pyogrio.write_dataframe(
                frame,
                unfinished / f"{name}.fgb",
                driver="FlatGeobuf",
                geometry_type=_SHAPES.get(name, "Point"),
                layer_options={"TITLE": name, "DESCRIPTION": f"{about}. {OSM_CREDIT}"},
            )
    return {name: Path(folder) / f"{name}.fgb" for name in layers}


def write_geoparquet(plan: PatrolPlan, folder: str | os.PathLike[str]) -> dict[str, Path]:
    """Write every layer of the plan as GeoParquet ``<layer>.parquet`` and return the paths by layer.

    The credit of OpenStreetMap stands in the column ``source`` of every row.

    Parameters
    ----------
    plan
        The plan to write.
    folder
        Made if missing; all files appear, or none.

    Raises
    ------
    InputError
        pyarrow is not installed, the folder is not writable, or the disk is full.
    """
    if find_spec("pyarrow") is None:
        raise InputError("GeoParquet needs pyarrow: pip install 'patrolplan[parquet]'")
    layers = gpkg_layers(plan)
    with atomic_folder(folder) as unfinished:
        for name, (frame, _) in layers.items():
            frame.assign(source=OSM_CREDIT).to_parquet(unfinished / f"{name}.parquet", index=False)
    return {name: Path(folder) / f"{name}.parquet" for name in layers}
