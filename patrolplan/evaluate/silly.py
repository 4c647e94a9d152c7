"""What an officer would shake the head at: shuttling, idling, coming back at once, crowds, walks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise

from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.worth import crowded_s

SOON_S = 1800
NEAR_S = 120
"""About 150 m on foot."""

TRIFLE_S = 1200
"""A visit for which a crew walks this much more than without it was hardly worth the way."""

MOST_WALK, MOST_IDLE, MOST_CROWDED = 0.4, 0.05, 0.05
"""Shares of duty above which walking, standing and crowding are told."""


@dataclass(frozen=True, kw_only=True)
class Silly:
    """Silly things in a plan, counted.

    Attributes
    ----------
    shuttles
        Times a crew goes from one stop to another, back, and there again.
    soon_again
        Visits that begin within 30 minutes of the end of the last one at the stop, by whichever crew.
    detours
        Visits for which a crew walks 20 minutes or more beyond what it would walk without them.
    idle_share, walk_share
        Shares of all crews' time on duty spent standing and walking from stop to stop.
    crowded_share
        Share of all crews' time on duty spent within about 150 m of another crew's stay.
    """

    shuttles: int
    soon_again: int
    detours: int
    idle_share: float
    walk_share: float
    crowded_share: float

    @property
    def notes(self) -> tuple[str, ...]:
        """What is bad enough to be told, in plain sentences; empty for a sensible plan."""
        walk, idle, close = (f"{s:.0%}" for s in (self.walk_share, self.idle_share, self.crowded_share))
        told = [
            (self.shuttles > 0, f"crews shuttle between two stops {self.shuttles} times"),
            (self.soon_again > 0, f"{self.soon_again} visits begin within 30 minutes of the last one there"),
            (self.detours > 0, f"{self.detours} visits cost 20 minutes of walk or more"),
            (self.idle_share > MOST_IDLE, f"crews stand idle {idle} of their time"),
            (self.walk_share > MOST_WALK, f"crews walk {walk} of their time from stop to stop"),
            (self.crowded_share > MOST_CROWDED, f"crews are close together {close} of their time"),
        ]  # fmt: skip
        return tuple(text for bad, text in told if bad)

    def figures(self) -> dict[str, float]:
        """The counts as plain values."""
        return asdict(self)


def silly_things(problem: PatrolProblem, solution: Solution) -> Silly:
    """Count what an officer would shake the head at.

    Examples
    --------
    >>> from patrolplan.solver.solution import Visit
    >>> from patrolplan.solver.warm_up import toy_problem
    >>> there = [Visit(crew=0, start_s=300, stop=0), Visit(crew=0, start_s=1320, stop=1)]
    >>> silly_things(toy_problem(), Solution.from_visits(toy_problem(), there)).notes
    ()
    """
    duty = float((problem.crew_end_s - problem.crew_start_s).sum())
    routes = [[visit.stop for visit in times.visits] for times in solution.crews]
    shuttles = sum(
        route[k] == route[k + 2] and route[k + 1] == route[k + 3]
        for route in routes
        for k in range(len(route) - 3)
    )
    by_stop: dict[int, list[int]] = {}
    for visit in sorted(solution.visits, key=lambda visit: visit.start_s):
        by_stop.setdefault(visit.stop, []).append(visit.start_s)
    soon = sum(
        two - one - int(problem.dwell_s[stop]) < SOON_S
        for stop, starts in by_stop.items()
        for one, two in pairwise(starts)
    )
    close = crowded_s(problem, solution.visits, within_s=NEAR_S)
    # Crews that were asked to stand together are not in each other's way.
    asked = crowded_s(problem, _pinned(problem), within_s=NEAR_S)
    return Silly(
        shuttles=shuttles,
        soon_again=soon,
        detours=sum(_detours(problem, crew, route) for crew, route in enumerate(routes)),
        idle_share=round(sum(times.wait_s for times in solution.crews) / duty, 4),
        walk_share=round(sum(times.walk_s for times in solution.crews) / duty, 4),
        crowded_share=round(2 * max(0, close - asked) / duty, 4),
    )


def _pinned(problem: PatrolProblem) -> tuple[Visit, ...]:
    """Visits that the plan must hold just so."""
    rows = problem.pinned.tolist()
    return tuple(Visit(crew=crew, start_s=start, stop=stop) for crew, start, stop in sorted(rows))


def _detours(problem: PatrolProblem, crew: int, route: list[int]) -> int:
    """Visits of the route whose walk there and on exceeds the walk without them by too much."""
    places = [int(problem.crew_start_at[crew]), *route, int(problem.crew_end_at[crew])]
    count = 0
    for a, stop, b in zip(places, places[1:], places[2:]):
        direct = max(0, problem.walk_s(crew, a, b)) if a != b else 0
        count += problem.walk_s(crew, a, stop) + problem.walk_s(crew, stop, b) - direct >= TRIFLE_S
    return count
