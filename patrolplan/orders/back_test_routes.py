"""Back-test of routes: plans made on what was known, walked in the weeks after, judged by what happened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.build import horizon_of
from patrolplan.config.settings import Settings
from patrolplan.crews import crews_of
from patrolplan.duty import Crew
from patrolplan.errors import InputError
from patrolplan.evaluate.habits import even_visits, loop_visits, random_visits
from patrolplan.evaluate.presence import Presence, presence_of
from patrolplan.evaluate.routes import Walked, instants_of, joined, judged
from patrolplan.evaluate.routes_figures import OURS, WAYS, RouteTrial, route_trial
from patrolplan.evaluate.trial import Trial, day_number, day_of, places_of, summed
from patrolplan.graph.walk import Walks
from patrolplan.orders.back_test import trial_of_loaded
from patrolplan.orders.load import Loaded, load
from patrolplan.orders.pipeline import problem_of, spots_in_reach, walks_of, weigh_loaded
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.parts import SOURCE_TYPES
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.solve import Result, solve
from patrolplan.solver.stop import Stop
from patrolplan.units import HOURS_PER_WEEK

DAYS_OF_WEEK = range(7)
BESIDE_S = 4.0
"""Seconds that a plan takes beside its search (hot spots, walks, baselines) with some 2,000 streets."""
RANDOM_WALKS = 5
"""Random walks a shift, averaged."""


def back_test_routes(
    settings: Settings,
    *,
    first: date,
    last: date | None = None,
    horizon_days: int = 28,
    days: Collection[int] = DAYS_OF_WEEK,
    stop: Stop | None = None,
    seed: int = 0,
    on_progress: Callable[[str], None] | None = None,
) -> RouteTrial:
    """Plans of the plan file's crews judged by later records, beside five plain ways of walking.

    Every ``horizon_days`` need is fitted to the records before that day, each weekday's shifts are
    planned, and the plans are walked until the next such day.

    Parameters
    ----------
    settings
        Whose crews and shifts. A crew with a date of its own walks on that weekday, the others on
        ``days``.
    first, last
        First day judged, and last; None: the day of the last record.
    horizon_days
        Days that each plan is walked.
    days
        Weekdays (0 is Monday) of the crews without a date of their own.
    stop
        Effort of each search; default: 5 seconds.
    seed
        Of searches, random walks and the bootstrap.
    on_progress
        Called with a few words when a step begins.

    Raises
    ------
    InputError
        No offence table, nothing to fit or judge on, no crew that walks.
    """
    tell = on_progress or (lambda _: None)
    if settings.offences is None:
        raise InputError("the plan file names no offence table ([offences] file = ...): nothing to judge by")
    loaded = load(settings, on_progress=on_progress)
    tell("placing records")
    trial = trial_of_loaded(loaded)
    end, notes = _end(trial, first, last)
    origins = list(range(day_number(first), end, horizon_days))
    desk = _Desk(loaded=loaded, trial=trial, days=frozenset(days), stop=stop or Stop(seconds=5.0), seed=seed)
    walked = np.array([day for day in range(origins[0], end) if desk.crews(day)], dtype=np.int64)
    if not len(walked):
        raise InputError(
            f"no crew walks from {first} to {day_of(end - 1)}: give other --days, or a longer span"
        )
    tell(_effort_words(desk, origins, end))
    tell("planning the period before the first")
    before = desk.plans(origins[0] - horizon_days, horizon_days)
    parts, instants = [], []
    for k, origin in enumerate(origins, start=1):
        tell(f"planning period {k} of {len(origins)}")
        until = min(origin + horizon_days, end)
        now = desk.plans(origin, until - origin)
        instants.append(instants_of(trial, trial.between(origin, until)))
        ways = desk.walked(origin, until, now, before)
        parts.append({name: judged(instants[-1], days) for name, days in ways.items()})
        before = now
    if not sum(len(one.harm) for one in instants):
        raise InputError(f"no usable record from {first} on: nothing to judge by; check --from and --to")
    return route_trial(
        joined(parts),
        harm=np.concatenate([one.harm for one in instants]),
        record_day=np.concatenate([one.day for one in instants]),
        walked_day=walked,
        first=origins[0],
        days=end - origins[0],
        seed=seed,
        origins=tuple(day_of(day) for day in origins),
        horizon_days=horizon_days,
        notes=notes,
    )


def _end(trial: Trial, first: date, last: date | None) -> tuple[int, tuple[str, ...]]:
    """The day after the last one judged, and what should be known of it.

    Days after the last record are not judged: patrols would be walked there that nothing could speak for.
    """
    earliest, latest = int(trial.first.min()), int(trial.last.max())
    if last is not None and last < first:
        raise InputError(f"--to {last} comes before --from {first}")
    if day_number(first) > latest:
        raise InputError(
            f"--from {first} comes after the last usable record, of {day_of(latest)}: nothing to judge by"
        )
    if not len(trial.before(day_number(first))):
        raise InputError(
            f"no usable record before {first}: nothing to fit on; the records begin on "
            f"{day_of(earliest)}, so give a later --from"
        )
    if last is None or day_number(last) <= latest:
        return (latest if last is None else day_number(last)) + 1, ()
    told = f"the last usable record is of {day_of(latest)}: days after it, up to {last}, are not judged"
    return latest + 1, (told,)


def _effort_words(desk: _Desk, origins: Sequence[int], end: int) -> str:
    """How many searches there will be, so that nobody waits without knowing for what."""
    spans = [(origins[0] - 7, origins[0]), *zip(origins, [*origins[1:], end], strict=True)]
    count = sum(bool(desk.crews(day)) for start, stop in spans for day in range(start, min(start + 7, stop)))
    if desk.stop.seconds is None:
        return f"{count} plans to search"
    minutes = ceil(count * (desk.stop.seconds + BESIDE_S) / 60)
    return f"{count} plans to search, {desk.stop.seconds:g} s each: about {minutes} min with all else"


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """Stops, walks and problem of some crews under some need."""

    hot_spots: tuple[HotSpot, ...]
    walks: Walks
    problem: PatrolProblem


@dataclass(frozen=True, kw_only=True)
class _Plans:
    """Plans of one period by weekday, and the ground of the analyst's loop."""

    ours: dict[int, Presence]
    greedy: dict[int, Presence]
    top_loop: dict[int, Presence]


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """What plans are made from: everything read, who walks when, and how long to search."""

    loaded: Loaded
    trial: Trial
    days: frozenset[int]
    stop: Stop
    seed: int
    grounds: dict[int, _Ground] = field(default_factory=dict)
    seen: dict[int, NDArray[np.int64]] = field(default_factory=dict)

    def crews(self, day: int) -> tuple[Crew, ...]:
        """The crews that walk on a day."""
        settings, on = self.loaded.settings, day_of(day)
        walking = [
            crew.model_copy(update={"date": on})
            for crew in settings.crews
            if (crew.date.weekday() == on.weekday() if crew.date else on.weekday() in self.days)
        ]
        return crews_of(settings.model_copy(update={"crews": tuple(walking)})) if walking else ()

    def plans(self, origin: int, span: int) -> _Plans:
        """The plans made on a day for the days after: one a weekday."""
        known = self.trial.before(origin)
        found = _Plans(ours={}, greedy={}, top_loop={})
        need = self._need(origin, len(known))
        counts = _by_segment(self.loaded, self._counts(known))
        for day in range(origin, origin + min(7, span)):
            crews, weekday = self.crews(day), day_of(day).weekday()
            if not crews:
                continue
            ground = self._ground(need, crews)
            result = self._solve(ground.problem)
            found.ours[weekday] = self._presence(ground, crews, result.best.visits)
            found.greedy[weekday] = self._presence(ground, crews, result.greedy.visits)
            top = self._ground(counts, crews)
            found.top_loop[weekday] = self._presence(top, crews, loop_visits(top.problem, self._places(top)))
        return found

    def walked(self, origin: int, until: int, now: _Plans, before: _Plans) -> dict[str, list[Walked]]:
        """Each way of walking, day by day."""
        out: dict[str, list[Walked]] = {name: [] for name in WAYS}
        for day in range(origin, until):
            crews, weekday = self.crews(day), day_of(day).weekday()
            if not crews:
                continue
            zone = self.loaded.settings.community.timezone
            epoch = horizon_of(crews, timezone_name=zone).epoch.timestamp()
            ways = {
                OURS: (now.ours[weekday],),
                "top_loop": (now.top_loop[weekday],),
                "even": (self._even(crews, weekday),),
                "repeat": (before.ours[weekday],),
                "greedy": (now.greedy[weekday],),
                "random_walk": self._random(crews, weekday, day),
            }
            for name, draws in ways.items():
                out[name].append(Walked(epoch_s=epoch, draws=draws))
        return out

    def _solve(self, problem: PatrolProblem) -> Result:
        refine = self.loaded.settings.plan.refine
        return solve(problem, stop=self.stop, seed=self.seed, refine=refine)

    def _need(self, origin: int, known: int) -> SegmentWeights:
        """Need as it would have been weighed on a day."""
        if known:
            return weigh_loaded(self.loaded, until=day_of(origin - 1), week=day_of(origin))
        return weigh_loaded(replace(self.loaded, offences=None), week=day_of(origin))

    def _counts(self, known: NDArray[np.int64]) -> NDArray[np.float64]:
        places = places_of(self.trial, known)
        return summed(places.segment, places.weight, len(self.loaded.network.segments))

    def _ground(self, need: SegmentWeights, crews: Sequence[Crew]) -> _Ground:
        hot_spots, _ = spots_in_reach(self.loaded, need, crews)
        walks = walks_of(self.loaded, need, hot_spots, crews)
        return _Ground(
            hot_spots=hot_spots,
            walks=walks,
            problem=problem_of(self.loaded, need, hot_spots, crews, walks),
        )

    def _anywhere(self, crews: Sequence[Crew], weekday: int) -> _Ground:
        """Stops all over the streets in reach; the same on each such weekday."""
        if weekday not in self.grounds:
            length = self.loaded.network.segments["length_m"].to_numpy(dtype=np.float64)
            self.grounds[weekday] = self._ground(_by_segment(self.loaded, length), crews)
        return self.grounds[weekday]

    def _even(self, crews: Sequence[Crew], weekday: int) -> Presence:
        ground = self._anywhere(crews, weekday)
        seen = self.seen.setdefault(weekday, np.zeros(ground.problem.n_stops, dtype=np.int64))
        return self._presence(ground, crews, even_visits(ground.problem, seen))

    def _random(self, crews: Sequence[Crew], weekday: int, day: int) -> tuple[Presence, ...]:
        ground = self._anywhere(crews, weekday)
        rng = np.random.default_rng([self.seed, day])
        return tuple(
            self._presence(ground, crews, random_visits(ground.problem, rng)) for _ in range(RANDOM_WALKS)
        )

    def _presence(self, ground: _Ground, crews: Sequence[Crew], visits: Sequence[Visit]) -> Presence:
        return presence_of(
            Solution.from_visits(ground.problem, visits),
            problem=ground.problem,
            network=self.loaded.network,
            hot_spots=ground.hot_spots,
            walks=ground.walks,
            officers=[len(crew.officers) for crew in crews],
        )

    def _places(self, ground: _Ground) -> NDArray[np.float64]:
        nodes = self.loaded.network.nodes.geometry.iloc[[spot.entry for spot in ground.hot_spots]]
        return np.column_stack([nodes.x.to_numpy(), nodes.y.to_numpy()])


def _by_segment(loaded: Loaded, amount: NDArray[np.float64]) -> SegmentWeights:
    """Need after a plain amount by segment, at all hours alike; by length where there is none at all."""
    length = loaded.network.segments["length_m"].to_numpy(dtype=np.float64)
    share = amount / amount.sum() if amount.sum() > 0 else length / length.sum()
    term = {"part": "offences", "kind": "by segment", "share": 1.0, "count": 0, "sensitive": False}
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in SOURCE_TYPES.items()})
    return SegmentWeights(
        terms=pd.DataFrame([term]),
        space=share[None, :],
        time=np.full((1, HOURS_PER_WEEK), 1 / HOURS_PER_WEEK),
        policy={"a_off": 1.0, "a_foot": 0.0, "a_prob": 0.0},
        expected_per_week=0.0,
        sources=empty,
        set_aside=pd.DataFrame(columns=["source", "row", "reason", "value"]),
    )
