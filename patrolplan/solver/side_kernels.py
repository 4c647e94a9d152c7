"""Prices, caps and demands inside the search: what one more visit changes, and what a plan pays in all."""

from __future__ import annotations

from patrolplan.solver.compiled import inlined, kernel
from patrolplan.solver.engine import DWELL, Plan, Static
from patrolplan.solver.side import (
    BEGIN_S,
    BOUNDS,
    CLOSE_START,
    CLOSE_STOP,
    CROWD,
    CROWDED,
    DEMANDED,
    END_S,
    GAP_ROWS,
    GAPS,
    GROUP_START,
    GROUP_STOP,
    GROUPED,
    GROUPS,
    LEAST,
    LEAST_S,
    MOST,
    MUST_ROWS,
    MUSTS,
    OF_GROUP,
    OF_START,
    PART_S,
    PARTS,
    PRICED,
    PRICES,
    UNMET_PRICE,
    WANTED,
)

IMPOSSIBLE = -1.0e300


@inlined
def besides(static: Static) -> bool:
    """Whether anything stands beside the score."""
    side = static.side
    return bool(side[PRICED] + side[CROWDED] + side[GROUPED] + side[DEMANDED] > 0)


@inlined
def wanted(static: Static, stop: int) -> bool:
    """Whether a must or a longest gap is on the stop."""
    return bool(static.side[DEMANDED] > 0 and static.side[static.side[WANTED] + stop] > 0)


@inlined
def bound(static: Static, group: int, column: int) -> int:
    """Least visits, most visits or least seconds of a group."""
    return int(static.side[static.side[BOUNDS] + 3 * group + column])


@inlined
def must(static: Static, m: int, column: int) -> int:
    """Stop, earliest or latest start of a must."""
    return int(static.side[static.side[MUST_ROWS] + 3 * m + column])


@inlined
def gap(static: Static, g: int, column: int) -> int:
    """Stop or seconds of a longest gap."""
    return int(static.side[static.side[GAP_ROWS] + 2 * g + column])


@inlined
def price_of(static: Static, stop: int, time: int) -> float:
    """Price of a visit that begins then."""
    part = max(0, min(int(time / static.side_real[PART_S]), static.side[PARTS] - 1))
    return float(static.side_real[PRICES + stop * static.side[PARTS] + part])


@kernel
def side_gain(static: Static, plan: Plan, crew: int, stop: int, time: int) -> float:
    """What a visit adds beside the score; IMPOSSIBLE where it would pass a cap."""
    side, real, gain = static.side, static.side_real, 0.0
    if side[PRICED] > 0:
        gain -= price_of(static, stop, time)
    if side[CROWDED] > 0:
        gain -= real[CROWD] * crowd_of(static, plan, crew, stop, time)
    if side[GROUPED] > 0:
        row = side[OF_START] + stop
        for e in range(side[row], side[row + 1]):
            group = side[side[OF_GROUP] + e]
            visits, stay = held_by(static, plan, group)
            if visits >= bound(static, group, MOST):
                return IMPOSSIBLE
            if visits < bound(static, group, LEAST):
                gain += real[UNMET_PRICE]
            missing = bound(static, group, LEAST_S) - stay
            if missing > 0:
                gain += real[UNMET_PRICE] * min(1.0, missing / static.stops[stop, DWELL])
    if wanted(static, stop):
        for m in range(side[MUSTS]):
            if must(static, m, 0) == stop and must(static, m, 1) <= time <= must(static, m, 2):
                gain += 0.0 if kept(static, plan, m) else real[UNMET_PRICE]
        for g in range(side[GAPS]):
            if gap(static, g, 0) == stop:
                gain += real[UNMET_PRICE] * gap_relief(static, plan, stop, time, gap(static, g, 1))
    return gain


@kernel
def side_worth(static: Static, plan: Plan) -> float:
    """All that the plan pays beside its score, below 0."""
    side, real, total = static.side, static.side_real, 0.0
    if side[PRICED] > 0 or side[CROWDED] > 0:
        for crew in range(len(plan.size)):
            for k in range(plan.size[crew]):
                stop, time = plan.route[crew, k], plan.start[crew, k]
                if side[PRICED] > 0:
                    total -= price_of(static, stop, time)
                if side[CROWDED] > 0:
                    total -= 0.5 * real[CROWD] * crowd_of(static, plan, crew, stop, time)
    if side[GROUPED] > 0:
        for group in range(side[GROUPS]):
            visits, stay = held_by(static, plan, group)
            total -= real[UNMET_PRICE] * max(0, bound(static, group, LEAST) - visits)
            missing = bound(static, group, LEAST_S) - stay
            if missing > 0:
                total -= real[UNMET_PRICE] * missing / mean_stay(static, group)
    if side[DEMANDED] > 0:
        for m in range(side[MUSTS]):
            total -= 0.0 if kept(static, plan, m) else real[UNMET_PRICE]
        for g in range(side[GAPS]):
            total -= real[UNMET_PRICE] * too_long(static, plan, gap(static, g, 0), gap(static, g, 1))
    return total


