"""Recreate: fill the room in the routes by the best value per second, valuing the pushes it takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.compiled import inlined, kernel, merged
from patrolplan.solver.engine import CAP, DWELL, GAP, NO_WAY, PACE, RATIO, TRIALS, WALK, Plan, Scratch, Static
from patrolplan.solver.moves import (
    IMPOSSIBLE,
    NEVER_AGAIN,
    clear_from,
    draw,
    insert_visit,
    insertion_gain,
    leave_before,
    open_from,
    place_after,
    place_before,
    push_to,
    push_value,
    ready,
    refresh_latest,
    set_start,
    slot_of,
)
from patrolplan.solver.score import visit_value
from patrolplan.solver.side import DEMANDED
from patrolplan.solver.side_kernels import besides, held_from, side_gain, wanted_from

NOISE, BLINK, POWER, SKIP, EARLY, SINGLY, THRIFTY = range(7)
"""Columns of the settings, as ``SearchSettings`` explains them."""


@kernel
def walked(static: Static, plan: Plan, crew: int) -> int:
    """Seconds the crew walks."""
    travel, total = static.travel[static.crews[crew, PACE]], 0
    for k in range(plan.size[crew] + 1):
        total += travel[place_before(static, plan, crew, k), place_after(static, plan, crew, k)]
    return total


@inlined
def power_of(seconds: float, power: float) -> float:
    """Seconds to a power, cheap where it is 1."""
    return seconds if power == 1.0 else seconds**power


@kernel
def best_in_gap(
    static: Static, plan: Plan, scratch: Scratch, crew: int, k: int, settings: NDArray[np.float64]
) -> None:
    """Find the best insertion into gap k of the crew's route and note it in ``scratch.gap``."""
    travel, dwells = static.travel[static.crews[crew, PACE]], static.stops
    a, b = place_before(static, plan, crew, k), place_after(static, plan, crew, k)
    leave, due = leave_before(static, plan, crew, k), scratch.latest[crew, k]
    rests, last = plan.rest[crew] == k, k == plan.size[crew]
    room = (
        static.crews[crew, WALK] - walked(static, plan, crew) if static.crews[crew, WALK] < NO_WAY else NO_WAY
    )
    straight = travel[a, b]
    if straight >= NO_WAY:
        straight = 0
    factor = static.bin_factor[static.tables.bin_of_minute[min(leave, int(static.tables.horizon_s)) // 60]]
    factor *= scratch.figure[RATIO]
    bin_of_minute, horizon = static.tables.bin_of_minute, int(static.tables.horizon_s)
    best, trials = 0.0, 0
    beside = besides(static)
    scratch.gap[crew, k, 0] = -1
    scratch.gap[crew, k, 3] = 1
    count = static.near.shape[1]
    for option in range(2 if rests else 1):
        for c in range(2 * count):
            x = static.near[a, c] if c < count else static.near[b, c - count]
            if x < 0 or x in (a, b) or not static.allowed[crew, x]:
                continue
            there, on = travel[a, x], travel[x, b]
            dwell = dwells[x, DWELL]
            if leave + there + dwell + on > due or there + on - straight > room:
                continue
            passed = factor * (static.leg_value[a, x] + static.leg_value[x, b] - static.leg_value[a, b])
            b_arrive = bin_of_minute[min(leave + there, horizon) // 60]
            most = (static.most_gain[x, b_arrive] + passed) * (1.0 + settings[NOISE])
            if most <= best * power_of(float(max(1, there + on - straight + dwell)), settings[POWER]):
                continue
            if plan.repeats[x] >= dwells[x, CAP] or draw(scratch.rng) < settings[BLINK]:
                continue
            trials += 1
            arrive = ready(static, crew, leave, there, rests and option == 0)
            time = clear_from(static, plan, x, wanted_from(static, plan, x, arrive) if beside else arrive)
            reach = ready(static, crew, time + dwell, on, rests and option == 1)
            if reach > due:
                continue
            gain = insertion_gain(static, plan, x, time)
            gain += passed
            if beside:
                gain += side_gain(static, plan, crew, x, time)
            seconds = float(max(1, there + on - straight + dwell + time - arrive))
            noise = 1.0 + settings[NOISE] * (2.0 * draw(scratch.rng) - 1.0)
            ratio = gain * noise / power_of(seconds, settings[POWER])
            if ratio <= best:
                continue
            if not last and reach > plan.start[crew, k]:
                upto = push_to(static, plan, scratch, crew, k, time + dwell, x, rests and option == 1)
                if upto < 0:
                    continue
                gain += push_value(static, plan, scratch, crew, k, upto)
                ratio = gain * noise / power_of(seconds, settings[POWER])
                if ratio <= best:
                    continue
            best = ratio
            scratch.gap[crew, k, 0] = x
            scratch.gap[crew, k, 1] = time
            scratch.gap[crew, k, 2] = option
    scratch.gap_ratio[crew, k] = best
    scratch.figure[TRIALS] += trials


@kernel
def fill(static: Static, plan: Plan, scratch: Scratch, settings: NDArray[np.float64], shortest: int) -> None:
    """Insert the best visit of all gaps, again and again, until none adds value."""
    crews = len(plan.size)
    for c in range(crews):
        for k in range(plan.size[c] + 1):
            scan_gap(static, plan, scratch, c, k, settings, shortest)
    while True:
        best, crew, gap = 0.0, -1, -1
        for c in range(crews):
            for k in range(plan.size[c] + 1):
                if scratch.gap_ratio[c, k] > best:
                    best, crew, gap = scratch.gap_ratio[c, k], c, k
        if crew < 0:
            return
        stop, time, option = scratch.gap[crew, gap, 0], scratch.gap[crew, gap, 1], scratch.gap[crew, gap, 2]
        # A push since then may have moved another visit of the stop too close.
        if scratch.gap[crew, gap, 3] == 0 or clear_from(static, plan, stop, time) != time:
            best_in_gap(static, plan, scratch, crew, gap, settings)
            continue
        if plan.size[crew] + 1 >= plan.route.shape[1] or not insert_visit(
            static, plan, scratch, crew, gap, stop, time, option
        ):
            scratch.gap_ratio[crew, gap] = 0.0
            continue
        for k in range(plan.size[crew], gap + 1, -1):
            scratch.gap_ratio[crew, k] = scratch.gap_ratio[crew, k - 1]
            for j in range(3):
                scratch.gap[crew, k, j] = scratch.gap[crew, k - 1, j]
        for k in range(plan.size[crew] + 1):
            scratch.gap[crew, k, 3] = 0
        for c in range(crews):
            for k in range(plan.size[c] + 1):
                if scratch.gap[c, k, 0] == stop:
                    scratch.gap[c, k, 3] = 0
        scan_gap(static, plan, scratch, crew, gap, settings, shortest)
        scan_gap(static, plan, scratch, crew, gap + 1, settings, shortest)


@inlined
def scan_gap(
    static: Static, plan: Plan, scratch: Scratch, c: int, k: int, settings: NDArray[np.float64], shortest: int
) -> None:
    """Look for an insertion into the gap if it has room for the shortest visit at all."""
    scratch.gap_ratio[c, k] = 0.0
    scratch.gap[c, k, 0] = -1
    leave = leave_before(static, plan, c, k)
    if scratch.latest[c, k] - leave < shortest:
        return
    if k < plan.size[c] and settings[SKIP] > 0.0:
        walk = static.travel[static.crews[c, PACE], place_before(static, plan, c, k), plan.route[c, k]]
        if plan.start[c, k] - leave - walk < shortest and draw(scratch.rng) < settings[SKIP]:
            return
    best_in_gap(static, plan, scratch, c, k, settings)


@kernel
def close_waits(static: Static, plan: Plan, scratch: Scratch, crew: int) -> bool:
    """Pull visits forward into waits wherever that raises the value; whether anything moved."""
    travel, size, changed = static.travel[static.crews[crew, PACE]], plan.size[crew], False
    for k in range(size):
        upto = pull_to(static, plan, scratch, crew, k, travel)
        if upto <= k:
            continue
        best, until, change = 0.0, k, 0.0
        for m in range(k, upto):
            change += pull_value(static, plan, scratch, crew, k, m)
            if change >= best:
                best, until = change, m + 1
        for m in range(k, until):
            set_start(plan, scratch, crew, m, scratch.moved[m])
        if until > k:
            scratch.crew_mark[crew] = 1
            changed = True
    if changed:
        refresh_latest(static, plan, scratch, crew)
    return changed


@merged
def pull_to(
    static: Static, plan: Plan, scratch: Scratch, crew: int, k: int, travel: NDArray[np.int32]
) -> int:
    """New starts in ``moved`` when visit k and those behind it come as early as they can."""
    leave, place = leave_before(static, plan, crew, k), place_before(static, plan, crew, k)
    holds = len(static.fixed) + static.side[DEMANDED] > 0
    for m in range(k, plan.size[crew]):
        stop = plan.route[crew, m]
        old = plan.start[crew, m]
        time = ready(static, crew, leave, travel[place, stop], plan.rest[crew] == m)
        if time >= old:
            return m
        i = slot_of(plan, stop, old)
        if i > 0:
            time = max(time, plan.times[stop, i - 1] + static.stops[stop, DWELL] + static.stops[stop, GAP])
        if holds:
            time = held_from(static, crew, stop, old, time)
        time = open_from(static, stop, time)
        if time >= old:
            return m
        scratch.moved[m] = time
        leave, place = time + static.stops[stop, DWELL], stop
    return int(plan.size[crew])


@merged
def pull_value(static: Static, plan: Plan, scratch: Scratch, crew: int, k: int, m: int) -> float:
    """Change of value when visit m moves to ``moved`` after visits k..m-1 have."""
    stop, old, new = plan.route[crew, m], plan.start[crew, m], scratch.moved[m]
    i = slot_of(plan, stop, old)
    following = float(plan.times[stop, i + 1]) if i + 1 < plan.repeats[stop] else NEVER_AGAIN
    change = visit_value(static.tables, stop, float(new), following)
    change -= visit_value(static.tables, stop, float(old), following)
    if i > 0:
        before = plan.times[stop, i - 1]
        if plan.who[stop, i - 1] == crew:
            for j in range(k, m):
                if plan.start[crew, j] == before:
                    before = scratch.moved[j]
        change += visit_value(static.tables, stop, float(before), float(new))
        change -= visit_value(static.tables, stop, float(before), float(old))
    return change


__all__ = ["BLINK", "IMPOSSIBLE", "NOISE", "POWER", "best_in_gap", "close_waits", "fill"]
