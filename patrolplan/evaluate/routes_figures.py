"""Figures of a back-test of routes, with intervals over weeks, and the words for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrolplan.evaluate.measures import Interval, ratio, week_draws
from patrolplan.evaluate.routes import Judged
from patrolplan.evaluate.trial import summed
from patrolplan.units import SECONDS_PER_HOUR

OURS = "patrolplan"
WAYS = {
    OURS: "patrolplan",
    "top_loop": "loop over the top places by counts",
    "even": "even coverage",
    "repeat": "last period's plan repeated",
    "greedy": "greedy",
    "random_walk": "random walk",
}
"""Ways of walking, and how they are called."""

LEAST_WEEKS, LEAST_ON_SHIFT = 6, 50
"""Fewer weeks, or fewer records in the hours of the plans, and nothing is claimed."""


@dataclass(frozen=True, kw_only=True)
class WayScore:
    """Figures of one way of walking.

    Attributes
    ----------
    effect
        Harm-weighted share of the later records under effect, at their street and minute.
    effect_on_shift
        The same among the records in the hours of the plans.
    records_under_effect
        As ``effect``, each record counting once: one grave record can't decide it.
    share_near
        Share of the later records with an officer within 100 m and 30 minutes.
    per_officer_hour, per_km
        Harm under effect an officer-hour and a kilometre walked (harm class 1 and full effect: 1).
    officer_hours, km
        In all.
    """

    effect: Interval
    effect_on_shift: Interval
    records_under_effect: Interval
    share_near: Interval
    per_officer_hour: Interval
    per_km: Interval
    officer_hours: float
    km: float


@dataclass(frozen=True, kw_only=True)
class RouteTrial:
    """What a back-test of routes found.

    Attributes
    ----------
    plans
        Way of walking -> figures; ours is "patrolplan".
    effect_over, near_over
        Baseline -> ours less its, on the same records.
    origins, horizon_days, shifts
        Days from which plans were made, days each was walked, and shifts walked in all.
    n_test, n_on_shift, weeks
        Records judged, those in the hours of the plans (a share of a record where its time is a
        window), weeks.
    too_little
        Why nothing can be claimed, "" where it can.
    notes
        What else should be known.
    """

    plans: Mapping[str, WayScore]
    effect_over: Mapping[str, Interval]
    near_over: Mapping[str, Interval]
    origins: tuple[date, ...]
    horizon_days: int
    shifts: int
    n_test: int
    n_on_shift: float
    weeks: int
    too_little: str
    notes: tuple[str, ...] = ()


def route_trial(
    ways: Mapping[str, Judged],
    *,
    harm: NDArray[np.float64],
    record_day: NDArray[np.int64],
    walked_day: NDArray[np.int64],
    first: int,
    days: int,
    seed: int,
    origins: tuple[date, ...],
    horizon_days: int,
    notes: tuple[str, ...] = (),
) -> RouteTrial:
    """The figures with their intervals by bootstrap over weeks, paired between ways of walking.

    Parameters
    ----------
    ways
        Way of walking -> what it did.
    harm, record_day
        [records] harm class and day.
    walked_day
        [days walked] each day that was walked.
    first, days
        First day judged, and number of days.
    """
    weeks = -(-days // 7)
    drawn = week_draws(weeks, seed=seed)

    def by_week(values: NDArray[np.float64], day: NDArray[np.int64] = record_day) -> NDArray[np.float64]:
        return summed(np.clip((day - first) // 7, 0, weeks - 1), values, weeks)

    all_harm, ones = by_week(harm), by_week(np.ones(len(harm)))

    def scored(way: Judged) -> WayScore:
        under = by_week(harm * way.effect)
        hours, km = (
            by_week(way.officer_s / SECONDS_PER_HOUR, walked_day),
            by_week(way.walked_m / 1000, walked_day),
        )
        return WayScore(
            effect=ratio(under, all_harm, drawn),
            effect_on_shift=ratio(under, by_week(harm * way.on_shift), drawn),
            records_under_effect=ratio(by_week(way.effect), ones, drawn),
            share_near=ratio(by_week(way.near), ones, drawn),
            per_officer_hour=ratio(under, hours, drawn),
            per_km=ratio(under, km, drawn),
            officer_hours=float(hours.sum()),
            km=float(km.sum()),
        )

    ours = ways[OURS]
    others = [name for name in ways if name != OURS]
    on_shift = float(ours.on_shift.sum())
    return RouteTrial(
        plans={name: scored(way) for name, way in ways.items()},
        effect_over={
            n: ratio(by_week(harm * (ours.effect - ways[n].effect)), all_harm, drawn) for n in others
        },
        near_over={n: ratio(by_week(ours.near - ways[n].near), ones, drawn) for n in others},
        origins=origins,
        horizon_days=horizon_days,
        shifts=len(walked_day),
        n_test=len(harm),
        n_on_shift=on_shift,
        weeks=weeks,
        too_little=_too_little(weeks, on_shift),
        notes=notes,
    )


def route_summary(trial: RouteTrial) -> dict[str, Any]:
    """All figures as plain values."""
    return {
        "plans": {name: _plain(score) for name, score in trial.plans.items()},
        "differences": {
            name: {"effect": gap.as_dict(), "share_near": trial.near_over[name].as_dict()}
            for name, gap in trial.effect_over.items()
        },
        "origins": [day.isoformat() for day in trial.origins],
        "horizon_days": trial.horizon_days,
        "shifts": trial.shifts,
        "weeks": trial.weeks,
        "n_test": trial.n_test,
        "n_on_shift": trial.n_on_shift,
        "too_little": trial.too_little or None,
        "notes": list(trial.notes),
        "no_better_than": [name for name in trial.effect_over if not _better(trial, name)],
    }


def route_lines(trial: RouteTrial) -> list[str]:
    """What people read: figures, and what may be claimed against each baseline."""
    lines = [
        f"{trial.n_test:,} later street offences of {trial.weeks} weeks, {trial.n_on_shift:,.0f} of them "
        f"in the hours of {trial.shifts} days of patrol; plans made on {len(trial.origins)} days "
        f"({trial.origins[0]} to {trial.origins[-1]}), each walked for {trial.horizon_days} days",
        "harm under effect, of all / in the plans' hours; records under effect, with an officer near; "
        "harm under effect an officer-hour; km walked:",
    ]
    lines += [f"note: {note}" for note in trial.notes]
    lines += [f"  {WAYS.get(name, name):<36} {_figures(score)}" for name, score in trial.plans.items()]
    if trial.too_little:
        return [*lines, f"too little to claim anything: {trial.too_little}; the figures above may be chance"]
    return lines + [_verdict(trial, name) for name in trial.effect_over]


def _figures(score: WayScore) -> str:
    return (
        f"{score.effect.value:6.2%} / {score.effect_on_shift.value:6.1%}   "
        f"{score.records_under_effect.value:6.2%}   {score.share_near.value:6.2%}   "
        f"{score.per_officer_hour.value:.3f}   {score.km:,.0f} km"
    )


def _better(trial: RouteTrial, name: str) -> bool:
    return not trial.too_little and trial.effect_over[name].low > 0


def _verdict(trial: RouteTrial, name: str) -> str:
    gap, near = trial.effect_over[name], trial.near_over[name]
    word = "better" if gap.low > 0 else "worse" if gap.high < 0 else "no better"
    told = f"{_points(gap)} points of harm under effect, {_points(near)} of records near"
    return f"{word} than {WAYS.get(name, name)}: {told}"


def _points(at: Interval) -> str:
    return f"{100 * at.value:+.2f} [{100 * at.low:+.2f}, {100 * at.high:+.2f}]"


def _plain(score: WayScore) -> dict[str, Any]:
    return {
        name: value.as_dict() if isinstance(value, Interval) else value for name, value in vars(score).items()
    }


def _too_little(weeks: int, on_shift: float) -> str:
    short = []
    if weeks < LEAST_WEEKS:
        short.append(f"{weeks} weeks (at least {LEAST_WEEKS})")
    if on_shift < LEAST_ON_SHIFT:
        short.append(f"{on_shift:.0f} records in the plans' hours (at least {LEAST_ON_SHIFT})")
    return ", ".join(short)
