"""Files of shapes with columns (GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf), told plainly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.readers.layer import check_layer


def read_shapes(file: Path, *, what: str, suffixes: Sequence[str]) -> pd.DataFrame:
    """Rows of a file of shapes; a GeoDataFrame where it has any.

    Parameters
    ----------
    file
        The file.
    what
        What it is to hold ("streets", "areas"), for messages.
    suffixes
        Endings of names that are read.

    Raises
    ------
    InputError
        No such file, another ending, damaged, what GDAL must not open (`check_layer`), or shapes
        without a coordinate system.
    """
    import pyogrio

    known = ", ".join(suffixes)
    if not file.is_file():
        raise InputError(f"{file}: no such file; give a file of {what} ({known})")
    if not file.name.lower().endswith(tuple(suffixes)):
        raise InputError(f"{file}: unknown ending; {what} are read from {known}")
    check_layer(file)
    try:
        table: pd.DataFrame = gpd.read_file(file, engine="pyogrio")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise InputError(f"{file}: can't be read as a file of {what} ({error}); write it again") from error
    if isinstance(table, gpd.GeoDataFrame) and table.crs is None:
        raise InputError(f"{file}: states no coordinate system; write it again with one (for .shp: the .prj)")
    return table
