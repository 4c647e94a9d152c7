"""Write the need of every segment to a GeoPackage that a map program opens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.io.atomic import atomic_path
from patrolplan.io.text import one_line
from patrolplan.risk.weights import PARTS, SegmentWeights
from patrolplan.units import HOURS_PER_WEEK, OSM_CREDIT

WRITTEN_AT = "2000-01-01T00:00:00.000Z"
"""GeoPackage wants a time of writing; a fixed one lets the same weights give the same bytes."""
DAY_PARTS = ((0, 6), (6, 10), (10, 14), (14, 18), (18, 22), (22, 24))
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def write_weights(network: StreetNetwork, weights: SegmentWeights, path: str | os.PathLike[str]) -> Path:
    """Write the need of the week as a GeoPackage in the network's metric system and return the path.

    Layers: ``segments`` (need of the week, whole, by part and by part of the day; need per 100 m;
    rank by it and share of street length down to it; expected offences a week; the neediest hour), ``hours``
    (need of the whole network in each hour of the week), ``terms`` (what need is made of) and
    ``set_aside`` (what was not used, and why). Need is in shares of the week's.

    Parameters
    ----------
    network, weights
        The streets and their weights.
    path
        File to write, replaced whole or not at all; the same weights give the same bytes.

    Raises
    ------
    InputError
        The folder is missing or not writable, the disk is full, or weights and network don't fit.
    """
    if weights.space.shape[1] != len(network.segments):
        raise InputError(
            f"weights of {weights.space.shape[1]:,} segments for a network of {len(network.segments):,}: "
            "weigh this network"
        )
    tables = {"hours": hours_table(weights), "terms": weights.terms, "set_aside": _set_aside(weights)}
    notes = " ".join(one_line(note) for note in weights.notes)
    with atomic_path(path) as unfinished, _fixed_clock():
        _write(segments_table(network, weights), unfinished, "segments", notes)
        for name, table in tables.items():
            _write(table, unfinished, name, notes)
    return Path(path)


def segments_table(network: StreetNetwork, weights: SegmentWeights) -> gpd.GeoDataFrame:
    """Segments with their need in all its forms, one row a segment."""
    segments, week = network.segments, np.arange(HOURS_PER_WEEK)
    need = weights.need(week)
    whole = need.sum(axis=1)
    length = segments["length_m"].to_numpy(dtype=np.float64)
    order = np.lexsort((np.arange(len(whole)), -whole / length))
    rank = np.empty(len(whole), dtype=np.int64)
    rank[order] = np.arange(1, len(whole) + 1)
    down_to = np.empty(len(whole))
    down_to[order] = np.cumsum(length[order]) / length.sum()
    peak = need.argmax(axis=1)
    columns = {
        "segment": segments.index.to_numpy(),
        "name": [one_line(text) for text in segments["name"]],
        "kind": segments["kind"].to_numpy(),
        "length_m": length,
        "need_week": whole,
        **{f"need_{part}": by_hour.sum(axis=1) for part, by_hour in weights.need_by_part(week).items()},
        **{f"need_{first:02d}_{last:02d}": _day_part(need, first, last) for first, last in DAY_PARTS},
        "need_per_100m": whole / length * 100,
        "rank": rank,
        "top_share": down_to,
        "offences_per_week": weights.expected_offences(week).sum(axis=1),
        "peak_hour": [f"{DAYS[hour // 24]} {hour % 24:02d}:00" for hour in peak],
    }
    return gpd.GeoDataFrame(columns, geometry=segments.geometry.to_numpy(), crs=segments.crs)


def hours_table(weights: SegmentWeights) -> pd.DataFrame:
    """Need of the whole network in each hour of the week, and what it is made of."""
    week = np.arange(HOURS_PER_WEEK)
    share = weights.terms["share"].to_numpy(dtype=np.float64)
    by_part = {part: (share * (weights.terms["part"] == part)) @ weights.time for part in PARTS}
    return pd.DataFrame(
        {
            "hour_of_week": week,
            "day": [DAYS[hour // 24] for hour in week],
            "hour": week % 24,
            "need": share @ weights.time,
            **by_part,
            "offences_per_week": weights.expected_offences(week).sum(axis=0),
        }
    )


def _day_part(need: np.ndarray, first: int, last: int) -> np.ndarray:
    """Need of each segment in some hours of every day."""
    by_hour = need.reshape(len(need), 7, 24)[:, :, first:last]
    return np.asarray(by_hour.sum(axis=(1, 2)))


def _set_aside(weights: SegmentWeights) -> pd.DataFrame:
    table = weights.set_aside
    return table.assign(value=[one_line(text) for text in table["value"]])


def _write(table: pd.DataFrame, path: Path, layer: str, notes: str) -> None:
    spatial = isinstance(table, gpd.GeoDataFrame)
    try:
        pyogrio.write_dataframe(
            table,
            path,
            layer=layer,
            driver="GPKG",
            geometry_type="LineString" if spatial else None,
            append=False,
            dataset_metadata={"ATTRIBUTION": OSM_CREDIT, "NOTES": notes},
            layer_metadata={"ATTRIBUTION": OSM_CREDIT},
            layer_options={"DESCRIPTION": f"Need for patrol: {layer}. {OSM_CREDIT}"},
        )
    except pyogrio.errors.DataSourceError as trouble:
        raise InputError(f"{path.name}: could not write the layer {layer}: {trouble}") from trouble


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """GDAL's clock stopped, and set going again as it was."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN_AT})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
