"""What a person should look at: inputs set aside, clocks that change, a network in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patrolplan.crews import clock_notes
from patrolplan.risk.offences import tell_rows

if TYPE_CHECKING:
    import pandas as pd

    from patrolplan.config import Settings
    from patrolplan.graph.network import StreetNetwork
    from patrolplan.plan import PatrolPlan

BY_KIND = ("not a street offence", "mostly found by police themselves")
"""Reasons to set a record aside that say nothing against the table."""

LEAST_MAIN_PART = 0.8
"""Share of walkable length in one connected part below which the extract looks torn."""


def set_aside_warnings(set_aside: pd.DataFrame, settings: Settings) -> tuple[str, ...]:
    """One sentence for each reason why rows of the user's own tables could not be used.

    Records left out for their kind are no fault, nor are places of the street file out of reach.
    """
    own_places = settings.places.file is not None
    faulty = set_aside[~set_aside["reason"].isin(BY_KIND) & ((set_aside["source"] != "places") | own_places)]
    return tuple(
        f"{source}: {len(group):,} set aside, {reason} ({tell_rows(group['row'])})"
        for (source, reason), group in faulty.groupby(["source", "reason"], sort=True)
    )


def network_warnings(network: StreetNetwork) -> tuple[str, ...]:
    """A sentence if much of the walkable length does not hang together."""
    share = network.report.main_part_share
    if share >= LEAST_MAIN_PART:
        return ()
    return (
        f"only {share:.0%} of the walkable length hangs together, the rest is left out; "
        "the extract may be cut badly",
    )


def plan_warnings(plan: PatrolPlan, settings: Settings) -> tuple[str, ...]:
    """All that deserves a look before the plan is handed out."""
    stopped = (
        ("the search was interrupted; this is the best plan found until then",)
        if plan.provenance.get("stopped_by") == "interrupted"
        else ()
    )
    return (
        *stopped,
        *clock_notes(settings),
        *network_warnings(plan.network),
        *set_aside_warnings(plan.weights.set_aside, settings),
    )
