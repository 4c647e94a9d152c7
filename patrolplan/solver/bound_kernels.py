"""The inner problems of the upper bound, compiled: best chains of visits to a stop, best routes of a crew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.compiled import entry, kernel
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


@kernel
def faded_passes(span_s: float, price: float, fade_s: float, ramp_s: float) -> float:
    """Most seconds of pass effect above a visit's that falls from a pass's to nothing within ``ramp_s``."""
    above = span_s * span_s / (2.0 * ramp_s) if span_s < ramp_s else span_s - 0.5 * ramp_s
    return min(bare_passes(span_s, price, fade_s)[0], max(0.0, above - price))


@entry
def fill_idle(
    worth: Floats,
    price: Floats,
    stop: Ints,
    covered_s: Floats,
    ramp_s: Floats,
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
                idle[s, GAPS + g] += np.float32(worth[e] * faded_passes(span, price[e], fade_s, ramp_s[s]))
        begin, top = max(0.0, (most[s] + 2) * slot_s - covered_s[s]), 0.0
        for k in range(slots):
            value = faded_passes(begin + (k + 1) * slot_s, price[e], fade_s, ramp_s[s])
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
