"""Figures of a back-test of need, gathered over origins with intervals over weeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.evaluate.measures import PERCENTAGES, Interval, ratio, week_draws
from patrolplan.evaluate.trial import summed

OURS = "patrolplan"
MAIN_PERCENT = 5
LEAST_WEEKS, LEAST_TESTED, LEAST_DAYS = 6, 100, 56
"""Fewer weeks or records tested, or days to fit on, and no skill is claimed."""
LEAST_OF_KIND = 30


@dataclass(frozen=True, kw_only=True)
class ModelScore:
    """Figures of one model; shares and PAI by per cent of street length.

    Attributes
    ----------
    share_caught, pai, pei
        Share of test records on the best per cent of street; that by the share of street; that by
        the best share that could have been caught.
    share_of_harm
        Share of the test records' harm caught.
    log_score
        Mean log of the share of need at the segment and hour of each test record (nats).
    """

    share_caught: Mapping[int, Interval]
    pai: Mapping[int, Interval]
    pei: Mapping[int, Interval]
    share_of_harm: Mapping[int, Interval]
    log_score: Interval


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Ours less a baseline's, on the same records."""

    share_caught: Mapping[int, Interval]
    log_score: Interval


@dataclass(frozen=True, kw_only=True)
class NeedTrial:
    """What a back-test found.

    Attributes
    ----------
    models
        Name -> figures; ours is "patrolplan".
    differences
        Name of a baseline -> ours less its.
    by_kind
        One row a kind of offence with enough test records.
    calibration
        One row a class of segments by expected offences: expected and observed.
    expected_per_week, observed_per_week
        Street offences a week in all, over the days tested.
    origins
        Days from which it was tested.
    horizon_days
        Days tested from each origin.
    n_train, n_test
        Records fitted on at the first origin, and records scored in all.
    weeks
        Weeks tested.
    too_little
        Why no skill can be claimed, "" where it can.
    """

    models: Mapping[str, ModelScore]
    differences: Mapping[str, Difference]
    by_kind: pd.DataFrame
    calibration: pd.DataFrame
    expected_per_week: float
    observed_per_week: float
    origins: tuple[date, ...]
    horizon_days: int
    n_train: int
    n_test: int
    weeks: int
    too_little: str


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Figures of one origin's test records, row by row.

    Attributes
    ----------
    day
        [n] day of each record, since 1970-01-01.
    kind, harm
        [n].
    logs
        Model -> [n] log score.
    caught, best
        Model -> [percentages, n] share of each record on the chosen street; the best possible.
    bins
        As `calibration_bins`.
    expected
        Offences expected in these days.
    """

    day: NDArray[np.int64]
    kind: NDArray[np.object_]
    harm: NDArray[np.float64]
    logs: Mapping[str, NDArray[np.float64]]
    caught: Mapping[str, NDArray[np.float64]]
    best: NDArray[np.float64]
    bins: pd.DataFrame = field(default_factory=pd.DataFrame)
    expected: float = np.nan


def gathered(
    rows: list[Scored],
    *,
    weeks: int,
    origin: int,
    days: int,
    seed: int,
    fit_days: int,
    origins: tuple[date, ...],
    horizon_days: int,
    n_train: int,
) -> NeedTrial:
    """The figures of all origins, with intervals by bootstrap over weeks."""
    week = np.minimum((np.concatenate([row.day for row in rows]) - origin) // 7, weeks - 1)
    harm = np.concatenate([row.harm for row in rows])
    drawn = week_draws(weeks, seed=seed)
    names = list(rows[0].logs)
    logs = {name: np.concatenate([row.logs[name] for row in rows]) for name in names}
    caught = {name: np.concatenate([row.caught[name] for row in rows], axis=1) for name in names}
    best = np.concatenate([row.best for row in rows], axis=1)

    def by_week(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return summed(week, values, weeks)

    ones = by_week(np.ones(len(week)))

    def mean(values: NDArray[np.float64]) -> Interval:
        return ratio(by_week(values), ones, drawn)

    def score(name: str) -> ModelScore:
        share = {at: mean(caught[name][k]) for k, at in enumerate(PERCENTAGES)}
        return ModelScore(
            share_caught=MappingProxyType(share),
            pai=MappingProxyType({at: _scaled(share[at], 100 / at) for at in PERCENTAGES}),
            pei=MappingProxyType(
                {
                    at: ratio(by_week(caught[name][k]), by_week(best[k]), drawn)
                    for k, at in enumerate(PERCENTAGES)
                }
            ),
            share_of_harm=MappingProxyType(
                {
                    at: ratio(by_week(caught[name][k] * harm), by_week(harm), drawn)
                    for k, at in enumerate(PERCENTAGES)
                }
            ),
            log_score=mean(logs[name]),
        )

    def difference(name: str) -> Difference:
        share = {at: mean(caught[OURS][k] - caught[name][k]) for k, at in enumerate(PERCENTAGES)}
        return Difference(share_caught=MappingProxyType(share), log_score=mean(logs[OURS] - logs[name]))

    bins = pd.concat([row.bins for row in rows]).groupby("class", sort=True).sum().reset_index()
    return NeedTrial(
        models=MappingProxyType({name: score(name) for name in names}),
        differences=MappingProxyType({name: difference(name) for name in names if name != OURS}),
        by_kind=_by_kind(np.concatenate([row.kind for row in rows]), logs, caught),
        calibration=bins,
        expected_per_week=float(sum(row.expected for row in rows) * 7 / days),
        observed_per_week=float(len(week) * 7 / days),
        n_test=len(week),
        weeks=weeks,
        too_little=_too_little(weeks, len(week), fit_days),
        origins=origins,
        horizon_days=horizon_days,
        n_train=n_train,
    )


def _scaled(at: Interval, by: float) -> Interval:
    return Interval(value=at.value * by, low=at.low * by, high=at.high * by)


def _by_kind(
    kind: NDArray[np.object_],
    logs: Mapping[str, NDArray[np.float64]],
    caught: Mapping[str, NDArray[np.float64]],
) -> pd.DataFrame:
    """Kinds with enough test records: share caught at 5 % and log score, ours and by counts with hours."""
    at = PERCENTAGES.index(MAIN_PERCENT)
    table = pd.DataFrame(
        {
            "kind": kind,
            "share_caught": caught[OURS][at],
            "share_caught_counts": caught["counts_hours"][at],
            "log_score": logs[OURS],
            "log_score_counts_hours": logs["counts_hours"],
        }
    )
    grouped = table.groupby("kind", sort=True)
    found = grouped.mean().assign(records=grouped.size())
    found = found[found["records"] >= LEAST_OF_KIND].sort_values("records", ascending=False, kind="stable")
    return found.reset_index()


def _too_little(weeks: int, tested: int, fit_days: int) -> str:
    short = []
    if fit_days < LEAST_DAYS:
        short.append(f"{fit_days} days to fit on (at least {LEAST_DAYS})")
    if weeks < LEAST_WEEKS:
        short.append(f"{weeks} weeks tested (at least {LEAST_WEEKS})")
    if tested < LEAST_TESTED:
        short.append(f"{tested} records tested (at least {LEAST_TESTED})")
    return ", ".join(short)
