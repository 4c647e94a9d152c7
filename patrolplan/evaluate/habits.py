"""How shifts are walked without a planner: a loop over the top places, even coverage, a random walk.

Every way keeps the clock, the break and the way home; none looks at hours of the day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.clock import FAR, ready_after
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Visit

NEAREST_TRIED = 8
"""A random walk goes on to one of so many nearest stops."""

LONGEST_LOOP = 8
"""Most places in one loop; with 12 minutes at each no more fit into two hours anyway."""

Choose = Callable[[int, list[int]], int | None]
"""From the place where a crew stands and the stops it can still make, the next one."""


def loop_visits(problem: PatrolProblem, places_xy: NDArray[np.float64]) -> tuple[Visit, ...]:
    """The analyst's way: each crew walks round and round over its share of the top stops.

    As many stops as a round of the fading time (two hours by default) holds; the crews of a shift
    share them out by the lie of the land, each takes its stops in the shortest order.

    Parameters
    ----------
    problem
        Its stops are ordered, the one with most records first.
    places_xy
        [stops, 2] where they lie, metres.
    """
    visits: list[Visit] = []
    for crews in _together(problem):
        for crew, loop in zip(crews, _loops(problem, crews, places_xy), strict=True):
            visits += walked(problem, crew, _round_and_round(loop))
    return tuple(visits)


def even_visits(problem: PatrolProblem, seen: NDArray[np.int64]) -> tuple[Visit, ...]:
    """Even coverage: on to the nearest of the stops seen least so far.

    Parameters
    ----------
    problem
        Stops all over the streets in reach.
    seen
        [stops] visits so far; counted on in place, so that the next shift goes on where this ended.
    """
    visits: list[Visit] = []
    for crew in range(problem.n_crews):

        def least_seen(at: int, stops: list[int]) -> int:
            chosen = min(stops, key=lambda stop: (seen[stop], problem.travel_s[at, stop], stop))
            seen[chosen] += 1
            return chosen

        visits += walked(problem, crew, least_seen)
    return tuple(visits)


def random_visits(problem: PatrolProblem, rng: np.random.Generator) -> tuple[Visit, ...]:
    """A random walk: on to any of the nearest stops."""

    def any_near(at: int, stops: list[int]) -> int:
        nearest = sorted(stops, key=lambda stop: (problem.travel_s[at, stop], stop))[:NEAREST_TRIED]
        return nearest[int(rng.integers(len(nearest)))]

    return tuple(visit for crew in range(problem.n_crews) for visit in walked(problem, crew, any_near))


def walked(problem: PatrolProblem, crew: int, choose: Choose) -> Iterator[Visit]:
    """One crew's visits as it goes on from stop to stop until it has to turn back."""
    at, clock = int(problem.crew_start_at[crew]), int(problem.crew_start_s[crew])
    rested = int(problem.break_s[crew, 2]) == 0
    while True:
        ready = {}
        for stop in np.flatnonzero(problem.allowed[crew]).tolist():
            if stop != at:
                start, rests = _start(problem, crew, at, stop, clock, rested)
                if start < FAR and _home_in_time(problem, crew, stop, start, rests):
                    ready[stop] = (start, rests)
        chosen = choose(at, list(ready)) if ready else None
        if chosen is None:
            return
        start, rested = ready[chosen]
        yield Visit(crew=crew, stop=chosen, start_s=start)
        at, clock = chosen, start + int(problem.dwell_s[chosen])


def _start(
    problem: PatrolProblem, crew: int, at: int, stop: int, clock: int, rested: bool
) -> tuple[int, bool]:
    """When a visit can begin, and whether the break is taken by then."""
    walk = problem.walk_s(crew, at, stop)
    earliest, latest, length = (int(value) for value in problem.break_s[crew])
    if walk < 0:
        return FAR, rested
    if rested or clock + walk < earliest:
        return clock + walk, rested
    return int(ready_after(clock, walk, earliest, latest, length)), True


def _home_in_time(problem: PatrolProblem, crew: int, stop: int, start: int, rested: bool) -> bool:
    leave, back = (
        start + int(problem.dwell_s[stop]),
        problem.walk_s(crew, stop, int(problem.crew_end_at[crew])),
    )
    if back < 0:
        return False
    home = leave + back
    if not rested:
        earliest, latest, length = (int(value) for value in problem.break_s[crew])
        home = int(ready_after(leave, back, earliest, latest, length))
    return home <= int(problem.crew_end_s[crew])


def _together(problem: PatrolProblem) -> list[list[int]]:
    """Crews whose shifts begin at once."""
    groups: dict[int, list[int]] = {}
    for crew, start in enumerate(problem.crew_start_s.tolist()):
        groups.setdefault(start, []).append(crew)
    return list(groups.values())


def _loops(
    problem: PatrolProblem, crews: Sequence[int], places_xy: NDArray[np.float64]
) -> list[tuple[int, ...]]:
    """A loop for each crew, the longest that a round of the fading time holds."""
    for each in range(min(LONGEST_LOOP, max(1, problem.n_stops // len(crews))), 0, -1):
        top = np.arange(min(problem.n_stops, each * len(crews)))
        shares = np.array_split(top[_along(places_xy[top])], len(crews))
        loops = [_shortest_round(problem, share.tolist()) for share in shares]
        longest = max(_round_s(problem, loop) for loop in loops)
        if longest <= problem.fade_s or each == 1:
            return loops
    return [() for _ in crews]


def _along(places_xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order along the direction in which the places spread most."""
    middle = places_xy - places_xy.mean(axis=0)
    direction = np.linalg.svd(middle, full_matrices=False)[2][0]
    # The sign of a singular vector is arbitrary: fix it, so that the same places give the same order.
    direction = direction * (1 if direction[np.argmax(np.abs(direction))] >= 0 else -1)
    return np.argsort(middle @ direction, kind="stable")


def _shortest_round(problem: PatrolProblem, stops: list[int]) -> tuple[int, ...]:
    if len(stops) < 4:
        return tuple(stops)
    first, rest = stops[0], stops[1:]
    return min(
        ((first, *order) for order in permutations(rest) if order[0] < order[-1]),
        key=lambda loop: _round_s(problem, loop),
    )


def _round_s(problem: PatrolProblem, loop: Sequence[int]) -> int:
    """Seconds of one round; far beyond any shift where no walk joins two places."""
    if len(loop) < 2:
        return int(problem.dwell_s[list(loop)].sum())
    legs = problem.travel_s[list(loop), [*loop[1:], loop[0]]]
    return FAR if (legs < 0).any() else int(legs.sum() + problem.dwell_s[list(loop)].sum())


def _round_and_round(loop: Sequence[int]) -> Choose:
    turn = 0

    def following(_: int, stops: list[int]) -> int | None:
        nonlocal turn
        for k in range(len(loop)):
            stop = loop[(turn + k) % len(loop)]
            if stop in stops:
                turn += k + 1
                return stop
        return None

    return following
