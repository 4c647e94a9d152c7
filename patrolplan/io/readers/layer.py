"""Layers with geometry (GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf, GeoParquet), cells as text."""

from __future__ import annotations

import importlib.util
import re
import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.readers.guard import check_archive, check_no_entities, head_of, what_it_is
from patrolplan.io.readers.left_behind import Keeper
from patrolplan.io.readers.probe import check_survives
from patrolplan.io.readers.raw import Ask, RawTable, unique_names

_BEGINS = {".gpkg": b"SQLite format 3\0", ".shp": b"\x00\x00\x27\x0a", ".parquet": b"PAR1"}
_JSON_KINDS = re.compile(
    rb'"type"\s*:\s*"(FeatureCollection|Feature|Point|MultiPoint|LineString|MultiLineString|Polygon|'
    rb'MultiPolygon|GeometryCollection)"'
)
_NO_JSON = (b"gdal_streamed_alg", b"stac_version", b"OGRVRT")
MOST_JSON_DEPTH = 64


def read_layer(file: Path, ask: Ask) -> RawTable:
    """Read a layer of points: the one asked for, else the first.

    Raises
    ------
    InputError
        The file is not what its ending says, damaged, or holds no geometry.
    """
    ending = file.suffix.lower()
    check_layer(file)
    frame, notes = (
        _parquet(file) if ending in (".parquet", ".geoparquet") else _by_gdal(file, ending, ask.sheet)
    )
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    points = frame.geometry
    table = _as_text(pd.DataFrame(frame.drop(columns=frame.geometry.name)))
    keeper = Keeper(file.name, ask)
    keeper.take(table.assign(**{"": "."}))
    kept = keeper.table(points=points, broken=(), notes=notes)
    bare = len(kept.frame.columns) == 1
    return kept if bare else _without_mark(kept)


def _without_mark(table: RawTable) -> RawTable:
    """A layer of bare points has no columns; the mark keeps its rows, others don't need it."""
    from dataclasses import replace

    return replace(table, frame=table.frame.drop(columns=""))


def check_layer(file: Path) -> None:
    """Refuse what GDAL must not open: contents that call for another driver, bombs, and what ends a process.

    A driver is chosen by contents, so contents that belong to another ending are not opened.

    Raises
    ------
    InputError
        It is such a file; with the way out.
    """
    ending, head = file.suffix.lower(), head_of(file)
    if ending == ".zip":
        check_archive(file)
    elif ending == ".fgb":
        check_survives(file)
    begins = _BEGINS.get(".parquet" if ending == ".geoparquet" else ending)
    wrong = begins is not None and not head.startswith(begins)
    if ending in (".geojson", ".json"):
        _check_json(file, head)
    elif ending == ".kml":
        wrong = b"<kml" not in head.replace(b"\0", b"")
        check_no_entities(file)
    if wrong:
        told = f" but {what_it_is(head)}" if what_it_is(head) else ""
        raise InputError(f"{file.name}: not a {ending} file{told}; check its ending against its content")
    if ending == ".gpkg":
        _check_no_views(file)
    if ending == ".shp":
        _check_parts(file)


def _check_json(file: Path, head: bytes) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if not start.startswith(b"{"):
        raise InputError(
            f"{file.name}: can't be read as GeoJSON; save the layer as GeoJSON, or its table as CSV"
        )
    found, depth, last = False, 0, b""
    with file.open("rb") as opened:
        while piece := opened.read(1 << 20):
            text = last + piece
            if any(mark in text for mark in _NO_JSON):
                raise InputError(
                    f"{file.name}: JSON that calls for other files is not read; save it as GeoJSON"
                )
            found = found or _JSON_KINDS.search(text) is not None
            depth += piece.count(b"[") + piece.count(b"{") - piece.count(b"]") - piece.count(b"}")
            if depth > 100_000 or b"[" * MOST_JSON_DEPTH in text or b'{"a":' * MOST_JSON_DEPTH in text:
                raise InputError(f"{file.name}: not GeoJSON: nested too deeply")
            last = piece[-200:]
    if not found:
        raise InputError(
            f"{file.name}: JSON without a GeoJSON layer in it; save it as GeoJSON, or its table as CSV"
        )


def _check_no_views(file: Path) -> None:
    """A view may compute without end; a table can't."""
    try:
        base = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            views = base.execute(
                "SELECT c.table_name FROM gpkg_contents c JOIN sqlite_master m ON m.name = c.table_name "
                "WHERE m.type <> 'table'"
            ).fetchall()
        finally:
            base.close()
    except (sqlite3.Error, UnicodeDecodeError, OverflowError):
        raise InputError(f"{file.name}: a damaged GeoPackage; save the layer again") from None
    if views:
        raise InputError(f"{file.name}: its layer is a view, not a table; save it as a layer of its own")


def _check_parts(file: Path) -> None:
    for ending in (".shx", ".dbf", ".prj", ".cpg"):
        part = file.with_suffix(ending)
        if part.exists() and not part.is_file():
            raise InputError(f"{part.name}: no plain file; copy the shapefile's files side by side")


def _by_gdal(file: Path, ending: str, asked: str | None) -> tuple[Any, tuple[str, ...]]:
    import warnings

    import pyogrio

    # a GeoJSON column of days and instants would come back as instants, the days at midnight
    options = {"DATE_AS_STRING": "YES"} if ending in (".geojson", ".json") else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layers = [str(name) for name, kind in pyogrio.list_layers(file) if kind is not None]
            if not layers:
                raise InputError(f"{file.name}: the layer has no geometry")
            if asked is not None and asked not in layers:
                raise InputError(f"{file.name}: no layer {asked!r}; the file has {', '.join(layers)}")
            layer = asked or layers[0]
            frame = pyogrio.read_dataframe(file, layer=layer, datetime_as_string=True, **options)
    except InputError:
        raise
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        ValueError,
        RuntimeError,
        MemoryError,
    ) as error:
        raise InputError(
            f"{file.name}: can't be read as {ending} ({type(error).__name__}); save the layer again"
        ) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("pyogrio", "shapely", "pyproj"):
            raise
        raise InputError(
            f"{file.name}: can't be read as {ending} ({type(error).__name__}); save the layer again"
        ) from None
    if "geometry" not in frame.columns:
        raise InputError(f"{file.name}: the layer has no geometry")
    others = [name for name in layers if name != layer]
    return frame, ((f"{file.name}: layer {layer!r} read; not read: {', '.join(others)}",) if others else ())


def _parquet(file: Path) -> tuple[Any, tuple[str, ...]]:
    if importlib.util.find_spec("pyarrow") is None:
        raise InputError(
            f"{file.name}: GeoParquet needs pyarrow (pip install pyarrow); or save it as GeoPackage"
        )
    import geopandas as gpd

    try:
        return gpd.read_parquet(file), ()
    except Exception as error:
        raise InputError(
            f"{file.name}: can't be read as GeoParquet ({type(error).__name__}); save it as GeoPackage"
        ) from None


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    names = unique_names([str(name) for name in frame.columns])
    columns = {name: _text_of(frame.iloc[:, k]) for k, name in enumerate(names)}
    return pd.DataFrame(columns, index=frame.index)


def _text_of(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all() and len(cells.dropna()):
        cells = cells.astype("Int64")
    return cells.astype("str").where(cells.notna(), "").str.strip().astype("str")
