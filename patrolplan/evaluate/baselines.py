"""Baselines that need is held against, each with its own settings tuned on the records it is fitted to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from patrolplan.evaluate.estimates import FLAT, Estimate
from patrolplan.evaluate.planar import PlanarDensity
from patrolplan.evaluate.trial import Cells, Trial, cells_of, places_of, summed
from patrolplan.risk.time import profiles
from patrolplan.units import HOURS_PER_WEEK

FLOORS = np.geomspace(1, 30_000, 24)
"""Records' worth of the even rate per metre that a floor may have."""
RECENT_DAYS = 90
RECENT_WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0)
CUTS = (0.5, 0.67, 0.83)
"""Where the forward folds of the training part begin, as shares of its records."""
LEAST_TO_TUNE = 10
USUAL_FLOOR = 200.0

Pattern = Callable[[NDArray[np.int64], int], NDArray[np.float64]]
"""Counts per segment [segments] from usable records on a day."""


@dataclass(frozen=True, kw_only=True)
class Baselines:
    """Baselines of one origin: name -> estimate, and the floor each was given."""

    estimates: dict[str, Estimate]
    floors: dict[str, float]


def fit_baselines(trial: Trial, which: NDArray[np.int64], *, day: int) -> Baselines:
    """All baselines fitted to some usable records, each without hours and with the pooled profile.

    ``counts``: the segment's own records; ``recent90``: those of the last 90 days; ``long_recent``:
    both (after Lee, O and Eck 2020), their mix tuned; ``kde50``: planar kernel density, 50 m.
    Each stands on a floor of the even rate per metre, chosen on forward folds of these records.
    """
    length = trial.network.segments["length_m"].to_numpy(dtype=np.float64)
    even = length / length.sum()
    density = PlanarDensity(trial)
    patterns: dict[str, list[Pattern]] = {
        "counts": [lambda use, _: _counts(trial, use)],
        "recent90": [lambda use, now: _counts(trial, use[trial.last[use] >= now - RECENT_DAYS])],
        "long_recent": [_long_recent(trial, weight) for weight in RECENT_WEIGHTS],
        "kde50": [lambda use, _: density.of(use)],
    }
    folds = list(_folds(trial, which, day))
    hours = pooled_profile(trial, which)
    spaces, floors = {"uniform": even}, {}
    for name, choices in patterns.items():
        pattern, floors[name] = _tuned(choices, folds, even)
        spaces[name] = _floored(pattern(which, day), even, floors[name])
    estimates = {}
    for name, space in spaces.items():
        estimates[name] = Estimate(share=np.ones(1), space=space[None, :], time=FLAT)
        estimates[f"{name}_hours"] = Estimate(share=np.ones(1), space=space[None, :], time=hours)
    return Baselines(estimates=estimates, floors=floors)


def pooled_profile(trial: Trial, which: NDArray[np.int64]) -> NDArray[np.float64]:
    """One smoothed profile of all records over the hours of the week, [1, 168]."""
    cells = cells_of(trial, which)
    known = cells.hour >= 0
    counts = summed(cells.hour[known], cells.weight[known], HOURS_PER_WEEK)
    return profiles(counts[None, :])


def _tuned(
    choices: list[Pattern],
    folds: list[tuple[NDArray[np.int64], int, Cells]],
    even: NDArray[np.float64],
) -> tuple[Pattern, float]:
    """The pattern and floor that score best on the forward folds."""
    if not folds:
        return choices[0], USUAL_FLOOR
    scores = np.zeros((len(choices), len(FLOORS)))
    for use, now, test in folds:
        for row, pattern in enumerate(choices):
            found = pattern(use, now)
            at, floor = found[test.segment][:, None], even[test.segment][:, None]
            logs = np.log((at + FLOORS * floor) / (found.sum() + FLOORS))
            scores[row] += test.weight @ logs
    best, column = np.unravel_index(int(scores.argmax()), scores.shape)
    return choices[best], float(FLOORS[column])


def _folds(
    trial: Trial, which: NDArray[np.int64], day: int
) -> Iterator[tuple[NDArray[np.int64], int, Cells]]:
    """Forward folds: records before a day, that day, and the places of those up to the next."""
    days = np.sort(trial.last[which])
    if len(days) < LEAST_TO_TUNE:
        return
    cuts = [int(days[int(share * len(days))]) for share in CUTS] + [day]
    for start, end in pairwise(cuts):
        use = which[trial.last[which] < start]
        test = which[(trial.last[which] >= start) & (trial.last[which] < end)]
        if len(use) and len(test):
            yield use, start, places_of(trial, test)


def _counts(trial: Trial, use: NDArray[np.int64]) -> NDArray[np.float64]:
    cells = places_of(trial, use)
    return summed(cells.segment, cells.weight, len(trial.network.segments))


def _long_recent(trial: Trial, weight: float) -> Pattern:
    def counts(use: NDArray[np.int64], now: int) -> NDArray[np.float64]:
        recent = use[trial.last[use] >= now - RECENT_DAYS]
        return _counts(trial, use) + weight * _counts(trial, recent)

    return counts


def _floored(counts: NDArray[np.float64], even: NDArray[np.float64], floor: float) -> NDArray[np.float64]:
    return np.asarray((counts + floor * even) / (counts.sum() + floor))
