"""The streets that a plan file asks for: its part of the street file, kept, with closures taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from patrolplan.config.settings import Settings
from patrolplan.errors import InputError
from patrolplan.graph.clean import CleanRules
from patrolplan.graph.closures import close
from patrolplan.io.boundary import boundary_around, box_boundary, read_boundary
from patrolplan.io.closures_file import read_closures, told_closures
from patrolplan.io.network_cache import cached_streets
from patrolplan.io.osm import OsmData
from patrolplan.io.osm_boundary import Area


def plan_streets(
    settings: Settings,
    *,
    rules: CleanRules | None = None,
    points: gpd.GeoSeries | None = None,
    on: date | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> OsmData:
    """Streets, places and settlements within the plan file's boundary, without what is closed.

    Parameters
    ----------
    settings
        Of the plan file; its section ``streets`` is read.
    rules
        Measures of the cleaning.
    points
        Where the offences were, for a boundary drawn around them.
    on
        Day whose closures count; None: all of them.
    on_progress
        Told when streets are taken as they were kept.

    Raises
    ------
    InputError
        As the readers of streets, boundaries and closures; a boundary that holds no street is told.
    """
    streets = settings.streets
    boundary = plan_boundary(settings, points=points)
    data = cached_streets(
        streets.file, folder=streets.cache, boundary=boundary, rules=rules, on_progress=on_progress
    )
    if streets.closures_file is None:
        return data
    closures = read_closures(streets.closures_file)
    day = None if on is None else pd.Timestamp(on)
    network = close(data.network, polygons=closures.areas, osm_ids=closures.ways_on(day), on=on)
    return replace(data, network=network, closures=told_closures(closures, data.network))


def plan_boundary(settings: Settings, *, points: gpd.GeoSeries | None = None) -> Area | None:
    """The area (degrees) that the plan file's boundary settings describe; None where it has none."""
    streets = settings.streets
    file: Path = streets.boundary_file or streets.file
    if streets.boundary_file is not None or streets.boundary_name is not None:
        return read_boundary(file, name=streets.boundary_name)
    if streets.bbox is not None:
        return box_boundary(streets.bbox)
    if streets.around_offences_m is None:
        return None
    if points is None:
        raise InputError("streets.around_offences_m: needs [offences] to draw the area around; name a file")
    return boundary_around(points, margin_m=streets.around_offences_m)
