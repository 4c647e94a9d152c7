"""plan.gpkg: streets with need, hot spots, stops, legs and what stays unserved, for QGIS."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.io.atomic import atomic_path
from patrolplan.io.qgis_styles import add_styles
from patrolplan.io.text import one_line
from patrolplan.io.times import iso, minutes_of_hours
from patrolplan.plan import PatrolPlan
from patrolplan.units import HOURS_PER_WEEK, OSM_CREDIT

WRITTEN_AT = "2000-01-01T00:00:00.000Z"
"""GeoPackage wants a time of writing; a fixed one lets the same plan give the same bytes."""


def write_gpkg(plan: PatrolPlan, path: str | os.PathLike[str]) -> Path:
    """Write the plan as a GeoPackage in the network's metric system and return the path.

    Layers: ``segments`` (need of the week and in the shifts, whole and by part), ``hot_spots``
    (their segments as one MultiLineString), ``stops`` (start, visits, break and end with local
    ISO times), ``legs`` (ordered as walked) and ``unserved``. Need is in shares of the week's. The
    table ``layer_styles`` tells QGIS how to draw them.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all. The same plan gives the same bytes.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    layers = gpkg_layers(plan)
    with atomic_path(path) as unfinished, _fixed_clock():
        for name, (frame, about) in layers.items():
            _write_layer(frame, unfinished, name=name, about=about, plan=plan)
        add_styles(unfinished, {name: frame for name, (frame, _) in layers.items()})
    return Path(path)


def gpkg_layers(plan: PatrolPlan) -> dict[str, tuple[gpd.GeoDataFrame, str]]:
    """Each layer's name, frame and one line on what it holds, in the order they are written."""
    return {
        "segments": (_segments(plan), "Street segments with their patrol need in shares of the week's need"),
        "hot_spots": (_hot_spots(plan), "Clusters of segments an officer walks within one stay"),
        "stops": (_stops(plan), "Timetable of the crews: starts, visits, breaks and ends"),
        "legs": (_legs(plan), "Stretches walked, in the order of each crew's route"),
        "unserved": (_unserved(plan), "Hot spots without a visit, and why"),
    }


def _segments(plan: PatrolPlan) -> gpd.GeoDataFrame:
    segments = plan.network.segments
    hours, minutes = minutes_of_hours(plan)
    week, whole_week = np.arange(HOURS_PER_WEEK), np.ones(HOURS_PER_WEEK)
    spot_of = np.full(len(segments), -1, dtype=np.int64)
    for index, spot in enumerate(plan.hot_spots):
        spot_of[list(spot.segments)] = index
    columns = {
        "segment": segments.index.to_numpy(),
        "u": segments["u"].to_numpy(),
        "v": segments["v"].to_numpy(),
        "name": _clean(segments["name"]),
        "name_en": _clean(segments["name_en"]),
        **({"name_uk": _clean(segments["name_uk"])} if "name_uk" in segments else {}),
        "kind": segments["kind"].to_numpy(),
        "length_m": segments["length_m"].to_numpy(),
        "speed_factor": segments["speed_factor"].to_numpy(),
        **_need(plan, week, whole_week, ending="week"),
        **_need(plan, hours, minutes / 60, ending="shift"),
        "hot_spot": spot_of,
        "lit": segments["lit"].to_numpy(),
        "surface": segments["surface"].to_numpy(),
        "steps": segments["steps"].to_numpy(),
        "osm_ids": [" ".join(map(str, ids)) for ids in segments["osm_ids"]],
    }
    return gpd.GeoDataFrame(columns, geometry=segments.geometry.to_numpy(), crs=segments.crs)


def _need(
    plan: PatrolPlan, hours: NDArray[np.int64], of_hour: NDArray[np.float64], *, ending: str
) -> dict[str, NDArray[np.float64]]:
    """Need in the given shares of some hours, whole and by part."""
    parts = {part: need @ of_hour for part, need in plan.weights.need_by_part(hours).items()}
    whole = {"need": plan.weights.need(hours) @ of_hour}
    return {f"{name}_{ending}": need for name, need in (whole | parts).items()}


