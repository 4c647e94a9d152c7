"""What changed from one plan of a week to another, and why: three lines and a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from patrolplan.i18n import ENGLISH, Words

SHOWN = 3

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
    words: Words = ENGLISH,
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
        What `compare_sides` says of places, in the same language.
    causes
        What changed in what the plans rest on, in plain words.
    due
        Places that had to be seen -> days on which they had to be.
    edited
        Places that the planner changed -> "pin", "move" or "ban".
    words
        Of the language to tell it in.
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
            "why": [_why(str(label), due, edited, bool(causes), words) for label in changed["label"]],
        }
    ).reset_index(drop=True)
    told = "; ".join(causes) or words(
        "nothing it rests on: places and hours take turns, and order and times vary by design"
    )
    lines = (_hours(before, now, words), sentence, words("why: {causes}", causes=told))
    return WeekDifference(against=against, lines=lines, table=table)


def causes_of(
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    *,
    calendar: Sequence[str],
    edits: int,
    words: Words = ENGLISH,
) -> list[str]:
    """What changed in what two weeks rest on: inputs, settings, officers' hours, the calendar, edits.

    Parameters
    ----------
    before, now
        Facts of both, as `week.json` holds them: ``load``, ``inputs_sha256``, ``settings``, ``versions``.
    calendar
        Days of the week that are not usual, in the same language.
    edits
        How many changes the planner asked for.
    words
        Of the language to tell them in.
    """
    found = [*_officers(before.get("load", ()), now["load"], words), *calendar]
    old, new = (facts.get("inputs_sha256", {}) for facts in (before, now))
    found += [words("file {name} changed", name=name) for name in _changed(old, new)]
    old, new = (facts.get("versions", {}) for facts in (before, now))
    found += [words("version of {name} changed", name=name) for name in _changed(old, new)]
    if before.get("settings"):
        old, new = before["settings"], now.get("settings", {})
        names = sorted({*old, *new} - {"crews", "stations", "plan"})
        found += [
            words("settings of [{name}] changed", name=name)
            for name in names
            if old.get(name) != new.get(name)
        ]
    if edits:
        found.append(words.n("{n} change by hand", "{n} changes by hand", edits))
    return found


def _officers(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], words: Words
) -> Iterator[str]:
    """Whose hours changed, who is new, who is gone."""
    due = {row["officer"]: row["due"] for row in before}
    for row in now:
        if due.get(row["officer"], row["due"]) != row["due"]:
            yield words(
                "{officer} has {now} h instead of {before} h",
                officer=row["officer"],
                now=_figure(row["due"] / 60, words),
                before=_figure(due[row["officer"]] / 60, words),
            )
    for row in now:
        if due and row["officer"] not in due:
            yield words("{officer} is new", officer=row["officer"])
    for name in sorted(set(due) - {row["officer"] for row in now}):
        yield words("{officer} is gone", officer=name)


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [name for name in sorted(new) if name in old and old[name] != new[name]]


def _figure(value: float, words: Words) -> str:
    """A number with the digits that it needs.

    Examples
    --------
    >>> _figure(27.5, ENGLISH), _figure(28.0, ENGLISH)
    ('27.5', '28')
    """
    return words.number(value, len(f"{value:g}".partition(".")[2]))


def _hours(before: Mapping[str, Any], now: Mapping[str, Any], words: Words) -> str:
    """Which patrols are at other hours of the week."""
    old, new = (Counter(map(_patrol, facts.get("roster", ()))) for facts in (before, now))
    fresh, gone = sorted((new - old).elements()), sorted((old - new).elements())
    kept = sum((new & old).values())
    told = words(
        "hours: {now} h of patrol ({before} h before); {kept} of {n} patrols at the same hours",
        now=_figure(now["officer_hours"], words),
        before=_figure(before.get("officer_hours", 0), words),
        kept=kept,
        n=sum(new.values()),
    )
    if fresh:
        told += "; " + words("new: {patrols}", patrols=_listed(fresh, words))
    return told + ("; " + words("given up: {patrols}", patrols=_listed(gone, words)) if gone else "")


def _patrol(row: Mapping[str, Any]) -> tuple[int, str, str, str]:
    weekday = date.fromisoformat(row["date"]).weekday()
    return weekday, row["start"], row["end"], row["area"]


def _listed(patrols: Sequence[tuple[int, str, str, str]], words: Words) -> str:
    days = words.weekdays()
    told = ", ".join(f"{days[d]} {s}-{e}{f' {a}' if a else ''}" for d, s, e, a in patrols[:SHOWN])
    more = len(patrols) - SHOWN
    return words("{patrols} and {n} more", patrols=told, n=more) if more > 0 else told


def _why(label: str, due: Mapping[str, int], edited: Mapping[str, str], caused: bool, words: Words) -> str:
    if label in edited:
        return words("changed by hand: {what}", what=edited[label])
    if label in due:
        return words.n(
            "had to be seen on {n} day, lest unseen too long",
            "had to be seen on {n} days, lest unseen too long",
            due[label],
        )
    return words("the hours, or what the plan rests on, changed") if caused else words("turns and variation")
