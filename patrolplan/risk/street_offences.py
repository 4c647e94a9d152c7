"""The offence part of need: how much each kind of street offence counts, where and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.kinds import rate_kinds
from patrolplan.risk.network_kernel import spread_along_streets
from patrolplan.risk.observed import typical_where_unknown
from patrolplan.risk.offence_use import (
    capped,
    day_of_weights,
    days_of,
    observed,
    unused,
    why_unused,
    with_use,
)
from patrolplan.risk.offences import Offences
from patrolplan.risk.placing import Placed, place_offences
from patrolplan.risk.recency import Recency
from patrolplan.risk.space import Cells, Places, SpaceSettings, expected_places, time_blocks
from patrolplan.risk.street_traits import street_classes, street_traits
from patrolplan.risk.time import TimeSettings, day_counts, hour_counts, hour_of_week, profiles


@dataclass(frozen=True, kw_only=True)
class StreetOffences:
    """Offences in factors, one term a kind, and what they rest on.

    Attributes
    ----------
    kinds
        One row a term: ``kind``, ``count``, ``share`` (all sum to 1), ``sensitive``.
    space, time
        [kinds, segments] and [kinds, 168], rows sum to 1.
    expected_per_week
        Street offences a week to expect in the whole network, 0 where no record has a date.
    used, effective
        Number of records that count, and their effective number: ``(sum g)^2 / sum g^2`` over
        what each carries.
    sources
        One row a record and segment: ``kind``, ``segment``, ``weight``, ``hour``, ``row``.
    precision
        Number of used records by precision of their time.
    by_name, at_junctions
        Number of used records placed by the name of their street, and split at junctions.
    span
        First and last day that the records cover, None where no record has a date.
    places
        How records were made into expected places: what each part weighs.
    """

    kinds: pd.DataFrame
    space: NDArray[np.float64]
    time: NDArray[np.float64]
    expected_per_week: float
    used: int
    effective: float
    sources: pd.DataFrame
    precision: pd.Series
    by_name: int
    at_junctions: int
    span: tuple[date, date] | None
    places: Places


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The records that count.

    Attributes
    ----------
    records
        [n] rows of ``Offences.records``.
    names
        [kinds] names of the terms, sorted.
    group
        [n] term of each record.
    harm, weight
        [n] harm class, and weight by age.
    day
        [n] day it happened on, in days; NaN where it isn't known.
    parts
        As ``Placed.parts``, ``record`` counting these records.
    """

    records: pd.DataFrame
    names: NDArray[np.object_]
    group: NDArray[np.int64]
    harm: NDArray[np.float64]
    weight: NDArray[np.float64]
    day: NDArray[np.float64]
    parts: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class OffenceFindings:
    """What became of a table: ``found`` (None if no record counts), ``rated`` kinds, ``set_aside``."""

    found: StreetOffences | None
    rated: pd.DataFrame
    set_aside: pd.DataFrame


def find_offences(
    network: StreetNetwork,
    offences: Offences,
    *,
    as_of: date | None = None,
    since: date | None = None,
    until: date | None = None,
    kinds: pd.DataFrame | None = None,
    harm: pd.DataFrame | None = None,
    with_officer_found: bool = False,
    max_distance_m: float = 50.0,
    space: SpaceSettings | None = None,
    time: TimeSettings | None = None,
    recency: Recency | None = None,
    footfall: NDArray[np.float64] | None = None,
    observed_segments: NDArray[np.bool_] | None = None,
) -> OffenceFindings:
    """Offences on the streets, in factors.

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
    kinds, harm
        The user's rows over the table of kinds, and a published harm table (see `rate_kinds`).
    with_officer_found
        Whether kinds that are mostly found by police count too.
    max_distance_m
        Records farther from any street are set aside.
    space, time, recency
        Settings of the estimate.
    footfall
        [segments] where people are, summing to 1: a part of the coarsest prior of place.
    observed_segments
        [segments] which the records cover; None: all.
    """
    records, memory = offences.records, recency or Recency()
    rated = with_use(
        rate_kinds(records["kind"], overrides=kinds, harm=harm), with_officer_found=with_officer_found
    )
    placed = place_offences(network, offences, max_distance_m=max_distance_m)
    days = days_of(records)
    now = day_of_weights(days, as_of)
    reason = why_unused(records, rated, placed, days, now=now, since=since, until=until, ids=offences.ids)
    aside = unused(records, reason, placed)
    keep = np.flatnonzero((reason == "").to_numpy())
    if not len(keep):
        return OffenceFindings(found=None, rated=rated, set_aside=aside)
    age = (now - days["middle"].iloc[keep]).dt.days.to_numpy(dtype=np.float64)
    counted = counted_records(records, keep, rated=rated, placed=placed, weight=aged(age, memory), day=-age)
    span = observed(days.iloc[keep], now=now, since=since, until=until)
    carried = capped(counted.harm * counted.weight)
    places = places_of(
        network, counted, space or SpaceSettings(), footfall=footfall, observed=observed_segments
    )
    found = StreetOffences(
        kinds=_amounts(counted, rated, carried),
        effective=float(carried.sum() ** 2 / (carried**2).sum()),
        space=places.space,
        time=time_of(counted, time or TimeSettings()),
        expected_per_week=_per_week(counted.weight, span, memory),
        used=len(keep),
        sources=_sources(counted),
        precision=counted.records["precision"].value_counts(),
        by_name=int((placed.how[keep] == "name").sum()),
        at_junctions=int((placed.how[keep] == "junction").sum()),
        span=span,
        places=places,
    )
    return OffenceFindings(found=found, rated=rated, set_aside=aside)


