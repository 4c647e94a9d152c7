"""Ruin: take strings of consecutive visits out of routes, near one another in time or in place.

After the string removal of J. Christiaens and G. Vanden Berghe, "Slack induction by string removals for
vehicle routing problems", Transportation Science 54 (2020), doi:10.1287/trsc.2019.0914.
"""

from __future__ import annotations

from patrolplan.solver.compiled import kernel, merged
from patrolplan.solver.engine import FINISH, PACE, REST, Plan, Scratch, Static
from patrolplan.solver.moves import (
    draw,
    leave_before,
    mend_route,
    place_after,
    place_before,
    ready,
    remove_visit,
)

LONGEST_STRING = 8
BY_TIME = 0.4
SINGLES = 0.1
SPLIT = 0.3


@kernel
def ruin(static: Static, plan: Plan, scratch: Scratch, longest: int, strings: int) -> None:
    """Remove up to ``strings`` strings of up to ``longest`` visits each, then mend the routes."""
    total = 0
    for c in range(len(plan.size)):
        total += plan.size[c]
    if total == 0:
        return
    crew, k = visit_number(plan, int(draw(scratch.rng) * total))
    wanted = 1 + int(draw(scratch.rng) * strings)
    if draw(scratch.rng) < SINGLES:
        for _ in range(min(total, 1 + int(draw(scratch.rng) * longest))):
            total = 0
            for c in range(len(plan.size)):
                total += plan.size[c]
            if total > 0:
                c, j = visit_number(plan, int(draw(scratch.rng) * total))
                take_out(static, plan, scratch, c, j, 1, 0)
    elif draw(scratch.rng) < BY_TIME:
        by_time(static, plan, scratch, crew, k, wanted, longest)
    else:
        by_place(static, plan, scratch, crew, k, wanted, longest)
    for c in range(len(plan.size)):
        if scratch.crew_mark[c] != 0:
            move_rest(static, plan, scratch, c)
            mend_route(static, plan, scratch, c)


@kernel
def visit_number(plan: Plan, number: int) -> tuple[int, int]:
    """Crew and place in its route of the visit with this running number."""
    for c in range(len(plan.size)):
        if number < plan.size[c]:
            return c, number
        number -= plan.size[c]
    return len(plan.size) - 1, plan.size[len(plan.size) - 1] - 1


@merged
def by_time(
    static: Static, plan: Plan, scratch: Scratch, crew: int, k: int, wanted: int, longest: int
) -> None:
    """Strings around the same moment in the seed's route and in others drawn at random."""
    time, crews = plan.start[crew, k], len(plan.size)
    take_string(static, plan, scratch, crew, k, longest)
    other = crew
    for _ in range(wanted - 1):
        other = (other + 1 + int(draw(scratch.rng) * (crews - 1))) % crews if crews > 1 else crew
        if plan.size[other] == 0 or scratch.crew_mark[other] != 0:
            continue
        j = 0
        while j + 1 < plan.size[other] and plan.start[other, j + 1] <= time:
            j += 1
        take_string(static, plan, scratch, other, j, longest)


@merged
def by_place(
    static: Static, plan: Plan, scratch: Scratch, crew: int, k: int, wanted: int, longest: int
) -> None:
    """Strings around visits to the stops nearest to the seed's, each route at most twice."""
    seed = plan.route[crew, k]
    taken = 0
    for r in range(static.ring.shape[1]):
        stop = static.ring[seed, r]
        i = 0
        while i < plan.repeats[stop] and taken < wanted:
            who, time = plan.who[stop, i], plan.times[stop, i]
            i += 1
            if who < 0:
                continue
            if scratch.crew_mark[who] != 0 and draw(scratch.rng) < 0.7:
                continue
            for j in range(plan.size[who]):
                if plan.start[who, j] == time:
                    take_string(static, plan, scratch, who, j, longest)
                    taken += 1
                    i = 0
                    break
        if taken >= wanted:
            return


@kernel
def take_string(static: Static, plan: Plan, scratch: Scratch, crew: int, k: int, longest: int) -> None:
    """Remove a string that holds visit k, sometimes with a stretch kept inside."""
    size = plan.size[crew]
    length = 1 + int(draw(scratch.rng) * min(longest, size))
    kept = 0
    if length > 1 and draw(scratch.rng) < SPLIT:
        kept = 1 + int(draw(scratch.rng) * 3.0)
        kept = min(kept, size - length)
    span = length + kept
    first = max(0, min(k - int(draw(scratch.rng) * span), size - span))
    if kept == 0:
        take_out(static, plan, scratch, crew, first, length, 0)
        return
    head = 1 + int(draw(scratch.rng) * (length - 1))
    take_out(static, plan, scratch, crew, first + head + kept, length - head, 0)
    take_out(static, plan, scratch, crew, first, head, 0)


@kernel
def take_out(
    static: Static, plan: Plan, scratch: Scratch, crew: int, first: int, count: int, skipped: int
) -> None:
    """Remove visits first..first+count-1, but for pinned ones."""
    for _ in range(count):
        pinned = False
        for p in range(len(static.fixed)):
            pin = static.fixed[p]
            if pin[0] == crew and pin[1] == plan.start[crew, first + skipped]:
                pinned = True
        if pinned:
            skipped += 1
        else:
            remove_visit(plan, scratch, crew, first + skipped)


@kernel
def move_rest(static: Static, plan: Plan, scratch: Scratch, crew: int) -> None:
    """Let the break lie in any gap that can hold it, drawn at random."""
    if static.crews[crew, REST] == 0:
        return
    travel, size, seen, found = static.travel[static.crews[crew, PACE]], plan.size[crew], 0, plan.rest[crew]
    for k in range(size + 1):
        due = plan.start[crew, k] if k < size else static.crews[crew, FINISH]
        walk = travel[place_before(static, plan, crew, k), place_after(static, plan, crew, k)]
        if ready(static, crew, leave_before(static, plan, crew, k), walk, True) <= due:
            seen += 1
            if draw(scratch.rng) * seen < 1.0:
                found = k
    plan.rest[crew] = found
