"""Exact value of what legs pass, evaluated anew only where a candidate plan differs."""

from __future__ import annotations

from patrolplan.solver.clock import rest_begin
from patrolplan.solver.compiled import kernel, merged
from patrolplan.solver.engine import EARLIEST, LATEST, PACE, REST, Plan, Scratch, Static
from patrolplan.solver.moves import NEVER_AGAIN, leave_before, place_after, place_before
from patrolplan.solver.score import pass_value


@kernel
def depart_of(static: Static, plan: Plan, crew: int, k: int, walk: int) -> int:
    """When the crew sets off in gap k: at once, unless it rests first."""
    leave = leave_before(static, plan, crew, k)
    if plan.rest[crew] != k:
        return leave
    row = static.crews[crew]
    begin = rest_begin(leave, walk, row[EARLIEST], row[LATEST])
    return leave if begin >= leave + walk else begin + row[REST]


@kernel
def mark_route(static: Static, plan: Plan, scratch: Scratch, crew: int, marked: int) -> int:
    """Mark the segments that the crew's legs pass; the number of marked segments so far."""
    places = static.travel.shape[1]
    for k in range(plan.size[crew] + 1):
        a, b = place_before(static, plan, crew, k), place_after(static, plan, crew, k)
        if a == b:
            continue
        for e in range(static.pass_start[a * places + b], static.pass_start[a * places + b + 1]):
            marked = mark_segment(scratch, static.pass_segment[e], marked)
    return marked


@kernel
def mark_segment(scratch: Scratch, segment: int, marked: int) -> int:
    """Mark one segment once."""
    if scratch.segment_mark[segment] == 0:
        scratch.segment_mark[segment] = 1
        scratch.segment_list[marked] = segment
        marked += 1
    return marked


@kernel
def leg_estimate(static: Static, plan: Plan, crew: int) -> float:
    """Estimated value of the passes of one route."""
    total, tables = 0.0, static.tables
    for k in range(plan.size[crew] + 1):
        a, b = place_before(static, plan, crew, k), place_after(static, plan, crew, k)
        minute = min(leave_before(static, plan, crew, k), int(tables.horizon_s)) // 60
        total += static.leg_value[a, b] * static.bin_factor[tables.bin_of_minute[minute]]
    return total


@kernel
def passes_change(static: Static, held: Plan, plan: Plan, scratch: Scratch) -> tuple[float, int]:
    """Exact change of the passes' value from the held plan to this one, and how many segments it took.

    The new values stand in ``segment_new`` for the marked segments; marks are left for the caller.
    """
    marked, places = 0, static.travel.shape[1]
    for crew in range(len(plan.size)):
        if scratch.crew_mark[crew] != 0:
            marked = mark_route(static, held, scratch, crew, marked)
            marked = mark_route(static, plan, scratch, crew, marked)
    for stop in range(len(plan.repeats)):
        if scratch.stop_mark[stop] != 0:
            for e in range(static.stop_segment_start[stop], static.stop_segment_start[stop + 1]):
                marked = mark_segment(scratch, static.stop_segment[e], marked)
    events = 0
    for crew in range(len(plan.size)):
        pace = static.crews[crew, PACE]
        for k in range(plan.size[crew] + 1):
            a, b = place_before(static, plan, crew, k), place_after(static, plan, crew, k)
            if a == b:
                continue
            depart = depart_of(static, plan, crew, k, static.travel[pace, a, b])
            for e in range(static.pass_start[a * places + b], static.pass_start[a * places + b + 1]):
                segment = static.pass_segment[e]
                if scratch.segment_mark[segment] != 0:
                    time = depart + static.pass_offset[pace, e]
                    events = link_event(scratch, segment, time, events)
    change = 0.0
    for i in range(marked):
        segment = scratch.segment_list[i]
        stop, value, following = static.tables.stop_of_segment[segment], 0.0, NEVER_AGAIN
        row, count = max(stop, 0), plan.repeats[stop] if stop >= 0 else 0
        e = scratch.head[segment]
        while e >= 0:
            time = float(scratch.event[e])
            value += pass_value(static.tables, segment, time, following, plan.times[row], count)
            following = time
            e = scratch.link[e]
        scratch.segment_new[segment] = value
        scratch.head[segment] = -1
        change += value - scratch.segment_value[segment]
    return change, marked


@merged
def link_event(scratch: Scratch, segment: int, time: int, events: int) -> int:
    """File a pass under its segment, latest first."""
    scratch.event[events] = time
    before, e = -1, scratch.head[segment]
    while e >= 0 and scratch.event[e] > time:
        before, e = e, scratch.link[e]
    scratch.link[events] = e
    if before < 0:
        scratch.head[segment] = events
    else:
        scratch.link[before] = events
    return events + 1


@kernel
def keep_passes(scratch: Scratch, marked: int, keep: bool) -> None:
    """Take over the new values, or not; clear the marks either way."""
    for i in range(marked):
        segment = scratch.segment_list[i]
        if keep:
            scratch.segment_value[segment] = scratch.segment_new[segment]
        scratch.segment_mark[segment] = 0
