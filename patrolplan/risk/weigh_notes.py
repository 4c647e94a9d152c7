"""What the need rests on, in plain sentences: how many records, how sure, what was left out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.risk.kinds import HARM_TABLE
from patrolplan.risk.kinds_ukraine import TO_CHECK
from patrolplan.risk.offence_use import NOT_STREET, OFFICER_FOUND
from patrolplan.risk.offences import tell_rows
from patrolplan.risk.parts import Parts
from patrolplan.risk.street_offences import StreetOffences
from patrolplan.risk.weights import PARTS, SegmentWeights

THIN_GROUND = 25
"""Effective records below which offences are said to be too few to rank streets by."""
SHORT_DAYS = 90
TOP_SHARE = 0.05
STEP = 0.1
SHARE_OF = dict(zip(("a_off", "a_foot", "a_prob"), PARTS, strict=True))


def notes_of(
    weights: SegmentWeights,
    parts: Parts,
    length_m: NDArray[np.float64],
    *,
    rated: pd.DataFrame | None = None,
    records: int = 0,
) -> tuple[str, ...]:
    """All notes, most important first.

    Parameters
    ----------
    weights, parts
        What was composed, and of what.
    length_m
        [segments].
    rated
        Kinds of offence with what became of them.
    records
        Number of offence records that were given.
    """
    notes = [_rests_on(weights, parts)]
    if records:
        notes += _offence_notes(parts.offences, records)
    if rated is not None:
        notes += _kind_notes(rated)
    notes += _aside_notes(weights.set_aside)
    notes += _unknown_notes(weights, length_m) if parts.offences else []
    notes += _group_notes(weights, length_m) if parts.offences else []
    notes += list(parts.footfall.notes) if parts.footfall else []
    notes += _sensitivity(weights, length_m)
    return tuple(notes)


def moved(policy: Mapping[str, float], name: str, by: float) -> dict[str, float] | None:
    """The policy with one share moved and the others scaled to fit; None where that can't be.

    Examples
    --------
    >>> moved({"a_off": 0.5, "a_foot": 0.5, "a_prob": 0.0}, "a_off", 0.1)
    {'a_off': 0.6, 'a_foot': 0.4, 'a_prob': 0.0}
    """
    target, others = policy[name] + by, 1 - policy[name]
    if not 0 <= target <= 1 or others <= 0 or policy[name] == 0:
        return None
    return {key: target if key == name else value * (1 - target) / others for key, value in policy.items()}


def top_segments(
    need: NDArray[np.float64], length_m: NDArray[np.float64], share: float = TOP_SHARE
) -> NDArray[np.bool_]:
    """Which segments make up the neediest ``share`` of street length, by need per metre."""
    order = np.lexsort((np.arange(len(need)), -need / length_m))
    chosen = np.cumsum(length_m[order]) <= share * length_m.sum()
    top = np.zeros(len(need), dtype=bool)
    top[order[chosen]] = True
    if not top.any():
        top[order[:1]] = True
    return top


def _rests_on(weights: SegmentWeights, parts: Parts) -> str:
    share, told = weights.policy, []
    if (found := parts.offences) is not None:
        period = f" of {found.span[0]} to {found.span[1]}" if found.span else " without dates"
        told.append(
            f"{share['a_off']:.0%} on {found.used:,} street offences{period} (as good as "
            f"{found.effective:,.0f} equal records; {found.expected_per_week:,.1f} a week to expect)"
        )
    if parts.footfall:
        told.append(f"{share['a_foot']:.0%} on {parts.counts()['places']:,} places people visit")
    if parts.problems:
        told.append(f"{share['a_prob']:.0%} on {parts.problems.count:,} named problems")
    if told:
        return "the need rests " + ", ".join(told) + "; these shares are policy, not statistics"
    return (
        "NOTHING IS KNOWN of offences, places or problems here: need is spread evenly over the length of "
        "street and over all hours"
    )


def _offence_notes(found: StreetOffences | None, records: int) -> list[str]:
    if found is None:
        return [f"none of the {records:,} records is a street offence that can be used"]
    notes = []
    if found.effective < THIN_GROUND:
        notes.append(
            f"fewer than {THIN_GROUND} effective records: too few to rank streets by offences; this plans by "
            "footfall and named problems, with offences as a hint"
        )
    days = (found.span[1] - found.span[0]).days + 1 if found.span else 0
    if 0 < days < SHORT_DAYS:
        notes.append(f"the records cover {days} days: too short to tell lasting hot spots from chance")
    notes += _hour_notes(found)
    notes.append(
        f"where offences are expected rests to {found.places.pooled_own:.0%} on each street's own records, "
        "else on records nearby, kind of street and busy places: as well as each told of records held back"
    )
    if found.by_name or found.at_junctions:
        notes.append(
            f"{found.by_name:,} offences lie on the street they name; {found.at_junctions:,} lie at "
            "junctions and are shared by the streets that meet there"
        )
    return notes


def _hour_notes(found: StreetOffences) -> list[str]:
    words = {"date": "only a day", "month": "only a month", "none": "no time"}
    counts = {key: int(found.precision.get(key, 0)) for key in words}
    told = [f"{count:,} with {words[key]}" for key, count in counts.items() if count]
    if sum(counts.values()) == found.used:
        same = "the offence part is the same at all hours of the day"
        return [f"no offence has an hour ({', '.join(told)}): {same}"]
    if not told:
        return []
    return [f"offences without an hour ({', '.join(told)}) follow the hours of the others of their kind"]


def _unknown_notes(weights: SegmentWeights, length_m: NDArray[np.float64]) -> list[str]:
    if weights.observed.all():
        return []
    share = length_m[~weights.observed].sum() / length_m.sum()
    return [
        f"UNKNOWN, NOT SAFE: no offence records cover {share:.0%} of the street length; offences there "
        "are taken as usual for the kind of street"
    ]


def _group_notes(weights: SegmentWeights, length_m: NDArray[np.float64]) -> list[str]:
    """How many of the neediest streets can be told apart."""
    top = top_segments(weights.week(), length_m)
    groups = len(np.unique(weights.rank_group[top]))
    if not groups or groups == int(top.sum()):
        return []
    return [
        f"the neediest {TOP_SHARE:.0%} of street ({int(top.sum()):,} segments) falls into {groups:,} "
        "groups that these records can tell apart: take turns within a group, don't rank"
    ]


def _kind_notes(rated: pd.DataFrame) -> list[str]:
    notes = []
    for why, group in rated[rated["why_not"] != ""].groupby("why_not", sort=True):
        notes.append(f"left out as {why}: {_told(group)}")
    classed = rated[(rated["why_not"] == "") & (rated["matched"] != HARM_TABLE)]
    if (rated["matched"] == HARM_TABLE).any() and len(classed):
        notes.append(f"not in your harm table, so by our classes of harm: {_told(classed)}")
    articles = rated[rated["matched"] == TO_CHECK]
    if len(articles):
        notes.append(
            f"articles read by a starter map that you must check (offences.kinds_file): {_told(articles)}"
        )
    unmatched = rated[rated["matched"] == ""]
    if len(unmatched):
        notes.append(f"kinds that no rule knows count as minor street offences: {_told(unmatched)}")
    return notes


def _told(group: pd.DataFrame, most: int = 6) -> str:
    """Kinds and counts; sensitive ones are counted but not named."""
    named = group[~group["sensitive"]].head(most)
    parts = [f"{kind} ({count:,})" for kind, count in zip(named["kind"], named["count"], strict=True)]
    rest = int(group["count"].sum() - named["count"].sum())
    return ", ".join(parts + ([f"kinds not named here ({rest:,})"] if rest else []))


def _aside_notes(set_aside: pd.DataFrame) -> list[str]:
    """Counts of what was set aside for other reasons than its kind."""
    others = set_aside[~set_aside["reason"].isin([NOT_STREET, OFFICER_FOUND])]
    notes = []
    for (source, reason), group in others.groupby(["source", "reason"], sort=True):
        rows = group.loc[group["row"] > 0, "row"]
        where = f" ({tell_rows(rows)})" if len(rows) else f" (such as {group['value'].iloc[0]})"
        notes.append(f"{source}: {len(group):,} set aside, {reason}{where}")
    return notes


def _sensitivity(weights: SegmentWeights, length_m: NDArray[np.float64]) -> list[str]:
    """How much of the neediest twentieth of street changes when a share of policy moves by 0.1."""
    known = {share: weights.part_of_week(part) for share, part in SHARE_OF.items()}
    by_share = {share: part for share, part in known.items() if part is not None}
    if len(by_share) < 2:
        return []
    now = top_segments(weights.week(), length_m)
    told = []
    for share in by_share:
        policies = [moved(weights.policy, share, by) for by in (-STEP, STEP)]
        changes = [_changed(by_share, policy, now, length_m) for policy in policies if policy]
        told.append(f"{share} {max(changes, default=0):.0%}")
    least = f"moving a share by {STEP:g} changes this much of the neediest {TOP_SHARE:.0%} of street"
    return [f"{least}: {', '.join(told)}"]


def _changed(
    by_share: dict[str, NDArray[np.float64]],
    policy: dict[str, float],
    now: NDArray[np.bool_],
    length_m: NDArray[np.float64],
) -> float:
    need = np.sum([policy[share] * part for share, part in by_share.items()], axis=0)
    then = top_segments(need, length_m)
    return float(1 - length_m[now & then].sum() / length_m[now].sum())
