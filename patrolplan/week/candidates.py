"""All patrols that an officer could make in the week, as rows of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrolplan.week.grid import WeekGrid
from patrolplan.week.people import Area, Fixed, WeekOfficer, WorkRules

Ints = NDArray[np.int64]
PRESENCE = 10
"""Presence of a crew is counted in tenths: a patrol's first hours leave less behind than its later ones."""


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Patrols to choose from; all arrays [n].

    Attributes
    ----------
    officer, day, start, end, area
        Officer's row, day it begins (0 Monday), slots, area's row.
    foot_from, foot_to
        Minutes of the week between which the officer is on foot.
    fixed
        Whether it is set already.
    """

    officer: Ints
    day: Ints
    start: Ints
    end: Ints
    area: Ints
    foot_from: Ints
    foot_to: Ints
    fixed: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.officer)


def candidates_of(
    grid: WeekGrid,
    officers: Sequence[WeekOfficer],
    areas: Sequence[Area],
    rules: WorkRules,
    fixed: Sequence[Fixed] = (),
) -> Candidates:
    """Every patrol that lies in an officer's free time and in the hours of patrol, and every fixed one."""
    rows = [np.zeros((0, 5), dtype=np.int64)]
    starts, ends = _spans(grid, rules)
    for number, officer in enumerate(officers):
        held = np.concatenate([[0], np.cumsum(~officer.free)])
        may = (held[ends] == held[starts]) & (starts >= officer.rested_from)
        for place in range(len(areas)):
            of = np.full(int(may.sum()), number), np.full(int(may.sum()), place)
            rows.append(np.column_stack([of[0], starts[may] // grid.per_day, starts[may], ends[may], of[1]]))
    free = np.concatenate(rows)
    set_ = np.array(
        [(f.officer, f.start_slot // grid.per_day, f.start_slot, f.end_slot, f.area) for f in fixed],
        dtype=np.int64,
    ).reshape(-1, 5)
    table = np.concatenate([set_, free])
    is_fixed = np.arange(len(table)) < len(set_)
    foot = _on_foot(table, officers, areas)
    keep = is_fixed | ((foot[:, 0] >= 0) & (foot[:, 1] - foot[:, 0] >= rules.least_foot_min))
    columns = dict(zip(("officer", "day", "start", "end", "area"), table[keep].T, strict=True))
    return Candidates(**columns, foot_from=foot[keep, 0], foot_to=foot[keep, 1], fixed=is_fixed[keep])


def presence(grid: WeekGrid, made: Candidates, *, fade_min: float) -> tuple[Ints, Ints, Ints]:
    """How far each candidate keeps up effect in each slot, in tenths of a crew at work for hours.

    After ``u`` minutes of visits one after the other, effects that fade in a straight line over
    ``R`` minutes add up to ``2u/R - (u/R)^2`` of what they are from ``R`` on.

    Returns
    -------
    candidate, slot, tenths
        One entry a candidate and slot in which it is on foot.
    """
    step = grid.step_min
    first, last = made.foot_from // step, -(-made.foot_to // step)
    count = np.maximum(last - first, 0)
    row = np.repeat(np.arange(len(made)), count)
    slot = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    begin = np.maximum(slot * step, made.foot_from[row])
    stop = np.minimum((slot + 1) * step, made.foot_to[row])
    u = np.minimum(((begin + stop) / 2 - made.foot_from[row]) / fade_min, 1.0)
    tenths = np.rint(PRESENCE * (2 * u - u * u) * (stop - begin) / step).astype(np.int64)
    keep = (tenths > 0) & (slot < grid.slots)
    return row[keep], slot[keep], tenths[keep]


def _spans(grid: WeekGrid, rules: WorkRules) -> tuple[Ints, Ints]:
    """Start and end slots of all patrols that the hours of patrol allow, whoever walks."""
    lengths = np.arange(rules.shortest, rules.longest + 1)
    within = np.arange(rules.first, rules.last)
    day, start, length = (axis.ravel() for axis in np.meshgrid(np.arange(7), within, lengths, indexing="ij"))
    fits = start + length <= rules.last
    begin = (day * grid.per_day + start)[fits]
    return begin, begin + length[fits]


def _on_foot(table: Ints, officers: Sequence[WeekOfficer], areas: Sequence[Area]) -> Ints:
    if not len(table):
        return np.zeros((0, 2), dtype=np.int64)
    station = np.array([officer.station for officer in officers], dtype=np.int64)[table[:, 0]]
    arrive = np.stack([area.arrive_min for area in areas])
    leave = np.stack([area.leave_min for area in areas])
    return np.column_stack(
        [arrive[table[:, 4], station, table[:, 2]], leave[table[:, 4], station, table[:, 3]]]
    )
