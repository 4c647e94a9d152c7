"""The annealing loop: ruin, recreate, close waits, and accept on the exact true score."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.compiled import entry, kernel, merged
from patrolplan.solver.engine import (
    ACCEPTED,
    BEST,
    CAP,
    DWELL,
    ERROR,
    EXACT,
    FINISH,
    LEGS,
    PACE,
    PASSES,
    PRICE,
    RATIO,
    SCORE,
    SIDE,
    VISITS,
    Plan,
    Scratch,
    Static,
)
from patrolplan.solver.moves import (
    NEVER_AGAIN,
    clear_from,
    draw,
    insert_visit,
    leave_before,
    place_after,
    place_before,
    ready,
    refresh_latest,
    settle_rest,
)
from patrolplan.solver.passing import keep_passes, leg_estimate, passes_change
from patrolplan.solver.recreate import EARLY, SINGLY, close_waits, fill, walked
from patrolplan.solver.reinsert import reinsert
from patrolplan.solver.ruin import ruin
from patrolplan.solver.score import PRIZE, visit_value
from patrolplan.solver.side_kernels import IMPOSSIBLE, besides, side_gain, side_worth


@kernel
def stop_worth(static: Static, plan: Plan, stop: int) -> float:
    """Value of all visits to one stop."""
    count = plan.repeats[stop]
    if count == 0:
        return 0.0
    total = static.tables.stop_real[stop, PRIZE]
    for i in range(count):
        following = float(plan.times[stop, i + 1]) if i + 1 < count else NEVER_AGAIN
        total += visit_value(static.tables, stop, float(plan.times[stop, i]), following)
    return float(total)


@kernel
def copy_route(source: Plan, target: Plan, crew: int) -> None:
    """Copy one crew's route."""
    for k in range(source.size[crew]):
        target.route[crew, k], target.start[crew, k] = source.route[crew, k], source.start[crew, k]
    target.size[crew], target.rest[crew] = source.size[crew], source.rest[crew]


@kernel
def copy_stop(source: Plan, target: Plan, stop: int) -> None:
    """Copy the visits of one stop."""
    for i in range(source.repeats[stop]):
        target.times[stop, i], target.who[stop, i] = source.times[stop, i], source.who[stop, i]
    target.repeats[stop] = source.repeats[stop]


@entry
def copy_plan(source: Plan, target: Plan) -> None:
    """Copy a whole plan."""
    for c in range(len(source.size)):
        copy_route(source, target, c)
    for s in range(len(source.repeats)):
        copy_stop(source, target, s)


@kernel
def copy_marked(source: Plan, target: Plan, scratch: Scratch) -> None:
    """Copy the routes and stops that are marked."""
    for c in range(len(source.size)):
        if scratch.crew_mark[c] != 0:
            copy_route(source, target, c)
    for s in range(len(source.repeats)):
        if scratch.stop_mark[s] != 0:
            copy_stop(source, target, s)


@entry
def take_stock(static: Static, plan: Plan, held: Plan, scratch: Scratch) -> float:
    """Value a plan from nothing, make it the held one, and return its exact score."""
    figure = scratch.figure
    for c in range(len(plan.size)):
        settle_rest(static, plan, c)
        refresh_latest(static, plan, scratch, c)
    copy_plan(plan, held)
    scratch.segment_value[:] = 0.0
    scratch.crew_mark[:] = 1
    scratch.stop_mark[:] = 0
    figure[PASSES], marked = passes_change(static, held, plan, scratch)
    keep_passes(scratch, marked, True)
    scratch.crew_mark[:] = 0
    figure[VISITS] = figure[LEGS] = 0.0
    for s in range(len(plan.repeats)):
        scratch.stop_value[s] = stop_worth(static, plan, s)
        figure[VISITS] += scratch.stop_value[s]
    for c in range(len(plan.size)):
        scratch.leg_sum[c] = leg_estimate(static, plan, c)
        figure[LEGS] += scratch.leg_sum[c]
    figure[SIDE] = side_worth(static, plan)
    figure[SCORE] = figure[VISITS] + figure[PASSES] + figure[SIDE]
    if figure[LEGS] > 0.0:
        figure[RATIO] = figure[PASSES] / figure[LEGS]
    return float(figure[SCORE])


@entry
def build(static: Static, plan: Plan, scratch: Scratch, settings: NDArray[np.float64], shortest: int) -> None:
    """Fill a plan greedily from what it holds."""
    for c in range(len(plan.size)):
        refresh_latest(static, plan, scratch, c)
    fill(static, plan, scratch, settings, shortest)


