"""Elementary steps of the search: windows, pushes along a route, insertion and removal of one visit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.clock import FAR, ready_after
from patrolplan.solver.compiled import inlined, kernel
from patrolplan.solver.engine import (
    BEGIN,
    DWELL,
    EARLIEST,
    FINISH,
    FROM,
    GAP,
    LATEST,
    NO_WAY,
    PACE,
    REST,
    TO,
    WINDOWS,
    Plan,
    Scratch,
    Static,
)
from patrolplan.solver.score import PRIZE, fade_value, visit_value
from patrolplan.solver.side import DEMANDED
from patrolplan.solver.side_kernels import held_until

NEVER_AGAIN = 1.0e15
IMPOSSIBLE = -1.0e300


@inlined
def draw(rng: NDArray[np.uint64]) -> float:
    """A random number in [0, 1): Marsaglia's xorshift with 64 bits (doi:10.18637/jss.v008.i14)."""
    x = rng[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    rng[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def open_from(static: Static, stop: int, time: int) -> int:
    """The earliest start from ``time`` on that a window of the stop allows; FAR for none."""
    count = static.stops[stop, WINDOWS]
    if count == 0:
        return time
    dwell, found = static.stops[stop, DWELL], FAR
    for w in range(count):
        start = max(time, static.windows[stop, w, 0])
        if start + dwell <= static.windows[stop, w, 1] and start < found:
            found = start
    return found


@inlined
def open_until(static: Static, stop: int, time: int) -> int:
    """The latest start up to ``time`` that a window of the stop allows; -1 for none."""
    count = static.stops[stop, WINDOWS]
    if count == 0:
        return time
    dwell, found = static.stops[stop, DWELL], -1
    for w in range(count):
        start = min(time, static.windows[stop, w, 1] - dwell)
        if start >= static.windows[stop, w, 0] and start > found:
            found = start
    return found


@inlined
def ready(static: Static, crew: int, leave: int, walk: int, rests: bool) -> int:
    """When the crew is ready after a walk and, if it rests in this gap, its break."""
    if not rests:
        return leave + walk
    row = static.crews[crew]
    return ready_after(leave, walk, row[EARLIEST], row[LATEST], row[REST])


@inlined
def latest_leave(static: Static, crew: int, due: int, walk: int, rests: bool) -> int:
    """The latest leaving time that is ready by ``due``; below 0 if there is none."""
    if not rests:
        return due - walk
    earliest, latest, length = (
        static.crews[crew, EARLIEST],
        static.crews[crew, LATEST],
        static.crews[crew, REST],
    )
    found = -1
    if earliest + length <= due:
        found = max(found, min(due - length, latest) - walk)
    if earliest + length + walk <= due:
        found = max(found, min(latest, due - length - walk))
    return found


@inlined
def place_before(static: Static, plan: Plan, crew: int, k: int) -> int:
    """Location the crew comes from in gap k."""
    return int(plan.route[crew, k - 1] if k > 0 else static.crews[crew, FROM])


@inlined
def place_after(static: Static, plan: Plan, crew: int, k: int) -> int:
    """Location the crew goes to in gap k."""
    return int(plan.route[crew, k] if k < plan.size[crew] else static.crews[crew, TO])


@inlined
def leave_before(static: Static, plan: Plan, crew: int, k: int) -> int:
    """When the crew leaves for gap k."""
    if k == 0:
        return int(static.crews[crew, BEGIN])
    return int(plan.start[crew, k - 1] + static.stops[plan.route[crew, k - 1], DWELL])


@kernel
def refresh_latest(static: Static, plan: Plan, scratch: Scratch, crew: int) -> None:
    """Latest starts of a route, from its end backwards."""
    size, travel = plan.size[crew], static.travel[static.crews[crew, PACE]]
    due, place = static.crews[crew, FINISH], static.crews[crew, TO]
    scratch.latest[crew, size] = due
    holds = len(static.fixed) + static.side[DEMANDED] > 0
    for k in range(size - 1, -1, -1):
        stop = plan.route[crew, k]
        leave = latest_leave(static, crew, due, travel[stop, place], plan.rest[crew] == k + 1)
        due = open_until(static, stop, leave - static.stops[stop, DWELL])
        if holds:
            due = held_until(static, crew, stop, plan.start[crew, k], due)
        scratch.latest[crew, k] = due
        place = stop


@kernel
def clear_from(static: Static, plan: Plan, stop: int, time: int) -> int:
    """The earliest start from ``time`` on that keeps windows and the gap to every visit of the stop."""
    need = static.stops[stop, DWELL] + static.stops[stop, GAP]
    time = open_from(static, stop, time)
    for i in range(plan.repeats[stop]):
        other = plan.times[stop, i]
        if other + need <= time:
            continue
        if time + need <= other:
            break
        time = open_from(static, stop, other + need)
    return time


@inlined
def slot_of(plan: Plan, stop: int, time: int) -> int:
    """How many visits of the stop start before ``time``."""
    i, count = 0, plan.repeats[stop]
    while i < count and plan.times[stop, i] < time:
        i += 1
    return i


@kernel
def insertion_gain(static: Static, plan: Plan, stop: int, time: int) -> float:
    """What one more visit to the stop adds, other visits as they are."""
    i, count = slot_of(plan, stop, time), plan.repeats[stop]
    following = float(plan.times[stop, i]) if i < count else NEVER_AGAIN
    gain = visit_value(static.tables, stop, float(time), following)
    if i > 0:
        end = float(plan.times[stop, i - 1] + static.stops[stop, DWELL])
        gain -= fade_value(static.tables, stop, end, float(time), following)
    elif count == 0:
        gain += static.tables.stop_real[stop, PRIZE]
    return gain


@kernel
def push_to(
    static: Static, plan: Plan, scratch: Scratch, crew: int, k: int, leave: int, place: int, rests: bool
) -> int:
    """New starts in ``moved`` when visit k is reached from ``place``, left at ``leave``.

    Returns the index of the first visit that keeps its time, -1 if the route can't hold the push.
    """
    travel, size, m = static.travel[static.crews[crew, PACE]], plan.size[crew], k
    while m < size:
        stop = plan.route[crew, m]
        time = ready(static, crew, leave, travel[place, stop], rests)
        if time <= plan.start[crew, m]:
            return m
        time = open_from(static, stop, time)
        if time > scratch.latest[crew, m]:
            return -1
        scratch.moved[m] = time
        leave, place = time + static.stops[stop, DWELL], stop
        m += 1
        rests = plan.rest[crew] == m
    home = ready(static, crew, leave, travel[place, static.crews[crew, TO]], rests)
    return -1 if home > static.crews[crew, FINISH] else m


@kernel
def push_value(static: Static, plan: Plan, scratch: Scratch, crew: int, k: int, upto: int) -> float:
    """Change of value when visits k..upto-1 move to ``moved``; IMPOSSIBLE if one comes too close."""
    change = 0.0
    tables = static.tables
    for m in range(upto - 1, k - 1, -1):
        stop, old, new = plan.route[crew, m], plan.start[crew, m], scratch.moved[m]
        i = slot_of(plan, stop, old)
        following = NEVER_AGAIN
        if i + 1 < plan.repeats[stop]:
            after = plan.times[stop, i + 1]
            if plan.who[stop, i + 1] == crew:
                for j in range(m + 1, upto):
                    if plan.start[crew, j] == after:
                        after = scratch.moved[j]
                        break
            if new + static.stops[stop, DWELL] + static.stops[stop, GAP] > after:
                return IMPOSSIBLE
            following = float(after)
        change += visit_value(tables, stop, float(new), following)
        change -= visit_value(tables, stop, float(old), following)
        if i > 0:
            end = float(plan.times[stop, i - 1] + static.stops[stop, DWELL])
            change += fade_value(tables, stop, end, float(old), float(new))
    return change


@kernel
def set_start(plan: Plan, scratch: Scratch, crew: int, k: int, time: int) -> None:
    """Move one visit on the clock; the order of the stop's visits stays."""
    stop = plan.route[crew, k]
    plan.times[stop, slot_of(plan, stop, plan.start[crew, k])] = time
    plan.start[crew, k] = time
    scratch.stop_mark[stop] = 1


@kernel
def insert_visit(
    static: Static, plan: Plan, scratch: Scratch, crew: int, k: int, stop: int, time: int, rest_after: int
) -> bool:
    """Put a visit into gap k, pushing later ones; the break of that gap goes before or after it.

    False, with nothing changed, if the route can't hold it.
    """
    dwell, rests = static.stops[stop, DWELL], plan.rest[crew] == k and rest_after == 1
    upto = push_to(static, plan, scratch, crew, k, time + dwell, stop, rests)
    if upto < 0 or push_value(static, plan, scratch, crew, k, upto) <= IMPOSSIBLE:
        return False
    for m in range(upto - 1, k - 1, -1):
        set_start(plan, scratch, crew, m, scratch.moved[m])
    size = plan.size[crew]
    for m in range(size, k, -1):
        plan.route[crew, m] = plan.route[crew, m - 1]
        plan.start[crew, m] = plan.start[crew, m - 1]
    plan.route[crew, k], plan.start[crew, k], plan.size[crew] = stop, time, size + 1
    if plan.rest[crew] > k or rests:
        plan.rest[crew] += 1
    i, count = slot_of(plan, stop, time), plan.repeats[stop]
    for j in range(count, i, -1):
        plan.times[stop, j], plan.who[stop, j] = plan.times[stop, j - 1], plan.who[stop, j - 1]
    plan.times[stop, i], plan.who[stop, i], plan.repeats[stop] = time, crew, count + 1
    scratch.stop_mark[stop] = 1
    scratch.crew_mark[crew] = 1
    refresh_latest(static, plan, scratch, crew)
    return True


@kernel
def remove_visit(plan: Plan, scratch: Scratch, crew: int, k: int) -> None:
    """Take visit k out; later visits keep their times, so its room stays open."""
    stop = plan.route[crew, k]
    i, count = slot_of(plan, stop, plan.start[crew, k]), plan.repeats[stop] - 1
    for j in range(i, count):
        plan.times[stop, j], plan.who[stop, j] = plan.times[stop, j + 1], plan.who[stop, j + 1]
    size = plan.size[crew] - 1
    for m in range(k, size):
        plan.route[crew, m], plan.start[crew, m] = plan.route[crew, m + 1], plan.start[crew, m + 1]
    plan.repeats[stop], plan.size[crew] = count, size
    if plan.rest[crew] > k:
        plan.rest[crew] -= 1
    scratch.stop_mark[stop] = 1
    scratch.crew_mark[crew] = 1


@kernel
def mend_route(static: Static, plan: Plan, scratch: Scratch, crew: int) -> None:
    """After removals: push what can't be reached in time (legs may be longer or missing), else drop it;
    of two visits in a row at one stop drop the later.
    """
    travel = static.travel[static.crews[crew, PACE]]
    k = 0
    while True:
        leave, place = leave_before(static, plan, crew, k), place_before(static, plan, crew, k)
        walk, rests = travel[place, place_after(static, plan, crew, k)], plan.rest[crew] == k
        time = ready(static, crew, leave, walk, rests)
        if k == plan.size[crew]:
            if k == 0 or (walk < NO_WAY and time <= static.crews[crew, FINISH]):
                break
            remove_visit(plan, scratch, crew, k - 1)
            k -= 1
            continue
        stop = plan.route[crew, k]
        if stop == place:
            remove_visit(plan, scratch, crew, k)
            continue
        if time <= plan.start[crew, k]:
            k += 1
            continue
        time = open_from(static, stop, time)
        i = slot_of(plan, stop, plan.start[crew, k]) + 1
        need = static.stops[stop, DWELL] + static.stops[stop, GAP]
        if time >= NO_WAY or (i < plan.repeats[stop] and time + need > plan.times[stop, i]):
            remove_visit(plan, scratch, crew, k)
        else:
            set_start(plan, scratch, crew, k, time)
            k += 1
    refresh_latest(static, plan, scratch, crew)


@kernel
def settle_rest(static: Static, plan: Plan, crew: int) -> None:
    """Put the break into the first gap that can hold it, as the clock of a solution does."""
    if static.crews[crew, REST] == 0:
        return
    travel, size = static.travel[static.crews[crew, PACE]], plan.size[crew]
    for k in range(plan.rest[crew]):
        due = plan.start[crew, k] if k < size else static.crews[crew, FINISH]
        walk = travel[place_before(static, plan, crew, k), place_after(static, plan, crew, k)]
        if ready(static, crew, leave_before(static, plan, crew, k), walk, True) <= due:
            plan.rest[crew] = k
            return
