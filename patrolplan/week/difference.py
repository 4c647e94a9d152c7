"""What changed from one plan of a week to another, and why: three lines and a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

SHOWN = 3
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

COLUMNS = (
    "against", "place", "visits_before", "visits_now", "minutes_before", "minutes_now", "why",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class WeekDifference:
    """A week against another plan.

    Attributes
    ----------
    against
        What it is called: "2026-W47", or "2026-W48 as issued".
    lines
        Three plain lines: hours, places, and why.
    table
        One row a place that changed: ``against``, ``place``, ``visits_before``, ``visits_now``,
        ``minutes_before``, ``minutes_now``, ``why``.
    """

    against: str
    lines: tuple[str, str, str]
    table: pd.DataFrame


def difference_from(plain: Mapping[str, Any]) -> WeekDifference:
    """A difference as ``week.json`` holds it."""
    table = pd.DataFrame(plain["table"], columns=list(COLUMNS))
    hours, places, why = plain["lines"]
    return WeekDifference(against=plain["against"], lines=(hours, places, why), table=table)


def week_difference(
    against: str,
    *,
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    stops: pd.DataFrame,
    sentence: str,
    causes: Sequence[str],
    due: Mapping[str, int],
    edited: Mapping[str, str],
) -> WeekDifference:
    """Two plans of weeks set against each other.

    Parameters
    ----------
    against
        What the other is called.
    before, now
        Facts of both, as `week.json` holds them: ``roster`` and ``officer_hours`` are read.
    stops
        As `compare_sides` gives them: ``label``, ``visits_a``, ``visits_b``, ``minutes_a``, ``minutes_b``.
    sentence
        What `compare_sides` says of places.
    causes
        What changed in what the plans rest on, in plain words.
    due
        Places that had to be seen -> days on which they had to be.
    edited
        Places that the planner changed -> "pin", "move" or "ban".
    """
    changed = stops[(stops["visits_a"] != stops["visits_b"]) | (stops["minutes_a"] != stops["minutes_b"])]
    table = pd.DataFrame(
        {
            "against": against,
            "place": changed["label"].astype(str),
            "visits_before": changed["visits_a"],
            "visits_now": changed["visits_b"],
            "minutes_before": changed["minutes_a"].round(1),
            "minutes_now": changed["minutes_b"].round(1),
            "why": [_why(str(label), due, edited, bool(causes)) for label in changed["label"]],
        }
    ).reset_index(drop=True)
    told = causes or ["nothing it rests on: places and hours take turns, and order and times vary by design"]
    lines = (_hours(before, now), sentence, f"why: {'; '.join(told)}")
    return WeekDifference(against=against, lines=lines, table=table)


def causes_of(
    before: Mapping[str, Any], now: Mapping[str, Any], *, calendar: Sequence[str], edits: int
) -> list[str]:
    """What changed in what two weeks rest on: inputs, settings, officers' hours, the calendar, edits.

    Parameters
    ----------
    before, now
        Facts of both, as `week.json` holds them: ``load``, ``inputs_sha256``, ``settings``, ``versions``.
    calendar
        Days of the week that are not usual, in words.
    edits
        How many changes the planner asked for.
    """
    due = {row["officer"]: row["due"] for row in before.get("load", ())}
    found = [
        f"{row['officer']} has {row['due'] / 60:g} h instead of {due[row['officer']] / 60:g} h"
        for row in now["load"]
        if due.get(row["officer"], row["due"]) != row["due"]
    ]
    found += [f"{row['officer']} is new" for row in now["load"] if due and row["officer"] not in due]
    gone = set(due) - {row["officer"] for row in now["load"]}
    found += [f"{name} is gone" for name in sorted(gone)]
    found += list(calendar)
    for key, what in (("inputs_sha256", "file"), ("versions", "version of")):
        old, new = before.get(key, {}), now.get(key, {})
        found += [f"{what} {name} changed" for name in sorted(new) if name in old and old[name] != new[name]]
    settings = [
        name
        for name in sorted({*before.get("settings", {}), *now.get("settings", {})} - {"crews", "stations"})
        if before.get("settings", {}).get(name) != now.get("settings", {}).get(name)
    ]
    plain = [name for name in settings if name != "plan"]
    found += [f"settings of [{name}] changed" for name in plain] if before.get("settings") else []
    if edits:
        found.append(f"{edits} {'change' if edits == 1 else 'changes'} by hand")
    return found


def _hours(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Which patrols are at other hours of the week."""
    old, new = (Counter(map(_patrol, facts.get("roster", ()))) for facts in (before, now))
    fresh, gone = sorted((new - old).elements()), sorted((old - new).elements())
    kept = sum((new & old).values())
    words = (
        f"hours: {now['officer_hours']:g} h of patrol ({before.get('officer_hours', 0):g} h before); "
        f"{kept} of {sum(new.values())} patrols at the same hours"
    )
    if fresh:
        words += f"; new: {_listed(fresh)}"
    return words + (f"; given up: {_listed(gone)}" if gone else "")


def _patrol(row: Mapping[str, Any]) -> tuple[int, str, str, str]:
    weekday = date.fromisoformat(row["date"]).weekday()
    return weekday, row["start"], row["end"], row["area"]


def _listed(patrols: Sequence[tuple[int, str, str, str]]) -> str:
    words = [f"{DAYS[d]} {s}-{e}{f' {a}' if a else ''}" for d, s, e, a in patrols[:SHOWN]]
    more = len(patrols) - SHOWN
    return ", ".join(words) + (f" and {more} more" if more > 0 else "")


def _why(label: str, due: Mapping[str, int], edited: Mapping[str, str], caused: bool) -> str:
    if label in edited:
        return f"changed by hand: {edited[label]}"
    if label in due:
        return f"had to be seen on {due[label]} {'day' if due[label] == 1 else 'days'}, lest unseen too long"
    return "the hours, or what the plan rests on, changed" if caused else "turns and variation"
