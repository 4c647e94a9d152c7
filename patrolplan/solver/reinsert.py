"""Reinsert: where each stop pays once and time does not matter, put absent stops back one after another.

Far cheaper a step than weighing every insertion against every other; the order in which stops are put
back is drawn anew in each step, which is what keeps the search moving (after Christiaens and Vanden
Berghe 2020, doi:10.1287/trsc.2019.0914).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.clock import FAR
from patrolplan.solver.compiled import kernel, merged
from patrolplan.solver.engine import CAP, DWELL, FROM, NO_WAY, PACE, WALK, WINDOWS, Plan, Scratch, Static
from patrolplan.solver.moves import draw, insert_visit, leave_before, open_from, place_after, place_before
from patrolplan.solver.recreate import BLINK, THRIFTY, walked
from patrolplan.solver.score import PRIZE


@kernel
def reinsert(static: Static, plan: Plan, scratch: Scratch, settings: NDArray[np.float64]) -> None:
    """Put absent stops, in an order drawn at random, where each costs the least time."""
    count = absent_in_order(static, plan, scratch, settings[THRIFTY])
    for i in range(count):
        stop = scratch.order[i]
        crew, gap, time, _ = cheapest_gap(static, plan, scratch, stop, settings[BLINK])
        if crew >= 0 and plan.size[crew] + 1 < plan.route.shape[1]:
            insert_visit(static, plan, scratch, crew, gap, stop, time, 0)


@merged
def absent_in_order(static: Static, plan: Plan, scratch: Scratch, thrifty: float) -> int:
    """List the stops without a visit: by chance, by prize, farthest or nearest first.

    With a chance of ``thrifty`` by prize over what each would cost now; what fits nowhere is left out.
    """
    kind, count = draw(scratch.rng), 0
    home, by_cost = static.crews[0, FROM], draw(scratch.rng) < thrifty
    for s in range(len(plan.repeats)):
        if plan.repeats[s] > 0 or static.stops[s, CAP] == 0:
            continue
        chance = draw(scratch.rng)
        if by_cost:
            crew, _, _, cost = cheapest_gap(static, plan, scratch, s, 0.0)
            if crew < 0:
                continue
            seconds = max(1.0, cost + float(static.stops[s, DWELL]))
            key = -static.tables.stop_real[s, PRIZE] / seconds * (0.5 + chance)
        elif kind < 0.4:
            key = chance
        elif kind < 0.6:
            key = -static.tables.stop_real[s, PRIZE] * (0.7 + 0.6 * chance)
        elif kind < 0.8:
            near = static.stops[s, DWELL] + static.travel[0, static.ring[s, min(1, len(plan.repeats) - 1)], s]
            key = -static.tables.stop_real[s, PRIZE] / max(1.0, float(near)) * (0.7 + 0.6 * chance)
        elif kind < 0.93:
            key = -float(static.travel[0, home, s])
        else:
            key = float(static.travel[0, home, s])
        scratch.order[count], scratch.key[count] = s, key
        count += 1
    sort_by_key(scratch.order, scratch.key, count)
    return count


@kernel
def sort_by_key(order: NDArray[np.int64], key: NDArray[np.float64], count: int) -> None:
    """Shell's sort, in place."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, count):
            value, item, j = key[i], order[i], i
            while j >= gap and key[j - gap] > value:
                key[j], order[j] = key[j - gap], order[j - gap]
                j -= gap
            key[j], order[j] = value, item
        gap //= 3


@kernel
def opening(static: Static, stop: int) -> tuple[int, int]:
    """Earliest end and latest start that any window of the stop allows."""
    count = static.stops[stop, WINDOWS]
    if count == 0:
        return 0, FAR
    opens, closes = FAR, 0
    for w in range(count):
        opens = min(opens, static.windows[stop, w, 0])
        closes = max(closes, static.windows[stop, w, 1])
    dwell = static.stops[stop, DWELL]
    return opens + dwell, closes - dwell


@kernel
def cheapest_gap(
    static: Static, plan: Plan, scratch: Scratch, stop: int, blink: float
) -> tuple[int, int, int, float]:
    """Crew, gap and start that cost the least time, and that cost, waiting counted a quarter; crew -1 for
    none.
    """
    best, crew, gap, when = 1.0e18, -1, -1, 0
    dwell = static.stops[stop, DWELL]
    opens, closes = opening(static, stop)
    for c in range(len(plan.size)):
        # What had no room before the ruin has none in a route that is as it was.
        if not static.allowed[c, stop] or (scratch.crew_mark[c] == 0 and scratch.stop_mark[stop] == 0):
            continue
        travel, size = static.travel[static.crews[c, PACE]], plan.size[c]
        room = static.crews[c, WALK] - walked(static, plan, c) if static.crews[c, WALK] < NO_WAY else NO_WAY
        first = 0
        while first < size and scratch.latest[c, first] < opens:
            first += 1
        for k in range(first, size + 1):
            leave = leave_before(static, plan, c, k)
            if leave > closes:
                break
            a = place_before(static, plan, c, k)
            b = place_after(static, plan, c, k)
            there, on = travel[a, stop], travel[stop, b]
            if leave + there + dwell + on <= scratch.latest[c, k]:
                detour = there + on - travel[a, b]
                if detour < best and detour <= room and draw(scratch.rng) >= blink:
                    arrive = leave + there
                    time = open_from(static, stop, arrive)
                    cost = float(detour) + 0.25 * float(time - arrive)
                    if cost < best and time + dwell + on <= scratch.latest[c, k]:
                        best, crew, gap, when = cost, c, k, time
    return crew, gap, when, best
