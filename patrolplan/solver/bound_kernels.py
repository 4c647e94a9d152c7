"""The inner problems of the upper bound, compiled: best chains of visits to a stop, best routes of a crew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.compiled import entry
from patrolplan.solver.score import AREA, DWELL_S, QUALITY, RATE, Floats, Ints, ScoreTables, visit_value

Singles = NDArray[np.float32]
Shorts = NDArray[np.int32]

NONE = np.float32(-1.0e30)
"""Value of what is not possible."""

HOLD, ALONE, GAPS = 0, 1, 2
"""Columns of ``idle``: per slot without visits, beside a visit that stays alone, from here on by gap."""


@entry
def fill_follow(
    tables: ScoreTables, slot_s: int, least: Ints, bend: Floats, follow: Singles, alone: Singles
) -> None:
    """Bounds on visits by slots: ``follow[stop, g, k]`` and, if none follows in reach, ``alone[stop, k]``.

    The greatest value of a visit that begins in slot k when the next begins in slot k + least + g, less
    ``bend`` times the need that lies between where the two begin in their slots.
    """
    fade, steps, slots, horizon = tables.fade_s, follow.shape[1], alone.shape[1], tables.horizon_s
    for s in range(alone.shape[0]):
        dwell, q = tables.stop_real[s, DWELL_S], tables.stop_real[s, QUALITY]
        for k in range(slots):
            t = float(k * slot_s)
            end = t + dwell
            # How fast the value grows when the visit begins later, but for the need it fades over.
            fixed = (1.0 - q) * rate_within(tables, s, end, end + slot_s, True)
            fixed -= (1.0 - bend[s]) * rate_within(tables, s, t, t + slot_s, False)
            faded = need_within(tables, s, end, end + fade + slot_s)
            grow = slot_s * max(0.0, fixed + q / fade * faded)
            alone[s, k] = visit_value(tables, s, t, 1.0e15) + grow
            for g in range(steps):
                after = t + (least[s] + g) * slot_s
                if after >= horizon:
                    break
                effect = min(1.0, max(0.0, q * (1.0 - (after - end - slot_s) / fade)))
                if after < end + slot_s:
                    effect = 1.0
                rate = rate_within(tables, s, after, after + slot_s, effect > bend[s])
                faded = need_within(tables, s, end, min(after + slot_s, end + fade + slot_s))
                grow = max(0.0, rate * (effect - bend[s])) + max(0.0, fixed + q / fade * faded)
                follow[s, g, k] = visit_value(tables, s, t, after) + slot_s * grow


@entry
def rate_within(tables: ScoreTables, stop: int, low: float, high: float, most: bool) -> float:
    """Greatest (or least) need a second of a stop from low to high."""
    minutes = len(tables.bin_of_minute) - 1
    first, last = min(int(low) // 60, minutes), min(int(high) // 60, minutes)
    found = tables.stop_need[stop, tables.bin_of_minute[first], RATE]
    for m in range(first + 1, last + 1):
        rate = tables.stop_need[stop, tables.bin_of_minute[m], RATE]
        found = max(found, rate) if most else min(found, rate)
    return float(found)


@entry
def need_within(tables: ScoreTables, stop: int, low: float, high: float) -> float:
    """Need of a stop from low to high, not beyond the horizon."""
    high = min(high, tables.horizon_s)
    if high <= low:
        return 0.0
    i, j = tables.bin_of_minute[int(low) // 60], tables.bin_of_minute[int(high) // 60]
    need, knots = tables.stop_need[stop], tables.knots_s
    area = (
        need[j, AREA] - need[i, AREA] + need[j, RATE] * (high - knots[j]) - need[i, RATE] * (low - knots[i])
    )
    return float(area)


@entry
def best_chains(
    price: Singles,
    follow: Singles,
    alone: Singles,
    least: Ints,
    most: Ints,
    idle: Singles,
    onward: Singles,
    later: Singles,
) -> None:
    """``onward[stop, k]``: best chain of visits whose first begins in slot k; ``later``: in k or after."""
    n, slots = price.shape
    steps = follow.shape[1]
    for s in range(n):
        x, y = onward[s], later[s]
        high = slots
        while high > 0:
            low = max(0, high - least[s])
            size = high - low
            acc = x[low:high]
            for u in range(size):
                after = low + u + most[s] + 1
                acc[u] = alone[s, low + u] + idle[s, ALONE] + (y[after] if after < slots else np.float32(0.0))
            for g in range(steps):
                ahead = low + least[s] + g
                if ahead >= slots:
                    break
                extra = idle[s, GAPS + g]
                row = follow[s, g, low:high]
                src = x[ahead : min(ahead + size, slots)]
                for u in range(len(src)):
                    v = row[u] + src[u] + extra
                    acc[u] = v if v > acc[u] else acc[u]
            carry = y[high] if high < slots else np.float32(0.0)
            for u in range(size - 1, -1, -1):
                acc[u] = acc[u] - price[s, low + u]
                carry = max(acc[u], carry + idle[s, HOLD])
                y[low + u] = carry
            high = low


@entry
def trace_chains(
    follow: Singles,
    alone: Singles,
    least: Ints,
    most: Ints,
    idle: Singles,
    before: Singles,
    bonus: Floats,
    onward: Singles,
    later: Singles,
    slope: Singles,
    first: Ints,
) -> float:
    """Sum of the best chains' values; their visits are taken off ``slope``, their first slots noted."""
    n, slots = onward.shape
    steps = follow.shape[1]
    total = 0.0
    for s in range(n):
        best, k = float(before[s, slots]), -1
        for u in range(slots):
            v = float(onward[s, u]) + float(before[s, u + 1]) + bonus[s]
            if v > best:
                best, k = v, u
        total += best
        first[s] = k
        while k >= 0:
            slope[s, k] -= np.float32(1.0)
            after, following = k + most[s] + 1, -1
            top = alone[s, k] + idle[s, ALONE] + (later[s, after] if after < slots else np.float32(0.0))
            for g in range(steps):
                ahead = k + least[s] + g
                if ahead >= slots:
                    break
                v = follow[s, g, k] + onward[s, ahead] + idle[s, GAPS + g]
                if v > top:
                    top, following = v, ahead
            if following < 0:
                while after < slots and onward[s, after] < later[s, after]:
                    after += 1
                following = after if after < slots else -1
            k = following
    return total


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
    best: Singles,
) -> None:
    """``best[stop, k]``: most that a crew ready at a stop in slot k can collect until it is home.

    ``steps[j, i]`` slots from one visit's start to the other's, ``value[j, i]`` what the walk
    collects, ``hold`` what a slot of waiting does, ``home`` what the walk home does if the visit begins
    by slot ``last``; ``other``: what else may be done there instead (rest), empty for nothing;
    ``order``: the other stops, nearest first.
    """
    n, slots = price.shape
    high = slots
    while high > 0:
        low = max(0, high - least)
        size = high - low
        for j in range(n):
            acc = best[j, low:high]
            for u in range(size):
                acc[u] = home[j] if low + u <= last[j] else NONE
            for e in range(order.shape[1]):
                i = order[j, e]
                ahead = low + steps[j, i]
                if ahead >= slots:
                    break
                extra = value[j, i]
                # Values fall with time: what is no better in the first slot than the worst of the block
                # is no better anywhere.
                if best[i, ahead] + extra <= acc[size - 1]:
                    continue
                src = best[i, ahead : min(ahead + size, slots)]
                for u in range(len(src)):
                    v = src[u] + extra
                    acc[u] = v if v > acc[u] else acc[u]
        for j in range(n):
            carry = best[j, high] if high < slots else NONE
            for u in range(size - 1, -1, -1):
                v = best[j, low + u] + price[j, low + u]
                carry = max(v, carry + hold[j])
                best[j, low + u] = carry
        if other.shape[0] > 0:
            for j in range(n):
                for u in range(low, high):
                    best[j, u] = max(best[j, u], other[j, u])
        high = low


