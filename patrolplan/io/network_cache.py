"""Cleaned streets kept beside the plan file, with the hash of all that they were made from."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from patrolplan.errors import InputError
from patrolplan.graph.clean import CleanRules
from patrolplan.graph.network import Dropped, NetworkReport, StreetNetwork
from patrolplan.io.atomic import atomic_path
from patrolplan.io.osm import OsmData
from patrolplan.io.streets import read_streets
from patrolplan.version import __version__

FOLDER = ".patrolplan-cache"
"""Name of the folder of the cache, beside the plan file."""

FORM = "1"
"""Version of the form of a kept file."""

KEPT = 8
"""Files kept in a folder; the ones longest unused go first."""

_CODE = ("graph/*.py", "io/osm*.py", "io/street*.py", "io/graphml.py", "io/network_cache.py")
_ARRAYS = {"i", "f", "b"}


def cached_streets(
    path: str | PathLike[str],
    *,
    folder: str | PathLike[str] | None,
    boundary: shapely.Geometry | None = None,
    rules: CleanRules | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> OsmData:
    """Read streets as `read_streets` does, or take them as they were kept when nothing has changed.

    Kept is what reading gave, under the hash of the file's bytes, the boundary, the rules, and the version
    and source of the code that reads and cleans. Whatever differs makes another hash, so nothing
    stale is ever taken; a damaged file is noticed by its checksums and made anew.

    Parameters
    ----------
    path, boundary, rules
        As for `read_streets`.
    folder
        Where to keep; made where it is missing. None: nothing is kept or taken.
    on_progress
        Told in a few words whether streets are taken as kept.

    Raises
    ------
    InputError
        As `read_streets`. A folder that can't be written to is no error: then nothing is kept.
    """
    rules = rules or CleanRules()
    if folder is None or not Path(path).is_file():
        return read_streets(path, boundary=boundary, rules=rules)
    kept = Path(folder) / f"streets-{_key(Path(path), boundary, rules)}.npz"
    data = _taken(kept)
    if data is not None:
        if on_progress is not None:
            on_progress("streets as kept from the last time")
        return data
    data = read_streets(path, boundary=boundary, rules=rules)
    with suppress(OSError, InputError):
        _keep(data, kept)
    return data


def _key(path: Path, boundary: shapely.Geometry | None, rules: CleanRules) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        digest.update(hashlib.file_digest(file, "sha256").digest())
    digest.update(path.name.lower().partition(".")[2].encode())
    digest.update(b"" if boundary is None else shapely.to_wkb(shapely.normalize(boundary)))
    digest.update(json.dumps(asdict(rules), sort_keys=True).encode())
    digest.update(f"{FORM} {__version__}".encode())
    home = Path(__file__).parents[1]
    for source in sorted(file for pattern in _CODE for file in home.glob(pattern)):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:24]


def _taken(kept: Path) -> OsmData | None:
    """What was kept; None where there is nothing or it is damaged."""
    try:
        with kept.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            about = json.loads(str(arrays["about"]))
            frames = {name: _frame(arrays, name, told) for name, told in about["frames"].items()}
        report = about["report"]
        network = StreetNetwork(
            segments=frames["segments"],
            nodes=frames["nodes"],
            report=NetworkReport(
                ways_in=report["ways_in"],
                main_part_share=report["main_part_share"],
                dropped=tuple(Dropped(**item) for item in report["dropped"]),
                notes=tuple(report["notes"]),
            ),
        )
        data = OsmData(
            network=network,
            places=frames["places"],
            settlements=frames["settlements"],
            timestamp=about["timestamp"],
        )
        with suppress(OSError):
            kept.touch()
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        EOFError,
        zipfile.BadZipFile,
        shapely.errors.ShapelyError,
    ):
        return None
    return data


def _keep(data: OsmData, kept: Path) -> None:
    kept.parent.mkdir(exist_ok=True)
    ignored = kept.parent / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")
    arrays: dict[str, Any] = {}
    frames = {
        "segments": data.network.segments,
        "nodes": data.network.nodes,
        "places": data.places,
        "settlements": data.settlements,
    }
    about = {
        "frames": {name: _parts(frame, name, arrays) for name, frame in frames.items()},
        "report": asdict(data.network.report),
        "timestamp": data.timestamp,
    }
    arrays["about"] = np.array(json.dumps(about, ensure_ascii=False))
    with atomic_path(kept) as unfinished:
        np.savez(unfinished, **arrays)
    others = sorted(kept.parent.glob("streets-*.npz"), key=lambda file: file.stat().st_mtime)
    for file in others[:-KEPT]:
        file.unlink(missing_ok=True)


def _parts(frame: gpd.GeoDataFrame, name: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """Put a frame's columns into arrays; what is needed to make it again."""
    columns = {}
    for column in frame.columns:
        values, key = frame[column], f"{name}.{column}"
        if column == frame.geometry.name:
            columns[column] = "geometry"
            lines_or_points = values.to_numpy() if len(frame) else np.array([shapely.Point(0, 0)])
            kind, coordinates, offsets = shapely.to_ragged_array(lines_or_points)
            coordinates = coordinates if len(frame) else coordinates[:0]
            arrays[key] = coordinates
            arrays[f"{key}.offsets"] = offsets[0] if offsets else np.zeros(0, dtype=np.int64)
            arrays[f"{key}.kind"] = np.array(int(kind))
        elif getattr(values.dtype, "kind", "O") in _ARRAYS:
            columns[column] = "numbers"
            arrays[key] = values.to_numpy()
        elif len(values) and isinstance(values.iloc[0], tuple):
            columns[column] = "tuples"
            arrays[key] = np.array([number for some in values for number in some], dtype=np.int64)
            arrays[f"{key}.counts"] = np.array([len(some) for some in values], dtype=np.int64)
        else:
            columns[column] = "words"
            codes, words = pd.factorize(values.astype(object), sort=False)
            arrays[key] = codes.astype(np.int32)
            arrays[f"{key}.words"] = np.array(json.dumps(list(map(str, words)), ensure_ascii=False))
    return {
        "columns": columns,
        "rows": len(frame),
        "index": frame.index.name,
        "crs": None if frame.crs is None else frame.crs.to_wkt(),
        "words_type": str(_words_type(frame)),
    }


