"""routes.geojson: stops and legs for web maps and phones, WGS 84 as RFC 7946 asks."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import shapely

from patrolplan.io.atomic import write_text
from patrolplan.io.text import one_line
from patrolplan.io.times import iso
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

DECIMALS = 6
"""A sixth decimal of a degree is about 0.1 m."""


def write_geojson(plan: PatrolPlan, path: str | os.PathLike[str]) -> Path:
    """Write legs and events as one GeoJSON collection, one feature a line, and return the path.

    Every feature has ``layer`` ("leg" or "event"), the crew and local ISO times with offset; the
    map credit is the member ``attribution`` of the collection.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    features = [*_legs(plan), *_events(plan)]
    head = {
        "attribution": OSM_CREDIT,
        "name": one_line(plan.community),
        "notes": [one_line(n) for n in plan.notes],
    }
    members = ",\n".join(f"{_text(key)}: {_text(value)}" for key, value in head.items())
    rows = ",\n".join(_text(feature) for feature in features)
    return write_text(path, f'{{"type": "FeatureCollection",\n{members},\n"features": [\n{rows}\n]}}\n')


def _legs(plan: PatrolPlan) -> list[dict[str, Any]]:
    legs = plan.legs.to_crs("EPSG:4326")
    return [
        _feature(
            leg.geometry,
            layer="leg",
            crew=one_line(leg.crew_name),
            leg=int(leg.leg),
            kind=leg.kind,
            hot_spot=int(leg.hot_spot),
            from_label=one_line(leg.from_label),
            to_label=one_line(leg.to_label),
            start=iso(leg.start),
            end=iso(leg.end),
            length_m=round(float(leg.length_m), 1),
        )
        for leg in legs.itertuples()
    ]


def _events(plan: PatrolPlan) -> list[dict[str, Any]]:
    events = plan.events.to_crs("EPSG:4326")
    return [
        _feature(
            event.geometry,
            layer="event",
            crew=one_line(event.crew_name),
            kind=event.kind,
            order=int(event.order),
            hot_spot=int(event.hot_spot),
            label=one_line(event.label),
            street=one_line(event.street),
            arrive=iso(event.arrive),
            start=iso(event.start),
            leave=iso(event.leave),
            minutes=round(float(event.minutes), 2),
            need_share=float(event.need_share),
            why=one_line(event.why),
        )
        for event in events.itertuples()
    ]


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    rounded = shapely.transform(geometry, lambda xy: xy.round(DECIMALS))
    shape = shapely.geometry.mapping(rounded) if not rounded.is_empty else None
    return {"type": "Feature", "geometry": shape, "properties": properties}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
