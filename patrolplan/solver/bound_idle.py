"""What passes may add between visits under a price for each, compiled."""

from __future__ import annotations

import numpy as np

from patrolplan.solver.bound_chains import ALONE, GAPS, HOLD, Singles
from patrolplan.solver.compiled import entry, kernel
from patrolplan.solver.score import Floats, Ints


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
