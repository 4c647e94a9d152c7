"""The offence part of need: which records count, how much, where and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.kinds import rate_kinds
from patrolplan.risk.offences import Offences
from patrolplan.risk.placing import Placed, place_offences
from patrolplan.risk.space import SpaceSettings, shares, spread_along_streets
from patrolplan.risk.time import TimeSettings, day_counts, hour_counts, hour_of_week, profiles

MOST_OF_ONE_RECORD = 0.05
"""No record carries more than this share of the offence part."""


@dataclass(frozen=True, kw_only=True)
class Recency:
    """How much an old record counts: a long memory mixed with a short one.

    Attributes
    ----------
    half_life_days
        Days after which the long part counts half.
    recent_share
        Share of the short part, 0..1.
    recent_half_life_days
        Days after which the short part counts half.
    """

    half_life_days: float = 365.0
    recent_share: float = 0.2
    recent_half_life_days: float = 30.0

    def weight(self, age_days: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weight of records of an age in days, 1 at age 0.

        Examples
        --------
        >>> Recency(half_life_days=100, recent_share=0).weight(np.array([0.0, 100.0])).tolist()
        [1.0, 0.5]
        """
        long = np.exp2(-age_days / self.half_life_days)
        return np.asarray((1 - self.recent_share) * long + self.recent_share * np.exp2(-age_days / self.recent_half_life_days))

    def days(self, span_days: float) -> float:
        """Weighted days in a span that ends today: what a constant daily rate would be divided by."""
        parts = ((1 - self.recent_share, self.half_life_days), (self.recent_share, self.recent_half_life_days))
        return float(sum(share * life / np.log(2) * (1 - np.exp2(-span_days / life)) for share, life in parts))


@dataclass(frozen=True, kw_only=True)
class StreetOffences:
    """Offences in factors: one term a kind.

    Attributes
    ----------
    kinds
        One row a term: ``kind``, ``count``, ``share`` (all sum to 1), ``sensitive``.
    space, time
        [kinds, segments] and [kinds, 168], rows sum to 1.
    rated
        Every kind of the table with its class and why it counts or not (``used``).
    expected_per_week
        Street offences a week to expect in the whole network.
    used
        Number of records that count.
    effective
        Their effective number, ``(sum g)^2 / sum g^2`` over what each carries.
    sources
        One row a record and segment: ``kind``, ``segment``, ``weight``, ``hour``, ``row``.
    set_aside
        Records not used: ``row``, ``reason``, ``value``.
    precision
        Number of used records by precision of their time.
    placed
        Where the records lie.
    first, last
        Days the records run from and to.
    """

    kinds: pd.DataFrame
    space: NDArray[np.float64]
    time: NDArray[np.float64]
    rated: pd.DataFrame
    expected_per_week: float
    used: int
    effective: float
    sources: pd.DataFrame
    set_aside: pd.DataFrame
    precision: pd.Series
    placed: Placed
    first: date
    last: date


def find_offences(
    network: StreetNetwork,
    offences: Offences,
    *,
    as_of: date | None = None,
    since: date | None = None,
    until: date | None = None,
    kinds: pd.DataFrame | None = None,
    with_officer_found: bool = False,
    max_distance_m: float = 50.0,
    space: SpaceSettings | None = None,
    time: TimeSettings | None = None,
    recency: Recency | None = None,
) -> tuple[StreetOffences | None, pd.DataFrame, pd.DataFrame]:
    """Offences on the streets; the rated kinds; and the records set aside (all, if None comes first).

    Parameters
    ----------
    network, offences
        The streets and the records.
    as_of
        The day from which the age of records counts; None: the last record's. Later ones are
        set aside.
    since, until
        First and last day that the records cover in full; others are set aside. None: those of
        the first and last record.
    kinds
        The user's rows over the table of kinds (see `rate_kinds`).
    with_officer_found
        Whether kinds that are mostly found by police count too.
    max_distance_m
        Records farther from any street are set aside.
    space, time, recency
        Settings of the estimate.
    """
    rated = _with_use(rate_kinds(offences.records["kind"], overrides=kinds), with_officer_found)
    placed = place_offences(network, offences, max_distance_m=max_distance_m)
    day = offences.records["start"].dt.tz_localize(None).dt.normalize()
    now = pd.Timestamp(as_of) if as_of else day.max()
    reason = _reasons(offences.records, rated, placed, day, now, since, until)
    aside = _aside(offences.records, reason, placed)
    keep = np.flatnonzero((reason == "").to_numpy())
    if not len(keep):
        return None, rated, aside
    use = _Used(network, offences.records.iloc[keep], keep, rated, placed, (now - day.iloc[keep]).dt.days, recency or Recency())
    span = _span(day.iloc[keep], now, since, until)
    return use.found(span, aside, space or SpaceSettings(), time or TimeSettings()), rated, aside


