"""People who walk an issued plan, and the phones in their pockets; any test or benchmark may import this.

The walker knows the plan's legs alone. He keeps his own clock: a stop left out makes him early, so that he
is at each later stop at other times than planned; what he truly did is told beside the track.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import gpxpy.gpx
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.steps import StreetPoint, path_geometry
from patrolplan.graph.walk import walks_between
from patrolplan.issued import IssuedPlan, IssuedRoute

SPEED_M_PER_S = 1.25


@dataclass(frozen=True, kw_only=True)
class Walked:
    """The truth: where somebody was, each second, and how long on the streets of each visit's stop."""

    seconds: NDArray[np.float64]
    xy: NDArray[np.float64]
    minutes: NDArray[np.float64]
    km: float


def walk_route(
    network: StreetNetwork,
    issued: IssuedPlan,
    route: IssuedRoute,
    *,
    left_out: Collection[int] = (),
    shares: Collection[float] | None = None,
    late_s: float = 0.0,
    pace: float = 1.0,
) -> Walked:
    """Walk a route second by second, but leave visits out, or stay but a share of their time.

    Minutes are those of the stay itself; walking past on the way to elsewhere is no stay.
    """
    shares = list(shares or [1.0] * len(route.visits))
    at = route.crew.shift.start.timestamp() + late_s
    seconds, places, minutes = [], [], np.zeros(len(route.visits))
    number, here = -1, None
    for leg, target in _legs(route):
        if leg.kind == "walk":
            number = target
            if target in left_out:
                continue
            line = path_geometry(network, leg.steps) if here is None else _way(network, here, leg)
            length_s = max(line.length / (SPEED_M_PER_S * pace), 1.0)
            here = _last(leg)
        else:
            if number in left_out:
                continue
            planned_s = (leg.end - leg.start).total_seconds()
            length_s = planned_s * shares[number]
            line = shapely.LineString(_part(path_geometry(network, leg.steps), shares[number]))
            minutes[number] = length_s / 60
            here = _last(leg)
        steps = np.arange(0.0, length_s)
        if not line.is_empty:
            there = shapely.line_interpolate_point(line, steps / length_s, normalized=True)
            places.append(shapely.get_coordinates(there))
        else:
            places.append(np.repeat(_standing(places), len(steps), axis=0))
        seconds.append(at + steps)
        at += length_s
        rest_s = next((_length_s(e) for e in route.events if e.kind == "break" and e.start == leg.end), 0.0)
        seconds.append(at + np.arange(0.0, rest_s))
        places.append(np.repeat(_standing(places), len(seconds[-1]), axis=0))
        at += rest_s
    xy = np.concatenate(places)
    return Walked(
        seconds=np.concatenate(seconds),
        xy=xy,
        minutes=minutes,
        km=float(np.hypot(*np.diff(xy, axis=0).T).sum()) / 1000,
    )


def _legs(route):
    """Each leg with the number of the visit it leads to, or belongs to; -1 for the way home."""
    number, made = -1, []
    for leg in route.legs:
        if leg.kind == "walk":
            coming = [k for k, event in enumerate(route.visits) if event.start >= leg.end]
            number = coming[0] if coming else -1
        else:
            number = next(k for k, event in enumerate(route.visits) if event.start <= leg.start < event.leave)
            if not made or made[-1][1] != number:
                made.append((_Stand(kind="walk", steps=()), number))
        made.append((leg, number))
    return made


@dataclass(frozen=True, kw_only=True)
class _Stand:
    kind: str
    steps: tuple
    end: datetime | None = None


def _length_s(event):
    return (event.leave - event.start).total_seconds()


def _last(leg):
    return StreetPoint(segment=leg.steps[-1].segment, offset_m=leg.steps[-1].to_m) if leg.steps else None


def _standing(places):
    return next(part[-1:] for part in reversed(places) if len(part))


def _way(network, here, leg):
    if not leg.steps:
        return shapely.LineString()
    goal = StreetPoint(segment=leg.steps[-1].segment, offset_m=leg.steps[-1].to_m)
    return path_geometry(network, walks_between(network, [here, goal]).path(0, 1))


def _part(line, share):
    """There and back again over a share of the walk, so that one ends where one began."""
    if share == 1:
        return line
    half = shapely.ops.substring(line, 0, share / 2, normalized=True)
    return [*half.coords, *list(half.coords)[::-1][1:]]


def phone(
    walked: Walked,
    rng: np.random.Generator,
    *,
    noise_m: float = 8.0,
    every_s: int = 5,
    canyons: int = 0,
    gaps: int = 0,
    longest_gap_s: int = 300,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds and places a phone records: errors that last, canyons that push aside, gaps.

    ``noise_m`` is the standard deviation of the distance along each axis, half of its variance
    lasting for about a minute, half white. A canyon pushes by another 25 m for two minutes.
    """
    picked = np.arange(0, len(walked.seconds), every_s)
    seconds, xy = walked.seconds[picked], walked.xy[picked].copy()
    lasting = np.zeros((len(xy), 2))
    keep = np.exp(-every_s / 60.0)
    pushes = rng.normal(0, noise_m * np.sqrt(0.5) * np.sqrt(1 - keep**2), (len(xy), 2))
    lasting[0] = rng.normal(0, noise_m * np.sqrt(0.5), 2)
    for at in range(1, len(xy)):
        lasting[at] = keep * lasting[at - 1] + pushes[at]
    xy += lasting + rng.normal(0, noise_m * np.sqrt(0.5), xy.shape)
    for _ in range(canyons):
        start, angle = rng.uniform(seconds[0], seconds[-1]), rng.uniform(0, 2 * np.pi)
        inside = (seconds >= start) & (seconds < start + 120)
        xy[inside] += 25.0 * np.array([np.cos(angle), np.sin(angle)])
    kept = np.ones(len(xy), dtype=bool)
    for _ in range(gaps):
        start = rng.uniform(seconds[0] + 60, seconds[-1] - 60)
        kept &= ~((seconds > start) & (seconds < start + rng.uniform(60, longest_gap_s)))
    return seconds[kept], xy[kept]


def write_track(
    path: Path, network: StreetNetwork, seconds: NDArray[np.float64], xy: NDArray[np.float64], *,
    clock_s: float = 0.0, creator: str = "A phone",
) -> Path:  # fmt: skip
    """A GPX file of the track, its clock off by ``clock_s``."""
    lon, lat = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True).transform(*xy.T)
    gpx = gpxpy.gpx.GPX()
    gpx.creator = creator
    track, part = gpxpy.gpx.GPXTrack(), gpxpy.gpx.GPXTrackSegment()
    for at, x, y in zip(seconds, lon, lat, strict=True):
        time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=round(at + clock_s, 1))
        part.points.append(gpxpy.gpx.GPXTrackPoint(latitude=round(y, 7), longitude=round(x, 7), time=time))
    track.segments.append(part)
    gpx.tracks.append(track)
    path.write_text(gpx.to_xml(version="1.1"), encoding="utf-8")
    return path
