"""The records of a back-test: placed once, in the same way for every model, for fitting and for scoring."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.kinds import rate_kinds
from patrolplan.risk.offence_use import days_of, why_unused, with_use
from patrolplan.risk.offences import Offences
from patrolplan.risk.placing import Placed, place_offences
from patrolplan.risk.time import hour_counts, hour_of_week

NO_HOUR = -1


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Usable street offences with a day, placed on the streets.

    Attributes
    ----------
    network
        The streets.
    records
        All records of the table; the arrays below tell of some of them.
    rated
        Kinds of offence with what they count for.
    placed
        Where all records lie.
    usable
        [n] positions in ``records`` of the records that count, by day.
    first, last
        [n] days (since 1970-01-01) between which each happened.
    harm
        [n] harm class.
    footfall
        [segments] where people are, summing to 1; None where no place is known.
    """

    network: StreetNetwork
    records: pd.DataFrame
    rated: pd.DataFrame
    placed: Placed
    usable: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    harm: NDArray[np.float64]
    footfall: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.usable)

    def before(self, day: int, *, since: int | None = None) -> NDArray[np.int64]:
        """Which of the usable records certainly happened before a day (and not before ``since``)."""
        keep = self.last < day
        return np.flatnonzero(keep if since is None else keep & (self.first >= since))

    def between(self, day: int, until: int) -> NDArray[np.int64]:
        """Which happened from a day until before another; one that may straddle is told by its middle."""
        middle = (self.first + self.last) // 2
        return np.flatnonzero((middle >= day) & (middle < until) & (self.last >= day))

    def only(self, keep: NDArray[np.int64]) -> Trial:
        """The trial with some of the usable records alone."""
        keep = np.sort(keep)
        return replace(
            self,
            usable=self.usable[keep],
            first=self.first[keep],
            last=self.last[keep],
            harm=self.harm[keep],
        )


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Where and when records lie, a record's weights summing to 1.

    Attributes
    ----------
    record, segment, hour, weight
        [m] number of the record (0..n-1), segment, hour of the week (``NO_HOUR``: not known), share.
    count
        n.
    """

    record: NDArray[np.int64]
    segment: NDArray[np.int64]
    hour: NDArray[np.int64]
    weight: NDArray[np.float64]
    count: int


def trial_of(
    network: StreetNetwork,
    offences: Offences,
    *,
    since: date | None = None,
    until: date | None = None,
    kinds: pd.DataFrame | None = None,
    with_officer_found: bool = False,
    max_distance_m: float = 50.0,
    footfall: NDArray[np.float64] | None = None,
) -> Trial:
    """The street offences of a table that a back-test can use.

    Raises
    ------
    InputError
        No record is left, or none has a day.
    """
    records = offences.records
    rated = with_use(rate_kinds(records["kind"], overrides=kinds), with_officer_found=with_officer_found)
    placed = place_offences(network, offences, max_distance_m=max_distance_m)
    days = days_of(records)
    reason = why_unused(
        records, rated, placed, days, now=pd.Timestamp.max, since=since, until=until, ids=offences.ids
    )
    use = ((reason == "") & days["first"].notna()).to_numpy()
    if not use.any():
        raise InputError(
            f"none of the {len(records):,} records is a street offence with a day that lies on these "
            "streets in the observed period: nothing to test on"
        )
    position = np.flatnonzero(use)
    first, last = (_day_number(days[name].iloc[position]) for name in ("first", "last"))
    order = np.lexsort((position, first))
    harm = records["kind"].iloc[position].map(rated.set_index("kind")["harm"])
    return Trial(
        network=network,
        records=records,
        rated=rated,
        placed=placed,
        usable=position[order],
        first=first[order],
        last=last[order],
        harm=harm.to_numpy(dtype=np.float64)[order],
        footfall=footfall,
    )


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def day_of(number: int) -> date:
    """The day of a number of days since 1970-01-01."""
    return date.fromordinal(int(number) + date(1970, 1, 1).toordinal())


def summed(at: NDArray[np.int64], weights: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Weights added up by where they belong, [size]."""
    return np.bincount(at, weights=weights, minlength=size).astype(np.float64)


def places_of(trial: Trial, which: NDArray[np.int64]) -> Cells:
    """Segments of some usable records, without hours; ``record`` counts these records."""
    at = np.full(len(trial.records), -1)
    at[trial.usable[which]] = np.arange(len(which))
    parts = trial.placed.parts
    record = at[parts["record"].to_numpy()]
    use = record >= 0
    return Cells(
        record=record[use],
        segment=parts["segment"].to_numpy(dtype=np.int64)[use],
        hour=np.full(int(use.sum()), NO_HOUR),
        weight=parts["share"].to_numpy(dtype=np.float64)[use],
        count=len(which),
    )


def cells_of(trial: Trial, which: NDArray[np.int64]) -> Cells:
    """Segments and hours of some usable records: windows spread over their hours, as for fitting."""
    places = places_of(trial, which)
    record, hour, share = _hours(trial.records.iloc[trial.usable[which]])
    pairs = pd.DataFrame({"record": places.record, "segment": places.segment, "weight": places.weight})
    hours = pd.DataFrame({"record": record, "hour": hour, "share": share})
    both = pairs.merge(hours, on="record", how="left", sort=True)
    return Cells(
        record=both["record"].to_numpy(dtype=np.int64),
        segment=both["segment"].to_numpy(dtype=np.int64),
        hour=both["hour"].fillna(NO_HOUR).to_numpy(dtype=np.int64),
        weight=both["weight"].to_numpy() * both["share"].fillna(1.0).to_numpy(),
        count=len(which),
    )


def _hours(records: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Record, hour of week and share of the records whose hour is known at least as a window."""
    exact = np.flatnonzero((records["precision"] == "minute").to_numpy())
    window = np.flatnonzero((records["precision"] == "window").to_numpy())
    spread = records.iloc[window]
    grid = hour_counts(spread, np.arange(len(window)), np.ones(len(window)), len(window))
    row, hour = grid.nonzero()
    at = hour_of_week(records["start"].iloc[exact]).astype(np.int64)
    return (
        np.r_[exact, window[row]],
        np.r_[at, hour],
        np.r_[np.ones(len(exact)), grid[row, hour]],
    )


def _day_number(days: pd.Series) -> NDArray[np.int64]:
    return np.asarray(days.to_numpy().astype("datetime64[D]").astype(np.int64))