@merged
def try_once(
    static: Static,
    plan: Plan,
    held: Plan,
    scratch: Scratch,
    settings: NDArray[np.float64],
    heat: float,
    shape: NDArray[np.int64],
) -> bool:
    """One ruin and recreate on ``plan``, which equals ``held`` before and after; whether accepted."""
    figure, crews = scratch.figure, len(plan.size)
    ruin(static, plan, scratch, shape[0], shape[1])
    if draw(scratch.rng) < settings[EARLY]:
        for c in range(crews):
            if scratch.crew_mark[c] != 0:
                close_waits(static, plan, scratch, c)
    if draw(scratch.rng) < settings[SINGLY]:
        reinsert(static, plan, scratch, settings)
    else:
        fill(static, plan, scratch, settings, shape[2])
        closed = False
        for c in range(crews):
            if scratch.crew_mark[c] != 0 and close_waits(static, plan, scratch, c):
                closed = True
        if closed:
            fill(static, plan, scratch, settings, shape[2])
    visits, legs, walk = figure[VISITS], figure[LEGS], 0.0
    for s in range(len(plan.repeats)):
        if scratch.stop_mark[s] != 0:
            visits += stop_worth(static, plan, s) - scratch.stop_value[s]
    for c in range(crews):
        if scratch.crew_mark[c] != 0:
            settle_rest(static, plan, c)
            legs += leg_estimate(static, plan, c) - scratch.leg_sum[c]
            walk += walked(static, plan, c) - walked(static, held, c)
    side = side_worth(static, plan) if besides(static) else 0.0
    bar = figure[SCORE] + figure[PRICE] * walk + heat * math.log(max(draw(scratch.rng), 1e-300))
    guess = figure[PASSES] + figure[RATIO] * (legs - figure[LEGS])
    accept, marked = visits + guess + side + 3.0 * figure[ERROR] > bar, 0
    if accept:
        change, marked = passes_change(static, held, plan, scratch)
        figure[EXACT] += 1.0
        figure[ERROR] += 0.02 * (abs(figure[PASSES] + change - guess) - figure[ERROR])
        accept = visits + figure[PASSES] + change + side > bar
        keep_passes(scratch, marked, accept)
        if accept:
            figure[PASSES] += change
    if accept:
        figure[VISITS], figure[LEGS], figure[SIDE] = visits, legs, side
        figure[SCORE] = visits + figure[PASSES] + side
        figure[ACCEPTED] += 1.0
        if legs > 0.0:
            figure[RATIO] += 0.05 * (figure[PASSES] / legs - figure[RATIO])
        for s in range(len(plan.repeats)):
            if scratch.stop_mark[s] != 0:
                scratch.stop_value[s] = stop_worth(static, plan, s)
        for c in range(crews):
            if scratch.crew_mark[c] != 0:
                scratch.leg_sum[c] = leg_estimate(static, plan, c)
        copy_marked(plan, held, scratch)
    else:
        copy_marked(held, plan, scratch)
        for c in range(crews):
            if scratch.crew_mark[c] != 0:
                refresh_latest(static, plan, scratch, c)
    scratch.crew_mark[:] = 0
    scratch.stop_mark[:] = 0
    return bool(accept)


@entry
def anneal(
    static: Static,
    plan: Plan,
    held: Plan,
    best: Plan,
    scratch: Scratch,
    settings: NDArray[np.float64],
    heats: NDArray[np.float64],
    shape: NDArray[np.int64],
) -> int:
    """One iteration for each temperature in ``heats``; improved plans go to ``best``.

    ``shape`` holds the longest string, the most strings and the shortest visit. Returns how often the
    best plan was improved.
    """
    improved = 0
    for heat in heats:
        accepted = try_once(static, plan, held, scratch, settings, heat, shape)
        if accepted and scratch.figure[SCORE] > scratch.figure[BEST] * (1.0 + 1e-12):
            scratch.figure[BEST] = scratch.figure[SCORE]
            copy_plan(plan, best)
            improved += 1
    return improved


@entry
def place_visit(static: Static, plan: Plan, scratch: Scratch, crew: int, stop: int, time: int) -> bool:
    """Put one visit where its time belongs, if the route and the stop's other visits allow it there."""
    size = plan.size[crew]
    if plan.repeats[stop] >= static.stops[stop, CAP] or size + 1 >= plan.route.shape[1]:
        return False
    refresh_latest(static, plan, scratch, crew)
    k = 0
    while k < size and plan.start[crew, k] < time:
        k += 1
    travel = static.travel[static.crews[crew, PACE]]
    a, b = place_before(static, plan, crew, k), place_after(static, plan, crew, k)
    leave, dwell = leave_before(static, plan, crew, k), static.stops[stop, DWELL]
    if clear_from(static, plan, stop, time) != time or stop in (a, b):
        return False
    if side_gain(static, plan, crew, stop, time) <= IMPOSSIBLE:
        return False
    for option in range(2):
        rests = plan.rest[crew] == k
        if ready(static, crew, leave, travel[a, stop], rests and option == 0) > time:
            continue
        reach = ready(static, crew, time + dwell, travel[stop, b], rests and option == 1)
        due = plan.start[crew, k] if k < size else static.crews[crew, FINISH]
        if reach <= due:
            return insert_visit(static, plan, scratch, crew, k, stop, time, option)
    return False
