"""Feedback: patrols find offences where they walk, and lower them; whether need drifts from the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.errors import InputError

SETTINGS: dict[str, dict[str, Any]] = {
    "as reported": {},
    "found count too": {"exclude_found": False},
    "without shrinkage": {"shrink": 0.0},
    "without floor": {"floor": 0.0},
    "without all three": {"exclude_found": False, "shrink": 0.0, "floor": 0.0},
}
"""What is compared: our defaults, and what happens without each safeguard."""


@dataclass(frozen=True, kw_only=True)
class World:
    """What the simulation supposes; every figure is an assumption, to be changed.

    Attributes
    ----------
    segments, weeks, runs
        Size of the simulation.
    per_week
        Offences a week without patrol.
    spread
        Standard deviation of the log of the segments' true rates.
    patrolled_share
        Share of segments patrolled each week: the neediest.
    reported_share
        Share of offences that somebody reports.
    found_share
        Share of the other offences on a patrolled segment that the patrol finds.
    mislabelled
        Share of found offences that enter the records as reported.
    prevented_share
        Share by which patrol lowers the offences of a segment in its week.
    history_weeks
        Weeks of records before patrols begin.
    half_life_weeks
        Weeks after which a record counts half.
    exclude_found
        Whether records known as found by police are left out.
    shrink
        Records' worth of the even rate that a segment's count stands against.
    floor
        Share of patrols that goes to segments drawn by chance.
    """

    segments: int = 400
    weeks: int = 52
    runs: int = 1000
    per_week: float = 40.0
    spread: float = 1.2
    patrolled_share: float = 0.05
    reported_share: float = 0.5
    found_share: float = 0.5
    mislabelled: float = 0.2
    prevented_share: float = 0.2
    history_weeks: int = 52
    half_life_weeks: float = 52.0
    exclude_found: bool = True
    shrink: float = 200.0
    floor: float = 0.1


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What a simulation found, week by week, as means over runs.

    Attributes
    ----------
    drift
        [weeks] half the sum of absolute differences between estimated and true shares of need.
    drift_low, drift_high
        [weeks] its 2.5 and 97.5 % quantiles over runs.
    turnover
        [weeks] share of the patrolled segments that were not patrolled the week before.
    bias
        [weeks] estimated share of need on the patrolled segments, divided by their true share.
    hit
        [weeks] true share of need on the patrolled segments, by the most any choice could hold.
    """

    drift: NDArray[np.float64]
    drift_low: NDArray[np.float64]
    drift_high: NDArray[np.float64]
    turnover: NDArray[np.float64]
    bias: NDArray[np.float64]
    hit: NDArray[np.float64]


def simulate_feedback(world: World | None = None, *, seed: int = 0) -> Feedback:
    """Weeks of patrols that go where records are, and records that follow patrols.

    After Ensign and others (2018, "Runaway feedback loops in predictive policing"): found offences
    feed on patrols. Here patrols also lower offences where they walk. The truth that need is held
    against is the rate without patrol: what would be if the patrol left.

    Raises
    ------
    InputError
        Shares outside 0..1, or no segments, weeks or runs.
    """
    use = world or World()
    _check(use)
    rng = np.random.default_rng(seed)
    shape = (use.runs, use.segments)
    true = rng.lognormal(0.0, use.spread, size=shape)
    true /= true.sum(axis=1, keepdims=True)
    fade = 0.5 ** (1 / use.half_life_weeks)
    age = fade ** np.arange(use.history_weeks, 0, -1)
    records = np.zeros(shape)
    for weight in age:
        records += weight * rng.poisson(true * use.per_week * use.reported_share)
    patrolled = max(round(use.patrolled_share * use.segments), 1)
    by_chance = round(use.floor * patrolled)
    most = -np.sort(-true, axis=1)[:, :patrolled].sum(axis=1)
    before = np.zeros(shape, dtype=bool)
    rows = []
    for _ in range(use.weeks):
        need = (records + use.shrink / use.segments) / (records.sum(axis=1, keepdims=True) + use.shrink)
        on = _chosen(need, patrolled, by_chance, rng)
        happened = rng.poisson(true * use.per_week * np.where(on, 1 - use.prevented_share, 1.0))
        reported = rng.binomial(happened, use.reported_share)
        found = rng.binomial((happened - reported) * on, use.found_share)
        kept = rng.binomial(found, use.mislabelled) if use.exclude_found else found
        records = fade * records + reported + kept
        held = (true * on).sum(axis=1)
        rows.append(
            (
                0.5 * np.abs(need - true).sum(axis=1),
                (on & ~before).sum(axis=1) / patrolled,
                (need * on).sum(axis=1) / held,
                held / most,
            )
        )
        before = on
    drift, turnover, bias, hit = (np.stack(figures) for figures in zip(*rows, strict=True))
    low, high = np.quantile(drift, [0.025, 0.975], axis=1)
    return Feedback(
        drift=drift.mean(axis=1),
        drift_low=low,
        drift_high=high,
        turnover=turnover.mean(axis=1),
        bias=bias.mean(axis=1),
        hit=hit.mean(axis=1),
    )


