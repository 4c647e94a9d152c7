"""What lies around the routes and is no stop: shelters to go to in an alarm, streets that are closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

from patrolplan.dates import Notice

SHELTER = "shelter"
"""The kind of a place where people are safe in an air raid; nobody is expected to visit it otherwise."""


@dataclass(frozen=True, kw_only=True)
class Shelter:
    """A place to go to in an alarm: its name ("" if it has none), longitude and latitude."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Closure:
    """What is closed, and when.

    Attributes
    ----------
    what
        In words, and the names of the streets it closes.
    since, until
        First and last day; None: open-ended.
    shape
        Area or lines that are closed, in degrees.
    """

    what: str
    since: date | None = None
    until: date | None = None
    shape: shapely.Geometry = field(default_factory=shapely.Point)

    def holds_on(self, day: date) -> bool:
        """Whether it is closed on a day.

        Examples
        --------
        >>> works = Closure(what="Mill Lane", since=date(2026, 11, 23), until=date(2026, 11, 24))
        >>> [works.holds_on(date(2026, 11, day)) for day in (22, 23, 24, 25)]
        [False, True, True, False]
        """
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, kw_only=True)
class Around:
    """Shelters and closures of a community, and what to know about the days of a plan."""

    shelters: tuple[Shelter, ...] = ()
    closures: tuple[Closure, ...] = ()
    notices: tuple[Notice, ...] = ()


def around_of(places: gpd.GeoDataFrame | None, closures: Sequence[Closure] = ()) -> Around:
    """Shelters among the places (kind "shelter", points), and the closures.

    Parameters
    ----------
    places
        ``kind``, ``name`` and points in any coordinate system; None where there are none.
    closures
        What is closed.
    """
    if places is None or "kind" not in places:
        return Around(closures=tuple(closures))
    kind = places["kind"].fillna("").astype(str).str.strip().str.casefold()
    there = places[(kind == SHELTER).to_numpy() & ~places.geometry.is_empty.to_numpy()]
    degrees = there.to_crs("EPSG:4326")
    names = there["name"] if "name" in there else pd.Series("", index=there.index)
    return Around(
        shelters=tuple(
            Shelter(name="" if pd.isna(name) else str(name), lon=float(point.x), lat=float(point.y))
            for name, point in zip(names, shapely.point_on_surface(degrees.geometry.to_numpy()), strict=True)
        ),
        closures=tuple(closures),
    )