def _hot_spots(plan: PatrolPlan) -> gpd.GeoDataFrame:
    lines = plan.network.segments.geometry.to_numpy()
    spots = plan.hot_spots
    columns = {
        "hot_spot": np.arange(len(spots)),
        "label": _clean(spot.label for spot in spots),
        "kind": [spot.kind for spot in spots],
        "need": np.array([spot.need for spot in spots], dtype=np.float64),
        "visits": np.array(plan.visits, dtype=np.int64),
        "dwell_min": np.array([spot.dwell_s / 60 for spot in spots], dtype=np.float64),
        "walk_m": np.array([spot.walk_m for spot in spots], dtype=np.float64),
        "entry": np.array([spot.entry for spot in spots], dtype=np.int64),
        "hours": [" ".join(f"{start}-{end}" for start, end in spot.hours) for spot in spots],
        "segments": [" ".join(map(str, spot.segments)) for spot in spots],
    }
    shapes = [shapely.multilinestrings(lines[list(spot.segments)]) for spot in spots]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=plan.network.segments.crs)


def _stops(plan: PatrolPlan) -> gpd.GeoDataFrame:
    events = plan.events
    columns = {
        "crew": events["crew"].to_numpy(),
        "crew_name": _clean(events["crew_name"]),
        "kind": events["kind"].to_numpy(),
        "order": events["order"].to_numpy(),
        "hot_spot": events["hot_spot"].to_numpy(),
        "label": _clean(events["label"]),
        "street": _clean(events["street"]),
        **{name: [iso(at) for at in events[name]] for name in ("arrive", "start", "leave")},
        "minutes": events["minutes"].to_numpy(dtype=np.float64),
        "need_share": events["need_share"].to_numpy(dtype=np.float64),
        "why": _clean(events["why"]),
    }
    return gpd.GeoDataFrame(columns, geometry=events.geometry.to_numpy(), crs=events.crs)


def _legs(plan: PatrolPlan) -> gpd.GeoDataFrame:
    legs = plan.legs
    columns = {
        "crew": legs["crew"].to_numpy(),
        "crew_name": _clean(legs["crew_name"]),
        "leg": legs["leg"].to_numpy(),
        "kind": legs["kind"].to_numpy(),
        "hot_spot": legs["hot_spot"].to_numpy(),
        "from_label": _clean(legs["from_label"]),
        "to_label": _clean(legs["to_label"]),
        **{name: [iso(at) for at in legs[name]] for name in ("start", "end")},
        "length_m": legs["length_m"].to_numpy(dtype=np.float64),
        "segments": [" ".join(map(str, ids)) for ids in legs["segments"]],
    }
    return gpd.GeoDataFrame(columns, geometry=legs.geometry.to_numpy(), crs=legs.crs)


def _unserved(plan: PatrolPlan) -> gpd.GeoDataFrame:
    unserved = plan.unserved
    columns = {
        "hot_spot": unserved["hot_spot"].to_numpy(dtype=np.int64),
        "label": _clean(unserved["label"]),
        "need_share": unserved["need_share"].to_numpy(dtype=np.float64),
        "why": _clean(unserved["why"]),
        "change": _clean(unserved["change"]),
    }
    return gpd.GeoDataFrame(columns, geometry=unserved.geometry.to_numpy(), crs=plan.network.segments.crs)


def _write_layer(frame: gpd.GeoDataFrame, path: Path, *, name: str, about: str, plan: PatrolPlan) -> None:
    notes = " ".join(one_line(note) for note in plan.notes)
    shape = {"segments": "LineString", "legs": "LineString", "hot_spots": "MultiLineString"}.get(
        name, "Point"
    )
    try:
        pyogrio.write_dataframe(
            frame,
            path,
            layer=name,
            driver="GPKG",
            geometry_type=shape,
            append=False,
            dataset_metadata={
                "ATTRIBUTION": OSM_CREDIT,
                "COMMUNITY": one_line(plan.community),
                "NOTES": notes,
            },
            layer_metadata={"ATTRIBUTION": OSM_CREDIT},
            layer_options={"DESCRIPTION": f"{about}. {OSM_CREDIT}"},
        )
    except pyogrio.errors.DataSourceError as trouble:
        raise InputError(f"{path.name}: could not write the layer {name}: {trouble}") from trouble


def _clean(texts: object) -> list[str]:
    return [one_line(text) for text in texts]  # type: ignore[attr-defined]


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """GDAL's clock stopped, and set going again as it was."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN_AT})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
