"""weigh: offences, footfall and named problems made into the need of each segment in each hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.footfall import REACH_M, Footfall, find_footfall
from patrolplan.risk.offences import Offences
from patrolplan.risk.problems import Problems, find_problems
from patrolplan.risk.space import SpaceSettings
from patrolplan.risk.street_offences import Recency, StreetOffences, find_offences
from patrolplan.risk.time import TimeSettings
from patrolplan.risk.weigh_notes import notes_of
from patrolplan.risk.weights import SegmentWeights
from patrolplan.units import HOURS_PER_WEEK

MOST_OFFENCES, HALF_TRUST = 0.6, 50
"""Offences get ``0.6 n / (n + 50)`` of need for n usable records: policy, not statistics."""
HALF_PROBLEMS = 3
"""Named problems get half of what offences leave times ``m / (m + 3)`` for m problems: policy."""
SHARES = ("a_off", "a_foot", "a_prob")
SOURCE_COLUMNS = ("part", "kind", "segment", "weight", "hour", "label", "sensitive", "row")
ASIDE_COLUMNS = ("source", "row", "reason", "value")


def weigh(
    network: StreetNetwork,
    *,
    offences: Offences | None = None,
    places: gpd.GeoDataFrame | None = None,
    problems: gpd.GeoDataFrame | None = None,
    timezone: str | None = None,
    as_of: date | None = None,
    since: date | None = None,
    until: date | None = None,
    policy: Mapping[str, float] | None = None,
    kinds: pd.DataFrame | None = None,
    footfall: pd.DataFrame | None = None,
    with_officer_found: bool = False,
    max_distance_m: float = 50.0,
    bandwidth_m: float = 200.0,
    half_life_days: float = 365.0,
    reach_m: float = REACH_M,
    space: SpaceSettings | None = None,
    time: TimeSettings | None = None,
    recency: Recency | None = None,
) -> SegmentWeights:
    """The need for patrol of every street segment in every hour of the week, all of it summing to 1.

    Need is ``a_off * offences + a_foot * footfall + a_prob * problems``; each part sums to 1 by
    itself and is a sum of terms (a kind of offence, a kind of place, problems that share their
    hours), each a pattern over segments times a pattern over the hours of the week.

    Parameters
    ----------
    network
        The streets.
    offences, places, problems
        As `read_offences`, `read_osm_places` or `read_places`, and `read_problems` give them;
        any may be missing.
    timezone
        IANA name; must be the one the offences were read in.
    as_of
        The day the weights are made for: age of records and currency of problems count from it.
        None: the day of the last record (without records, today).
    since, until
        First and last day that the offence records cover in full.
    policy
        ``a_off``, ``a_foot`` and ``a_prob``, summing to 1. None: ``0.6 n / (n + 50)`` for n usable
        offences, the rest to footfall, or shared with problems where any are named.
    kinds
        Rows over the table of kinds of offence (see `rate_kinds`).
    footfall
        Rows over the table of kinds of place (see `default_footfall`).
    with_officer_found
        Whether kinds mostly found by police themselves (drugs, weapons, ...) count.
    max_distance_m
        Offences farther than this from any street are set aside.
    bandwidth_m
        How far along the streets an offence is felt, in metres.
    half_life_days
        Days after which an offence counts half.
    reach_m
        How far along the streets a place is felt, in metres.
    space, time, recency
        All settings of the estimate; they win over ``bandwidth_m`` and ``half_life_days``.

    Raises
    ------
    InputError
        Settings that can't be kept, records that lie elsewhere, policy that names a missing part.
    """
    _check(offences, timezone, policy, bandwidth_m, half_life_days, max_distance_m)
    found, rated, lost = None, None, _nothing()
    if offences is not None:
        found, rated, lost = find_offences(
            network, offences, as_of=as_of, since=since, until=until, kinds=kinds,
            with_officer_found=with_officer_found, max_distance_m=max_distance_m,
            space=space or SpaceSettings(bandwidth_m=bandwidth_m), time=time,
            recency=recency or Recency(half_life_days=half_life_days),
        )  # fmt: skip
        lost = pd.concat([offences.set_aside, lost], ignore_index=True)
    visited = find_footfall(network, places, table=footfall, reach_m=reach_m) if places is not None and len(places) else None
    now = as_of or (found.last if found else date.today())  # noqa: DTZ011
    named, unnamed = (None, _nothing())
    if problems is not None and len(problems):
        named, unnamed = find_problems(network, problems, as_of=now)
    shares = _policy(found, visited, named, policy)
    asides = _asides(offences=lost, places=_places_aside(places, visited), problems=_problems_aside(problems, unnamed))
    return _composed(network, found, visited, named, shares, asides, rated, offences)


def default_policy(offences: int, places: int, problems: int) -> dict[str, float]:
    """The shares of the three parts where none are given: policy, not statistics.

    Examples
    --------
    >>> default_policy(offences=50, places=10, problems=0)
    {'a_off': 0.3, 'a_foot': 0.7, 'a_prob': 0.0}
    >>> default_policy(offences=0, places=10, problems=3)
    {'a_off': 0.0, 'a_foot': 0.75, 'a_prob': 0.25}
    """
    a_off = MOST_OFFENCES * offences / (offences + HALF_TRUST)
    rest = 1 - a_off
    a_prob = rest * 0.5 * problems / (problems + HALF_PROBLEMS) if places else rest * (problems > 0)
    if not places and not problems:
        a_off, a_prob = float(offences > 0), 0.0
    a_foot = 1 - a_off - a_prob if places else 0.0
    return {"a_off": a_off, "a_foot": a_foot, "a_prob": a_prob}


def _check(
    offences: Offences | None,
    timezone: str | None,
    policy: Mapping[str, float] | None,
    bandwidth_m: float,
    half_life_days: float,
    max_distance_m: float,
) -> None:
    faults = [
        f"{name} must be above 0, not {value:g}"
        for name, value in (("bandwidth_m", bandwidth_m), ("half_life_days", half_life_days), ("max_distance_m", max_distance_m))
        if not value > 0
    ]
    if offences is not None and timezone is not None and timezone != offences.timezone:
        faults.append(f"the offences were read in {offences.timezone}, not in {timezone}; read them with timezone={timezone!r}")
    if policy is not None:
        told = ", ".join(f"{name}={value}" for name, value in policy.items())
        if set(policy) - set(SHARES):
            faults.append(f"policy takes {', '.join(SHARES)}; given: {told}")
        elif any(not value >= 0 for value in policy.values()) or abs(sum(policy.values()) - 1) > 1e-6:
            faults.append(f"the shares of policy must be 0 or more and sum to 1; given: {told}")
    if faults:
        raise InputError(faults)


def _policy(
    found: StreetOffences | None, visited: Footfall | None, named: Problems | None, policy: Mapping[str, float] | None
) -> dict[str, float]:
    if policy is None:
        places = int(visited.kinds["count"].sum()) if visited else 0
        return default_policy(found.used if found else 0, places, named.count if named else 0)
    shares = {name: float(policy.get(name, 0.0)) for name in SHARES}
    there = {"a_off": found, "a_foot": visited, "a_prob": named}
    what = {"a_off": "offences", "a_foot": "places people visit", "a_prob": "named problems"}
    empty = [f"policy gives {name}={shares[name]:g}, but there are no {what[name]} to rest it on" for name in SHARES if shares[name] > 0 and there[name] is None]
    if empty and any(there.values()):
        raise InputError(empty)
    return shares


def _composed(
    network: StreetNetwork,
    found: StreetOffences | None,
    visited: Footfall | None,
    named: Problems | None,
    shares: dict[str, float],
    asides: pd.DataFrame,
    rated: pd.DataFrame | None,
    offences: Offences | None,
) -> SegmentWeights:
    terms, spaces, times, sources = [], [], [], []
    for part, name, factors in (("offences", "a_off", found), ("footfall", "a_foot", visited), ("problems", "a_prob", named)):
        if factors is not None:
            terms.append(factors.kinds.assign(part=part, share=factors.kinds["share"] * shares[name]))
            spaces.append(factors.space)
            times.append(factors.time)
            sources.append(factors.sources.assign(part=part))
    if not terms:
        shares, terms, spaces, times = _by_length(network)
    table = _terms(terms)
    weights = SegmentWeights(
        terms=table,
        space=_rows_to_one(np.concatenate(spaces)),
        time=_rows_to_one(np.concatenate(times)),
        policy=MappingProxyType(shares),
        expected_per_week=found.expected_per_week if found else 0.0,
        sources=_sources(sources, table),
        set_aside=asides,
    )
    length = network.segments["length_m"].to_numpy(dtype=np.float64)
    return weights.with_notes(notes_of(weights, found, visited, named, rated, offences, length))


def _by_length(network: StreetNetwork) -> tuple[dict[str, float], list[pd.DataFrame], list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Nothing is known: need by length of street, at all hours."""
    length = network.segments["length_m"].to_numpy(dtype=np.float64)
    term = pd.DataFrame({"part": ["footfall"], "kind": ["length of street"], "share": [1.0], "count": [0]})
    flat = np.full((1, HOURS_PER_WEEK), 1 / HOURS_PER_WEEK)
    return {"a_off": 0.0, "a_foot": 1.0, "a_prob": 0.0}, [term], [length[None, :] / length.sum()], [flat]


