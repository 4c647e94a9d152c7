"""The crews' side of the upper bound, compiled: the best routes of a crew at given prices."""

from __future__ import annotations

import numpy as np

from patrolplan.solver.bound_chains import NONE, Shorts, Singles
from patrolplan.solver.compiled import entry, kernel
from patrolplan.solver.score import Ints


@entry
def best_onward(
    price: Singles,
    steps: Shorts,
    value: Singles,
    hold: Singles,
    last: Ints,
    home: Singles,
    least: int,
    order: Shorts,
    other: Singles,
    apart: Ints,
    top_price: Singles,
    best: Singles,
    second: Singles,
    following: Shorts,
) -> None:
    """``best[stop, k]``: most that a crew ready at a stop in slot k can collect until it is home.

    ``steps[j, i]`` slots from one visit's start to the other's, ``value[j, i]`` what the walk
    collects, ``hold`` what a slot of waiting does, ``home`` what the walk home does if the visit begins
    by slot ``last``; ``other``: what else may be done there instead (rest), empty for nothing;
    ``order``: the other stops, nearest first; ``apart`` slots between two visits to a stop;
    ``top_price[stop, k]`` greatest price in the slots from k to k + the greatest of ``apart``.
    ``following`` is the next stop of the best, -1 for none, ``second`` the most with another next stop.
    """
    n, slots = price.shape
    high = slots
    while high > 0:
        low = max(0, high - least)
        size = high - low
        for j in range(n):
            acc, acc2, to = best[j, low:high], second[j, low:high], following[j, low:high]
            for u in range(size):
                acc[u] = home[j] if low + u <= last[j] else NONE
                acc2[u] = NONE
                to[u] = -1
            lowest = NONE
            for e in range(order.shape[1]):
                i = order[j, e]
                ahead = low + steps[j, i]
                if ahead >= slots:
                    break
                extra = value[j, i]
                # Values fall with time: what is no better in the first slot than the worst of the block
                # is no better anywhere.
                if best[i, ahead] + extra <= lowest:
                    continue
                near = steps[j, i] + steps[i, j] < apart[j]
                src = best[i, ahead : min(ahead + size, slots)]
                for u in range(len(src)):
                    v = src[u] + extra
                    if near and v > acc2[u] and following[i, ahead + u] == j:
                        v = without_return(
                            steps, value, hold, apart, top_price, best, second, j, i, low + u
                        )[0] + extra  # fmt: skip
                    if v > acc[u]:
                        acc2[u], acc[u], to[u] = acc[u], v, i
                    elif v > acc2[u]:
                        acc2[u] = v
                lowest = acc2[0]
                for u in range(1, size):
                    lowest = min(lowest, acc2[u])
        for j in range(n):
            for u in range(high - 1, low - 1, -1):
                best[j, u] += price[j, u]
                second[j, u] += price[j, u]
                if u + 1 < slots:
                    v, less = best[j, u + 1] + hold[j], second[j, u + 1] + hold[j]
                    merge(best, second, following, j, u, v, less, following[j, u + 1])
        if other.shape[0] > 0:
            for j in range(n):
                for u in range(low, high):
                    merge(best, second, following, j, u, other[j, u], NONE, -1)
        high = low


@kernel
def merge(
    best: Singles,
    second: Singles,
    following: Shorts,
    j: int,
    u: int,
    value: np.float32,
    less: np.float32,
    to: int,
) -> None:
    """Take over another two values at (j, u) where they are better; the two differ in the next stop."""
    if value > best[j, u]:
        rest = second[j, u] if following[j, u] == to else best[j, u]
        second[j, u] = max(less, rest)
        best[j, u], following[j, u] = value, to
    else:
        second[j, u] = max(second[j, u], less if following[j, u] == to else value)


@kernel
def without_return(
    steps: Shorts, value: Singles, hold: Singles, apart: Ints, top_price: Singles, best: Singles,
    second: Singles, j: int, i: int, slot: int,
) -> tuple[float, int]:  # fmt: skip
    """Most from stop i on after a visit to j in ``slot``, if j comes next but not before its least gap.

    Also which case it is: 0 another stop comes next, 1 the crew is back at j after the gap, 2 it visits i
    so late that it can't be back too early.
    """
    slots = best.shape[1]
    ahead, back = slot + steps[j, i], slot + apart[j]
    late = back - steps[i, j]
    found, case = second[i, ahead], 0
    if back < slots:
        idle = max(hold[i], hold[j]) * np.float32(late - ahead)
        v = top_price[i, ahead] + value[i, j] + best[j, back] + idle
        if v > found:
            found, case = v, 1
    if late < slots:
        v = best[i, late] + hold[i] * np.float32(late - ahead)
        if v > found:
            found, case = v, 2
    return min(found, best[i, ahead]), case


@entry
def window_top(price: Singles, wide: int, top_price: Singles) -> None:
    """``top_price[stop, k]``: greatest price in slots k to k + wide."""
    n, slots = price.shape
    for j in range(n):
        at = -1
        for k in range(slots - 1, -1, -1):
            if at < 0 or price[j, k] >= price[j, at]:
                at = k
            elif at > k + wide:
                at = k
                for u in range(k, min(slots, k + wide + 1)):
                    at = u if price[j, u] > price[j, at] else at
            top_price[j, k] = price[j, at]


@entry
def trace_route(
    price: Singles,
    steps: Shorts,
    value: Singles,
    hold: Singles,
    last: Ints,
    home: Singles,
    other: Singles,
    apart: Ints,
    top_price: Singles,
    best: Singles,
    second: Singles,
    following: Shorts,
    stop: int,
    slot: int,
    route: Ints,
) -> int:
    """Stops and slots of the best route from ``stop`` in ``slot`` on; how many visits it has.

    Where the route turns to ``other``, the last row holds that stop and slot with a mark of 1.
    """
    n, slots = best.shape
    count, barred = 0, -1
    while stop >= 0 and count < len(route):
        worth = best[stop, slot] if barred < 0 or following[stop, slot] != barred else second[stop, slot]
        if other.shape[0] > 0 and worth == other[stop, slot]:
            route[count, 0], route[count, 1], route[count, 2] = stop, slot, 1
            return count + 1
        if slot + 1 < slots:
            waited = barred >= 0 and following[stop, slot + 1] == barred
            if worth == (second if waited else best)[stop, slot + 1] + hold[stop]:
                slot += 1
                continue
        route[count, 0], route[count, 1], route[count, 2] = stop, slot, 0
        count += 1
        onto, at, case = -1, 0, 0
        top = home[stop] if slot <= last[stop] else NONE
        for i in range(n):
            ahead = slot + steps[stop, i]
            if i == barred or ahead >= slots:
                continue
            v, how = best[i, ahead] + value[stop, i], 3
            if v > top and following[i, ahead] == stop and steps[stop, i] + steps[i, stop] < apart[stop]:
                less, how = without_return(steps, value, hold, apart, top_price, best, second, stop, i, slot)
                v = less + value[stop, i]
            if v > top:
                top, onto, at, case = v, i, ahead, how
        barred = stop if case == 0 else -1
        if onto >= 0 and case == 2:
            at = slot + apart[stop] - steps[onto, stop]
        if onto >= 0 and case == 1 and count < len(route):
            while price[onto, at] != top_price[onto, slot + steps[stop, onto]]:
                at += 1
            route[count, 0], route[count, 1], route[count, 2] = onto, at, 0
            count += 1
            onto, at = stop, slot + apart[stop]
        stop, slot = onto, at
    return count