def counted_records(
    records: pd.DataFrame,
    keep: NDArray[np.int64],
    *,
    rated: pd.DataFrame,
    placed: Placed,
    weight: NDArray[np.float64],
    day: NDArray[np.float64],
) -> Counted:
    """The records at the positions ``keep``, sorted into terms by the name of their kind."""
    by_kind = rated.set_index("kind").loc[records["kind"].iloc[keep]]
    names = np.sort(by_kind["name"].unique())
    at = pd.Series(np.arange(len(keep)), index=keep)
    parts = placed.parts[placed.parts["record"].isin(keep)]
    return Counted(
        records=records.iloc[keep],
        names=names,
        group=np.searchsorted(names, by_kind["name"].to_numpy()).astype(np.int64),
        harm=by_kind["harm"].to_numpy(dtype=np.float64),
        weight=weight,
        day=day,
        parts=parts.assign(record=at[parts["record"]].to_numpy()),
    )


def places_of(
    network: StreetNetwork,
    counted: Counted,
    settings: SpaceSettings,
    *,
    footfall: NDArray[np.float64] | None = None,
    observed: NDArray[np.bool_] | None = None,
) -> Places:
    """Share of each kind's records to expect on each segment."""
    record = counted.parts["record"].to_numpy()
    segment = counted.parts["segment"].to_numpy(dtype=np.int64)
    offset_m = counted.parts["offset_m"].to_numpy(dtype=np.float64)
    weight = counted.weight[record] * counted.parts["share"].to_numpy(dtype=np.float64)
    block = _blocks(counted, settings.blocks)[record]
    nearby = spread_along_streets(
        network, segment, offset_m, block, weight, groups=settings.blocks, bandwidth_m=settings.bandwidth_m
    )
    found = expected_places(
        _cells(counted.group[record], segment, block, weight),
        nearby,
        street_traits(network, footfall),
        kinds=len(counted.names),
        settings=settings,
        observed=observed,
    )
    if observed is None:
        return found
    length, street = network.segments["length_m"].to_numpy(dtype=np.float64), street_classes(network)
    return replace(found, space=typical_where_unknown(found.space, observed, length, street))


def _blocks(counted: Counted, count: int) -> NDArray[np.int64]:
    """Block of time of each record, [n]."""
    first = counted.parts.drop_duplicates("record").sort_values("record")
    keys = first["offset_m"].to_numpy(), first["segment"].to_numpy(), counted.group, counted.weight
    order = np.lexsort(keys[::-1])
    spot = np.empty(len(order), dtype=np.int64)
    spot[order] = np.arange(len(order))
    return time_blocks(counted.day, spot, count)


def _cells(
    kind: NDArray[np.int64], segment: NDArray[np.int64], block: NDArray[np.int64], weight: NDArray[np.float64]
) -> Cells:
    """The records summed up by kind, segment and block."""
    table = pd.DataFrame({"kind": kind, "segment": segment, "block": block, "weight": weight})
    whole = table.groupby(["kind", "segment", "block"], sort=True, as_index=False)["weight"].sum()
    return Cells(*(whole[name].to_numpy() for name in Cells._fields))


def time_of(counted: Counted, settings: TimeSettings) -> NDArray[np.float64]:
    """Hour-of-week profile of each kind, [kinds, 168]."""
    given = (counted.records, counted.group, counted.weight, len(counted.names))
    return profiles(hour_counts(*given), dated=day_counts(*given), settings=settings)


def aged(age_days: NDArray[np.float64], memory: Recency) -> NDArray[np.float64]:
    """Weights by age; a record without a date counts as the oldest."""
    known = np.isfinite(age_days)
    oldest = age_days[known].max() if known.any() else 0.0
    return memory.weight(np.where(known, np.maximum(age_days, 0), oldest))


def _amounts(counted: Counted, rated: pd.DataFrame, carried: NDArray[np.float64]) -> pd.DataFrame:
    count = len(counted.names)
    sensitive = rated.groupby("name")["sensitive"].any()
    return pd.DataFrame(
        {
            "kind": counted.names,
            "count": np.bincount(counted.group, minlength=count),
            "share": np.bincount(counted.group, weights=carried, minlength=count) / carried.sum(),
            "sensitive": sensitive.reindex(counted.names).to_numpy(dtype=bool),
        }
    )


def _per_week(weight: NDArray[np.float64], span: tuple[date, date] | None, memory: Recency) -> float:
    if span is None:
        return 0.0
    return float(7 * weight.sum() / memory.days((span[1] - span[0]).days + 1))


def _sources(counted: Counted) -> pd.DataFrame:
    record = counted.parts["record"].to_numpy()
    group = counted.group[record]
    total = np.bincount(counted.group, weights=counted.weight)
    exact = (counted.records["precision"] == "minute").to_numpy()
    hour = np.where(exact, np.nan_to_num(hour_of_week(counted.records["start"]), nan=-1), -1)
    weight = counted.weight[record] * counted.parts["share"].to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {
            "kind": counted.names[group],
            "segment": counted.parts["segment"].to_numpy(dtype=np.int64),
            "weight": weight / total[group],
            "hour": hour.astype(np.int64)[record],
            "row": counted.records["row"].to_numpy()[record],
        }
    )
