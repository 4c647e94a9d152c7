"""Other solvers on the problem in bands, each set as a good user of it would set it.

All get the same optional visits with the same prizes, one thread, and the whole of their seconds for
searching: building their models is not counted. What they return is timed twice, as early as can be and
each visit at the time they gave it, made to keep every rule, and counts with the better of the two.

Both ways of weighing prizes against walking were tried on a sample, and the better one stands:

- OR-Tools, plain: cheapest arc first, guided local search, each prize above all distances together.
- PyVRP: a price of one for a second walked. Prizes that all together are worth ten times the crews'
  seconds; for fixed prizes the least prize above the crews' seconds together (lexicographic).
- VROOM: priorities 1 to 100 in proportion to the prizes, exploration level 5, within the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.anchors import kept_with_anchors
from patrolplan.solver.banded import BandedProblem, banded
from patrolplan.solver.problem import PatrolProblem, at_pace
from patrolplan.solver.refine import additive
from patrolplan.solver.routing import band_lengths, route
from patrolplan.solver.simulate import Errand, simulate
from patrolplan.solver.solution import Solution, Visit

Routes = list[list[tuple[int, int]]]
"""For each crew the nodes in order, each with the time its visit begins."""

PRIZE_SUM = 10.0
"""All prizes together, in crews' seconds, for PyVRP on patrol problems."""


class Model(NamedTuple):
    """The banded problem as every solver wants it: breaks are cut out of the shifts.

    Nodes come first among the places, then the stations; ``profile`` is a crew's row of ``walk``.
    """

    places: NDArray[np.int64]
    walk: list[NDArray[np.int64]]
    profile: NDArray[np.int64]
    dwell: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    prize: NDArray[np.float64]
    start: list[int]
    end: list[int]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


def as_model(problem: PatrolProblem, bands: BandedProblem) -> Model:
    """The numbers of the banded problem; a second visit in a row at a stop is made too far to walk."""
    stations = np.unique(np.concatenate([problem.crew_start_at, problem.crew_end_at]))
    places = np.concatenate([bands.stop, stations]).astype(np.int64)
    at = {int(place): len(bands.stop) + k for k, place in enumerate(stations)}
    far = int(problem.horizon_s) + 1
    paces, profile = np.unique(problem.crew_pace, return_inverse=True)
    same = places[:, None] == places[None, :]
    same[len(bands.stop) :] = False
    walks = []
    for f in paces:
        walk = at_pace(problem.travel_s, float(f))[np.ix_(places, places)].astype(np.int64)
        walk = np.where((walk < 0) | same, far, walk)
        np.fill_diagonal(walk, 0)
        walks.append(walk)
    rest = problem.break_s[:, 2].astype(np.int64)
    cut = int(rest.max(initial=0))
    late = bands.opens_s >= int(problem.break_s[:, 1].max(initial=0)) + cut
    shift = np.where(late, cut, 0)
    begins = problem.crew_start_s.astype(np.int64)
    return Model(
        places=places,
        walk=walks,
        profile=profile,
        dwell=problem.dwell_s[bands.stop].astype(np.int64),
        opens=bands.opens_s - shift,
        closes=bands.closes_s - shift,
        prize=bands.prize,
        start=[at[int(place)] for place in problem.crew_start_at],
        end=[at[int(place)] for place in problem.crew_end_at],
        begins=begins,
        ends=np.maximum(begins, problem.crew_end_s - rest),
    )