def _terms(parts: list[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat(parts, ignore_index=True)
    told = table["sensitive"] if "sensitive" in table else pd.Series(False, index=table.index)
    table["sensitive"] = told.astype("boolean").fillna(False).astype(bool)
    table["share"] /= table["share"].sum()
    return table[["part", "kind", "share", "count", "sensitive"]]


def _rows_to_one(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def _sources(parts: list[pd.DataFrame], terms: pd.DataFrame) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in SOURCE_COLUMNS}).astype({"segment": "int64"})
    table = pd.concat(parts, ignore_index=True)
    for column, missing in (("hour", -1), ("label", "")):
        table[column] = table[column].fillna(missing) if column in table else missing
    table = table.merge(terms[["part", "kind", "sensitive"]], on=["part", "kind"], how="left")
    return table.astype({"hour": "int64", "segment": "int64", "row": "int64"})[list(SOURCE_COLUMNS)]


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({"row": pd.Series(dtype="int64"), "reason": pd.Series(dtype="str"), "value": pd.Series(dtype="str")})


def _places_aside(places: gpd.GeoDataFrame | None, visited: Footfall | None) -> pd.DataFrame:
    parts = [places.attrs["set_aside"]] if places is not None and "set_aside" in places.attrs else []
    return pd.concat([*parts, visited.set_aside if visited else _nothing()], ignore_index=True)


def _problems_aside(problems: gpd.GeoDataFrame | None, unnamed: pd.DataFrame) -> pd.DataFrame:
    parts = [problems.attrs["set_aside"]] if problems is not None and "set_aside" in problems.attrs else []
    return pd.concat([*parts, unnamed], ignore_index=True)


def _asides(**parts: pd.DataFrame) -> pd.DataFrame:
    """Everything set aside in one table, by source and row."""
    table = pd.concat([part.assign(source=source) for source, part in parts.items()], ignore_index=True)
    table = table.astype({"row": "int64", "reason": "str", "value": "str", "source": "str"})[list(ASIDE_COLUMNS)]
    order = table["source"].map({source: number for number, source in enumerate(parts)})
    return table.assign(order=order).sort_values(["order", "row", "reason"], ignore_index=True).drop(columns="order")
