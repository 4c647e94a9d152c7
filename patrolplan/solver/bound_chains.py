"""The stops' side of the upper bound, compiled: the best chains of visits to each stop."""

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
