"""The roster of a week: which officer patrols when and where, by CP-SAT."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import NoPlanError
from patrolplan.week.candidates import PRESENCE, Candidates, candidates_of, presence
from patrolplan.week.grid import WeekGrid
from patrolplan.week.people import Area, Fixed, WeekOfficer, WorkRules
from patrolplan.week.rules import Rule, rules_of

WORTH_SCALE = 10**8
"""CP-SAT counts in whole numbers: shares of the week's need times this."""

SEARCH_EFFORT = 5.0
"""CP-SAT's own count of work (about seconds on a free core), so that a search ends alike anywhere."""

MOST_EFFORT = 60.0
"""For any roster at all, where less has come upon none."""

CONTRADICTION_EFFORT = 1.0
"""For each question whether some rules can hold together."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Block:
    """One patrol of the roster.

    Attributes
    ----------
    officer, area
        Rows of the officers and areas.
    start_min, end_min
        Minutes of the week (wall clock, Monday 00:00 is 0); rides included.
    foot_from, foot_to
        Minutes of the week between which the officer is on foot.
    fixed
        Whether it was set before the roster was made.
    """

    officer: int
    area: int
    start_min: int
    end_min: int
    foot_from: int
    foot_to: int
    fixed: bool = False


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Who patrols when.

    Attributes
    ----------
    grid
        The week.
    officers, areas, rules
        As given.
    blocks
        In order of time, then officer.
    worth
        Need kept under effect by the estimate of `gains`, in shares of the week's need.
    best_worth, bound
        The most found before variation and fairness, and what none can exceed.
    presence
        [areas, slots] crews at work, first hours counting less.
    """

    grid: WeekGrid
    officers: tuple[WeekOfficer, ...]
    areas: tuple[Area, ...]
    rules: WorkRules
    blocks: tuple[Block, ...]
    worth: float
    best_worth: float
    bound: float
    presence: Floats


def make_roster(
    grid: WeekGrid,
    officers: Sequence[WeekOfficer],
    areas: Sequence[Area],
    rules: WorkRules,
    *,
    fixed: Sequence[Fixed] = (),
    only_fixed: bool = False,
    fade_min: float = 120.0,
    loss: float = 0.01,
    seed: int = 0,
    effort: float = SEARCH_EFFORT,
) -> Roster:
    """The patrols of a week that keep the most need under effect and every rule.

    Two steps: first the most need, then, giving up no more than ``loss`` of it, the most fairness
    in nights and the least of the hours that were patrolled in the weeks before.

    Parameters
    ----------
    grid, officers, areas, rules
        The week, who may patrol when, where, and the rules of work.
    fixed
        Patrols that are set.
    only_fixed
        Take those and nothing else; the rules of work are not asked then.
    fade_min
        Minutes until the effect of a visit is gone.
    loss
        Share of the estimated need that variation and fairness may cost.
    seed
        Of CP-SAT's search.
    effort
        Work for each step, by CP-SAT's own count.

    Raises
    ------
    NoPlanError
        The rules contradict each other; those that do are named.

    Notes
    -----
    One worker, a fixed seed and a limit in counted work: the same input gives the same roster.
    """
    made = candidates_of(grid, officers, areas, rules, fixed)
    if only_fixed:
        made = _rows(made, np.flatnonzero(made.fixed))
        rows = np.arange(len(made))
        return _roster(grid, officers, areas, rules, made, rows, fade_min=fade_min)
    asked = rules_of(grid, officers, areas, rules, made)
    model = _Model(grid, areas, made, with_wishes(asked, len(made), seed=seed), fade_min)
    rows, bound = model.most_worth(seed=seed, effort=effort)
    first = _roster(grid, officers, areas, rules, made, rows, fade_min=fade_min)
    if loss > 0 and len(rows):
        cost = _burden(grid, officers, rules, made)
        rows = model.least_burden(rows, cost, loss=loss, seed=seed, effort=effort)
    best = _roster(grid, officers, areas, rules, made, rows, fade_min=fade_min)
    return replace(best, best_worth=max(first.worth, best.worth), bound=max(bound, first.worth))


def worth_of(areas: Sequence[Area], grid: WeekGrid, present: Floats) -> float:
    """Need kept under effect by the given presence, [areas, slots] in crews; shares of the week's."""
    hours, share = grid.hours, grid.step_min / 60
    total = 0.0
    for area, crews in zip(areas, present, strict=True):
        gain = area.gains[hours] * share
        levels = np.clip(crews[:, None] - np.arange(gain.shape[1]), 0.0, 1.0)
        total += float((gain * levels).sum())
    return total