class _Used:
    """The records that count, with their kinds as groups."""

    def __init__(
        self,
        network: StreetNetwork,
        records: pd.DataFrame,
        keep: NDArray[np.int64],
        rated: pd.DataFrame,
        placed: Placed,
        age_days: pd.Series,
        recency: Recency,
    ) -> None:
        self.network, self.records, self.rated, self.placed, self.recency = network, records, rated, placed, recency
        by_kind = rated.set_index("kind").loc[records["kind"]]
        self.names = np.sort(by_kind["name"].unique())
        self.group = pd.Series(np.arange(len(self.names)), index=self.names)[by_kind["name"]].to_numpy(dtype=np.int64)
        self.harm = by_kind["harm"].to_numpy(dtype=np.float64)
        age = age_days.to_numpy(dtype=np.float64)
        oldest = np.nanmax(age) if np.isfinite(age).any() else 0.0
        self.weight = recency.weight(np.where(np.isnan(age), oldest, np.maximum(age, 0)))
        at = pd.Series(np.arange(len(keep)), index=keep)
        parts = placed.parts[placed.parts["record"].isin(keep)]
        self.parts = parts.assign(record=at[parts["record"]].to_numpy())

    def found(self, span: tuple[date, date], aside: pd.DataFrame, space: SpaceSettings, time: TimeSettings) -> StreetOffences:
        carried = capped(self.harm * self.weight)
        count = len(self.names)
        sensitive = self.rated.groupby("name")["sensitive"].any()
        days = (span[1] - span[0]).days + 1
        return StreetOffences(
            kinds=pd.DataFrame(
                {
                    "kind": self.names,
                    "count": np.bincount(self.group, minlength=count),
                    "share": np.bincount(self.group, weights=carried, minlength=count) / carried.sum(),
                    "sensitive": sensitive[self.names].to_numpy(),
                }
            ),
            space=self._space(space),
            time=self._time(time),
            rated=self.rated,
            expected_per_week=float(self.weight.sum() / self.recency.days(days) * 7),
            used=len(self.records),
            effective=float(carried.sum() ** 2 / (carried**2).sum()),
            sources=self._sources(),
            set_aside=aside,
            precision=self.records["precision"].value_counts(),
            placed=self.placed,
            first=span[0],
            last=span[1],
        )

    def _space(self, settings: SpaceSettings) -> NDArray[np.float64]:
        record, segment = self.parts["record"].to_numpy(), self.parts["segment"].to_numpy(dtype=np.int64)
        weight = self.weight[record] * self.parts["share"].to_numpy()
        group = self.group[record]
        counts = np.zeros((len(self.names), len(self.network.segments)))
        np.add.at(counts, (group, segment), weight)
        kernel = spread_along_streets(
            self.network, segment, self.parts["offset_m"].to_numpy(), group, weight,
            groups=len(self.names), bandwidth_m=settings.bandwidth_m,
        )  # fmt: skip
        street = pd.factorize(self.network.segments["kind"].astype("str"), sort=True)[0]
        length = self.network.segments["length_m"].to_numpy(dtype=np.float64)
        return shares(counts, kernel, length, street.astype(np.int64), settings=settings)

    def _time(self, settings: TimeSettings) -> NDArray[np.float64]:
        count = len(self.names)
        timed = hour_counts(self.records, self.group, self.weight, count)
        return profiles(timed, dated=day_counts(self.records, self.group, self.weight, count), settings=settings)

    def _sources(self) -> pd.DataFrame:
        record = self.parts["record"].to_numpy()
        total = np.bincount(self.group, weights=self.weight)
        exact = (self.records["precision"] == "minute").to_numpy()
        hour = np.where(exact, np.nan_to_num(hour_of_week(self.records["start"]), nan=-1), -1).astype(np.int64)
        return pd.DataFrame(
            {
                "kind": self.names[self.group[record]],
                "segment": self.parts["segment"].to_numpy(dtype=np.int64),
                "weight": self.weight[record] * self.parts["share"].to_numpy() / total[self.group[record]],
                "hour": hour[record],
                "row": self.records["row"].to_numpy()[record],
            }
        )


