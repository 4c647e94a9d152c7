"""A plan mended in the middle of a shift: what was walked stays, the rest changes as little as it must."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from patrolplan.build import horizon_of
from patrolplan.config.settings import Settings
from patrolplan.duty import Crew
from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.shut import is_open, shut_streets
from patrolplan.graph.walk import Walks
from patrolplan.issued import IssuedPlan, Move, Whereabouts
from patrolplan.make import make_plan
from patrolplan.orders.event_cover import shifts_of
from patrolplan.orders.for_shifts import for_shifts
from patrolplan.orders.load import Loaded, load
from patrolplan.orders.pipeline import problem_of, walks_of, weigh_loaded
from patrolplan.orders.provenance import provenance_of
from patrolplan.orders.replan.asked import asked_again
from patrolplan.orders.replan.ground import check_streets, parts_ahead, places_now, with_added
from patrolplan.orders.replan.join import Part, joined_plan
from patrolplan.orders.replan.score import WholeShift
from patrolplan.orders.replan.search import Found, searched, with_past
from patrolplan.orders.replan.trouble import Trouble, beyond_shelters, closed_streets, forbidden_stops
from patrolplan.orders.replan.way_in import ended_in, moves_of, walked_in
from patrolplan.plan import PatrolPlan
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.solve import Progress
from patrolplan.solver.stop import Stop
from patrolplan.units import KMH


@dataclass(frozen=True, kw_only=True)
class Replanned:
    """A plan mended.

    Attributes
    ----------
    plan
        The whole shift: what was walked and what is ahead.
    issued
        As it was before.
    now
        From when on it is new.
    kept_share
        Share of the stops ahead of crews that go on which stay, with any crew and at any time; 1 if none
        was ahead.
    score_left
        Score of the issued plan as far as it can still be walked, for comparison with the new one's.
    lost
        Plain sentences on appointments and visits of areas that can't be kept any more.
    moves
        In an alarm: which crews walk in to a street near a shelter, and which end their duty on one.
    """

    plan: PatrolPlan
    issued: IssuedPlan
    now: datetime
    kept_share: float
    score_left: float
    lost: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()


def replan(
    settings: Settings,
    issued: IssuedPlan,
    trouble: Trouble,
    *,
    stop: Stop | None = None,
    seed: int = 0,
    on_progress: Callable[[str], None] | None = None,
    on_search: Callable[[Progress], None] | None = None,
) -> Replanned:
    """Mend an issued plan.

    Crews are taken to be where the plan has them, unless ``trouble.at`` knows better: one on the way
    can turn at once, one at a stop after its visit. Visits begun stay as they are; their effect counts on.

    Parameters
    ----------
    settings
        The plan file that the plan was made with.
    issued
        The plan.
    trouble
        From when on, and what has come up.
    stop
        Effort of the search; default: 10 seconds.

    Raises
    ------
    InputError
        The streets are not those of the plan; names that the plan doesn't know; all shifts are over.
    NoPlanError
        An added stop that nobody can reach in time.
    """
    tell = on_progress or (lambda _: None)
    loaded = load(settings, on_progress=on_progress)
    check_streets(loaded.network, issued)
    tell("weighing streets")
    ground = _ground(_as_issued(loaded, issued), issued, trouble)
    tell("timing walks")
    walks = walks_of(ground.open_loaded, ground.weights, ground.hot_spots, ground.crews)
    plain = problem_of(ground.open_loaded, ground.weights, ground.hot_spots, ground.crews, walks)
    problem = with_past(
        plain, issued, ground.places, ground.parts, ground.barred, trouble.add, ground.stop_of_added
    )
    problem, lost = asked_again(
        problem, ground.open_loaded, issued, ground.hot_spots, ground.places, ground.parts
    )
    tell("searching routes")
    found = searched(
        problem,
        issued,
        ground.places,
        ground.parts,
        stop=stop or Stop(seconds=10.0),
        seed=seed,
        refine=settings.plan.refine,
        on_progress=on_search,
    )
    tell("telling the plan")
    plan = _told(ground, issued, trouble, found, walks, lost)
    whole = WholeShift(
        plan=plan,
        problem=found.problem,
        weights=ground.weights,
        issued=issued,
        places=ground.places,
        walks=walks,
        epoch=horizon_of(ground.crews, timezone_name=issued.timezone).epoch,
    )
    return Replanned(
        plan=replace(plan, scores=whole.scores(found.best, found.greedy)),
        issued=issued,
        now=trouble.now,
        kept_share=_kept_share(plan, issued, ground.places, [part.route for part in ground.parts]),
        score_left=whole.score(found.rest),
        lost=lost,
        moves=moves_of(issued, ground.places, ground.parts),
    )


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """What the search stands on: the streets that are open, the stops, and the crews that go on."""

    loaded: Loaded
    walkable: StreetNetwork
    """Those that are not closed; in an alarm crews beyond the shelters' reach walk in through them."""
    open_streets: StreetNetwork
    weights: SegmentWeights
    hot_spots: tuple[HotSpot, ...]
    stop_of_added: dict[int, int]
    barred: set[int]
    places: tuple[Whereabouts, ...]
    parts: tuple[Part, ...]

    @property
    def open_loaded(self) -> Loaded:
        """Everything read, with the open streets alone."""
        return replace(self.loaded, network=self.open_streets)

    @property
    def crews(self) -> list[Crew]:
        """The crews that go on."""
        return [part.crew for part in self.parts]


