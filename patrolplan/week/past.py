"""What was planned and walked in the weeks before, as values: shifts for fairness, visits for rotation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.units import HOURS_PER_WEEK
from patrolplan.week.delivered import Delivered

SHIFT_COLUMNS = ("week", "crew", "officer", "area", "start", "end", "minutes", "night")
VISIT_COLUMNS = (
    "week", "day", "crew", "officers", "area", "visit", "label", "start", "end", "planned_min",
    "walked_min", "need_share", "top", "osm_ids",
)  # fmt: skip
MEMORY_WEEKS = 4
"""Weeks that fairness, variation and an observer look back."""


def no_shifts() -> pd.DataFrame:
    """A table of shifts without rows."""
    return pd.DataFrame({name: [] for name in SHIFT_COLUMNS})


def no_visits() -> gpd.GeoDataFrame:
    """A table of visits without rows."""
    return gpd.GeoDataFrame({name: [] for name in VISIT_COLUMNS}, geometry=[], crs="EPSG:4326")


@dataclass(frozen=True, kw_only=True)
class Past:
    """What the ledger holds of the weeks before one.

    Attributes
    ----------
    shifts
        One row an officer and patrol: ``week`` ("2026-W47"), ``crew``, ``officer``, ``area``,
        ``start``, ``end`` (local wall clock without zone), ``minutes``,
        ``night`` (whether it reached the night).
    visits
        One row a visit, GeoDataFrame (MultiLineString, EPSG:4326): ``week``, ``day`` (date), ``crew``,
        ``officers``, ``area``, ``visit`` (its number in the week), ``label``, ``start``, ``end``
        (local wall clock without zone), ``planned_min``, ``walked_min`` (NaN until it is logged),
        ``need_share``, ``top`` (whether it was one of the neediest places, to be seen every few
        days), ``osm_ids`` (of the ways that its streets came from, space between).
    delivered
        Planned and walked minutes of the patrols that were logged.
    """

    shifts: pd.DataFrame = field(default_factory=no_shifts)
    visits: gpd.GeoDataFrame = field(default_factory=no_visits)
    delivered: Delivered = field(default_factory=Delivered)

    @property
    def weeks(self) -> list[str]:
        """The weeks that were planned, in order."""
        return sorted(set(self.shifts["week"]))

    def of_officer(self, name: str) -> pd.DataFrame:
        """Shifts of an officer in the weeks that are remembered."""
        lately = self.weeks[-MEMORY_WEEKS:]
        rows = (self.shifts["officer"] == name) & self.shifts["week"].isin(lately)
        return self.shifts[rows]

    def habits(self, name: str) -> NDArray[np.float64]:
        """[168] share of the remembered weeks in which the officer was on the street in each hour.

        Examples
        --------
        >>> Past().habits("Nobody").sum()
        np.float64(0.0)
        """
        made = np.zeros(HOURS_PER_WEEK)
        own = self.of_officer(name)
        for start, end in zip(own["start"], own["end"], strict=True):
            hours = np.arange(np.ceil((end - start).total_seconds() / 3600 + start.minute / 60))
            made[(start.weekday() * 24 + start.hour + hours.astype(int)) % HOURS_PER_WEEK] += 1
        return made / max(1, len(self.weeks[-MEMORY_WEEKS:]))

    def last_end(self, name: str) -> pd.Timestamp | None:
        """End of the officer's last patrol."""
        own = self.shifts[self.shifts["officer"] == name]
        return None if own.empty else own["end"].max()

    def last_seen(self, area: str) -> date | None:
        """Day on which an area was last visited."""
        own = self.visits[self.visits["area"] == area]
        return None if own.empty else max(own["day"])

    def top_last_seen(self, area: str) -> date | None:
        """Day since which the longest unseen of last week's neediest places in an area was not seen."""
        if not self.weeks:
            return None
        own = self.visits[(self.visits["area"] == area) & (self.visits["week"] == self.weeks[-1])]
        own = own[own["top"].astype(bool)]
        return None if own.empty else min(own.groupby("label")["day"].max())