@entry
def trace_route(
    steps: Shorts,
    value: Singles,
    hold: Singles,
    last: Ints,
    home: Singles,
    other: Singles,
    best: Singles,
    stop: int,
    slot: int,
    route: Ints,
) -> int:
    """Stops and slots of the best route from ``stop`` in ``slot`` on; how many visits it has.

    Where the route turns to ``other``, the last row holds that stop and slot with a mark of 1.
    """
    n, slots = best.shape
    count = 0
    while stop >= 0 and count < len(route):
        if other.shape[0] > 0 and best[stop, slot] == other[stop, slot]:
            route[count, 0], route[count, 1], route[count, 2] = stop, slot, 1
            return count + 1
        if slot + 1 < slots and best[stop, slot] == best[stop, slot + 1] + hold[stop]:
            slot += 1
            continue
        route[count, 0], route[count, 1], route[count, 2] = stop, slot, 0
        count += 1
        following, at = -1, 0
        top = home[stop] if slot <= last[stop] else NONE
        for i in range(n):
            ahead = slot + steps[stop, i]
            if ahead < slots:
                v = best[i, ahead] + value[stop, i]
                if v > top:
                    top, following, at = v, i, ahead
        stop, slot = following, at
    return count


@entry
def bare_passes(span_s: float, price: float, fade_s: float) -> tuple[float, int]:
    """Most seconds of pass effect in a span, less ``price`` for each pass, and how many passes give it.

    n passes, evenly spaced, are best: n x f(span / n) with f(x) = x - x^2 / 2R up to R. It is concave in n
    with its top at span / sqrt(2 R price).
    """
    if span_s <= 0.0 or price >= 0.5 * fade_s:
        return 0.0, 0
    if price <= 1.0e-6:
        return span_s, 0
    many, top, best = int(span_s / np.sqrt(2.0 * fade_s * price)), 0.0, 0
    for count in range(max(1, many), many + 2):
        each = min(span_s / count, fade_s)
        value = count * (each - each * each / (2.0 * fade_s) - price)
        if value > top:
            top, best = value, count
    return top, best


