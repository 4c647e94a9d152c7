"""A trial of patrols at places: places chosen and days drawn by lot, later judged by the records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from patrolplan.config.settings import Settings
from patrolplan.crews import crews_of
from patrolplan.errors import InputError
from patrolplan.evaluate.crossover import (
    Compared,
    PlaceTrial,
    TrialPlace,
    chance_to_see,
    compare_days,
    draw_calendar,
)
from patrolplan.evaluate.trial import Trial, day_number
from patrolplan.orders.back_test import trial_of_loaded
from patrolplan.orders.load import load
from patrolplan.orders.pipeline import spots_in_reach, weigh_loaded

RADIUS_M, RING_M, APART_M = 150.0, 100.0, 500.0
"""A place of 150 m, a ring of 100 m around it, centres at least 500 m apart: as in the trials of
Southend, Bedfordshire and the West Midlands, so that one place's patrol is not another's control."""

FALLS = (0.1, 0.2, 0.3)
"""Falls for which the power is told before anybody walks."""


def draw_trial(
    settings: Settings,
    *,
    first: date,
    fortnights: int,
    most_places: int,
    hours: tuple[int, int] = (0, 24),
    apart_m: float = APART_M,
    seed: int = 0,
    on_progress: Callable[[str], None] | None = None,
) -> PlaceTrial:
    """Choose the neediest places that lie apart, draw their days by lot, and say what could be seen.

    Raises
    ------
    InputError
        No offence table, no two places far enough apart, or settings that make no sense.
    """
    tell = on_progress or (lambda _: None)
    if settings.offences is None:
        raise InputError("the plan file names no offence table ([offences] file = ...): nothing to judge by")
    loaded = load(settings, on_progress=on_progress)
    tell("choosing places")
    crews = crews_of(settings)
    spots, _ = spots_in_reach(loaded, weigh_loaded(loaded, until=first - timedelta(days=1)), crews)
    lines = loaded.network.segments.geometry.array
    centres = shapely.centroid([shapely.union_all(lines[list(spot.segments)]) for spot in spots])
    chosen = _apart(shapely.get_coordinates(centres), apart_m)[:most_places]
    if len(chosen) < 2:
        raise InputError(
            f"no two hot spots lie {apart_m:.0f} m apart: a trial needs places whose patrols don't reach "
            "each other; give a smaller --apart-m, or a larger network"
        )
    degrees = gpd.GeoSeries(centres[chosen], crs=loaded.network.segments.crs).to_crs("EPSG:4326")
    places = tuple(
        TrialPlace(label=spots[k].label, lon=round(point.x, 6), lat=round(point.y, 6))
        for k, point in zip(chosen, degrees, strict=True)
    )
    calendar = draw_calendar(len(places), first=first, fortnights=fortnights, seed=seed)
    trial = trial_of_loaded(loaded)
    known = trial.before(day_number(first))
    at, around = _counted(trial, known, centres[chosen], hours, radius_m=RADIUS_M, ring_m=RING_M)
    span = max(1, day_number(first) - int(trial.first.min()))
    per_place_day = float(at.sum()) / span / len(places)
    ring_share = float(around.sum() / at.sum()) if at.sum() else 0.0
    days = int(calendar.patrol.sum())
    return PlaceTrial(
        community=settings.community.name,
        calendar=calendar,
        places=places,
        hours=hours,
        radius_m=RADIUS_M,
        ring_m=RING_M,
        per_place_day=per_place_day,
        ring_share=ring_share,
        power={fall: chance_to_see(per_place_day, days, fall, ring_share=ring_share) for fall in FALLS},
    )


def judge_trial(
    settings: Settings, drawn: PlaceTrial, *, on_progress: Callable[[str], None] | None = None
) -> Compared:
    """The records of the trial's days, at its places and in the rings around them.

    Raises
    ------
    InputError
        No offence table, or records that don't reach to the trial's end.
    """
    loaded = load(settings, on_progress=on_progress)
    trial = trial_of_loaded(loaded)
    days = drawn.calendar.days
    first, last = day_number(days[0]), day_number(days[-1])
    if int(trial.last.max()) < last:
        raise InputError(
            f"the records end before the trial does ({days[-1]}): judging it early, and again later, makes "
            "false alarms likely; wait for the records of all days"
        )
    points = gpd.GeoSeries.from_xy(
        [place.lon for place in drawn.places], [place.lat for place in drawn.places], crs="EPSG:4326"
    ).to_crs(loaded.network.segments.crs)
    which = trial.between(first, last + 1)
    at, around = _counted(
        trial, which, points.to_numpy(), drawn.hours, radius_m=drawn.radius_m, ring_m=drawn.ring_m,
        first=first, days=len(days),
    )  # fmt: skip
    return compare_days(drawn.calendar, at, around)


def _apart(xy: NDArray[np.float64], apart_m: float) -> list[int]:
    """Those that lie far enough from all chosen before them, in their order."""
    chosen: list[int] = []
    for k in range(len(xy)):
        if all(np.hypot(*(xy[k] - xy[other])) >= apart_m for other in chosen):
            chosen.append(k)
    return chosen


def _counted(
    trial: Trial,
    which: NDArray[np.int64],
    centres: NDArray[np.object_],
    hours: tuple[int, int],
    *,
    radius_m: float,
    ring_m: float,
    first: int | None = None,
    days: int = 1,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """[days, places] records within the places and within the rings; all on day 0 without ``first``."""
    records = trial.records.iloc[trial.usable[which]]
    where = records.geometry.to_crs(trial.network.segments.crs)
    far, nearest = cKDTree(shapely.get_coordinates(centres)).query(shapely.get_coordinates(where.to_numpy()))
    use = np.asarray(far <= radius_m + ring_m)
    if hours != (0, 24):
        hour = records["start"].dt.hour.to_numpy()
        start, end = hours
        inside = (hour >= start) & (hour < end) if start < end else (hour >= start) | (hour < end)
        use &= inside & (records["precision"] == "minute").to_numpy()
    day = np.zeros(len(which), dtype=np.int64)
    if first is not None:
        day = (trial.first[which] + trial.last[which]) // 2 - first
    cell = day * len(centres) + nearest
    size = days * len(centres)

    def counted(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(cell[rows], minlength=size)[:size].reshape(days, len(centres)).astype(np.int64)

    return counted(use & np.asarray(far <= radius_m)), counted(use & np.asarray(far > radius_m))
