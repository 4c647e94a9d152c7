"""Where and when offence records cover: proposed from the records, and what is unknown outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.offence_use import days_of
from patrolplan.risk.offences import Offences

AROUND_M = 100.0
"""Streets this near to records are taken as covered by them."""
CLOSE_M = 200.0
"""Gaps between records narrower than twice this are no border of what is recorded."""
NEIGHBOURS_M = 250.0
STRAY = 0.2
"""Spots with less than this share of the usual number of records around them are strays over the border."""
FEW_RECORDS = 30
THIN_MONTH = 0.25
"""A month at the beginning or end with less than this share of a usual month's records looks torn."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What offence records seem to cover.

    Attributes
    ----------
    area
        Polygon in EPSG:4326 around the records; None for too few records to tell.
    share_of_length
        Share of the streets inside it.
    since, until
        First and last day that seem to be covered in full; None where no record has a date.
    """

    area: gpd.GeoSeries | None
    share_of_length: float
    since: date | None
    until: date | None


def propose_coverage(network: StreetNetwork, offences: Offences) -> Coverage:
    """The area and the period that records seem to cover: a proposal, for people to confirm."""
    local = offences.records.geometry.to_crs(network.segments.crs)
    since, until = _period(days_of(offences.records))
    if len(local) < FEW_RECORDS:
        return Coverage(area=None, share_of_length=1.0, since=since, until=until)
    spots = shapely.points(_without_strays(shapely.get_coordinates(local.to_numpy())))
    area = shapely.buffer(shapely.buffer(shapely.union_all(spots), CLOSE_M), AROUND_M - CLOSE_M)
    inside = covered(network, gpd.GeoSeries([area], crs=local.crs))
    length = network.segments["length_m"].to_numpy(dtype=np.float64)
    return Coverage(
        area=gpd.GeoSeries([area], crs=local.crs).to_crs(4326),
        share_of_length=float(length[inside].sum() / length.sum()),
        since=since,
        until=until,
    )


def covered(network: StreetNetwork, area: gpd.GeoSeries) -> NDArray[np.bool_]:
    """Whether the middle of each segment lies in the area, [segments]."""
    polygon = shapely.union_all(area.to_crs(network.segments.crs).to_numpy())
    middles = shapely.line_interpolate_point(network.segments.geometry.to_numpy(), 0.5, normalized=True)
    shapely.prepare(polygon)
    return np.asarray(shapely.intersects(polygon, middles))


def typical_where_unknown(
    space: NDArray[np.float64],
    observed: NDArray[np.bool_],
    length_m: NDArray[np.float64],
    street: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Patterns over segments with the unobserved ones at the usual rate of their kind of street.

    Parameters
    ----------
    space
        [k, segments], rows sum to 1.
    observed
        [segments].
    length_m
        [segments].
    street
        [segments] number of the kind of street.

    Returns
    -------
    [k, segments], rows sum to 1.

    Examples
    --------
    >>> seen = np.array([True, True, False])
    >>> typical_where_unknown(np.array([[0.6, 0.4, 0.0]]), seen, np.ones(3), np.zeros(3, dtype=int)).round(3)
    array([[0.4  , 0.267, 0.333]])
    """
    if observed.all() or not observed.any():
        return space
    kinds = int(street.max()) + 1
    length = np.bincount(street[observed], weights=length_m[observed], minlength=kinds)
    seen = space[:, observed]
    even = seen.sum(axis=1, keepdims=True) / length.sum()
    mass = np.zeros((len(space), kinds))
    np.add.at(mass.T, street[observed], seen.T)
    rate = np.where(length > 0, mass / np.maximum(length, 1e-9), even)
    out = np.where(observed, space, rate[:, street] * length_m)
    return np.asarray(out / out.sum(axis=1, keepdims=True))


def _without_strays(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distinct spots with enough records around them, [n, 2]."""
    spots, count = np.unique(xy.round(1), axis=0, return_counts=True)
    tree = cKDTree(spots)
    near = tree.sparse_distance_matrix(tree, NEIGHBOURS_M, output_type="coo_matrix")
    around = count + np.bincount(near.row, weights=count[near.col], minlength=len(spots))
    keep = around >= STRAY * np.median(np.repeat(around, count))
    return np.asarray(spots[keep])


def _period(days: pd.DataFrame) -> tuple[date | None, date | None]:
    """First and last day, leaving out torn months at both ends."""
    known = days.dropna(subset=["first"])
    if known.empty:
        return None, None
    first, last = known["first"].min(), known["last"].max()
    months = known["middle"].dt.to_period("M").value_counts().sort_index()
    usual = months.median()
    if len(months) >= 4:
        if months.iloc[0] < THIN_MONTH * usual:
            first = months.index[1].to_timestamp()
        if months.iloc[-1] < THIN_MONTH * usual:
            last = months.index[-2].to_timestamp(how="end").normalize()
    return first.date(), last.date()
