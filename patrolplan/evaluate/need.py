"""Back-test of need: fit on what was known before a day, score on the days after, again and again."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.evaluate.baselines import fit_baselines
from patrolplan.evaluate.calibration import calibration_bins
from patrolplan.evaluate.estimates import NeedOptions, our_estimate
from patrolplan.evaluate.measures import PERCENTAGES, chosen_share
from patrolplan.evaluate.need_figures import OURS, NeedTrial, Scored, gathered
from patrolplan.evaluate.trial import Trial, cells_of, day_number, day_of, places_of, summed


def evaluate_need(
    trial: Trial,
    *,
    first: date,
    last: date | None = None,
    horizon_days: int = 28,
    since: date | None = None,
    options: NeedOptions | None = None,
    fit_on: NDArray[np.int64] | None = None,
    seed: int = 0,
) -> NeedTrial:
    """Rolling-origin back-test of the offence part of need against baselines.

    At each origin all models are fitted to the records before that day and scored on those of the
    next ``horizon_days``; then the origin moves on by as many days.

    Parameters
    ----------
    trial
        Records placed on the streets (see `trial_of`).
    first
        First origin: the first day tested.
    last
        Last day tested; None: the day of the last record.
    horizon_days
        Days tested from each origin.
    since
        First day that the records cover; None: the day of the first record.
    options
        Settings of our estimate.
    fit_on
        Usable records that may be fitted to (all, if None); those tested are never thinned.
    seed
        Of the bootstrap.

    Raises
    ------
    InputError
        No record before the first origin, or none to test on.
    """
    use = options or NeedOptions()
    start = day_number(since) if since else int(trial.first.min())
    stop = day_number(last) + 1 if last else int(trial.last.max()) + 1
    origins = np.arange(day_number(first), stop, horizon_days)
    _check(trial, origins, stop, first)
    tried = (
        _scored_at(trial, int(day), min(int(day) + horizon_days, stop), start, use, fit_on) for day in origins
    )
    rows = [row for row in tried if row is not None]
    if not rows:
        raise InputError(f"no usable record from {first} on: nothing to test on; check --from and --to")
    weeks = int(np.ceil((stop - origins[0]) / 7))
    return gathered(
        rows,
        weeks=weeks,
        origin=int(origins[0]),
        days=int(stop - origins[0]),
        seed=seed,
        origins=tuple(day_of(int(day)) for day in origins),
        horizon_days=horizon_days,
        n_train=len(_train(trial, int(origins[0]), fit_on)),
        fit_days=int(origins[0]) - start,
    )


def _check(trial: Trial, origins: NDArray[np.int64], stop: int, first: date) -> None:
    if not len(origins):
        raise InputError(f"--from {first} comes after the last day to test, {day_of(stop - 1)}")
    if not len(trial.before(int(origins[0]))):
        raise InputError(
            f"no usable record before {first}: nothing to fit on; the records begin on "
            f"{day_of(int(trial.first.min()))}, so give a later --from"
        )


def _train(trial: Trial, day: int, fit_on: NDArray[np.int64] | None) -> NDArray[np.int64]:
    which = trial.before(day)
    return which if fit_on is None else np.intersect1d(which, fit_on)


def _scored_at(
    trial: Trial,
    day: int,
    until: int,
    since: int,
    options: NeedOptions,
    fit_on: NDArray[np.int64] | None,
) -> Scored | None:
    train, test = _train(trial, day, fit_on), trial.between(day, until)
    if not len(test):
        return None
    ours = our_estimate(trial, train, day=day, since=since, options=options)
    models = {OURS: ours, "no_hours": ours.without_hours(), **fit_baselines(trial, train, day=day).estimates}
    cells, places = cells_of(trial, test), places_of(trial, test)
    length = trial.network.segments["length_m"].to_numpy(dtype=np.float64)
    found = summed(places.segment, places.weight, len(length))

    def caught(by_segment: NDArray[np.float64]) -> NDArray[np.float64]:
        inside = np.stack([chosen_share(by_segment, length, percent) for percent in PERCENTAGES])
        worth = inside[:, places.segment] * places.weight
        return np.stack([summed(places.record, row, len(test)) for row in worth])

    by_kind = trial.rated.set_index("kind")["name"]
    kinds = trial.records["kind"].iloc[trial.usable[test]].map(by_kind)
    return Scored(
        day=(trial.first[test] + trial.last[test]) // 2,
        kind=kinds.to_numpy(dtype=object),
        harm=trial.harm[test],
        logs={name: model.log_of(cells) for name, model in models.items()},
        caught={name: caught(model.by_segment()) for name, model in models.items()},
        best=caught(found),
        bins=calibration_bins(ours.by_segment() * ours.per_week * (until - day) / 7, found),
        expected=ours.per_week * (until - day) / 7,
    )