@kernel
def crowd_of(static: Static, plan: Plan, crew: int, stop: int, time: int) -> float:
    """Seconds of the visit in which other crews stay close by, added over crews."""
    side, total, end = static.side, 0, time + static.stops[stop, DWELL]
    row = side[CLOSE_START] + stop
    for e in range(side[row], side[row + 1]):
        near = side[side[CLOSE_STOP] + e]
        for i in range(plan.repeats[near]):
            begin = plan.times[near, i]
            if plan.who[near, i] != crew and plan.who[near, i] >= 0:
                total += max(0, min(end, begin + static.stops[near, DWELL]) - max(time, begin))
    return float(total)


@kernel
def held_by(static: Static, plan: Plan, group: int) -> tuple[int, int]:
    """Visits and seconds of stay that the plan's crews make at the group's stops."""
    side, visits, stay = static.side, 0, 0
    row = side[GROUP_START] + group
    for e in range(side[row], side[row + 1]):
        stop = side[side[GROUP_STOP] + e]
        for i in range(plan.repeats[stop]):
            if plan.who[stop, i] >= 0:
                visits += 1
                stay += static.stops[stop, DWELL]
    return visits, stay


@kernel
def mean_stay(static: Static, group: int) -> float:
    """Mean seconds of stay at the group's stops."""
    side, total = static.side, 0
    first, last = side[side[GROUP_START] + group], side[side[GROUP_START] + group + 1]
    for e in range(first, last):
        total += static.stops[side[side[GROUP_STOP] + e], DWELL]
    return float(max(1.0, total / max(1, last - first)))


@kernel
def kept(static: Static, plan: Plan, m: int) -> bool:
    """Whether some visit begins within the period of a must."""
    stop, earliest, latest = must(static, m, 0), must(static, m, 1), must(static, m, 2)
    for i in range(plan.repeats[stop]):
        if earliest <= plan.times[stop, i] <= latest and plan.who[stop, i] >= 0:
            return True
    return False


@kernel
def too_long(static: Static, plan: Plan, stop: int, most: int) -> float:
    """How much too long the stop is left alone, added over its gaps, in longest gaps allowed."""
    left, total = static.side[BEGIN_S], 0
    for i in range(plan.repeats[stop]):
        total += max(0, min(plan.times[stop, i], static.side[END_S]) - left - most)
        left = max(left, plan.times[stop, i] + static.stops[stop, DWELL])
    total += max(0, static.side[END_S] - left - most)
    return float(total / most)


@kernel
def gap_relief(static: Static, plan: Plan, stop: int, time: int, most: int) -> float:
    """By how much one more visit shortens what is too long, in longest gaps allowed."""
    left, until = static.side[BEGIN_S], static.side[END_S]
    for i in range(plan.repeats[stop]):
        if plan.times[stop, i] < time:
            left = max(left, plan.times[stop, i] + static.stops[stop, DWELL])
        else:
            until = min(until, plan.times[stop, i])
            break
    after = max(0, time - left - most) + max(0, until - time - static.stops[stop, DWELL] - most)
    return float((max(0, until - left - most) - after) / most)


@kernel
def held_from(static: Static, crew: int, stop: int, start: int, time: int) -> int:
    """The earliest a visit that begins at ``start`` may be pulled to, ``time`` or later: pins, musts."""
    for p in range(len(static.fixed)):
        pin = static.fixed[p]
        if pin[0] == crew and pin[2] == stop and pin[1] == start:
            return start
    if wanted(static, stop):
        for m in range(static.side[MUSTS]):
            if must(static, m, 0) == stop and must(static, m, 1) <= start <= must(static, m, 2):
                time = max(time, must(static, m, 1))
    return time


@kernel
def held_until(static: Static, crew: int, stop: int, start: int, time: int) -> int:
    """The latest a visit that begins at ``start`` may be pushed to, ``time`` or earlier: pins, musts."""
    for p in range(len(static.fixed)):
        pin = static.fixed[p]
        if pin[0] == crew and pin[2] == stop and pin[1] == start:
            time = min(time, start)
    if wanted(static, stop):
        for m in range(static.side[MUSTS]):
            if must(static, m, 0) == stop and must(static, m, 1) <= start <= must(static, m, 2):
                time = min(time, must(static, m, 2))
    return time


@kernel
def wanted_from(static: Static, plan: Plan, stop: int, time: int) -> int:
    """When to begin at the stop at the earliest: a must still unmet is worth waiting for."""
    if wanted(static, stop):
        for m in range(static.side[MUSTS]):
            if must(static, m, 0) == stop and time < must(static, m, 1) and not kept(static, plan, m):
                return int(must(static, m, 1))
    return time
