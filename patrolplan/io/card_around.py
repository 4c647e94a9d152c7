"""What lies around a route, told on its card: the nearest shelters, and what is closed that day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from patrolplan.duty import Crew
from patrolplan.graph.street_names import street_names
from patrolplan.i18n import words_of
from patrolplan.io import card_words as texts
from patrolplan.io.text import one_line
from patrolplan.plan import PatrolPlan

if TYPE_CHECKING:
    from patrolplan.io.route_facts import StopFacts

MOST_SHELTERS = 5
SHELTER_REACH_M = 600.0
"""A shelter farther from every stop is not where anyone runs in an alarm."""
MOST_CLOSED = 5
CLOSED_REACH_M = 250.0
"""What is closed farther from the route does not bear on it."""


@dataclass(frozen=True, kw_only=True)
class ShelterFacts:
    """A shelter near a route: its letter on the card's map, where it is in words, its place in metres."""

    mark: str
    told: str
    point: tuple[float, float]


def shelters_near(plan: PatrolPlan, stops: Sequence[StopFacts]) -> tuple[ShelterFacts, ...]:
    """The shelters nearest to the stops, each with the stop it is nearest to, in the order of the stops."""
    visits = [stop for stop in stops if stop.kind == "visit"]
    shelters = plan.around.shelters
    if not visits or not shelters:
        return ()
    crs = plan.network.segments.crs
    at = gpd.GeoSeries(shapely.points([(s.lon, s.lat) for s in shelters]), crs="EPSG:4326").to_crs(crs)
    away = np.hypot(*(shapely.get_coordinates(at)[:, None] - np.array([s.point for s in visits])).T).T
    nearest = away.argmin(axis=1)
    far = away[np.arange(len(shelters)), nearest]
    chosen = [
        int(row) for row in np.argsort(far, kind="stable")[:MOST_SHELTERS] if far[row] <= SHELTER_REACH_M
    ]
    words, names = words_of(plan.language), street_names(plan.network, plan.language)
    streets = plan.network.segments.sindex.nearest(at, return_all=False)[1]
    found = []
    for mark, row in zip(ascii_uppercase, sorted(chosen, key=lambda row: visits[nearest[row]].order)):
        name, street = one_line(shelters[row].name), one_line(names.iloc[streets[row]])
        place = ", ".join(dict.fromkeys(filter(None, [name, street]))) or words(texts.SHELTER)
        told = texts.shelter_words(place, float(far[row]), visits[nearest[row]].order, words)
        found.append(ShelterFacts(mark=mark, told=told, point=(float(at.iloc[row].x), float(at.iloc[row].y))))
    return tuple(found)


def closed_lines(plan: PatrolPlan, crew: Crew, legs: gpd.GeoDataFrame) -> tuple[str, ...]:
    """What is closed near the route on the days of the crew's shift."""
    days = {crew.shift.start.date(), crew.shift.end.date()}
    there = [closure for closure in plan.around.closures if any(map(closure.holds_on, days))]
    if not there or legs.empty:
        return ()
    shapes = gpd.GeoSeries([closure.shape for closure in there], crs="EPSG:4326").to_crs(legs.crs)
    near: Any = shapes.distance(legs.geometry.union_all()).to_numpy() <= CLOSED_REACH_M
    words = words_of(plan.language)
    told = [
        texts.closed_words(closure.what, closure.until, words)
        for closure, is_near in zip(there, near)
        if is_near
    ]
    return tuple(dict.fromkeys(told))[:MOST_CLOSED]
