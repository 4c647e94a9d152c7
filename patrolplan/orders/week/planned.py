"""A whole week as planned, and its figures for scripts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from patrolplan.io.write_json import ride_facts
from patrolplan.plan import PatrolPlan
from patrolplan.week.difference import WeekDifference
from patrolplan.week.figures import WeekGuess
from patrolplan.week.grid import clock
from patrolplan.week.roster import Roster

RESTS_ON = ("inputs_sha256", "settings", "versions", "seed", "osm_timestamp", "edits")
"""What the plan's provenance says the week rests on."""


@dataclass(frozen=True, kw_only=True)
class PlannedWeek:
    """A week as planned.

    Attributes
    ----------
    name
        "2026-W48".
    roster
        Who patrols when.
    plan
        All patrols of the week as one plan, for the writers.
    days
        One row a day: ``day``, ``crews``, ``visits``, ``best_score``, ``score``, ``loss``, ``due``,
        ``given_up``.
    gaps
        As `gap_table`: the longest time unseen of each top place.
    load
        As `load_table`: what each officer walks.
    what_if
        As `hour_more_or_less`.
    guess
        How guessable the week is, None without weeks before it.
    delivered
        As `Delivered.facts`: how many of the planned minutes to expect, and by what.
    calendar
        Days of the week that are not usual, in words.
    differences
        What changed against the week before and against the week as issued.
    warnings
        Plain sentences on what could not be kept.
    """

    name: str
    roster: Roster
    plan: PatrolPlan
    days: pd.DataFrame
    gaps: pd.DataFrame
    load: pd.DataFrame
    what_if: pd.DataFrame
    guess: WeekGuess | None
    delivered: dict[str, Any] = field(default_factory=dict)
    calendar: tuple[str, ...] = ()
    differences: tuple[WeekDifference, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def summary(self) -> dict[str, Any]:
        """The week in figures, for scripts."""
        best, score = self.days["best_score"].sum(), self.days["score"].sum()
        return {
            "week": self.name,
            **self.plan.summary(),
            "patrol_days": len(self.days),
            "officer_hours": round(sum(b.end_min - b.start_min for b in self.roster.blocks) / 60, 2),
            "loss": round(float(1 - score / best), 6) if best else 0.0,
            "roster_worth": self.roster.worth,
            "roster_best": self.roster.best_worth,
            "roster_bound": self.roster.bound,
            "longest_gap_days": int(self.gaps["longest_gap_days"].max()) if len(self.gaps) else 0,
            "guessability": _guess_facts(self.guess),
            "delivered": self.delivered,
            "roster": [
                row | ({"ride": ride_facts(crew.ride)} if crew.ride else {})
                for row, crew in zip(roster_rows(self.roster), self.plan.crews, strict=True)
            ],
            "load": _rows(self.load),
            "days": _rows(self.days),
            "gaps": _rows(self.gaps),
            "calendar": list(self.calendar),
            "differences": [
                {"against": d.against, "lines": list(d.lines), "table": _rows(d.table)}
                for d in self.differences
            ],
            **{key: self.plan.provenance[key] for key in RESTS_ON if key in self.plan.provenance},
            "hour_more_or_less": [
                {**row, "start": clock(row.pop("start_min")), "end": clock(row.pop("end_min"))}
                for row in _rows(self.what_if)
            ],
        }


def roster_rows(roster: Roster) -> list[dict[str, Any]]:
    """The roster in plain rows, for scripts."""
    return [
        {
            "officer": roster.officers[block.officer].name,
            "area": roster.areas[block.area].name,
            "date": roster.grid.day(block.start_min // 1440).isoformat(),
            "start": clock(block.start_min),
            "end": clock(block.end_min),
            "minutes": block.end_min - block.start_min,
            "fixed": block.fixed,
        }
        for block in roster.blocks
    ]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as JSON holds them."""
    rows: Any = frame.to_dict("records")
    return [
        {
            key: value.isoformat()
            if isinstance(value, dt.date)
            else None
            if isinstance(value, float) and np.isnan(value)
            else value
            for key, value in row.items()
        }
        for row in rows
    ]


def _guess_facts(guess: WeekGuess | None) -> dict[str, Any] | None:
    if guess is None:
        return None
    told = guess.guess
    return {
        "hit_rate": round(told.hit_rate, 4),
        "if_repeated": round(told.repeated, 4),
        "by_chance": round(told.chance, 4),
        "weeks_known": guess.weeks,
    }
