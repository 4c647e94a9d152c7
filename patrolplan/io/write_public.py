"""The public folder: a page, tables and GeoJSON of what is over and can be told to everybody."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from patrolplan.errors import InputError
from patrolplan.io.atomic import atomic_folder
from patrolplan.io.json_text import json_text
from patrolplan.io.public_facts import FEWEST_RECORDS, PublicFacts, public_facts
from patrolplan.io.public_page import public_html
from patrolplan.io.text import cell, one_line
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

FILES = ("public.html", "minutes.csv", "minutes.geojson", "offences.csv", "offences.geojson")
DECIMALS = 5
"""Of degrees; a fifth decimal is about a metre."""


def write_public(
    plan: PatrolPlan, folder: str | os.PathLike[str], *, as_of: datetime, k: int = FEWEST_RECORDS
) -> dict[str, Path]:
    """Write what the public may see into a folder of its own and return the paths by name.

    Patrol minutes of days that are over, by squares of 500 m; streets with at least ``k`` offences
    on record, at the middle of the street and without kinds. No route, no hour, no name of an
    officer or crew, no record, no settings.

    Parameters
    ----------
    plan
        The command's plan.
    folder
        Made if missing. It may hold nothing but an earlier set of these files: a public folder
        with a plan beside would be a leak.
    as_of
        Now, with a time zone.
    k
        Fewest records of a street, at least 5.

    Raises
    ------
    InputError
        The folder holds other files or is not writable; the options make no sense.
    """
    facts = public_facts(plan, as_of=as_of, k=k)
    check_alone(Path(folder), FILES)
    texts = {
        "public.html": public_html(plan, facts),
        "minutes.csv": _csv(facts.areas, facts),
        "minutes.geojson": _geojson(facts.areas),
        "offences.csv": _csv(facts.offences, facts),
        "offences.geojson": _geojson(facts.offences),
    }
    with atomic_folder(folder) as unfinished:
        for name, text in texts.items():
            encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
            (unfinished / name).write_bytes(text.encode(encoding))
    return {name: Path(folder) / name for name in FILES}


def check_alone(folder: Path, files: Collection[str]) -> None:
    """Raise InputError where a folder holds other files than the public's."""
    others = (
        sorted(file.name for file in folder.iterdir() if file.name not in files) if folder.is_dir() else []
    )
    if others:
        raise InputError(
            f"{folder}: holds {', '.join(others[:5])}{' and more' if len(others) > 5 else ''}; "
            "the public's files need a folder of their own"
        )


def _csv(frame: gpd.GeoDataFrame, facts: PublicFacts) -> str:
    middle = gpd.GeoSeries(frame.geometry.centroid, crs=frame.crs).to_crs("EPSG:4326")
    columns = {
        name: [cell(value) if isinstance(value, str) else value for value in frame[name]]
        for name in frame.columns
        if name != "geometry"
    }
    days = {} if facts.days is None else {"first_day": facts.days[0], "last_day": facts.days[1]}
    where = {"latitude": middle.y.round(DECIMALS), "longitude": middle.x.round(DECIMALS)}
    dated = days if "minutes" in columns else {}
    table = pd.DataFrame({**columns, **where, **dated, "source": OSM_CREDIT})
    return table.to_csv(index=False, lineterminator="\r\n")


def _geojson(frame: gpd.GeoDataFrame) -> str:
    rows = frame.to_crs("EPSG:4326")
    features: list[dict[str, Any]] = []
    for row in rows.itertuples(index=False):
        shape = shapely.transform(row.geometry, lambda xy: xy.round(DECIMALS))
        told = {
            name: one_line(value) if isinstance(value, str) else int(value)
            for name, value in row._asdict().items()
            if name != "geometry"
        }
        features.append({"type": "Feature", "geometry": shapely.geometry.mapping(shape), "properties": told})
    return json_text({"type": "FeatureCollection", "attribution": OSM_CREDIT, "features": features})