class _Model:
    """The choice of candidates as a CP-SAT model."""

    def __init__(
        self,
        grid: WeekGrid,
        areas: Sequence[Area],
        made: Candidates,
        rules: list[Rule],
        fade_min: float,
    ) -> None:
        from ortools.sat.python import cp_model

        self.rules, self.count, self.best = rules, len(made), 0
        self.model = cp_model.CpModel()
        self.chosen = [self.model.new_bool_var("") for _ in range(len(made))]
        for rule in rules:
            terms = cp_model.LinearExpr.weighted_sum(
                [self.chosen[k] for k in rule.candidate], rule.amount.tolist()
            )
            self.model.add_linear_constraint(terms, rule.low, rule.high)
        self.worth = self._worth(grid, areas, made, fade_min)

    def _worth(self, grid: WeekGrid, areas: Sequence[Area], made: Candidates, fade_min: float) -> Any:
        """Presence in each area and slot, paid by steps that fall: the sum CP-SAT raises."""
        from ortools.sat.python import cp_model

        row, slot, tenths = presence(grid, made, fade_min=fade_min)
        key = made.area[row] * grid.slots + slot
        order = np.argsort(key, kind="stable")
        row, key, tenths = row[order], key[order], tenths[order]
        paid: list[Any] = []
        value: list[int] = []
        cuts = np.flatnonzero(np.diff(key)) + 1
        for rows, keys, amounts in zip(
            np.split(row, cuts), np.split(key, cuts), np.split(tenths, cuts), strict=True
        ):
            if not len(keys):
                continue
            area, at = divmod(int(keys[0]), grid.slots)
            gain = areas[area].gains[grid.hours[at]] * grid.step_min / 60 * WORTH_SCALE / PRESENCE
            steps = [self.model.new_int_var(0, PRESENCE, "") for _ in gain]
            here = cp_model.LinearExpr.weighted_sum([self.chosen[k] for k in rows], amounts.tolist())
            self.model.add(cp_model.LinearExpr.sum(steps) <= here)
            paid += steps
            value += np.rint(gain).astype(int).tolist()
        return cp_model.LinearExpr.weighted_sum(paid, value) if paid else 0

    def most_worth(self, *, seed: int, effort: float) -> tuple[NDArray[np.int64], float]:
        """The candidates of the best roster found, and the bound on any."""
        from ortools.sat.python import cp_model

        self.model.maximize(self.worth)
        status = cp_model.UNKNOWN
        while status == cp_model.UNKNOWN and effort <= MOST_EFFORT:
            solver = _solver(seed, effort)
            status, effort = solver.solve(self.model), 4 * effort
        if status == cp_model.INFEASIBLE:
            raise NoPlanError(_told(contradiction(self.rules, self.count)))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise NoPlanError("no roster was found in the work allowed; loosen the rules of [week]")
        self.best = round(solver.objective_value)
        return self._rows(solver), float(solver.best_objective_bound) / WORTH_SCALE

    def least_burden(
        self, rows: NDArray[np.int64], burden: NDArray[np.int64], *, loss: float, seed: int, effort: float
    ) -> NDArray[np.int64]:
        """Candidates of least burden whose worth falls short of the best by no more than ``loss``."""
        from ortools.sat.python import cp_model

        inside = np.isin(np.arange(self.count), rows).tolist()
        for variable, value in zip(self.chosen, inside, strict=True):
            self.model.add_hint(variable, value)
        self.model.add(self.worth >= math.ceil(self.best * (1 - loss)))
        self.model.minimize(cp_model.LinearExpr.weighted_sum(self.chosen, burden.tolist()))
        solver = _solver(seed, effort)
        status = solver.solve(self.model)
        return self._rows(solver) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else rows

    def _rows(self, solver: Any) -> NDArray[np.int64]:
        return np.array(
            [k for k, variable in enumerate(self.chosen) if solver.boolean_value(variable)], dtype=np.int64
        )


