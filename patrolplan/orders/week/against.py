"""What changed in a week against the week before and against itself as issued, told in a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from patrolplan.compare import PlanComparison, compare_sides
from patrolplan.errors import InputError
from patrolplan.i18n import SOURCE_LANGUAGE, words_of
from patrolplan.in_language import in_language
from patrolplan.io.day_words import day_lines
from patrolplan.io.plan_side import read_plan_side, side_of
from patrolplan.io.sentences import told
from patrolplan.io.write_week import read_week
from patrolplan.orders.week.planned import PlannedWeek
from patrolplan.plan import PatrolPlan
from patrolplan.week.difference import WeekDifference, causes_of, difference_from, week_difference
from patrolplan.week.edits import edits_from
from patrolplan.week.grid import WeekGrid


def told_against(planned: PlannedWeek, folder: Path, *, language: str = SOURCE_LANGUAGE) -> PlannedWeek:
    """The week with what changed against the week before, and against the same week as issued."""
    words, plan = words_of(language), in_language(planned.plan, language)
    week_before = WeekGrid(monday=planned.roster.grid.day(-7)).name
    issued = words("{week} as issued", week=folder.name)
    found = []
    for other, called in ((folder.parent / week_before, week_before), (folder, issued)):
        document = read_week(other) if other.is_dir() else None
        if document is None:
            continue
        try:
            both = compare_sides(
                replace(read_plan_side(other), name=called), side_of(plan, name=planned.name)
            )
        except InputError:  # another place, or files of it are gone: nothing to set side by side
            continue
        difference = _difference(planned, called, document, both, again=other == folder)
        same = difference.table.empty and document.get("roster") == planned.summary()["roster"]
        # The same week once more: what it changed when it was first written stays told.
        found += _told_before(document, folder.name) if other == folder and same else [difference]
    return replace(planned, differences=tuple(found))


def _told_before(document: Mapping[str, Any], week: str) -> list[WeekDifference]:
    """What the week was told to differ in from itself as issued, in the words of then."""
    before = document.get("differences", ())
    return [difference_from(plain) for plain in before if plain["against"].startswith(week)]


def _difference(
    planned: PlannedWeek, called: str, document: Mapping[str, Any], both: PlanComparison, *, again: bool
) -> WeekDifference:
    now, words = planned.summary(), words_of(both.language)
    edits = edits_from(planned.plan.provenance.get("edits", ()))
    # The sheet of changes stays as it was where the same week is planned again.
    asked = len(edits) - len(document.get("edits", ())) if again else len(edits)
    calendar = day_lines(planned.plan.around.notices, words)
    also = _also_called(planned.plan, both.language)
    due = dict(Counter(label for labels in planned.days["due"] for label in labels))
    edited = {edit.label: edit.what for edit in edits}
    return week_difference(
        called,
        before=document,
        now=now,
        stops=pd.DataFrame(both.stops.drop(columns="geometry")),
        sentence=both.sentence,
        causes=causes_of(document, now, calendar=calendar, edits=max(asked, 0), words=words),
        due=due | {also.get(label, label): days for label, days in due.items()},
        edited=edited | {also.get(label, label): what for label, what in edited.items()},
        words=words,
    )


def _also_called(plan: PatrolPlan, language: str) -> dict[str, str]:
    """What the plan's places are called in a language, by what they are called in the plan."""
    words, held = words_of(language), in_language(plan, language)
    return {
        spot.label: told(there.label, words)
        for spot, there in zip(plan.hot_spots, held.hot_spots, strict=True)
    }
