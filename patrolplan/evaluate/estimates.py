"""Estimates of where and when street offences will come: the form that all models share, and ours."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from patrolplan.evaluate.trial import NO_HOUR, Cells, Trial, summed
from patrolplan.risk.recency import Recency
from patrolplan.risk.space import SpaceSettings
from patrolplan.risk.street_offences import Counted, aged, counted_records, places_of, time_of
from patrolplan.risk.time import TimeSettings
from patrolplan.units import HOURS_PER_WEEK

FLAT = np.full((1, HOURS_PER_WEEK), 1 / HOURS_PER_WEEK)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Share of the week's street offences to expect on each segment in each hour, in factors.

    Attributes
    ----------
    share
        [k], sums to 1.
    space, time
        [k, segments] and [k, 168], rows sum to 1.
    per_week
        Street offences a week to expect in all, NaN where a model doesn't say.
    """

    share: NDArray[np.float64]
    space: NDArray[np.float64]
    time: NDArray[np.float64]
    per_week: float = np.nan

    def by_segment(self) -> NDArray[np.float64]:
        """Share of each segment over the week, [segments]."""
        return np.asarray(self.share @ self.space)

    def log_of(self, cells: Cells) -> NDArray[np.float64]:
        """Mean log of the share at each record's cells, [records].

        A record without an hour is scored on its place alone, at the even hour.
        """
        known = cells.hour != NO_HOUR
        time = np.where(known, self.time[:, cells.hour], 1 / HOURS_PER_WEEK)
        value = np.einsum("k,km,km->m", self.share, self.space[:, cells.segment], time)
        logs = cells.weight * np.log(np.maximum(value, 1e-300))
        return summed(cells.record, logs, cells.count)

    def without_hours(self) -> Estimate:
        """The same places, at all hours alike."""
        return Estimate(share=np.ones(1), space=self.by_segment()[None, :], time=FLAT, per_week=self.per_week)


@dataclass(frozen=True, kw_only=True)
class NeedOptions:
    """Settings of our estimate, as `weigh` takes them."""

    space: SpaceSettings = field(default_factory=SpaceSettings)
    time: TimeSettings = field(default_factory=TimeSettings)
    recency: Recency = field(default_factory=Recency)


def our_estimate(
    trial: Trial, which: NDArray[np.int64], *, day: int, since: int, options: NeedOptions
) -> Estimate:
    """The offence part of need as `weigh` makes it, each record counting once whatever its harm.

    Parameters
    ----------
    trial
        All records.
    which
        Usable records to fit on.
    day
        The day for which the estimate is made; ages count from the day before.
    since
        First day that the records cover.
    options
        Settings.
    """
    counted = counted_of(trial, which, day=day, options=options)
    amount = summed(counted.group, counted.weight, len(counted.names))
    days = options.recency.days(day - since)
    return Estimate(
        share=amount / amount.sum(),
        space=places_of(trial.network, counted, options.space, footfall=trial.footfall).space,
        time=time_of(counted, options.time),
        per_week=float(7 * amount.sum() / days),
    )


def counted_of(trial: Trial, which: NDArray[np.int64], *, day: int, options: NeedOptions) -> Counted:
    """Some usable records as `weigh` counts them on a day."""
    age = (day - 1) - (trial.first[which] + trial.last[which]) / 2
    order = np.argsort(trial.usable[which], kind="stable")
    return counted_records(
        trial.records,
        trial.usable[which][order],
        rated=trial.rated,
        placed=trial.placed,
        weight=aged(age[order].astype(np.float64), options.recency),
        day=-age[order].astype(np.float64),
    )
