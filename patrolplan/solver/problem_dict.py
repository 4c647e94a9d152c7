"""A patrol problem as a plain mapping, ready for JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

import numpy as np

from patrolplan.errors import InputError
from patrolplan.solver.problem import PatrolProblem

FORMAT = "patrolplan problem 1"

DTYPES = {
    **dict.fromkeys(
        ("quality", "crew_pace", "segment_rate", "horizon_rate", "prize", "moment_price"), np.float64
    ),
    **dict.fromkeys(("allowed", "on_shift", "in_group"), np.bool_),
    "pass_start": np.int64,
}
"""Fields that do not hold int32."""


def problem_to_dict(problem: PatrolProblem) -> dict[str, Any]:
    """Every field as lists, strings and numbers; reading it back gives an equal problem.

    Examples
    --------
    >>> from patrolplan.solver.warm_up import toy_problem
    >>> problem_to_dict(toy_problem())["dwell_s"]
    [720, 720]
    """
    told: dict[str, Any] = {"format": FORMAT}
    for one in fields(problem):
        value = getattr(problem, one.name)
        told[one.name] = value.tolist() if isinstance(value, np.ndarray) else value
        if one.name.endswith("_labels"):
            told[one.name] = list(value)
    # Empty arrays lose their shape as lists.
    told["shapes"] = {
        one.name: list(getattr(problem, one.name).shape)
        for one in fields(problem)
        if isinstance(getattr(problem, one.name), np.ndarray)
    }
    return told


def problem_from_dict(told: Mapping[str, Any]) -> PatrolProblem:
    """The problem that ``problem_to_dict`` wrote.

    Raises
    ------
    InputError
        The mapping is not one, or its arrays do not hold together.
    """
    if told.get("format") != FORMAT:
        raise InputError(f"format {told.get('format')!r}: expected {FORMAT!r}")
    names = {one.name for one in fields(PatrolProblem)}
    optional = {one.name for one in fields(PatrolProblem) if one.default_factory is not MISSING}
    optional |= {one.name for one in fields(PatrolProblem) if one.default is not MISSING}
    missing = sorted(names - optional - set(told))
    if missing:
        raise InputError(f"a patrol problem without {', '.join(missing)}")
    values: dict[str, Any] = {}
    for name in sorted(names & set(told)):
        value = told[name]
        if name.endswith("_labels"):
            value = tuple(value)
        elif isinstance(value, (list, np.ndarray)):
            array: np.ndarray[Any, Any] = np.asarray(value, dtype=DTYPES.get(name, np.int32))
            value = array.reshape(told["shapes"][name])
        values[name] = value
    return PatrolProblem(**values)
