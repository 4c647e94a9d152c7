"""Which rules contradict each other when no plan keeps them all, by name, and a plan without some."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from patrolplan.errors import NoPlanError
from patrolplan.solver.anchors import anchored, kept_with_anchors, skeleton
from patrolplan.solver.problem import NEVER, NO_CAP, PatrolProblem
from patrolplan.solver.rules import span_words
from patrolplan.solver.solution import Solution


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule that may be dropped: its name, whether it demands visits, and the problem without it."""

    name: str
    demands: bool
    without: Callable[[PatrolProblem], PatrolProblem]


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Rules that can't be kept together.

    Attributes
    ----------
    rules
        Names; without any one of them the others can be kept.
    partial
        A plan that keeps all rules but the dropped ones.
    dropped
        Names of the demands that ``partial`` does not keep.
    without
        The problem without them.
    """

    rules: tuple[str, ...]
    partial: Solution
    dropped: tuple[str, ...]
    without: PatrolProblem


def conflict_of(problem: PatrolProblem) -> Conflict | None:
    """A smallest set of rules that contradict each other, by a deletion filter; None if all can be kept.

    One rule after another is left out for good while the rest still can't be kept (Chinneck and Dravnieks
    1991, doi:10.1287/ijoc.3.2.157). Whether rules can be kept is tried by placing the demanded visits one
    after another, so a very tight set may be told though a plan exists.
    """
    if _can(problem):
        return None
    first: tuple[Rule, ...] = ()
    dropped: list[Rule] = []
    left = _rules_of(problem)
    while not _can(_without(problem, dropped)):
        found = _filtered(_without(problem, dropped), left)
        first = first or found
        worst = next((rule for rule in reversed(found) if rule.demands), None)
        if worst is None:
            break
        dropped.append(worst)
        left = [rule for rule in left if rule is not worst]
    rest = _without(problem, dropped)
    plan = Solution.from_visits(rest, kept_with_anchors(anchored(rest), (), filled=True))
    names = (tuple(rule.name for rule in rules) for rules in (first, dropped))
    told, given_up = names
    without = _without(problem, dropped)
    return Conflict(rules=told, partial=plan, dropped=given_up, without=without)


def _filtered(problem: PatrolProblem, rules: list[Rule]) -> tuple[Rule, ...]:
    kept = list(rules)
    for rule in rules:
        others = [one for one in kept if one is not rule]
        gone = [one for one in rules if all(one is not other for other in others)]
        if not _can(_without(problem, gone)):
            kept = others
    return tuple(kept)


def _without(problem: PatrolProblem, rules: Iterable[Rule]) -> PatrolProblem:
    for rule in rules:
        problem = rule.without(problem)
    return problem


def _can(problem: PatrolProblem) -> bool:
    try:
        bound = anchored(problem)
    except NoPlanError:
        return False
    return Solution.from_visits(bound, skeleton(bound)).feasible


def _rules_of(problem: PatrolProblem) -> list[Rule]:
    """Limits first, so that they are told only where they matter; then demands."""
    return [*_limits(problem), *_demands(problem)]


def _limits(problem: PatrolProblem) -> list[Rule]:
    found = []
    for crew, name in enumerate(problem.crew_labels):
        if problem.break_s[crew, 2] > 0:
            found.append(_rule(f"the break of {name}", "break_s", crew, [NEVER, NEVER, 0]))
        if problem.most_walk_s[crew] < NO_CAP:
            found.append(_rule(f"the longest walk of {name}", "most_walk_s", crew, NO_CAP))
        if not problem.allowed[crew].all():
            found.append(_rule(f"where {name} may go", "allowed", crew, True))
    wanted = {*problem.musts_s[:, 0].tolist(), *problem.pinned[:, 2].tolist()}
    wanted |= set(np.flatnonzero(problem.most_gap_s < NO_CAP).tolist())
    for stop in sorted(wanted):
        label = problem.stop_labels[stop]
        if (problem.windows_s[stop] != NEVER).any():
            found.append(_rule(f"the hours of {label}", "windows_s", stop, NEVER))
        if problem.most_visits[stop] < NO_CAP:
            found.append(_rule(f"the most visits to {label}", "most_visits", stop, NO_CAP))
        if problem.min_gap_s[stop] > 0:
            found.append(_rule(f"the least gap at {label}", "min_gap_s", stop, 0))
    for group, name in enumerate(problem.group_labels):
        if problem.group_bounds[group, 1] < NO_CAP:
            found.append(_rule(f"the most visits to {name}", "group_bounds", (group, 1), NO_CAP))
    return found


def _demands(problem: PatrolProblem) -> list[Rule]:
    found = []
    for stop in np.flatnonzero(problem.most_gap_s < NO_CAP).tolist():
        name = f"the longest gap at {problem.stop_labels[stop]}"
        found.append(_rule(name, "most_gap_s", stop, NO_CAP, demands=True))
    for group, label in enumerate(problem.group_labels):
        for column, what in ((0, "least visits to"), (2, "least stay at")):
            if problem.group_bounds[group, column] > 0:
                found.append(_rule(f"the {what} {label}", "group_bounds", (group, column), 0, demands=True))
    for row in problem.musts_s.tolist():
        name = f"the visit to {problem.stop_labels[row[0]]} {span_words(problem, row[1], row[2])}"
        found.append(_row_rule(name, "musts_s", row))
    for row in problem.pinned.tolist():
        name = f"{problem.crew_labels[row[0]]} at {problem.stop_labels[row[2]]} at {problem.when(row[1])}"
        found.append(_row_rule(name, "pinned", row))
    return found


def _rule(name: str, field: str, at: object, value: object, *, demands: bool = False) -> Rule:
    """A rule that is dropped by setting one entry of a field."""

    def without(problem: PatrolProblem) -> PatrolProblem:
        changed = getattr(problem, field).copy()
        changed[at] = value
        return dataclasses.replace(problem, **{field: changed})

    return Rule(name=name, demands=demands, without=without)


def _row_rule(name: str, field: str, row: list[int]) -> Rule:
    """A demand that is dropped by taking its row out."""

    def without(problem: PatrolProblem) -> PatrolProblem:
        rows = getattr(problem, field)
        return dataclasses.replace(problem, **{field: rows[(rows != row).any(axis=1)]})

    return Rule(name=name, demands=True, without=without)
