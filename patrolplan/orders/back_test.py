"""Back-tests of what a plan file describes: from its files to figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from patrolplan.config.settings import Settings
from patrolplan.errors import InputError
from patrolplan.evaluate.estimates import NeedOptions
from patrolplan.evaluate.need import evaluate_need
from patrolplan.evaluate.need_figures import NeedTrial
from patrolplan.evaluate.trial import Trial, trial_of
from patrolplan.orders.load import Loaded, load
from patrolplan.risk.footfall import find_footfall
from patrolplan.risk.recency import Recency
from patrolplan.risk.space import SpaceSettings


def back_test(
    settings: Settings,
    *,
    first: date,
    last: date | None = None,
    horizon_days: int = 28,
    on_progress: Callable[[str], None] | None = None,
) -> NeedTrial:
    """Rolling-origin back-test of need by the plan file's settings.

    Raises
    ------
    InputError
        No offence table, bad files, or nothing to fit or test on.
    """
    tell = on_progress or (lambda _: None)
    trial = trial_of_settings(settings, on_progress=on_progress)
    assert settings.offences is not None
    tell("testing")
    return evaluate_need(
        trial,
        first=first,
        last=min(last, settings.offences.until) if last and settings.offences.until else last,
        horizon_days=horizon_days,
        since=settings.offences.since,
        options=need_options(settings),
    )


def trial_of_settings(settings: Settings, *, on_progress: Callable[[str], None] | None = None) -> Trial:
    """Read what a plan file names and place its records; InputError where it has no offence table."""
    if settings.offences is None:
        raise InputError("the plan file names no offence table ([offences] file = ...): nothing to test on")
    loaded = load(settings, on_progress=on_progress)
    if on_progress is not None:
        on_progress("placing records")
    return trial_of_loaded(loaded)


def trial_of_loaded(loaded: Loaded) -> Trial:
    """The records of a plan file placed on its streets."""
    table = loaded.settings.offences
    assert table is not None
    assert loaded.offences is not None
    found = None
    if loaded.places is not None and len(loaded.places):
        found = find_footfall(loaded.network, loaded.places, reach_m=loaded.settings.places.reach_m).found
    return trial_of(
        loaded.network,
        loaded.offences,
        since=table.since,
        until=table.until,
        kinds=loaded.kinds,
        with_officer_found=table.with_officer_found,
        max_distance_m=table.max_distance_m,
        footfall=found.anywhere() if found else None,
    )


def need_options(settings: Settings) -> NeedOptions:
    """Settings of the estimate, as the plan file gives them."""
    return NeedOptions(
        space=SpaceSettings(bandwidth_m=settings.need.bandwidth_m),
        recency=Recency(half_life_days=settings.need.half_life_days),
    )