def compare_safeguards(world: World | None = None, *, seed: int = 0) -> pd.DataFrame:
    """Figures at the end (mean of the last 13 weeks) with and without each safeguard.

    Returns
    -------
    One row a setting: ``setting``, ``drift_first``, ``drift_last``, ``turnover``, ``bias``, ``hit``.
    """
    rows = []
    for name, changes in SETTINGS.items():
        found = simulate_feedback(replace(world or World(), **changes), seed=seed)
        last = slice(-13, None)
        rows.append(
            {
                "setting": name,
                "drift_first": found.drift[0],
                "drift_last": found.drift[last].mean(),
                "turnover": found.turnover[last].mean(),
                "bias": found.bias[last].mean(),
                "hit": found.hit[last].mean(),
            }
        )
    return pd.DataFrame(rows)


def feedback_lines(table: pd.DataFrame) -> list[str]:
    """The comparison in words."""
    head = f"{'setting':<27}{'drift at first':>15}{'at the end':>12}{'turnover':>10}{'bias':>7}{'hit':>7}"
    rows = [
        f"{row['setting']:<27}{row['drift_first']:>15.3f}{row['drift_last']:>12.3f}"
        f"{row['turnover']:>10.2f}{row['bias']:>7.2f}{row['hit']:>7.2f}"
        for row in table.to_dict("records")
    ]
    return [
        head,
        *rows,
        "drift: half the absolute difference from the true shares; turnover: patrolled segments that are new "
        "each week; bias: estimated by true share of need where patrols walk; hit: true need there, by the "
        "most possible",
        "simulated on invented streets: it shows how records and patrols feed on each other, not how much",
    ]


def _chosen(
    need: NDArray[np.float64], patrolled: int, by_chance: int, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """The neediest segments, some places given by lot among the rest; ties by lot too."""
    lot = rng.random(need.shape)
    order = np.lexsort((lot, -need), axis=1)
    on = np.zeros(need.shape, dtype=bool)
    np.put_along_axis(on, order[:, : patrolled - by_chance], True, axis=1)
    if by_chance:
        drawn = np.argsort(np.where(on, 2.0, rng.random(need.shape)), axis=1)[:, :by_chance]
        np.put_along_axis(on, drawn, True, axis=1)
    return on


def _check(world: World) -> None:
    shares = ("patrolled_share", "reported_share", "found_share", "mislabelled", "prevented_share", "floor")
    faults = [f"{name} must lie between 0 and 1" for name in shares if not 0 <= getattr(world, name) <= 1]
    faults += [
        f"{name} must be at least 1" for name in ("segments", "weeks", "runs") if getattr(world, name) < 1
    ]
    if faults:
        raise InputError(faults)