def pyvrp_routes(problem: PatrolProblem, bands: BandedProblem, seconds: float, seed: int) -> Routes:
    """Routes by PyVRP's iterated local search."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    m = as_model(problem, bands)
    prize = _pyvrp_prizes(problem, m)
    locations = [pyvrp.Location(0, 0) for _ in m.places]
    clients = [
        pyvrp.Client(
            location=node, service_duration=int(m.dwell[node]), tw_early=int(m.opens[node]),
            tw_late=int(m.closes[node]), prize=int(prize[node]), required=False,
        )
        for node in range(len(m.dwell))
    ]  # fmt: skip
    stations = range(len(m.dwell), len(m.places))
    depots = [pyvrp.Depot(location=place) for place in stations]
    # A crew that may not go somewhere walks by a map of its own, on which that place is out of reach.
    masks, mask = np.unique(problem.allowed[:, bands.stop], axis=0, return_inverse=True)
    kinds = sorted({(int(p), int(k)) for p, k in zip(m.profile, mask)})
    matrices = []
    for profile, k in kinds:
        walk = m.walk[profile].copy()
        walk[:, np.flatnonzero(~masks[k])] = problem.horizon_s + 1
        np.fill_diagonal(walk, 0)
        matrices.append(walk)
    vehicles = [
        pyvrp.VehicleType(
            start_depot=m.start[c] - len(m.dwell), end_depot=m.end[c] - len(m.dwell),
            tw_early=int(m.begins[c]), tw_late=int(m.ends[c]),
            max_distance=int(min(problem.most_walk_s[c], 10 * problem.horizon_s)),
            profile=kinds.index((int(m.profile[c]), int(mask[c]))),
        )
        for c in range(problem.n_crews)
    ]  # fmt: skip
    data = pyvrp.ProblemData(locations, clients, depots, vehicles, matrices, matrices)
    found = pyvrp.solve(data, stop=MaxRuntime(seconds), seed=seed, collect_stats=False)
    routes: Routes = [[] for _ in range(problem.n_crews)]
    for one in found.best.routes():
        routes[one.vehicle_type()] = [(a.idx, int(a.start_time)) for a in one if a.is_client()]
    return routes


def _pyvrp_prizes(problem: PatrolProblem, m: Model) -> NDArray[np.int64]:
    seconds = float((m.ends - m.begins).sum())
    scale = PRIZE_SUM * seconds / m.prize.sum()
    if additive(problem):
        scale = max(scale, seconds / m.prize.min())
    return np.maximum(1, np.round(m.prize * scale)).astype(np.int64)


def vroom_routes(problem: PatrolProblem, bands: BandedProblem, seconds: float, _seed: int) -> Routes:
    """Routes by VROOM, through pyvroom."""
    import vroom

    m = as_model(problem, bands)
    priority = np.maximum(1, np.round(100 * m.prize / m.prize.max())).astype(int)
    work = vroom.Input()
    for k, walk in enumerate(m.walk):
        work.set_durations_matrix(profile=f"pace {k}", matrix_input=walk.astype(np.uint32))
    limited = ~problem.allowed.all(axis=0)
    for node in range(len(m.dwell)):
        stop = int(bands.stop[node])
        work.add_job(
            vroom.Job(
                id=node, location=node, default_service=int(m.dwell[node]), priority=int(priority[node]),
                time_windows=[vroom.TimeWindow(int(m.opens[node]), int(m.closes[node]))],
                skills={stop} if limited[stop] else set(),
            )
        )  # fmt: skip
    for c in range(problem.n_crews):
        most = int(problem.most_walk_s[c])
        work.add_vehicle(
            vroom.Vehicle(
                id=c, start=m.start[c], end=m.end[c], profile=f"pace {int(m.profile[c])}",
                time_window=vroom.TimeWindow(int(m.begins[c]), int(m.ends[c])),
                skills=set(np.flatnonzero(problem.allowed[c] & limited).tolist()),
                max_travel_time=most if most < problem.horizon_s else None,
            )
        )  # fmt: skip
    found = work.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    routes: Routes = [[] for _ in range(problem.n_crews)]
    for step in found.routes.itertuples():
        if step.type == "job":
            routes[int(step.vehicle_id)].append((int(step.id), int(step.arrival + step.waiting_time)))
    return routes


def plain_ortools_routes(problem: PatrolProblem, bands: BandedProblem, seconds: float, _seed: int) -> Routes:
    """Routes by OR-Tools as usually written, for one pace and crews that may go everywhere."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    m = as_model(problem, bands)
    manager = pywrapcp.RoutingIndexManager(len(m.places), problem.n_crews, m.start, m.end)
    model = pywrapcp.RoutingModel(manager)
    walk, dwell = m.walk[0], np.concatenate([m.dwell, np.zeros(len(m.places) - len(m.dwell), np.int64)])
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(walk.tolist()))
    horizon = int(problem.horizon_s)
    clock = model.RegisterTransitMatrix((walk + dwell[:, None]).tolist())
    model.AddDimension(clock, horizon, horizon, False, "time")
    time = model.GetDimensionOrDie("time")
    for c in range(problem.n_crews):
        for index in (model.Start(c), model.End(c)):
            time.CumulVar(index).SetRange(int(m.begins[c]), int(m.ends[c]))
    above = float((m.ends - m.begins).sum()) / float(m.prize.min())
    above = min(above, 2.0**60 / float(m.prize.sum()))
    for node in range(len(m.dwell)):
        index = manager.NodeToIndex(node)
        model.AddDisjunction([index], max(1, round(float(m.prize[node]) * above)))
        time.CumulVar(index).SetRange(int(m.opens[node]), int(m.closes[node]))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    guided = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.local_search_metaheuristic = guided
    parameters.time_limit.FromMilliseconds(round(1000 * seconds))
    found = model.SolveWithParameters(parameters)
    routes: Routes = [[] for _ in range(problem.n_crews)]
    for c in range(problem.n_crews if found else 0):
        index = found.Value(model.NextVar(model.Start(c)))
        while not model.IsEnd(index):
            routes[c].append((manager.IndexToNode(index), found.Min(time.CumulVar(index))))
            index = found.Value(model.NextVar(index))
    return routes


