from __future__ import annotations

import pytest
from plan_of_lattice import plan_of_lattice

from patrolplan.plan import PatrolPlan


@pytest.fixture(scope="session")
def plan() -> PatrolPlan:
    return plan_of_lattice()


@pytest.fixture(scope="session")
def hostile_plan() -> PatrolPlan:
    return plan_of_lattice(n_hot_spots=8, hostile=True)
