"""What the need rests on, in plain sentences: how many records, how sure, what was left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.risk.footfall import Footfall
from patrolplan.risk.offences import Offences, tell_rows
from patrolplan.risk.problems import Problems
from patrolplan.risk.street_offences import StreetOffences
from patrolplan.risk.weights import PARTS, SegmentWeights

THIN_GROUND = 50
"""Effective records below which offences are said to be too few to rank streets by."""
SHORT_DAYS = 90
TOP_SHARE = 0.05
STEP = 0.1


def notes_of(
    weights: SegmentWeights,
    found: StreetOffences | None,
    visited: Footfall | None,
    named: Problems | None,
    rated: pd.DataFrame | None,
    offences: Offences | None,
    length_m: NDArray[np.float64],
) -> tuple[str, ...]:
    """All notes, most important first."""
    notes = [_rests_on(weights, found, visited, named)]
    if found is None and visited is None and named is None:
        notes = ["NOTHING IS KNOWN of offences, places or problems here: need is spread evenly over the length of street and over all hours"]
    if offences is not None:
        notes += _offence_notes(found, offences)
    if rated is not None:
        notes += _kind_notes(rated)
    notes += _aside_notes(weights.set_aside)
    notes += list(visited.notes) if visited else []
    notes += _sensitivity(weights, length_m)
    return tuple(notes)


def moved(policy: dict[str, float], name: str, by: float) -> dict[str, float] | None:
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


def top_segments(need: NDArray[np.float64], length_m: NDArray[np.float64], share: float = TOP_SHARE) -> NDArray[np.bool_]:
    """Which segments make up the neediest ``share`` of street length, by need per metre."""
    order = np.lexsort((np.arange(len(need)), -need / length_m))
    chosen = np.cumsum(length_m[order]) <= share * length_m.sum()
    top = np.zeros(len(need), dtype=bool)
    top[order[chosen]] = True
    if not top.any():
        top[order[:1]] = True
    return top


def _rests_on(weights: SegmentWeights, found: StreetOffences | None, visited: Footfall | None, named: Problems | None) -> str:
    shares = dict(zip(PARTS, (weights.policy[name] for name in ("a_off", "a_foot", "a_prob"))))
    parts = []
    if found:
        parts.append(
            f"{shares['offences']:.0%} on {found.used:,} street offences of {found.first} to {found.last} "
            f"(as good as {found.effective:,.0f} equal records; {found.expected_per_week:,.1f} a week to expect)"
        )
    if visited:
        parts.append(f"{shares['footfall']:.0%} on {visited.kinds['count'].sum():,} places people visit")
    if named:
        parts.append(f"{shares['problems']:.0%} on {named.count:,} named problems")
    return "The need rests " + ", ".join(parts) + "; these shares are policy, not statistics"


def _offence_notes(found: StreetOffences | None, offences: Offences) -> list[str]:
    if found is None:
        return [f"none of the {len(offences):,} records is a street offence that can be used: need rests on what else is known"]
    notes = []
    if found.effective < THIN_GROUND:
        notes.append(
            f"fewer than {THIN_GROUND} effective records: too few to rank streets by offences alone; take the offence part as a hint"
        )
    days = (found.last - found.first).days + 1
    if days < SHORT_DAYS:
        notes.append(f"the records cover {days} days: too short to tell lasting hot spots from chance")
    notes += _hour_notes(found)
    if found.placed.by_name or found.placed.at_junctions:
        notes.append(
            f"{found.placed.by_name:,} records lie on the street they name, {found.placed.at_junctions:,} at junctions "
            "are shared by the streets that meet there"
        )
    return notes


def _hour_notes(found: StreetOffences) -> list[str]:
    counts = {key: int(found.precision.get(key, 0)) for key in ("date", "month", "none")}
    timed = found.used - sum(counts.values())
    if timed == 0:
        return [
            "no record has an hour of the day: the offence part is the same at all hours of the day"
            + (" (only the month is known)" if counts["month"] else "")
        ]
    words = {"date": "only their day", "month": "only their month", "none": "no time"}
    told = [f"{count:,} records have {words[key]}" for key, count in counts.items() if count]
    return [", ".join(told) + ": they follow the hours of the others of their kind"] if told else []


def _kind_notes(rated: pd.DataFrame) -> list[str]:
    notes = []
    for why, group in rated[rated["why_not"] != ""].groupby("why_not", sort=True):
        notes.append(f"left out as {why}: {_told(group)}")
    unmatched = rated[rated["matched"] == ""]
    if len(unmatched):
        notes.append(f"kinds that no rule knows count as minor street offences: {_told(unmatched)}")
    return notes


def _told(group: pd.DataFrame, most: int = 6) -> str:
    """Kinds and counts; sensitive ones are counted but not named."""
    named = group[~group["sensitive"]].head(most)
    parts = [f"{kind} ({count:,})" for kind, count in zip(named["kind"], named["count"])]
    rest = int(group["count"].sum() - named["count"].sum())
    return ", ".join(parts + ([f"other ({rest:,})"] if rest else []))


def _aside_notes(set_aside: pd.DataFrame) -> list[str]:
    """Counts of what was set aside for other reasons than its kind."""
    by_kind = set_aside["reason"].isin(["not a street offence", "mostly found by police themselves"])
    return [
        f"{source}: {len(group):,} set aside, {reason} ({tell_rows(group['row'])})"
        for (source, reason), group in set_aside[~by_kind].groupby(["source", "reason"], sort=True)
    ]


def _sensitivity(weights: SegmentWeights, length_m: NDArray[np.float64]) -> list[str]:
    """How much of the neediest twentieth of street changes when a share of policy moves by 0.1."""
    parts = {part: weights.part_of_week(part) for part in PARTS}
    if sum(value is not None for value in parts.values()) < 2:
        return []
    names = dict(zip(("a_off", "a_foot", "a_prob"), PARTS))
    now = top_segments(weights.week(), length_m)
    told = []
    for name in names:
        changes = [_changed(parts, names, policy, now, length_m) for by in (-STEP, STEP) if (policy := moved(dict(weights.policy), name, by))]
        if changes:
            told.append(f"{name} {max(changes):.0%}")
    text = f"moving a share by {STEP:g} changes this much of the neediest {TOP_SHARE:.0%} of street: "
    return [text + ", ".join(told)] if told else []


def _changed(
    parts: dict[str, NDArray[np.float64] | None],
    names: dict[str, str],
    policy: dict[str, float],
    now: NDArray[np.bool_],
    length_m: NDArray[np.float64],
) -> float:
    need = np.zeros(len(length_m))
    for name, part in names.items():
        own = parts[part]
        if own is not None:
            need = need + policy[name] * own
    then = top_segments(need, length_m)
    return float(1 - length_m[now & then].sum() / length_m[now].sum())
