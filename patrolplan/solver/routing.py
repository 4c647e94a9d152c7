"""OR-Tools routing on the banded problem: the only import of its routing solver.

Settings are measured: cheapest arc first, guided local search (lambda 0.3) with close-nodes and
expensive-chain insertion as large neighbourhoods, prizes that sum to ten times the crews' seconds
against a price of one a second walked. The plan of highest prize is kept, which is not always the one
of least cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util import optional_boolean_pb2

from patrolplan.solver.banded import BandedProblem
from patrolplan.solver.problem import NO_CAP, PatrolProblem, at_pace
from patrolplan.solver.simulate import Errand, simulate
from patrolplan.solver.solution import Visit

PRIZE_SUM = 10.0
"""All prizes together, in crews' seconds on shift."""

GLS_LAMBDA = 0.3

MODEL_S = 0.1
"""Seconds left for closing and reading a model."""


@dataclass(frozen=True, kw_only=True)
class Routes:
    """What OR-Tools found.

    Attributes
    ----------
    timings
        The same routes timed twice, keeping all rules: each visit in its band, and each as early as
        it can be.
    prize
        Sum of the banded prizes that OR-Tools collected.
    solutions
        Number of solutions it looked at.
    """

    timings: tuple[tuple[Visit, ...], ...]
    prize: float
    solutions: int


