"""The verb ``log``: what became of an issued plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patrolplan.commands.desk import Desk, Verb, end
from patrolplan.commands.options import IN_FILE, as_json

if TYPE_CHECKING:
    from patrolplan.walked.log import WalkLog
    from patrolplan.week.delivered import Delivered


@click.command(cls=Verb, short_help="Hold what was walked against the plan.")
@click.argument("plan", metavar="PLAN", type=IN_FILE)
@click.argument("walked", metavar="WALKED...", nargs=-1, required=True, type=IN_FILE)
@click.option("--crew", metavar="CREW", help="Whose tracks they are.  [default: found out by place and time]")
@click.option("--exact-clock", is_flag=True, help="Trust the tracks' clocks; try no other time zone.")
@click.option("--by-officer", is_flag=True, help="Tell patrols and officers too, not places alone.")
@click.option(
    "--plan-file", metavar="plan.toml", type=IN_FILE, help="Names the ledger.  [default: beside PLAN]"
)
@click.option("--ledger", metavar="FILE", type=IN_FILE, help="[default: as the plan file says]")
@click.option("--dry-run", is_flag=True, help="Tell, but note nothing in the ledger.")
@as_json
def log(
    plan: Path, walked: tuple[Path, ...], crew: str | None, exact_clock: bool, by_officer: bool,
    plan_file: Path | None, ledger: Path | None, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Hold GPX tracks and filled-in roster.xlsx WALKED against the plan in the folder PLAN.

    Minutes at every stop against the planned ones, kilometres, time away from the planned streets,
    and why stops were left out go into the ledger. Tracks are read and forgotten.
    """
    from patrolplan.orders.log_walks import log_walks, note_in_ledger
    from patrolplan.week.delivered import ASSUMED

    kept = None if dry_run else ledger or _ledger(plan, plan_file)
    with Desk() as desk:
        found = log_walks(plan, walked, crew=crew, exact_clock=exact_clock, on_progress=desk.step)
        measured = note_in_ledger(found, plan, kept) if kept is not None else None
    summary: dict[str, Any] = found.summary(by_officer=by_officer)
    summary |= {"notes": list(found.notes), "ledger": str(kept) if kept is not None else None}
    if measured is not None:
        summary["delivered"] = measured.facts(measured.planned_min, ASSUMED)
    end(
        summary,
        log_lines(found, measured, kept, by_officer=by_officer),
        warnings=(),
        as_json=as_json,
        strict=False,
    )


def log_lines(
    found: WalkLog, measured: Delivered | None, kept: Path | None, *, by_officer: bool
) -> list[str]:
    """The log in plain lines: all in all, place by place, and what it measures."""
    figures = found.summary(by_officer=by_officer)
    lines = [
        f"{found.issued.community}: {figures['patrols_logged']} of "
        f"{figures['patrols_planned']} patrols logged"
    ]
    lines.append("  " + _told(figures))
    if figures["km"] is not None:
        lines.append(
            f"  {figures['km']:g} km walked; {figures['stray_share'] or 0:.0%} of the recorded time "
            "away from the planned streets"
        )
    lines += [f"  {row['place']}: {_told(row)}{_why(row)}" for row in figures["places"]]
    for row in figures.get("patrols", ()):
        lines.append(f"  {row['date']} {row['crew']} ({', '.join(row['officers'])}): {_told(row)}")
    lines += [f"note: {note}" for note in found.notes]
    if measured is None:
        return [*lines, "nothing was noted in a ledger" + ("" if kept else "; name one with --ledger")]
    return [*lines, _measured_words(measured), f"noted in {kept}"]


def _told(row: dict[str, Any]) -> str:
    made = row["done"] + row["short"]
    told = [f"{made} of {row['visits']} visits made"]
    told += [f"{row['short']} cut short"] if row["short"] else []
    told += [f"{row['not_done']} left out"] if row["not_done"] else []
    told += [f"{row['unknown']} without a record"] if row["unknown"] else []
    if row["ratio"] is not None:
        told.append(f"{row['walked_min']:.0f} of {row['planned_min']:.0f} minutes ({row['ratio']:.0%})")
    if row.get("out_of_order"):
        told.append(f"{row['out_of_order']} out of order")
    return ", ".join(told)


def _why(row: dict[str, Any]) -> str:
    return f" - {'; '.join(row['reasons'])}" if row["reasons"] else ""


def _measured_words(measured: Delivered) -> str:
    from patrolplan.week.delivered import LEAST_PATROLS

    if measured.measured:
        by = f", {measured.by_ticks} of them by ticks" if measured.by_ticks else ""
        return (
            f"{measured.ratio(0):.0%} of planned minutes walked, measured on {measured.patrols} patrols{by}: "
            "the next week promises by it"
        )
    return (
        f"{measured.patrols} of {LEAST_PATROLS} patrols logged that a measure takes; until then the week "
        "promises by its setting `delivered`"
    )


def _ledger(plan: Path, plan_file: Path | None) -> Path | None:
    """The ledger that the plan file names; None where there is no plan file, or it keeps none."""
    from patrolplan.io.plan_file import read_plan_file

    home = plan.resolve().parent
    beside = [home / "plan.toml", home.parent / "plan.toml", home / "input" / "plan.toml"]
    file = plan_file or next((place for place in beside if place.exists()), None)
    return read_plan_file(file).week.ledger if file is not None else None