def with_wishes(rules: Sequence[Rule], count: int, *, seed: int = 0) -> list[Rule]:
    """The rules, and of the wishes as many as can be kept with them.

    Parameters
    ----------
    rules
        Of `rules_of`.
    count
        How many candidates there are.
    seed
        Of CP-SAT's search.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(count)]
    kept = {number: model.new_bool_var("") for number, rule in enumerate(rules) if rule.wish}
    if not kept:
        return list(rules)
    for number, rule in enumerate(rules):
        terms = cp_model.LinearExpr.weighted_sum([chosen[k] for k in rule.candidate], rule.amount.tolist())
        held = model.add_linear_constraint(terms, rule.low, rule.high)
        if rule.wish:
            held.only_enforce_if(kept[number])
    model.maximize(cp_model.LinearExpr.sum(list(kept.values())))
    solver = _solver(seed, MOST_EFFORT)
    found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return [
        rule
        for number, rule in enumerate(rules)
        if not rule.wish or (found and solver.boolean_value(kept[number]))
    ]


def contradiction(rules: Sequence[Rule], count: int) -> tuple[str, ...]:
    """Names of rules that contradict each other: without any of them the others can be kept.

    Parameters
    ----------
    rules
        Of `rules_of`.
    count
        How many candidates there are.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(count)]
    names = list(dict.fromkeys(rule.name for rule in rules))
    on = {name: model.new_bool_var(name) for name in names}
    for rule in rules:
        terms = cp_model.LinearExpr.weighted_sum([chosen[k] for k in rule.candidate], rule.amount.tolist())
        model.add_linear_constraint(terms, rule.low, rule.high).only_enforce_if(on[rule.name])

    def impossible(kept: list[str]) -> list[str]:
        """Names among ``kept`` that can't all hold, none where they can."""
        model.clear_assumptions()
        model.add_assumptions([on[name] for name in kept])
        solver = _solver(0, CONTRADICTION_EFFORT)
        if solver.solve(model) != cp_model.INFEASIBLE:
            return []
        found = set(solver.sufficient_assumptions_for_infeasibility())
        return [name for name in kept if on[name].index in found]

    core = impossible(names) or names
    for name in list(core):
        core = impossible([other for other in core if other != name]) or core
    return tuple(core)


def _told(names: Sequence[str]) -> str:
    listed = "".join(f"\n  - {name}" for name in names)
    return f"these rules of the week contradict each other; change one of them:{listed}"


def _solver(seed: int, effort: float) -> Any:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    solver.parameters.linearization_level = 2
    solver.parameters.relative_gap_limit = 1e-4
    return solver


def _burden(
    grid: WeekGrid, officers: Sequence[WeekOfficer], rules: WorkRules, made: Candidates
) -> NDArray[np.int64]:
    """What a candidate costs those who walk and those who should not learn their hours.

    Slots patrolled in the weeks before at the same hour count by how often; a night counts by how
    many more nights the officer had than the others.
    """
    # Whoever watches sees officers, not which one: hours count by how often anybody walked them.
    usual_hours = np.clip(sum((officer.habits for officer in officers), np.zeros(168)), 0.0, 1.0)
    habits = np.concatenate([[0.0], np.cumsum(usual_hours[grid.hours])])
    nights = np.array([officer.nights_before for officer in officers], dtype=np.float64)
    usual = habits[made.end] - habits[made.start]
    night = np.concatenate([[0], np.cumsum(rules.night)])
    dark = (night[np.minimum(made.end, grid.slots)] - night[made.start]) > 0
    more = nights - nights.min(initial=0.0)
    return np.asarray(np.rint(100 * usual + 200 * dark * more[made.officer]), dtype=np.int64)


def _rows(made: Candidates, rows: NDArray[np.int64]) -> Candidates:
    return Candidates(**{name: values[rows] for name, values in vars(made).items()})


def _roster(
    grid: WeekGrid,
    officers: Sequence[WeekOfficer],
    areas: Sequence[Area],
    rules: WorkRules,
    made: Candidates,
    rows: NDArray[np.int64],
    *,
    fade_min: float,
) -> Roster:
    own = _rows(made, rows)
    present = np.zeros((len(areas), grid.slots))
    row, slot, tenths = presence(grid, own, fade_min=fade_min)
    np.add.at(present, (own.area[row], slot), tenths / PRESENCE)
    blocks = [
        Block(
            officer=int(own.officer[k]),
            area=int(own.area[k]),
            start_min=int(own.start[k]) * grid.step_min,
            end_min=int(own.end[k]) * grid.step_min,
            foot_from=int(own.foot_from[k]),
            foot_to=int(own.foot_to[k]),
            fixed=bool(own.fixed[k]),
        )
        for k in np.lexsort((own.officer, own.start))
    ]
    worth = worth_of(areas, grid, present)
    return Roster(
        grid=grid,
        officers=tuple(officers),
        areas=tuple(areas),
        rules=rules,
        blocks=tuple(blocks),
        worth=worth,
        best_worth=worth,
        bound=worth,
        presence=present,
    )