def _frame(arrays: Any, name: str, told: dict[str, Any]) -> gpd.GeoDataFrame:
    data = {column: _column(arrays, f"{name}.{column}", how) for column, how in told["columns"].items()}
    index = pd.RangeIndex(told["rows"], name=told["index"])
    frame = pd.DataFrame({key: pd.Series(values, index=index) for key, values in data.items()}, index=index)
    words = {column: told["words_type"] for column, how in told["columns"].items() if how == "words"}
    geometry = next(column for column, how in told["columns"].items() if how == "geometry")
    return gpd.GeoDataFrame(frame.astype(words), geometry=geometry, crs=told["crs"])


def _column(arrays: Any, key: str, how: str) -> Any:
    if how == "geometry":
        kind, offsets = shapely.GeometryType(int(arrays[f"{key}.kind"])), arrays[f"{key}.offsets"]
        return shapely.from_ragged_array(kind, arrays[key], (offsets,) if len(offsets) else None)
    if how == "numbers":
        return arrays[key]
    if how == "tuples":
        ends = np.cumsum(arrays[f"{key}.counts"]).tolist()
        values = arrays[key].tolist()
        made = np.empty(len(ends), dtype=object)
        made[:] = [tuple(values[a:b]) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
        return made
    words = np.array([*json.loads(str(arrays[f"{key}.words"])), ""], dtype=object)
    return words[arrays[key]]


def _words_type(frame: gpd.GeoDataFrame) -> Any:
    """The type of text columns in this frame (pandas has several)."""
    texts = [
        frame[column].dtype
        for column in frame.columns
        if column != frame.geometry.name
        and getattr(frame[column].dtype, "kind", "O") not in _ARRAYS
        and not (len(frame) and isinstance(frame[column].iloc[0], tuple))
    ]
    return texts[0] if texts else "object"