def capped(weights: NDArray[np.float64], most: float = MOST_OF_ONE_RECORD) -> NDArray[np.float64]:
    """Weights lowered so that none carries more than ``most`` of their sum (or 1/n, if that is more).

    Examples
    --------
    >>> capped(np.array([98.0, 1.0, 1.0]), most=0.5).tolist()
    [2.0, 1.0, 1.0]
    """
    most = max(most, 1 / len(weights))
    falling = np.sort(weights)[::-1]
    rest = falling.sum() - np.cumsum(falling)  # what the records below each one carry
    number = np.arange(1, len(weights) + 1)
    room = 1 - most * number
    limit = np.where(room > 1e-12, most * rest / np.maximum(room, 1e-12), np.inf)
    below = np.r_[falling[1:], 0.0]
    fits = (limit <= falling) & (limit >= below)
    if falling[0] <= most * falling.sum():
        return weights
    return np.minimum(weights, limit[fits][0] if fits.any() else falling[-1])


def _with_use(rated: pd.DataFrame, with_officer_found: bool) -> pd.DataFrame:
    """Say of each kind whether it counts, and if not why."""
    why = pd.Series("", index=rated.index, dtype="str")
    why = why.where(rated["street"], "not a street offence")
    found = rated["street"] & rated["officer_found"] & (not with_officer_found)
    return rated.assign(why_not=why.where(~found, "mostly found by police themselves"))


def _reasons(
    records: pd.DataFrame,
    rated: pd.DataFrame,
    placed: Placed,
    day: pd.Series,
    now: pd.Timestamp,
    since: date | None,
    until: date | None,
) -> pd.Series:
    """Why each record is not used; "" where it is."""
    reason = records["kind"].map(rated.set_index("kind")["why_not"])
    lost = placed.lost.set_index("record")["reason"]
    positions = np.arange(len(records))
    reason = reason.where(~np.isin(positions, lost.index), pd.Series(positions, index=records.index).map(lost))
    late = day > now
    early = day < pd.Timestamp(since) if since else pd.Series(False, index=records.index)
    after = day > pd.Timestamp(until) if until else pd.Series(False, index=records.index)
    reason = reason.where(~late, f"after {now.date()}, the day the plan is made for")
    return reason.where(~early, f"before {since}").where(~after, f"after {until}")


def _aside(records: pd.DataFrame, reason: pd.Series, placed: Placed) -> pd.DataFrame:
    """Records not used; their kind is the value, or their place where that is the reason."""
    lost = placed.lost.set_index("record")
    position = pd.Series(np.arange(len(records)), index=records.index)
    for_its_place = reason == position.map(lost["reason"])
    value = records["kind"].astype("str").where(~for_its_place, position.map(lost["value"]))
    out = reason != ""
    return pd.DataFrame({"row": records["row"][out], "reason": reason[out], "value": value[out]}).reset_index(drop=True)


def _span(day: pd.Series, now: pd.Timestamp, since: date | None, until: date | None) -> tuple[date, date]:
    first = since or (day.min() if day.notna().any() else now).date()
    last = min(until, now.date()) if until else now.date()
    if last < first:
        raise InputError(f"the records begin on {first}, after {last}: check since, until and the day of the plan")
    return first, last