def route(
    problem: PatrolProblem,
    bands: BandedProblem,
    *,
    seconds: float | None = None,
    solutions: int | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Routes:
    """Routes for the banded problem by OR-Tools, timed and made to keep every rule.

    Parameters
    ----------
    problem, bands
        The problem and its linearisation.
    seconds, solutions
        Ends after this time, or after OR-Tools has looked at so many solutions (repeatable).
    interrupted
        Asked often; stops with the best so far.

    Returns
    -------
    Routes
        Breaks are cut out of each crew's shift for OR-Tools and put back on the clock afterwards;
        a visit that then breaks a rule is left out.
    """
    if len(bands.stop) == 0:
        return Routes(timings=(), prize=0.0, solutions=0)
    model = _Model(problem, bands)
    model.search(seconds=seconds, solutions=solutions, interrupted=interrupted)
    early = [[Errand(stop=e.stop, not_before_s=0, order_s=e.order_s) for e in r] for r in model.best]
    timings = (simulate(problem, model.best), simulate(problem, early))
    return Routes(timings=timings, prize=model.best_prize, solutions=model.seen)


class _Model:
    """One routing model and the best solution seen."""

    def __init__(self, problem: PatrolProblem, bands: BandedProblem) -> None:
        self.problem, self.bands = problem, bands
        self.nodes, self.crews = len(bands.stop), problem.n_crews
        self.rest = problem.break_s[:, 2].astype(np.int64)
        self.best: list[list[Errand]] = [[] for _ in range(self.crews)]
        self.best_prize, self.seen = -1.0, 0
        stations = np.unique(np.concatenate([problem.crew_start_at, problem.crew_end_at]))
        self.places = np.concatenate([bands.stop, stations])
        at = {int(place): self.nodes + k for k, place in enumerate(stations)}
        starts = [at[int(place)] for place in problem.crew_start_at]
        ends = [at[int(place)] for place in problem.crew_end_at]
        self.manager = pywrapcp.RoutingIndexManager(len(self.places), self.crews, starts, ends)
        self.routing = pywrapcp.RoutingModel(self.manager)
        self._add_clock()
        self._add_visits()

    def _add_clock(self) -> None:
        problem, far = self.problem, int(self.problem.horizon_s) + 1
        paces, pace = np.unique(problem.crew_pace, return_inverse=True)
        dwell = np.zeros(len(self.places), dtype=np.int64)
        dwell[: self.nodes] = problem.dwell_s[self.bands.stop]
        clocks, walks = [], []
        for f in paces:
            walk = at_pace(problem.travel_s, float(f))[np.ix_(self.places, self.places)].astype(np.int64)
            walk = np.where(walk < 0, far, walk)
            same = self.places[:, None] == self.places[None, :]
            same[self.nodes :] = False
            # Not twice in a row at one stop: such a leg takes longer than the horizon.
            walk = np.where(same, far, walk)
            walks.append(self.routing.RegisterTransitMatrix(walk.tolist()))
            clocks.append(self.routing.RegisterTransitMatrix((walk + dwell[:, None]).tolist()))
        horizon = int(problem.horizon_s)
        self.routing.AddDimensionWithVehicleTransits(
            [clocks[k] for k in pace], horizon, horizon, False, "time"
        )
        self.time = self.routing.GetDimensionOrDie("time")
        for c in range(self.crews):
            self.routing.SetArcCostEvaluatorOfVehicle(walks[pace[c]], c)
            begin, end = int(problem.crew_start_s[c]), int(problem.crew_end_s[c] - self.rest[c])
            self.time.CumulVar(self.routing.Start(c)).SetRange(begin, max(begin, end))
            self.time.CumulVar(self.routing.End(c)).SetRange(begin, max(begin, end))
        if (problem.most_walk_s < NO_CAP).any():
            caps = [int(min(cap, horizon)) for cap in problem.most_walk_s]
            self.routing.AddDimensionWithVehicleTransitAndCapacity(
                [walks[k] for k in pace], 0, caps, True, "walk"
            )

    def _add_visits(self) -> None:
        bands, problem = self.bands, self.problem
        seconds = float((problem.crew_end_s - problem.crew_start_s).sum())
        scale = PRIZE_SUM * seconds / bands.prize.sum()
        # Visits after every crew's break are planned on a clock from which the break is cut out.
        cut = int(self.rest.max(initial=0))
        after = int(problem.break_s[:, 1].max(initial=0)) + cut
        for node in range(self.nodes):
            index = self.manager.NodeToIndex(node)
            self.routing.AddDisjunction([index], max(1, round(float(bands.prize[node]) * scale)))
            opens, closes = int(bands.opens_s[node]), int(bands.closes_s[node])
            if cut and opens >= after:
                opens, closes = opens - cut, closes - cut
            self.time.CumulVar(index).SetRange(opens, closes)
            crews = np.flatnonzero(problem.allowed[:, bands.stop[node]])
            if len(crews) == 0:
                self.routing.solver().Add(self.routing.ActiveVar(index) == 0)
            elif len(crews) < self.crews:
                # SetAllowedVehiclesForIndex takes no Python list in some wheels; -1 means unvisited.
                self.routing.VehicleVar(index).SetValues([-1, *crews.tolist()])

    def search(
        self, *, seconds: float | None, solutions: int | None, interrupted: Callable[[], bool]
    ) -> None:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
        metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        parameters.local_search_metaheuristic = metaheuristic
        parameters.guided_local_search_lambda_coefficient = GLS_LAMBDA
        for name in ("close_nodes", "expensive_chain"):
            for reach in ("global", "local"):
                operator = f"{reach}_cheapest_insertion_{name}_lns"
                true = optional_boolean_pb2.BOOL_TRUE
                setattr(parameters.local_search_operators, f"use_{operator}", true)
        if solutions is not None:
            parameters.solution_limit = solutions
        if seconds is not None:
            parameters.time_limit.FromMilliseconds(max(50, round(1000 * (seconds - MODEL_S))))
        self.routing.AddAtSolutionCallback(self._keep)
        self.routing.AddSearchMonitor(self.routing.solver().CustomLimit(interrupted))
        self.routing.SolveWithParameters(parameters)

    def _keep(self) -> None:
        self.seen += 1
        routes: list[list[Errand]] = []
        prize = 0.0
        for c in range(self.crews):
            errands = []
            index = self.routing.NextVar(self.routing.Start(c)).Value()
            while not self.routing.IsEnd(index):
                node = self.manager.IndexToNode(index)
                prize += float(self.bands.prize[node])
                # A band's node may be reached early only by waiting, so its own time stands.
                due = self.time.CumulVar(index).Min()
                errands.append(
                    Errand(stop=int(self.bands.stop[node]), not_before_s=int(due), order_s=int(due))
                )
                index = self.routing.NextVar(index).Value()
            routes.append(errands)
        if prize > self.best_prize:
            self.best, self.best_prize = routes, prize


def band_lengths(problem: PatrolProblem) -> NDArray[np.int64]:
    """Band lengths worth trying, in seconds: 60, 90 and 120 minutes, as far as shifts are longer."""
    longest = int((problem.crew_end_s - problem.crew_start_s).max())
    lengths = [s for s in (3600, 5400, 7200) if s < longest] or [longest]
    return np.array(lengths, dtype=np.int64)
