"""Two plans compared, be they in memory or in the folders they were written to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from numpy.typing import NDArray

from patrolplan.compare import (
    FIGURES,
    PlanComparison,
    PlanSide,
    compare_sides,
    minutes_by_segment,
    street_keys,
)
from patrolplan.errors import InputError
from patrolplan.i18n import languages
from patrolplan.io.times import minutes_of_hours
from patrolplan.io.write_json import SCHEMA, SCHEMA_VERSION
from patrolplan.plan import PatrolPlan


def compare_plans(
    a: PatrolPlan | str | os.PathLike[str],
    b: PatrolPlan | str | os.PathLike[str],
    *,
    language: str | None = None,
    names: tuple[str, str] = ("A", "B"),
) -> PlanComparison:
    """Two plans of one place side by side: figures, stops, streets, and one sentence.

    Parameters
    ----------
    a, b
        Plans, or folders that ``patrolplan plan --out`` wrote.
    language
        To tell it in: "en", "uk"; None: that of ``b``.
    names
        What plans are called; those in folders bear their folder's name.

    Raises
    ------
    InputError
        A folder holds no plan, or the plans are of different places.
    """
    first, second = _side(a, names[0]), _side(b, names[1])
    return compare_sides(first, second, language=language)


def _side(plan: PatrolPlan | str | os.PathLike[str], name: str) -> PlanSide:
    return side_of(plan, name=name) if isinstance(plan, PatrolPlan) else read_plan_side(plan)


def side_of(plan: PatrolPlan, *, name: str) -> PlanSide:
    """What comparing needs, of a plan in memory."""
    segments = plan.network.segments
    hours, minutes = minutes_of_hours(plan)
    visits = plan.stops
    return PlanSide(
        name=name,
        language=plan.language,
        figures={key: float(value) for key, value in plan.summary().items() if key in FIGURES},
        stops=gpd.GeoDataFrame(
            {"label": visits["label"].to_numpy(), "minutes": visits["minutes"].to_numpy(dtype=np.float64)},
            geometry=visits.geometry.to_numpy(),
            crs=segments.crs,
        ),
        streets=gpd.GeoDataFrame(
            {
                "key": street_keys([" ".join(map(str, ids)) for ids in segments["osm_ids"]], segments),
                "name": segments["name"].to_numpy(),
                "minutes": minutes_by_segment(
                    plan.legs["segments"], _leg_minutes(plan.legs), segments["length_m"].to_numpy()
                ),
                "need": plan.weights.need(hours) @ (minutes / 60),
            },
            geometry=segments.geometry.to_numpy(),
            crs=segments.crs,
        ),
    )


def read_plan_side(folder: str | os.PathLike[str]) -> PlanSide:
    """Read a plan's folder for :func:`patrolplan.compare_plans`.

    Parameters
    ----------
    folder
        As ``patrolplan plan --out`` made it: ``plan.json`` and ``plan.gpkg`` are read.

    Raises
    ------
    InputError
        No such files, or files of another kind or a newer version.
    """
    home = Path(folder)
    document = plan_json(home / "plan.json")
    layers = _layers(home / "plan.gpkg")
    stops, legs, segments = layers["stops"], layers["legs"], layers["segments"]
    visits = stops[stops["kind"] == "visit"]
    figures = {**document["scores"], **document["figures"]}
    spans = pd.to_datetime(legs["end"], utc=True) - pd.to_datetime(legs["start"], utc=True)
    paths = [[int(segment) for segment in str(text or "").split()] for text in legs["segments"]]
    return PlanSide(
        name=home.resolve().name,
        language=_language(document),
        figures={name: float(figures[name]) for name in FIGURES if figures.get(name) is not None},
        stops=visits[["label", "minutes", "geometry"]].reset_index(drop=True),
        streets=gpd.GeoDataFrame(
            {
                "key": street_keys([str(ids or "") for ids in segments["osm_ids"]], segments),
                "name": segments["name"].fillna("").to_numpy(),
                "minutes": minutes_by_segment(
                    paths, spans.dt.total_seconds().to_numpy() / 60, segments["length_m"].to_numpy()
                ),
                "need": segments["need_shift"].to_numpy(dtype=np.float64),
            },
            geometry=segments.geometry.to_numpy(),
            crs=segments.crs,
        ),
    )


def plan_json(path: Path) -> dict[str, Any]:
    """A ``plan.json`` as plain values; InputError where it is none, or of a newer version."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        told = f"{path.parent}: no plan.json there; give a folder that `patrolplan plan` wrote"
        raise InputError(told) from None
    except (OSError, ValueError) as trouble:
        raise InputError(f"{path}: can't be read as a plan: {trouble}") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{path}: not a plan of patrolplan")
    if document.get("schema_version", 0) > SCHEMA_VERSION:
        raise InputError(f"{path}: written by a newer patrolplan; bring this one up to date")
    return document


def _language(document: dict[str, Any]) -> str:
    told = str(document.get("language", "en"))
    return told if told in languages() else "en"


def _layers(path: Path) -> dict[str, gpd.GeoDataFrame]:
    kept = pyogrio.get_gdal_config_option("GDAL_PAM_ENABLED")
    # Reading must leave nothing behind: GDAL would write what it learnt beside the file.
    pyogrio.set_gdal_config_options({"GDAL_PAM_ENABLED": False})
    try:
        return {name: pyogrio.read_dataframe(path, layer=name) for name in ("stops", "legs", "segments")}
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as trouble:
        raise InputError(f"{path}: can't be read: {trouble}; write the plan anew") from None
    finally:
        pyogrio.set_gdal_config_options({"GDAL_PAM_ENABLED": kept})


def _leg_minutes(legs: gpd.GeoDataFrame) -> NDArray[np.float64]:
    spans = zip(legs["start"], legs["end"], strict=True)
    return np.array([(end - start).total_seconds() / 60 for start, end in spans], dtype=np.float64)
