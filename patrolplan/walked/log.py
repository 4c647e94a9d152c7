"""The log of a plan: patrols as walked, told by place; by officer only where that is asked for."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from patrolplan.issued import IssuedPlan
from patrolplan.walked.patrol import WalkedPatrol
from patrolplan.walked.visits import CUT, DONE, LEFT_OUT, UNKNOWN, WalkedVisit


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What somebody wrote down of a visit: minutes None and why "" where nothing was written."""

    route: int
    visit: int
    status: str
    minutes: float | None
    why: str


@dataclass(frozen=True, kw_only=True)
class WalkLog:
    """What became of an issued plan.

    Attributes
    ----------
    issued
        The plan.
    patrols
        Those of which something is known, in the plan's order.
    notes
        Plain sentences: clocks put right, files of which nothing could be used.
    """

    issued: IssuedPlan
    patrols: tuple[WalkedPatrol, ...]
    notes: tuple[str, ...] = ()

    def summary(self, *, by_officer: bool = False) -> dict[str, Any]:
        """All figures, for scripts; who walked what only with ``by_officer``."""
        figures = {
            "patrols_planned": len(self.issued.routes),
            "patrols_logged": len(self.patrols),
            **_figures(self.patrols),
            "places": self.places(),
        }
        if by_officer:
            figures["patrols"] = [
                {
                    "crew": self.issued.routes[patrol.route].crew.name,
                    "officers": [one.name for one in self.issued.routes[patrol.route].crew.officers],
                    "date": self.issued.routes[patrol.route].crew.shift.start.date().isoformat(),
                    **_figures([patrol]),
                    "stops": [_stop(visit) for visit in patrol.visits],
                }
                for patrol in self.patrols
            ]
        return figures

    def places(self) -> list[dict[str, Any]]:
        """One row a place: visits planned and made, minutes, and why visits were not made."""
        labels = dict.fromkeys(visit.event.label for patrol in self.patrols for visit in patrol.visits)
        every = [visit for patrol in self.patrols for visit in patrol.visits]
        rows = []
        for label in labels:
            own = [visit for visit in every if visit.event.label == label]
            rows.append({"place": label, **_counts(own), "reasons": _reasons(own)})
        return rows


def _figures(patrols: Sequence[WalkedPatrol]) -> dict[str, Any]:
    visits = [visit for patrol in patrols for visit in patrol.visits]
    tracked = [patrol for patrol in patrols if not math.isnan(patrol.km)]
    recorded = sum(patrol.recorded_min for patrol in tracked)
    return {
        **_counts(visits),
        "out_of_order": sum(not visit.in_order for visit in visits),
        "km": round(sum(patrol.km for patrol in tracked), 2) if tracked else None,
        "recorded_min": round(recorded) if tracked else None,
        "stray_share": round(sum(p.stray_min for p in tracked) / recorded, 3) if recorded else None,
        "reasons": _reasons(visits),
    }


def _counts(visits: Sequence[WalkedVisit]) -> dict[str, Any]:
    known = [visit for visit in visits if not math.isnan(visit.minutes)]
    planned, walked = sum(v.planned_min for v in known), sum(v.minutes for v in known)
    count = Counter(visit.status for visit in visits)
    return {
        "visits": len(visits),
        "done": count[DONE],
        "short": count[CUT],
        "not_done": count[LEFT_OUT],
        "unknown": count[UNKNOWN],
        "planned_min": round(planned, 1),
        "walked_min": round(walked, 1),
        "ratio": round(walked / planned, 3) if planned else None,
    }


def _reasons(visits: Sequence[WalkedVisit]) -> list[str]:
    return list(dict.fromkeys(visit.why for visit in visits if visit.why))


def _stop(visit: WalkedVisit) -> dict[str, Any]:
    return {
        "place": visit.event.label,
        "start": visit.event.start.isoformat(timespec="minutes"),
        "status": visit.status,
        "in_order": visit.in_order,
        "planned_min": round(visit.planned_min, 1),
        "walked_min": None if math.isnan(visit.minutes) else round(visit.minutes, 1),
        "why": visit.why,
        "by": visit.by,
    }


def with_reports(
    issued: IssuedPlan, patrols: Sequence[WalkedPatrol], reports: Sequence[Reported]
) -> tuple[WalkedPatrol, ...]:
    """Patrols with what was written down: reasons to all visits, minutes where no track tells them.

    Parameters
    ----------
    issued
        The plan.
    patrols
        From tracks.
    reports
        Rows that were filled in; of one visit the first with minutes counts.
    """
    made = {patrol.route: patrol for patrol in patrols}
    for route in sorted({report.route for report in reports} - set(made)):
        blank = (
            WalkedVisit(event=event, status=UNKNOWN, minutes=float("nan"))
            for event in issued.routes[route].visits
        )
        made[route] = WalkedPatrol(route=route, visits=tuple(blank))
    for report in sorted(reports, key=lambda one: one.minutes is None):
        patrol = made[report.route]
        visits = list(patrol.visits)
        visits[report.visit] = _told(visits[report.visit], report)
        made[report.route] = replace(patrol, visits=tuple(visits))
    return tuple(made[route] for route in sorted(made))


def _told(visit: WalkedVisit, report: Reported) -> WalkedVisit:
    why = visit.why or report.why
    if visit.by:
        return replace(visit, why=why)
    minutes = float("nan") if report.minutes is None else report.minutes
    left_out = report.status == LEFT_OUT or (not report.status and report.minutes == 0)
    if left_out:
        return replace(visit, status=LEFT_OUT, minutes=minutes if minutes > 0 else 0.0, why=why, by="ticks")
    if not report.status and report.minutes is None:
        return replace(visit, why=why)
    short = minutes < visit.planned_min / 2
    return replace(
        visit,
        status=CUT if short else DONE,
        minutes=minutes,
        in_order=report.status != "out of order",
        why=why,
        by="ticks",
    )