PEERS: dict[str, Callable[[PatrolProblem, BandedProblem, float, int], Routes]] = {
    "pyvrp": pyvrp_routes,
    "vroom": vroom_routes,
    "ortools_plain": plain_ortools_routes,
}


def by_peer(peer: str) -> Callable[[PatrolProblem, float, int], tuple[Visit, ...]]:
    """A method of the benchmarks: the peer's best plan over all band lengths, which share the seconds."""

    def method(problem: PatrolProblem, seconds: float, seed: int) -> tuple[Visit, ...]:
        lengths = bands_of(problem)
        plans: list[tuple[Visit, ...]] = []
        for band_s in lengths:
            bands = banded(problem, band_s=band_s)
            if peer == "ortools":
                plans += route(problem, bands, seconds=seconds / len(lengths)).timings
            else:
                plans += timed(problem, bands, PEERS[peer](problem, bands, seconds / len(lengths), seed))
        return best_of(problem, plans)

    return method


def bands_of(problem: PatrolProblem) -> list[int]:
    """Band lengths that a peer tries: one band for fixed prizes, else 60, 90 and 120 minutes."""
    return [problem.horizon_s] if additive(problem) else [int(s) for s in band_lengths(problem)]


def timed(problem: PatrolProblem, bands: BandedProblem, routes: Routes) -> list[tuple[Visit, ...]]:
    """The routes as visits: each at the time given, and each as early as can be."""
    given: Any = [
        [Errand(stop=int(bands.stop[node]), not_before_s=due, order_s=due) for node, due in r] for r in routes
    ]
    early = [[Errand(stop=e.stop, not_before_s=0, order_s=e.order_s) for e in r] for r in given]
    return [simulate(problem, given), simulate(problem, early)]


def best_of(problem: PatrolProblem, plans: list[tuple[Visit, ...]]) -> tuple[Visit, ...]:
    """The plan of highest true score among those that keep every rule; empty if none does."""
    best, score = (), -1.0
    for visits in plans:
        kept = kept_with_anchors(problem, visits) if len(problem.pinned) else visits
        found = Solution.from_visits(problem, kept)
        if found.feasible and found.score > score:
            best, score = found.visits, found.score
    return best
