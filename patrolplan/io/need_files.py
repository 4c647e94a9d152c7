"""The user's own factors and limits of need: for streets, ways, settlements or areas drawn on a map."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.settlements import Settlements
from patrolplan.io.boundary import AREA_SUFFIXES
from patrolplan.io.table_coordinates import numbers
from patrolplan.io.table_read import read_table
from patrolplan.risk.limits import AreaLimits
from patrolplan.risk.placing import segments_named

WAYS = ("osm_id", "osm_ids", "way", "ways")
NAMED = ("name", "settlement", "area", "district", "назва", "громада")


def read_factors(
    path: str | Path, network: StreetNetwork, *, settlements: Callable[[], Settlements] | None = None
) -> NDArray[np.float64]:
    """A factor of need for each segment, for the ``factor`` of `weigh`, [segments].

    Parameters
    ----------
    path
        A table with the column ``factor`` (0 or more) and for each row what it holds for: ``street`` (its
        name), ``osm_id`` (OpenStreetMap ways, several by comma), ``settlement``, or an area
        (GeoPackage, GeoJSON, Shapefile) with the middles of streets in it. Factors of one segment
        multiply.
    network
        The streets.
    settlements
        Called where a settlement is named.

    Raises
    ------
    InputError
        The file can't be read, factors that are none, rows that hold for no street (all gathered).
    """
    table = _read(path)
    factor, faults = _numbers(table, "factor", Path(path).name)
    faults += _faulty(table, factor >= 0, "factor must be a number, 0 or more", Path(path).name)
    rows, more = _segments_of_rows(table, network, settlements, Path(path).name)
    if faults + more:
        raise InputError(faults + more)
    out = np.ones(len(network.segments))
    for segments, times in zip(rows, factor, strict=True):
        out[segments] *= times
    return out


def read_limits(
    path: str | Path, network: StreetNetwork, *, settlements: Callable[[], Settlements] | None = None
) -> AreaLimits:
    """Caps and floors of need, for the ``limits`` of `weigh`.

    Parameters
    ----------
    path
        A table with ``least`` and ``most`` (shares of the week's need, 0.2 or 20 %; either may be
        empty) and for each row a settlement (``name``) or an area drawn on a map. Where areas overlap, the
        first has it.
    network, settlements
        As of `read_factors`.

    Raises
    ------
    InputError
        As `read_factors`.
    """
    table, file = _read(path), Path(path).name
    least, _ = _numbers(table, "least", file)
    most, _ = _numbers(table, "most", file)
    faults = [] if {"least", "most"} & set(table.columns) else [f"{file}: no column 'least' or 'most'"]
    rows, more = _segments_of_rows(table, network, settlements, file)
    if faults + more:
        raise InputError(faults + more)
    of_segment = np.full(len(network.segments), -1)
    for number, segments in reversed(list(enumerate(rows))):
        of_segment[segments] = number
    column = next((name for name in NAMED if name in table.columns), None)
    names = table[column].astype("str") if column else pd.Series([f"area {k + 1}" for k in range(len(rows))])
    return AreaLimits(
        names=tuple(names),
        of_segment=of_segment.astype(np.int64),
        least=np.nan_to_num(least, nan=0.0),
        most=np.nan_to_num(most, nan=1.0),
    )


def _read(path: str | Path) -> pd.DataFrame:
    """The rows of a table, or of a map file with its areas in degrees."""
    file = Path(path)
    if file.suffix.lower() not in AREA_SUFFIXES:
        cells: pd.DataFrame = read_table(file).frame
        return cells.set_axis([str(name).strip().lower() for name in cells.columns], axis=1)
    import pyogrio

    if not file.is_file():
        raise InputError(f"{file}: no such file")
    try:
        table = gpd.read_file(file, engine="pyogrio")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise InputError(f"{file}: can't be read as areas ({error}); write it again") from error
    if not isinstance(table, gpd.GeoDataFrame) or table.crs is None:
        raise InputError(f"{file}: no areas with a coordinate system in it; draw them on a map")
    names = {name: str(name).lower() for name in table.columns if name != table.geometry.name}
    counted: pd.DataFrame = table.rename(columns=names).set_axis(pd.RangeIndex(1, len(table) + 1))
    return counted


def _numbers(table: pd.DataFrame, column: str, file: str) -> tuple[NDArray[np.float64], list[str]]:
    if column not in table.columns:
        return np.full(len(table), np.nan), [f"{file}: no column {column!r}"]
    text = table[column].astype("str").str.strip()
    percent = text.str.endswith("%")
    value = numbers(text.str.rstrip("% ")).to_numpy(dtype=np.float64)
    return np.where(percent, value / 100, value), []


def _faulty(table: pd.DataFrame, fine: NDArray[np.bool_], told: str, file: str) -> list[str]:
    rows = table.index[~fine].tolist()
    return [f"{file}: {told} (row {', '.join(map(str, rows[:5]))})"] if rows else []


def _segments_of_rows(
    table: pd.DataFrame,
    network: StreetNetwork,
    settlements: Callable[[], Settlements] | None,
    file: str,
) -> tuple[list[NDArray[np.int64]], list[str]]:
    """Segments that each row holds for, and the rows that hold for none."""
    rows = [np.zeros(0, dtype=np.int64)] * len(table)
    cells = table.reset_index(drop=True)
    if isinstance(table, gpd.GeoDataFrame):
        rows = _inside(table, network)
    elif "street" in cells:
        street = cells["street"].astype("str")
        found = segments_named(network, street[street != ""])
        rows = [found.loc[found["record"] == k, "segment"].to_numpy(np.int64) for k in range(len(cells))]
    elif ways := [name for name in WAYS if name in cells]:
        rows = _of_ways(cells[ways[0]].astype("str"), network)
    elif (named := [name for name in NAMED if name in cells]) and settlements is not None:
        known = settlements()
        rows = [known.segments_of(str(name).strip()) for name in cells[named[0]]]
    else:
        return rows, [f"{file}: no column says where: give street, osm_id, settlement or areas on a map"]
    none = np.array([len(segments) > 0 for segments in rows], dtype=bool)
    return rows, _faulty(table, none, "no street of the network lies there or is called so", file)


def _inside(table: gpd.GeoDataFrame, network: StreetNetwork) -> list[NDArray[np.int64]]:
    lines = network.segments.geometry.to_numpy()
    tree = shapely.STRtree(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    areas = table.geometry.to_crs(network.segments.crs).to_numpy()
    return [np.sort(tree.query(area, predicate="intersects")).astype(np.int64) for area in areas]


def _of_ways(told: pd.Series, network: StreetNetwork) -> list[NDArray[np.int64]]:
    ways = network.segments["osm_ids"].explode()
    at = pd.Series(ways.index.to_numpy(), index=pd.to_numeric(ways, errors="coerce"))
    wanted = [[int(number) for number in re.findall(r"\d+", text)] for text in told]
    return [np.unique(at[at.index.isin(some)].to_numpy(dtype=np.int64)) for some in wanted]
