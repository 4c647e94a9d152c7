"""What the verb `week` tells people in plain lines, and machines in a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patrolplan.commands.words import opened_first, score_line
from patrolplan.io.words import counted
from patrolplan.week.delivered import delivered_words

if TYPE_CHECKING:
    from patrolplan.orders.week.run_week import WrittenWeek


def week_summary(written: WrittenWeek, *, seconds: float) -> dict[str, Any]:
    """The week in figures, for scripts."""
    return {
        **written.planned.summary(),
        "warnings": list(written.planned.warnings),
        "folder": str(written.folder),
        "outputs": {file.name: str(file) for file in written.files},
        "seconds": round(seconds, 2),
    }


def week_lines(written: WrittenWeek) -> list[str]:
    """The week in plain lines: who patrols when, how good it is, where the files are."""
    planned = written.planned
    figures = planned.summary()
    lines = [
        f"{planned.plan.community}, week {planned.name}: {counted(figures['crews'], 'patrol')} on "
        f"{counted(figures['patrol_days'], 'day')}, {figures['officer_hours']:g} officer hours, "
        f"{counted(figures['stops'], 'visit')}"
    ]
    lines += [
        f"  {row['date']} {row['start']}-{row['end']}  {row['officer']}"
        + (f", {row['area']}" if row["area"] else "")
        for row in figures["roster"]
    ]
    lines.append(score_line(planned.plan.scores))
    lines.append(f"given up for variation and turns: {figures['loss']:.1%} of the routes' score")
    lines.append(delivered_words(planned.delivered))
    if planned.guess is not None:
        guess = planned.guess.guess
        lines.append(
            f"somebody who knows the last {counted(planned.guess.weeks, 'week')} guesses place and half hour "
            f"in {guess.hit_rate:.0%} of tries; if this week were repeated, in {guess.repeated:.0%}"
        )
    first = {row["change"]: row for row in reversed(figures["hour_more_or_less"])}
    lines += [_hour_words(row) for _, row in sorted(first.items(), reverse=True)]
    for difference in planned.differences:
        lines.append(f"against {difference.against}:")
        lines += [f"  {line}" for line in difference.lines]
    lines += [f"note: calendar: {day}" for day in planned.calendar]
    lines += [f"note: {note}" for note in planned.plan.notes]
    if not written.files:
        return [*lines, "dry run: nothing was written"]
    lines.append(f"written to {written.folder}: {counted(len(written.files), 'file')}")
    return lines + [f"  {name}: {what}" for name, what in opened_first([file.name for file in written.files])]


def _hour_words(row: dict[str, Any]) -> str:
    what = "gain most" if row["change"] == "more" else "lose least"
    return (
        f"an hour {row['change']} would {what} with {row['officer']} on {row['day']}, {row['start']}-"
        f"{row['end']}: {row['share']:+.1%} of the need in reach of this roster"
    )
