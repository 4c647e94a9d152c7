"""Routes judged by what happened after: later records at their own street and minute under each plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.evaluate.presence import Presence
from patrolplan.evaluate.trial import Trial, places_of

NEAR_M, NEAR_S = 100.0, 1800.0
"""An officer within 100 m and half an hour of a record was near."""

INSTANTS_OF_WINDOW = 48
"""A record known as a window or a day is spread over so many even instants of it."""


@dataclass(frozen=True, kw_only=True)
class Instants:
    """Later records as instants at segments; a record's weights sum to 1.

    Attributes
    ----------
    record, segment, time_s, weight
        [n] number of the record, segment, UTC seconds since 1970, share of the record.
    xy
        [n, 2] where the record lies, in the network's CRS.
    harm, day
        [records] harm class, and day since 1970-01-01.
    """

    record: NDArray[np.int64]
    segment: NDArray[np.int64]
    time_s: NDArray[np.float64]
    weight: NDArray[np.float64]
    xy: NDArray[np.float64]
    harm: NDArray[np.float64]
    day: NDArray[np.int64]

    def per_record(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of instants averaged over each record, [records]."""
        return np.bincount(self.record, self.weight * values, minlength=len(self.harm)).astype(np.float64)


@dataclass(frozen=True, kw_only=True)
class Walked:
    """Officers on the streets from an instant on.

    Attributes
    ----------
    epoch_s
        UTC seconds since 1970 of the plan's first instant.
    draws
        What they may do: one presence, or several equally likely ones.
    """

    epoch_s: float
    draws: tuple[Presence, ...]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What one way of walking did for the records.

    Attributes
    ----------
    effect, near, on_shift
        [records] effect at the record's street and minute; the chance that an officer was near it;
        how much of it lies in the hours of the plans.
    officer_s, walked_m
        [days judged] seconds of duty and metres walked.
    """

    effect: NDArray[np.float64]
    near: NDArray[np.float64]
    on_shift: NDArray[np.float64]
    officer_s: NDArray[np.float64]
    walked_m: NDArray[np.float64]


def instants_of(trial: Trial, which: NDArray[np.int64]) -> Instants:
    """Some usable records of a trial as instants at the segments they lie on."""
    records = trial.records.iloc[trial.usable[which]]
    where = records.geometry.to_crs(trial.network.segments.crs)
    places = places_of(trial, which)
    start, end = (_utc_s(records[name]) for name in ("start", "end"))
    exact = (records["precision"] == "minute").to_numpy()
    count = np.where(exact, 1, INSTANTS_OF_WINDOW)
    row = np.repeat(np.arange(len(places.record)), count[places.record])
    record = places.record[row]
    turn = np.arange(len(row)) - np.repeat(
        np.cumsum(count[places.record]) - count[places.record], count[places.record]
    )
    share = (turn + 0.5) / count[record]
    span = np.where(exact, 0.0, np.nan_to_num(end - start))
    return Instants(
        record=record,
        segment=places.segment[row],
        time_s=start[record] + share * span[record],
        weight=places.weight[row] / count[record],
        xy=np.column_stack([where.x.to_numpy(), where.y.to_numpy()])[record],
        harm=trial.harm[which],
        day=(trial.first[which] + trial.last[which]) // 2,
    )


def judged(instants: Instants, days: Sequence[Walked]) -> Judged:
    """The records under the days walked; where days overlap the greater effect counts."""
    effect, near, on_shift = (np.zeros(len(instants.record)) for _ in range(3))
    for day in days:
        at = instants.time_s - day.epoch_s
        reach = max(presence.horizon_s for presence in day.draws) + NEAR_S
        rows = np.flatnonzero((at >= -NEAR_S) & (at < reach))
        if not len(rows):
            continue
        segment, time_s, xy = instants.segment[rows], at[rows], instants.xy[rows]
        felt = np.mean([one.effect(segment, time_s) for one in day.draws], axis=0)
        seen = np.mean([one.near(xy, time_s, within_m=NEAR_M, within_s=NEAR_S) for one in day.draws], axis=0)
        effect[rows] = np.maximum(effect[rows], felt)
        near[rows] = np.maximum(near[rows], seen)
        on_shift[rows] = np.maximum(on_shift[rows], (time_s >= 0) & (time_s < day.draws[0].horizon_s))
    return Judged(
        effect=instants.per_record(effect),
        near=instants.per_record(near),
        on_shift=instants.per_record(on_shift),
        officer_s=np.array([np.mean([one.officer_s for one in day.draws]) for day in days]),
        walked_m=np.array([np.mean([one.walked_m for one in day.draws]) for day in days]),
    )


def joined(parts: Sequence[Mapping[str, Judged]]) -> dict[str, Judged]:
    """Several spans of days put together, by way of walking."""
    names = list(parts[0])
    fields = ("effect", "near", "on_shift", "officer_s", "walked_m")
    return {
        name: Judged(
            **{field: np.concatenate([getattr(part[name], field) for part in parts]) for field in fields}
        )
        for name in names
    }


def _utc_s(times: pd.Series) -> NDArray[np.float64]:
    """Seconds since 1970 in UTC, NaN where no time is known."""
    utc = pd.to_datetime(times, utc=True).dt.tz_localize(None)
    seconds = utc.to_numpy().astype("datetime64[ms]").astype(np.int64) / 1000
    return np.where(utc.isna().to_numpy(), np.nan, seconds)
