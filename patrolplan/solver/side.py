"""What stands beside the score in the search: prices, caps of groups, and demands that a plan must meet.

Prices (on moments, on crews close to each other) and unmet demands are paid in the score's unit while
plans are compared; the reported score knows none of them. A demand unmet costs more than any visit is
worth, so that the search meets it first; a cap is never passed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.problem import NO_CAP, PatrolProblem
from patrolplan.solver.score import PRIZE, ScoreTables, visit_values

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

GOOD_VISITS = 1 / 3
"""A good visit's worth is the mean over this share of the stops, the best ones."""

UNMET = 30.0
"""Price of a visit that is demanded and missing, in good visits' worth."""

(
    PRICED, CROWDED, GROUPED, DEMANDED, BEGIN_S, END_S, PARTS, GROUPS, MUSTS, GAPS,
    CLOSE_START, CLOSE_STOP, GROUP_START, GROUP_STOP, OF_START, OF_GROUP, BOUNDS, MUST_ROWS, GAP_ROWS, WANTED,
    CARRIED_ROWS, CARRIED,
) = range(22)  # fmt: skip
"""Head of ``Static.side``: whether there are prices on moments, crowding, groups, demands at all; first
shift's start and last one's end; how many parts, groups, musts and gaps; then where each table begins:
stops close to a stop, members of a group and groups of a stop (each as starts and values), bounds of
groups (least, most, least seconds), musts (stop, earliest, latest), gaps (stop, most seconds), and
whether a stop is on a must or gap; and visits made already (crew, start, stop) with their number. One
array, for every further one slows each call of the search."""

HEAD = 22

PART_S, CROWD, UNMET_PRICE, PRICES = 0, 1, 2, 3
"""Head of ``Static.side_real``: seconds of a part, price of a crowded second, of a missing visit; prices."""

LEAST, MOST, LEAST_S = 0, 1, 2
"""Columns of the bounds of groups."""


def make_side(problem: PatrolProblem, tables: ScoreTables) -> tuple[Ints, Floats]:
    """Pack what stands beside the score into ``Static.side`` and ``Static.side_real``."""
    n, parts = problem.n_stops, problem.moment_price.shape[1]
    crowds = problem.crowd_price > 0 and problem.n_crews > 1
    close = _close(problem) if crowds else np.zeros((n, n), dtype=np.bool_)
    gap_stops = np.flatnonzero(problem.most_gap_s < NO_CAP)
    wanted = np.zeros(n, dtype=np.int64)
    wanted[gap_stops] = wanted[problem.musts_s[:, 0]] = 1
    groups, musts = len(problem.group_labels), len(problem.musts_s)
    tables_of: list[NDArray[Any]] = [
        *_rows(close), *_rows(problem.in_group), *_rows(problem.in_group.T), problem.group_bounds,
        problem.musts_s, np.stack([gap_stops, problem.most_gap_s[gap_stops]], axis=1), wanted,
        problem.carried[np.argsort(problem.carried[:, 1], kind="stable")],
    ]  # fmt: skip
    at = HEAD + np.cumsum([0, *(table.size for table in tables_of)])
    head = [
        parts > 0, close.any(), groups > 0, wanted.any(), problem.crew_start_s.min(),
        problem.crew_end_s.max(), parts, groups, musts, len(gap_stops), *at[:-1], len(problem.carried),
    ]  # fmt: skip
    worth = good_visit(tables) if beside(problem) else 0.0
    real = [
        problem.horizon_s / max(1, parts),
        problem.crowd_price * worth / max(1.0, float(problem.dwell_s.mean())),
        UNMET * worth if worth > 0 else 1.0,
    ]
    packed = np.concatenate([np.array(head, dtype=np.int64), *(table.ravel() for table in tables_of)])
    prices = problem.moment_price.ravel()
    return packed.astype(np.int64), np.concatenate([np.array(real), prices]).astype(np.float64)


def most_bonus(problem: PatrolProblem, tables: ScoreTables) -> Floats:
    """[stops] the most that unmet demands and prices below 0 can add to the worth of one visit."""
    _, real = make_side(problem, tables)
    demands = np.bincount(problem.musts_s[:, 0], minlength=problem.n_stops)
    demands = demands + (problem.most_gap_s < NO_CAP)
    floors = (problem.group_bounds[:, LEAST] > 0).astype(np.int64) + (problem.group_bounds[:, LEAST_S] > 0)
    bonus: Floats = real[UNMET_PRICE] * (demands + floors @ problem.in_group).astype(np.float64)
    bonus += np.maximum(0.0, -problem.moment_price.min(axis=1, initial=0.0))
    return bonus


def beside(problem: PatrolProblem) -> bool:
    """Whether anything stands beside the score."""
    return bool(
        problem.moment_price.shape[1]
        or problem.group_labels
        or len(problem.musts_s)
        or len(problem.carried)
        or (problem.crowd_price > 0 and problem.n_crews > 1)
        or (problem.most_gap_s < NO_CAP).any()
    )


def demanding(problem: PatrolProblem) -> bool:
    """Whether the problem demands any visit: pins, musts, floors or longest gaps."""
    floors = problem.group_bounds[:, [0, 2]].any()
    return bool(len(problem.pinned) or len(problem.musts_s) or floors or (problem.most_gap_s < NO_CAP).any())


def good_visit(tables: ScoreTables) -> float:
    """Mean worth of a visit that nobody follows, over the best stops at their best hours."""
    starts = np.arange(0.0, tables.horizon_s, 300.0)
    values = visit_values(tables, starts).max(axis=1, initial=0.0) + tables.stop_real[:, PRIZE]
    best = np.sort(values)[::-1]
    top = best[: max(1, round(len(best) * GOOD_VISITS))]
    return float(top.mean()) if len(top) else 0.0


def _close(problem: PatrolProblem) -> NDArray[np.bool_]:
    """[stops, stops] whether two different stops lie within the crowding distance on foot."""
    walk = problem.travel_s[: problem.n_stops, : problem.n_stops]
    near = (walk >= 0) & (walk <= problem.crowd_s)
    close: NDArray[np.bool_] = (near | near.T) & ~np.eye(problem.n_stops, dtype=np.bool_)
    return close


def _rows(mask: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Starts and columns of the true entries of each row."""
    starts = np.concatenate([[0], np.cumsum(mask.sum(axis=1))]).astype(np.int64)
    return starts, np.nonzero(mask)[1].astype(np.int64)
