"""What the public may see: past patrol minutes by square, offences by street where they are many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.i18n import words_of
from patrolplan.io.called import called_streets
from patrolplan.plan import PatrolPlan
from patrolplan.risk.weights import SegmentWeights

AREA_M = 500.0
"""Side of a square: about the ground of a small quarter, with several stops in it."""
FEWEST_RECORDS = 5
"""Streets with fewer records are not shown, and counts go in steps of as many (k-anonymity with k = 5)."""


@dataclass(frozen=True, kw_only=True)
class PublicFacts:
    """Figures that hold no person, no record and no future.

    Attributes
    ----------
    areas
        One row a square in which officers stayed: ``area`` ("A1", ... from the north-west),
        ``minutes`` (whole), ``geometry`` (Polygon).
    offences
        One row a street with at least ``k`` records: ``street``, ``at_least`` (the count, rounded
        down to a multiple of ``k``), ``geometry`` (Point, the middle of the street's segment).
    days
        First and last day of the minutes, None if no day of the plan is over.
    k
        Fewest records.
    """

    areas: gpd.GeoDataFrame
    offences: gpd.GeoDataFrame
    days: tuple[date, date] | None
    k: int


def public_facts(
    plan: PatrolPlan, *, as_of: datetime, k: int = FEWEST_RECORDS, area_m: float = AREA_M
) -> PublicFacts:
    """The figures of the plan that the public may see.

    Parameters
    ----------
    plan
        The command's plan, for its records.
    as_of
        Now, with a time zone. Only days that are over by then count: nothing tells where an
        officer is or will be.
    k
        Fewest records of a street to be shown, at least 5; sensitive kinds don't count at all.
    area_m
        Side of the squares, at least 250 m.

    Raises
    ------
    InputError
        ``as_of`` without a time zone, ``k`` or ``area_m`` too small, or a plan without records
        because it was cut down already.
    """
    faults = []
    if as_of.tzinfo is None:
        faults.append(f"as_of = {as_of}: give it a time zone")
    if k < FEWEST_RECORDS:
        faults.append(f"k = {k}: must be at least {FEWEST_RECORDS}")
    if area_m < AREA_M / 2:
        faults.append(f"area_m = {area_m:g}: must be at least {AREA_M / 2:g}")
    if plan.audience != "command":
        faults.append(f"this plan was cut down for {plan.audience}s: give the command's")
    if faults:
        raise InputError(faults)
    today = as_of.astimezone(ZoneInfo(plan.timezone)).date()
    past = plan.stops[[pd.Timestamp(at).date() < today for at in plan.stops["leave"]]]
    days = [pd.Timestamp(at).date() for at in past["leave"]]
    return PublicFacts(
        areas=minutes_by_square(past, area_m=area_m),
        offences=streets_with_records(plan.network, records_told(plan.weights), plan.language, k=k),
        days=(min(days), max(days)) if days else None,
        k=k,
    )


def minutes_by_square(past: gpd.GeoDataFrame, *, area_m: float = AREA_M) -> gpd.GeoDataFrame:
    """Minutes of stay by square, rounded to five, of points with ``minutes`` in metres."""
    column = np.floor(past.geometry.x.to_numpy() / area_m).astype(np.int64)
    row = np.floor(past.geometry.y.to_numpy() / area_m).astype(np.int64)
    frame = pd.DataFrame({"row": row, "column": column, "minutes": past["minutes"].to_numpy(dtype=float)})
    sums = frame.groupby(["row", "column"])["minutes"].sum().reset_index()
    sums["minutes"] = (5 * (sums["minutes"] / 5).round()).astype(np.int64)
    sums = sums[sums["minutes"] > 0].sort_values(["row", "column"], ascending=[False, True])
    west, south = sums["column"].to_numpy() * area_m, sums["row"].to_numpy() * area_m
    return gpd.GeoDataFrame(
        {"area": [f"A{number}" for number in range(1, len(sums) + 1)], "minutes": sums["minutes"].to_numpy()},
        geometry=shapely.box(west, south, west + area_m, south + area_m),
        crs=past.crs,
    )


def records_told(weights: SegmentWeights) -> pd.DataFrame:
    """Offences that may be counted in public, one row each: ``row`` and the one ``segment`` it lies on."""
    sources = weights.sources
    if sources.empty:
        return pd.DataFrame({"row": [], "segment": []}, dtype="int64")
    told = sources[(sources["part"] == "offences") & ~sources["sensitive"].astype(bool)]
    own = told.sort_values(["weight", "segment"], ascending=[False, True], kind="stable")
    return own.drop_duplicates("row")[["row", "segment"]].reset_index(drop=True)


def streets_with_records(
    network: StreetNetwork, records: pd.DataFrame, language: str, *, k: int = FEWEST_RECORDS
) -> gpd.GeoDataFrame:
    """Streets with at least k records that may be told, at their middles, counts in steps of k."""
    segments = network.segments
    counts = records["segment"].value_counts().sort_index()
    many = counts[counts >= k]
    if many.empty:
        return gpd.GeoDataFrame({"street": [], "at_least": []}, geometry=[], crs=segments.crs)
    where, words = segments.loc[many.index], words_of(language)
    called = called_streets(network, words, only=many.index)
    return gpd.GeoDataFrame(
        {"street": called.loc[many.index].to_numpy(), "at_least": (many.to_numpy() // k) * k},
        geometry=where.geometry.interpolate(0.5, normalized=True).to_numpy(),
        crs=segments.crs,
    )