@entry
def fill_idle(
    worth: Floats,
    price: Floats,
    stop: Ints,
    covered_s: Floats,
    fade_s: float,
    slot_s: int,
    least: Ints,
    most: Ints,
    before: Singles,
    idle: Singles,
) -> None:
    """What passes may add: ``before`` a stop's first visit, and after visits (see ``idle``'s columns)."""
    idle[:, :] = np.float32(0.0)
    before[:, :] = np.float32(0.0)
    slots = before.shape[1] - 1
    for e in range(len(stop)):
        s = stop[e]
        if price[e] >= 0.5 * fade_s:
            continue
        for k in range(1, slots + 1):
            before[s, k] += np.float32(worth[e] * bare_passes(float(k * slot_s), price[e], fade_s)[0])
        rate = 1.0 if price[e] <= 0.0 else max(0.0, 1.0 - np.sqrt(2.0 * price[e] / fade_s))
        idle[s, HOLD] += np.float32(worth[e] * rate * slot_s)
        for g in range(idle.shape[1] - GAPS):
            span = (least[s] + g + 1) * slot_s - covered_s[s]
            if span > 0.0:
                idle[s, GAPS + g] += np.float32(worth[e] * bare_passes(span, price[e], fade_s)[0])
        begin, top = max(0.0, (most[s] + 2) * slot_s - covered_s[s]), 0.0
        for k in range(slots):
            value = bare_passes(begin + (k + 1) * slot_s, price[e], fade_s)[0]
            top = max(top, value - rate * k * slot_s)
        idle[s, ALONE] += np.float32(worth[e] * top)


@entry
def count_passes(
    price: Floats, stop: Ints, fade_s: float, slot_s: int, slots: int, first: Ints, slope: Floats
) -> None:
    """Take the passes paid for ahead of the first visit to each street's stop off ``slope``."""
    for e in range(len(stop)):
        k = first[stop[e]] + 1 if first[stop[e]] >= 0 else slots
        slope[e] -= bare_passes(float(k * slot_s), price[e], fade_s)[1]