def _as_issued(loaded: Loaded, issued: IssuedPlan) -> Loaded:
    """Everything read, with the crews chosen for events when the plan was made, and its days told."""
    crews = [route.crew for route in issued.routes]
    then = for_shifts(loaded, crews, strict=False)
    return replace(loaded, settings=then.settings, around=then.around)


def _shut_ahead(loaded: Loaded, issued: IssuedPlan, now: datetime) -> NDArray[np.bool_]:
    """[segments] streets that the calendar shuts in what is left of the shifts."""
    spans = shifts_of([route.crew for route in issued.routes], issued.timezone)
    here = now.astimezone(ZoneInfo(issued.timezone)).replace(tzinfo=None)
    left = [(max(begin, here), end) for begin, end in spans if end > here]
    return loaded.dates.shut_during(left, len(loaded.network.segments))


def _ground(loaded: Loaded, issued: IssuedPlan, trouble: Trouble) -> _Ground:
    network, settings = loaded.network, loaded.settings
    shelters = loaded.around.shelters
    shut = closed_streets(network, trouble, shelters) | ~is_open(network)
    shut |= _shut_ahead(loaded, issued, trouble.now)
    walkable = shut_streets(network, shut)
    beyond = beyond_shelters(walkable, trouble, shelters, settings)
    shut |= beyond
    open_streets = shut_streets(network, shut)
    hot_spots, added = with_added(network, issued.hot_spots, trouble.add)
    closed = {k for k, spot in enumerate(hot_spots) if shut[list(spot.segments)].any()}
    pace = settings.walking.transfer_km_h * KMH
    places = places_now(issued, trouble, network, walkable, pace)
    if trouble.alarm_min is not None:
        places = walked_in(issued, places, trouble, walkable, open_streets, pace)
    parts = tuple(parts_ahead(issued, places, trouble, open_streets, shut))
    if trouble.alarm_min is not None:
        parts = tuple(ended_in(part, walkable, open_streets, issued.language) for part in parts)
    if not parts:
        raise InputError(f"nobody is on duty after {trouble.now:%H:%M on %Y-%m-%d}: nothing to replan")
    return _Ground(
        loaded=loaded,
        walkable=walkable,
        open_streets=open_streets,
        weights=weigh_loaded(loaded, week=min(route.crew.shift.start for route in issued.routes).date()),
        hot_spots=hot_spots,
        stop_of_added=added,
        barred=forbidden_stops(issued, trouble) | (closed - set(added.values())),
        places=places,
        parts=parts,
    )


def _told(
    ground: _Ground,
    issued: IssuedPlan,
    trouble: Trouble,
    found: Found,
    walks: Walks,
    notes: tuple[str, ...],
) -> PatrolPlan:
    """The whole shift as a plan: what was walked, then what was found."""
    raw = make_plan(
        replace(found.result, best=found.best, greedy=found.greedy, routing=None, upper_bound=None),
        problem=found.problem,
        network=ground.open_streets,
        weights=ground.weights,
        hot_spots=ground.hot_spots,
        crews=ground.crews,
        timezone=issued.timezone,
        walks=walks,
        community=issued.community,
        provenance=provenance_of(ground.loaded) | {"replanned_from": trouble.now.isoformat()},
        around=ground.loaded.around,
        notes=notes,
    )
    joined = joined_plan(raw, issued, ground.places, ground.parts, trouble.now, ground.walkable)
    return replace(joined, network=ground.loaded.network)


def _kept_share(
    plan: PatrolPlan, issued: IssuedPlan, places: Sequence[Whereabouts], going_on: Sequence[int]
) -> float:
    """Share of the stops announced for crews that go on which are still made, by any crew."""

    def counted(stops: Iterable[int]) -> Counter[int]:
        return Counter(int(stop) for stop in stops)

    visits = plan.events[plan.events["kind"] == "visit"]
    done = counted(event.hot_spot for at in places for event in at.done)
    ahead = counted(
        event.hot_spot
        for index in going_on
        for event in issued.routes[index].visits
        if event not in places[index].done
    )
    made = counted(visits["hot_spot"]) - done
    return (ahead & made).total() / ahead.total() if ahead.total() else 1.0
