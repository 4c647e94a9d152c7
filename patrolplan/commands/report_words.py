"""What the verb ``report`` tells: lines for people, figures for machines."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from patrolplan.orders.community_report import WrittenReport


def report_lines(written: WrittenReport) -> list[str]:
    """What was written, in lines."""
    facts = written.facts
    lines = [
        f"{facts.days[0]} to {facts.days[1]}: {facts.visits} visits, {facts.planned_min} minutes planned"
        + ("" if facts.walked_min is None else f", {facts.walked_min} minutes recorded as walked"),
        f"named problems: {len(facts.problems)} told, {facts.untold} left out, {facts.unplaced} on no street",
    ]
    return [*lines, *(f"wrote {path}" for path in written.files.values())]


def report_summary(written: WrittenReport) -> dict[str, Any]:
    """The same figures as the report, ready for JSON; nothing that the report does not tell."""
    facts = written.facts
    return {
        "days": [day.isoformat() for day in facts.days],
        "compared": None
        if facts.compared is None
        else [[day.isoformat() for day in span] for span in facts.compared],
        "visits": facts.visits,
        "planned_min": facts.planned_min,
        "walked_min": facts.walked_min,
        "logged_share": facts.logged_share,
        "everywhere": None if facts.everywhere is None else asdict(facts.everywhere),
        "problems": [
            {key: value for key, value in asdict(one).items() if key not in ("segments", "words")}
            for one in facts.problems
        ],
        "problems_untold": facts.untold,
        "problems_unplaced": facts.unplaced,
        "settlements": [
            {
                key: None if isinstance(value, float) and math.isnan(value) else value
                for key, value in row.items()
            }
            for row in facts.settlements.to_dict("records")
        ],
        "files": {name: str(path) for name, path in written.files.items()},
        "notes": list(written.notes),
    }
