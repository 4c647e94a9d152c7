"""weigh: offences, footfall and named problems made into the need of each segment in each hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeGuard

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.calendar import for_week
from patrolplan.risk.crowds import SHOP_PERSON_HOURS, CrowdTerm, with_crowds
from patrolplan.risk.footfall import REACH_M, FootfallFindings, find_footfall
from patrolplan.risk.limits import AreaLimits, within_limits
from patrolplan.risk.modifiers import after_dark, with_factor
from patrolplan.risk.observed import covered
from patrolplan.risk.offences import Offences
from patrolplan.risk.parts import Parts, composed, set_aside_table
from patrolplan.risk.policy import chosen_policy, policy_faults
from patrolplan.risk.problems import ProblemFindings, find_problems
from patrolplan.risk.rank_groups import groups_of
from patrolplan.risk.recency import Recency
from patrolplan.risk.space import BANDWIDTH_M, SpaceSettings
from patrolplan.risk.street_offences import OffenceFindings, find_offences
from patrolplan.risk.time import TimeSettings
from patrolplan.risk.weigh_notes import notes_of
from patrolplan.risk.weights import SegmentWeights


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
    harm: pd.DataFrame | None = None,
    footfall: pd.DataFrame | None = None,
    with_officer_found: bool = False,
    max_distance_m: float = 50.0,
    bandwidth_m: float = BANDWIDTH_M,
    half_life_days: float = 365.0,
    reach_m: float = REACH_M,
    space: SpaceSettings | None = None,
    time: TimeSettings | None = None,
    recency: Recency | None = None,
    observed_area: gpd.GeoSeries | None = None,
    factor: NDArray[np.float64] | None = None,
    limits: AreaLimits | None = None,
    week: date | None = None,
    calendar: pd.DataFrame | None = None,
    crowds: Sequence[CrowdTerm] = (),
    shop_person_hours: float = SHOP_PERSON_HOURS,
    unlit_factor: float = 1.0,
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
        ``a_off``, ``a_foot`` and ``a_prob``, summing to 1. None: ``0.9 n / (n + 25)`` for n usable
        offences, the rest to footfall, or shared with problems where any are named.
    kinds
        Rows over the table of kinds of offence (see `rate_kinds`).
    harm
        A published harm table, as `read_harm` gives it, instead of our classes (see `rate_kinds`).
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
    observed_area
        Polygons of the area that the offence records cover; streets outside are unknown, not safe:
        their offences are taken as usual for their kind of street. None: everywhere.
    factor
        [segments] the user's own factor of need, 0 or more (see `read_factors`).
    limits
        What areas get at least and at most (see `read_limits`); kept after everything else.
    week
        A day of the week that the weights are for: brings in ``calendar`` and the hours of darkness.
    calendar
        Rows ``date`` and ``what`` (see `patrolplan.risk.calendar`).
    crowds, shop_person_hours
        The crowds of that week, and what turns them into busy places (see `patrolplan.risk.crowds`).
    unlit_factor
        Factor of need on streets mapped as unlit, after dark; 1: no difference. No study measures
        it for foot patrol, so the default leaves need as it is.

    Raises
    ------
    InputError
        Settings that can't be kept, records that lie elsewhere, policy that names a missing part.
    """
    lengths = {"bandwidth_m": bandwidth_m, "half_life_days": half_life_days}
    _check(offences, timezone, policy, **lengths, max_distance_m=max_distance_m, reach_m=reach_m)
    seen = covered(network, observed_area) if observed_area is not None else None
    visited = find_footfall(network, places, table=footfall, reach_m=reach_m) if _any(places) else None
    recorded = None
    if offences is not None:
        recorded = find_offences(
            network,
            offences,
            as_of=as_of,
            since=since,
            until=until,
            kinds=kinds,
            harm=harm,
            with_officer_found=with_officer_found,
            max_distance_m=max_distance_m,
            space=space or SpaceSettings(bandwidth_m=bandwidth_m),
            time=time,
            recency=recency or Recency(half_life_days=half_life_days),
            observed_segments=seen,
            footfall=visited.found.anywhere() if visited and visited.found else None,
        )
    named = find_problems(network, problems, as_of=_today(as_of, recorded)) if _any(problems) else None
    parts = Parts(
        offences=recorded.found if recorded else None,
        footfall=visited.found if visited else None,
        problems=named.found if named else None,
    )
    policy = chosen_policy(policy, **parts.counts())
    weights = composed(network, parts, policy, _aside(offences, recorded, places, visited, problems, named))
    length = network.segments["length_m"].to_numpy(dtype=np.float64)
    weights = replace(weights, rank_group=groups_of(weights, parts.offences, length))
    if seen is not None:
        weights = replace(weights, observed=seen)
    if factor is not None:
        weights = with_factor(weights, factor)
    if week is not None:
        zone = timezone or (offences.timezone if offences is not None else None)
        weights = for_week(weights, week, calendar)
        amount = visited.found.amount if visited and visited.found else 0.0
        weights = with_crowds(weights, crowds, amount=amount, shop_person_hours=shop_person_hours)
        weights = after_dark(weights, network, week=week, timezone=zone, factor=unlit_factor)
    if limits is not None:
        weights = within_limits(weights, limits)
    rated = recorded.rated if recorded else None
    notes = notes_of(weights, parts, length, rated=rated, records=len(offences or ()))
    return weights.with_notes((*notes, *weights.notes))


def _aside(
    offences: Offences | None,
    recorded: OffenceFindings | None,
    places: gpd.GeoDataFrame | None,
    visited: FootfallFindings | None,
    problems: gpd.GeoDataFrame | None,
    named: ProblemFindings | None,
) -> pd.DataFrame:
    """What the readers set aside, and what was set aside after them."""
    return set_aside_table(
        offences=[of.set_aside for of in (offences, recorded) if of is not None],
        places=[*_own_aside(places), *([visited.set_aside] if visited else [])],
        problems=[*_own_aside(problems), *([named.set_aside] if named else [])],
    )


def _today(as_of: date | None, recorded: OffenceFindings | None) -> date:
    """The day the weights are for: given, else that of the last record, else today."""
    found = recorded.found if recorded else None
    return as_of or (found.span[1] if found and found.span else date.today())


def _check(
    offences: Offences | None, timezone: str | None, policy: Mapping[str, float] | None, **lengths: float
) -> None:
    faults = [f"{name} must be above 0, not {value:g}" for name, value in lengths.items() if not value > 0]
    if offences is not None and timezone is not None and timezone != offences.timezone:
        faults.append(
            f"the offences were read in {offences.timezone}, not in {timezone}; "
            f"read them with timezone={timezone!r}"
        )
    if policy is not None:
        faults += policy_faults(policy)
    if faults:
        raise InputError(faults)


def _any(table: gpd.GeoDataFrame | None) -> TypeGuard[gpd.GeoDataFrame]:
    return table is not None and len(table) > 0


def _own_aside(table: gpd.GeoDataFrame | None) -> list[pd.DataFrame]:
    """What a reader set aside, which travels with its table."""
    rows = [] if table is None else table.attrs.get("set_aside", [])
    return [pd.DataFrame(rows, columns=["row", "reason", "value"])]
