"""What changes need beside its causes: the user's own factor of a street, and darkness on unlit ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.weights import SegmentWeights
from patrolplan.units import HOURS_PER_WEEK

DUSK_DEG = 6.0
"""It is dark while the sun stands more than this below the horizon: the end of civil twilight."""


def with_factor(
    weights: SegmentWeights, factor: NDArray[np.float64], *, hours: NDArray[np.float64] | None = None
) -> SegmentWeights:
    """Need times a factor per segment, in some hours, scaled so that the week's need is 1 again.

    A factor of at most 1 on one segment never raises that segment.

    Parameters
    ----------
    weights
        As they are.
    factor
        [segments], 0 or more.
    hours
        [168] share of each hour in which it holds; None: all.

    Raises
    ------
    InputError
        Factors that don't fit the segments, below 0, or 0 everywhere.
    """
    factor = np.asarray(factor, dtype=np.float64)
    if factor.shape != (weights.space.shape[1],) or not (factor >= 0).all() or not factor.any():
        raise InputError(
            f"factors of need: give one for each of the {weights.space.shape[1]:,} segments, "
            "0 or more, not all 0"
        )
    at = np.ones(HOURS_PER_WEEK) if hours is None else hours
    pieces = [(weights.time * (1 - at), np.ones(len(factor))), (weights.time * at, factor)]
    terms, space, time = [], [], []
    counted = weights.terms["count"].to_numpy()
    later = np.round(counted * (weights.time * at).sum(axis=1)).astype(np.int64)
    counts = (counted - later, later)  # so that the pieces of a term hold its records once
    for count, (profile, times) in zip(counts, pieces, strict=True):
        pattern = weights.space * times
        in_time, in_space = profile.sum(axis=1), pattern.sum(axis=1)
        keep = in_time * in_space > 0
        share = weights.terms["share"].to_numpy(dtype=np.float64) * in_time * in_space
        terms.append(weights.terms.assign(share=share, count=count)[keep])
        space.append(pattern[keep] / in_space[keep, None])
        time.append(profile[keep] / in_time[keep, None])
    table = pd.concat(terms, ignore_index=True)
    return replace(
        weights,
        terms=table.assign(share=table["share"] / table["share"].sum()),
        space=np.concatenate(space),
        time=np.concatenate(time),
    )


def after_dark(
    weights: SegmentWeights, network: StreetNetwork, *, week: date, timezone: str | None, factor: float
) -> SegmentWeights:
    """Need on streets mapped as unlit, times a factor in the hours of darkness of a week."""
    if factor == 1 or "lit" not in network.segments:
        return weights
    if timezone is None:
        raise InputError("darkness needs the time zone of the place: give timezone=...")
    unlit = (network.segments["lit"] == "no").to_numpy()
    if not unlit.any():
        return weights
    middle = network.nodes.geometry.to_crs(4326)
    dark = dark_hours(week, lon=float(middle.x.mean()), lat=float(middle.y.mean()), timezone=timezone)
    return with_factor(weights, np.where(unlit, factor, 1.0), hours=dark)


def dark_hours(week: date, *, lon: float, lat: float, timezone: str) -> NDArray[np.float64]:
    """Share of each hour of the week of a day that is dark, [168], Monday first.

    The sun's height comes from the library astral, every five minutes.

    Examples
    --------
    >>> dark = dark_hours(date(2026, 12, 23), lon=30.5, lat=50.45, timezone="Europe/Kyiv")
    >>> float(dark[12]), float(dark[20])
    (0.0, 1.0)
    """
    from astral import Observer
    from astral.sun import elevation

    monday = week - timedelta(days=week.weekday())
    zone, place = ZoneInfo(timezone), Observer(latitude=lat, longitude=lon)
    begin = datetime(monday.year, monday.month, monday.day, 0, 2, 30)
    moments = [begin + timedelta(minutes=5 * step) for step in range(12 * HOURS_PER_WEEK)]
    height = [elevation(place, moment.replace(tzinfo=zone)) for moment in moments]
    return np.asarray((np.array(height) < -DUSK_DEG).reshape(HOURS_PER_WEEK, 12).mean(axis=1))
