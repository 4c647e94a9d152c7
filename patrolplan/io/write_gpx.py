"""One GPX 1.1 file a crew: numbered waypoints with their times, and the track to follow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import gpxpy.gpx
import numpy as np
import pandas as pd
import shapely

from patrolplan.i18n import Words, words_of
from patrolplan.io.atomic import atomic_folder
from patrolplan.io.text import one_line, slug
from patrolplan.io.times import clock
from patrolplan.io.word_forms import minutes_text
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

FILES = "route_*.gpx"
"""What the files of all crews are called."""

ODBL = "https://opendatacommons.org/licenses/odbl/1-0/"

EVENTS = {"start": "Start", "end": "End", "break": "Break"}
"""What is told of an event that is no visit, in English."""

_SIGNS = {"start": "Flag, Green", "end": "Flag, Red", "break": "Restaurant", "visit": "Flag, Blue"}


def write_gpx(plan: PatrolPlan, folder: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Write one GPX file a crew into ``folder`` and return their paths in the order of the crews.

    Files of crews that are no longer planned are taken away. Times are UTC, as GPX asks; the
    clock time in a waypoint's name is local.

    Parameters
    ----------
    plan
        The plan to write.
    folder
        Made if missing; all files appear, or none.

    Raises
    ------
    InputError
        The folder is not writable, or the disk is full.
    """
    texts = gpx_texts(plan)
    with atomic_folder(folder, stale=[FILES]) as unfinished:
        for name, text in texts.items():
            (unfinished / name).write_bytes(text.encode())
    return tuple(Path(folder) / name for name in texts)


def gpx_texts(plan: PatrolPlan) -> dict[str, str]:
    """File names and contents, one a crew: ``route_1_crew-1.gpx``, Cyrillic names in Latin letters."""
    digits = len(str(len(plan.crews)))
    events, legs = plan.events.to_crs("EPSG:4326"), plan.legs.to_crs("EPSG:4326")
    texts = {}
    for crew, who in enumerate(plan.crews):
        name = "_".join(filter(None, ["route", f"{crew + 1:0{digits}d}", slug(who.name)]))
        own_legs = legs[legs["crew"] == crew]
        lengths = plan.legs.geometry[plan.legs["crew"] == crew]
        gpx = _gpx(plan, who.name, events[events["crew"] == crew], own_legs, lengths)
        texts[f"{name}.gpx"] = gpx.to_xml(version="1.1")
    return texts


def _gpx(
    plan: PatrolPlan, crew_name: str, events: gpd.GeoDataFrame, legs: gpd.GeoDataFrame, metric: gpd.GeoSeries
) -> gpxpy.gpx.GPX:
    name = one_line(crew_name)
    gpx = gpxpy.gpx.GPX()
    gpx.creator = "patrolplan"
    gpx.name = f"{one_line(plan.community)}: {name}"
    gpx.description = " ".join([*(one_line(note) for note in plan.notes), OSM_CREDIT])
    gpx.copyright_author = "OpenStreetMap contributors"
    gpx.copyright_license = ODBL
    words = words_of(plan.language)
    gpx.waypoints.extend(_waypoint(event, words) for event in events.itertuples())
    track = gpxpy.gpx.GPXTrack(name=name, description=OSM_CREDIT)
    points = [
        point for leg, line in zip(legs.itertuples(), metric, strict=True) for point in _track(leg, line)
    ]
    if points:
        track.segments.append(gpxpy.gpx.GPXTrackSegment(_without_repeats(points)))
    gpx.tracks.append(track)
    return gpx


def _waypoint(event: Any, words: Words) -> gpxpy.gpx.GPXWaypoint:
    number = f"{int(event.order):02d} " if event.order else ""
    what = one_line(event.label)
    if event.kind != "visit":
        kind = words(EVENTS[event.kind])
        what = f"{kind}: {what}" if what and what.lower() != kind.lower() else kind
    stay = (
        f"{clock(event.start)}–{clock(event.leave)}, {minutes_text(event.minutes, words)}. "
        if event.minutes
        else ""
    )
    return gpxpy.gpx.GPXWaypoint(
        latitude=round(event.geometry.y, 7),
        longitude=round(event.geometry.x, 7),
        time=_utc(event.start.timestamp()),
        name=f"{number}{clock(event.start)} {what}",
        description=one_line(f"{stay}{event.why}") or None,
        symbol=_SIGNS.get(event.kind),
        type=event.kind,
    )


def _track(leg: Any, metric: shapely.LineString) -> Iterator[gpxpy.gpx.GPXTrackPoint]:
    """The leg's vertices with times spread evenly along its length."""
    if leg.geometry is None or leg.geometry.is_empty:
        return
    degrees = shapely.get_coordinates(leg.geometry)
    metres = shapely.get_coordinates(metric)
    walked = np.concatenate([[0.0], np.hypot(*np.diff(metres, axis=0).T).cumsum()])
    share = walked / walked[-1] if walked[-1] > 0 else np.linspace(0, 1, len(walked))
    start, end = leg.start.timestamp(), leg.end.timestamp()
    for (longitude, latitude), passed in zip(degrees, share, strict=True):
        yield gpxpy.gpx.GPXTrackPoint(
            latitude=round(latitude, 7),
            longitude=round(longitude, 7),
            time=_utc(start + passed * (end - start)),
        )


def _without_repeats(points: list[gpxpy.gpx.GPXTrackPoint]) -> list[gpxpy.gpx.GPXTrackPoint]:
    """Where one leg ends and the next begins at the same place and second, one point is enough."""
    kept = points[:1]
    for point in points[1:]:
        last = kept[-1]
        if (point.latitude, point.longitude, point.time) != (last.latitude, last.longitude, last.time):
            kept.append(point)
    return kept


def _utc(seconds: float) -> datetime:
    return pd.Timestamp(round(seconds), unit="s", tz=UTC).to_pydatetime()
