"""When need arises: hour-of-week profiles, smoothed around the week and shrunk where records are few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from patrolplan.units import HOURS_PER_WEEK

HOURS_PER_DAY = 24
FLAT = np.full(HOURS_PER_WEEK, 1 / HOURS_PER_WEEK)


@dataclass(frozen=True, kw_only=True)
class TimeSettings:
    """How records become profiles; the defaults were chosen as those of `SpaceSettings`.

    Attributes
    ----------
    smoothing_h
        Standard deviation in hours of the circular Gaussian that smooths counts.
    hour_prior, weekpart_prior, week_prior
        Records' worth of the next coarser profile at each step: hour of day; weekday or weekend
        by hour; hour of week. More records than this, and a step's own counts prevail.
    day_prior
        Records' worth of even days where records know their day but not their hour.
    """

    smoothing_h: float = 1.5
    hour_prior: float = 30.0
    weekpart_prior: float = 100.0
    week_prior: float = 1500.0
    day_prior: float = 50.0


def hour_counts(
    records: pd.DataFrame, groups: NDArray[np.int64], weights: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Weight of records in each hour of the week, per group.

    A record known to the minute counts in its hour; one known as a window is spread evenly over
    it (aoristic analysis: Ratcliffe 2000, doi:10.1080/136588100424963), running on from Sunday into
    Monday. Records known by date, month or not at all count nowhere here: no hour is made up.

    Parameters
    ----------
    records
        ``start``, ``end`` and ``precision`` as in ``Offences.records``.
    groups
        [n] group of each record, 0..count-1.
    weights
        [n] weight of each record.
    count
        Number of groups.

    Returns
    -------
    [count, 168].
    """
    out = np.zeros((count, HOURS_PER_WEEK))
    hour = hour_of_week(records["start"])
    exact = (records["precision"] == "minute").to_numpy()
    np.add.at(out, (groups[exact], hour[exact].astype(np.int64)), weights[exact])
    window = (records["precision"] == "window").to_numpy()
    if window.any():
        length = (records["end"] - records["start"])[window].dt.total_seconds().to_numpy() / 3600
        _spread_windows(out, groups[window], weights[window], hour[window], length)
    return out


def hour_of_week(start: pd.Series) -> NDArray[np.float64]:
    """Hours since Monday 00:00 local wall clock, [n]; NaN where there is no time.

    Examples
    --------
    >>> hour_of_week(pd.Series(pd.to_datetime(["2026-11-23 01:30"]).tz_localize("Europe/Kyiv")))
    array([1.5])
    """
    at = start.dt
    whole = at.day_of_week * HOURS_PER_DAY + at.hour
    return np.asarray(whole + at.minute / 60 + at.second / 3600, dtype=np.float64)


def profiles(
    counts: NDArray[np.float64],
    *,
    dated: NDArray[np.float64] | None = None,
    settings: TimeSettings | None = None,
) -> NDArray[np.float64]:
    """Profile over the hours of the week of each group, each summing to 1.

    Counts are smoothed around the week (Sunday night runs into Monday morning) and mixed, as a
    Dirichlet prior is, with ever coarser profiles: hour of week, weekday or weekend by hour, hour
    of day, the profile of all groups pooled, flat. With no timed record at all it is flat.

    Parameters
    ----------
    counts
        [groups, 168] weight of the records with a known hour.
    dated
        [groups, 7] weight of records that know their day alone: they move days, never hours.
    settings
        Smoothing and the strength of each prior.

    Returns
    -------
    [groups, 168].

    Examples
    --------
    >>> nothing = profiles(np.zeros((1, 168)))
    >>> bool(np.allclose(nothing, 1 / 168))
    True
    """
    use = settings or TimeSettings()
    pooled = _shrunk(counts.sum(axis=0, keepdims=True), FLAT[None, :], use)
    out = _shrunk(counts, np.repeat(pooled, len(counts), axis=0), use)
    return out if dated is None or not dated.any() else _with_days(out, counts, dated, use)


def day_counts(
    records: pd.DataFrame, groups: NDArray[np.int64], weights: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Weight of date-only records on each day of the week, [count, 7]."""
    out = np.zeros((count, 7))
    dated = (records["precision"] == "date").to_numpy()
    day = records["start"].dt.day_of_week.to_numpy()[dated].astype(np.int64)
    np.add.at(out, (groups[dated], day), weights[dated])
    return out


def _spread_windows(
    out: NDArray[np.float64],
    groups: NDArray[np.int64],
    weights: NDArray[np.float64],
    start: NDArray[np.float64],
    length: NDArray[np.float64],
) -> None:
    """Add each window's weight evenly over its hours; whole weeks in it are spread flat."""
    safe = np.maximum(length, 1e-9)
    weeks = np.floor(safe / HOURS_PER_WEEK)
    np.add.at(out, groups, (weights * weeks / safe)[:, None] * np.ones(HOURS_PER_WEEK))
    rest = safe - weeks * HOURS_PER_WEEK
    first = np.floor(start).astype(np.int64)
    for step in range(int(np.ceil(rest.max())) + 1):
        cell = first + step
        part = np.clip(np.minimum(start + rest, cell + 1) - np.maximum(start, cell), 0, None)
        np.add.at(out, (groups, cell % HOURS_PER_WEEK), weights * part / safe)


def _shrunk(
    counts: NDArray[np.float64], parent: NDArray[np.float64], use: TimeSettings
) -> NDArray[np.float64]:
    """Mix counts with coarser and coarser profiles of themselves, the coarsest with the parent."""
    total = counts.sum(axis=1, keepdims=True)
    grid = counts.reshape(-1, 7, HOURS_PER_DAY)
    by_hour = _smooth(grid.mean(axis=1), use.smoothing_h)[:, None, :].repeat(7, axis=1)
    parts = [_smooth(grid[:, days].mean(axis=1), use.smoothing_h) for days in (slice(0, 5), slice(5, 7))]
    by_part = np.concatenate(
        [parts[0][:, None].repeat(5, axis=1), parts[1][:, None].repeat(2, axis=1)], axis=1
    )
    by_week = _smooth(counts, use.smoothing_h)
    steps = ((by_hour, use.hour_prior), (by_part, use.weekpart_prior), (by_week, use.week_prior))
    for own, strength in steps:
        parent = (own.reshape(counts.shape) + strength * parent) / (total + strength)
    return parent


def _smooth(counts: NDArray[np.float64], sd_h: float) -> NDArray[np.float64]:
    return np.asarray(gaussian_filter1d(counts, sd_h, axis=-1, mode="wrap"))


def _with_days(
    out: NDArray[np.float64], counts: NDArray[np.float64], dated: NDArray[np.float64], use: TimeSettings
) -> NDArray[np.float64]:
    """Move each group's days towards where its date-only records fall; hours within a day stay."""
    grid = out.reshape(-1, 7, HOURS_PER_DAY)
    day = grid.sum(axis=2)
    strength = counts.sum(axis=1, keepdims=True) + use.day_prior
    moved = (strength * day + dated) / (strength + dated.sum(axis=1, keepdims=True))
    return np.asarray((grid * (moved / day)[:, :, None]).reshape(out.shape))
