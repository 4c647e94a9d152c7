"""make_plan: the solver's visits turned back into streets, clock times and reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from patrolplan.around import Around
from patrolplan.build import Horizon, horizon_of, places_to_walk, segments_in_problem, walks_for
from patrolplan.duty import Crew
from patrolplan.evaluate.silly import silly_things
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.walk import Step, StreetPoint, Walks, path_geometry, path_length_m
from patrolplan.io.words import why_line
from patrolplan.plan import (
    EVENT_COLUMNS,
    LEG_COLUMNS,
    UNSERVED_COLUMNS,
    PatrolPlan,
    geo_rows,
    lacks_note,
)
from patrolplan.reasons import reasons_for
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.weights import PARTS, SegmentWeights
from patrolplan.solver.clock import CrewTimes, TimedVisit
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution
from patrolplan.solver.solve import Result
from patrolplan.units import SECONDS_PER_HOUR
from patrolplan.unserved import change_line, unserved_stops
from patrolplan.unserved import why_line as why_unserved


def make_plan(
    result: Result,
    *,
    problem: PatrolProblem,
    network: StreetNetwork,
    weights: SegmentWeights,
    hot_spots: Sequence[HotSpot],
    crews: Sequence[Crew],
    timezone: str,
    walks: Walks | None = None,
    other_ways: Sequence[tuple[StreetNetwork, Walks]] = (),
    community: str = "",
    around: Around | None = None,
    provenance: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    lacks: Sequence[str] = (),
) -> PatrolPlan:
    """The plan on real streets and local clocks, with the reason for every stop.

    Parameters
    ----------
    result
        What :func:`patrolplan.solve` found for ``problem``.
    problem, network, weights, hot_spots, crews, timezone, walks
        As given to and got from :func:`patrolplan.build_problem`.
    other_ways
        For each of the problem's further ways its streets (some of them shut) and its walks.
    community
        Name for titles.
    around
        Shelters and closures to tell on cards.
    provenance
        Settings, versions and input hashes to travel with the plan; seed and stopping reason of
        the result are added.
    notes
        Plain sentences to travel with the plan, after those on what the need rests on.
    lacks
        Demands that it does not keep, by name.

    Returns
    -------
    PatrolPlan
        Its scores are those of ``result.best``, recomputed from the visits.
    """
    told = _Teller(
        problem=problem,
        network=network,
        weights=weights,
        hot_spots=tuple(hot_spots),
        crews=tuple(crews),
        walks=(walks or walks_for(network, hot_spots, crews), *(way for _, way in other_ways)),
        points=tuple(
            places_to_walk(streets, hot_spots, crews)[0]
            for streets in (network, *(streets for streets, _ in other_ways))
        ),
        horizon=horizon_of(crews, timezone_name=timezone),
        zone=ZoneInfo(timezone),
        best=result.best,
    )
    visits = np.bincount([visit.stop for visit in result.best.visits], minlength=len(hot_spots))
    return PatrolPlan(
        community=community,
        around=around or Around(),
        timezone=timezone,
        events=geo_rows(told.events(), EVENT_COLUMNS, crs=network.segments.crs),
        legs=geo_rows(told.legs(), LEG_COLUMNS, crs=network.segments.crs),
        hot_spots=tuple(hot_spots),
        visits=tuple(int(count) for count in visits),
        unserved=geo_rows(told.unserved(), UNSERVED_COLUMNS, crs=network.segments.crs),
        crews=tuple(crews),
        network=network,
        weights=weights,
        scores=_scores(result, told),
        provenance={
            **(provenance or {}),
            "effect": {"fade_s": problem.fade_s, "pass_quality": problem.pass_quality},
            "seed": result.seed,
            "stopped_by": result.stopped_by,
        },
        notes=(*lacks_note(lacks), *weights.notes, *notes, *silly_things(problem, result.best).notes),
        lacks=tuple(lacks),
    )


@dataclass(frozen=True, kw_only=True)
class _Teller:
    """Everything at hand to tell where and when each thing of the solution happens."""

    problem: PatrolProblem
    network: StreetNetwork
    weights: SegmentWeights
    hot_spots: tuple[HotSpot, ...]
    crews: tuple[Crew, ...]
    walks: tuple[Walks, ...]
    points: tuple[tuple[StreetPoint, ...], ...]
    horizon: Horizon
    zone: ZoneInfo
    best: Solution

    def events(self) -> Iterator[dict[str, Any]]:
        for times in self.best.crews:
            yield from sorted(self._crew_events(times), key=lambda event: (event["arrive"], event["start"]))

    def legs(self) -> Iterator[dict[str, Any]]:
        for times in self.best.crews:
            legs = sorted(self._crew_legs(times), key=lambda leg: leg["start"])
            yield from ({**leg, "leg": number} for number, leg in enumerate(legs, start=1))

    def unserved(self) -> Iterator[dict[str, Any]]:
        for why in unserved_stops(self.problem, self.best):
            index = why.stop
            yield {
                "hot_spot": index,
                "label": self.hot_spots[index].label,
                "need_share": self.need_share(index),
                "why": why_unserved(self.problem, why, clock=self._clock_words),
                "cause": why.cause,
                "minutes": why.minutes,
                "change": change_line(self.problem, why, clock=self._clock_words),
                "geometry": self._point(index),
            }

    def need_share(self, stop: int) -> float:
        """Share of the shifts' whole need that lies on the stop's segments."""
        rate = self.problem.segment_rate[self.problem.stop_of_segment == stop].sum(axis=0)
        held = (rate * np.diff(self.problem.knots_s))[self.problem.on_shift].sum()
        return float(held / self.problem.need_on_shift) if self.problem.need_on_shift > 0 else 0.0

    def _crew_events(self, times: CrewTimes) -> Iterator[dict[str, Any]]:
        crew = self.crews[times.crew]
        base = {
            "crew": times.crew,
            "crew_name": crew.name,
            "order": 0,
            "hot_spot": -1,
            "street": "",
            "need_share": 0.0,
            "reasons": (),
            "why": "",
        }
        out = times.visits[0].depart_s if times.visits else times.back_depart_s
        on = int(self.problem.crew_start_s[times.crew])
        first, last = self._stations(times.crew)
        yield self._event(base, "start", "Station", first, on, on, max(on, min(out, self._rest_start(times))))
        for order, visit in enumerate(times.visits, start=1):
            yield self._event(
                {**base, **self._visit_facts(visit), "order": order, "hot_spot": visit.stop},
                "visit",
                self.hot_spots[visit.stop].label,
                visit.stop,
                visit.arrive_s,
                visit.start_s,
                visit.leave_s,
            )
        if times.rest_s:
            yield self._event(base, "break", "Break", self._rest_place(times), times.rest_s[0], *times.rest_s)
        yield self._event(base, "end", "Station", last, times.back_s, times.back_s, times.back_s)

    def _event(
        self,
        base: Mapping[str, Any],
        kind: str,
        label: str,
        place: int,
        arrive_s: int,
        start_s: int,
        leave_s: int,
    ) -> dict[str, Any]:
        return {
            **base,
            "kind": kind,
            "label": label,
            "arrive": self._clock(arrive_s),
            "start": self._clock(start_s),
            "leave": self._clock(leave_s),
            "minutes": (leave_s - start_s) / 60,
            "geometry": self._point(place, int(base["crew"])),
        }

    def _visit_facts(self, visit: TimedVisit) -> dict[str, Any]:
        spot = self.hot_spots[visit.stop]
        touched = (self.horizon.knots_s[:-1] < visit.leave_s) & (self.horizon.knots_s[1:] > visit.start_s)
        reasons = reasons_for(self.weights, spot.segments, self.horizon.hours[touched])
        return {
            "street": self._street(spot),
            "need_share": self.need_share(visit.stop),
            "reasons": reasons,
            "why": why_line(reasons),
        }

    def _street(self, spot: HotSpot) -> str:
        """Name of the neediest named street of the hot spot."""
        rows = self.network.segments.loc[list(spot.segments), "name"]
        need = self.weights.need(np.unique(self.horizon.hours))[list(spot.segments)].sum(axis=1)
        by_name = pd.Series(need, index=rows.to_numpy()).groupby(level=0).sum()
        named = by_name[by_name.index != ""]
        return str(named.idxmax()) if len(named) else ""

    def _crew_legs(self, times: CrewTimes) -> Iterator[dict[str, Any]]:
        first, last = self._stations(times.crew)
        base = {"crew": times.crew, "crew_name": self.crews[times.crew].name}
        place, label = first, "Station"
        for visit in times.visits:
            spot = self.hot_spots[visit.stop]
            yield from self._walk_leg(
                base, (place, visit.stop), (label, spot.label), visit.depart_s, visit.walk_s
            )
            place, label = visit.stop, spot.label
            yield self._leg(
                {**base, "kind": "patrol", "hot_spot": visit.stop, "from_label": label, "to_label": label},
                spot.walk,
                visit.start_s,
                visit.leave_s,
            )
        yield from self._walk_leg(
            base, (place, last), (label, "Station"), times.back_depart_s, times.back_walk_s
        )

    def _walk_leg(
        self,
        base: Mapping[str, Any],
        places: tuple[int, int],
        labels: tuple[str, str],
        depart_s: int,
        walk_s: int,
    ) -> Iterator[dict[str, Any]]:
        way = int(self.problem.crew_way[base["crew"]])
        steps = self.walks[way].path(*places) if places[0] != places[1] else ()
        if steps:
            named = {"kind": "walk", "hot_spot": -1, "from_label": labels[0], "to_label": labels[1]}
            yield self._leg({**base, **named}, steps, depart_s, depart_s + walk_s)

    def _leg(
        self, base: Mapping[str, Any], steps: Sequence[Step], start_s: int, end_s: int
    ) -> dict[str, Any]:
        return {
            **base,
            "start": self._clock(start_s),
            "end": self._clock(end_s),
            "length_m": path_length_m(steps),
            "segments": tuple(step.segment for step in steps),
            "steps": tuple(steps),
            "geometry": path_geometry(self.network, steps),
        }

    def _stations(self, crew: int) -> tuple[int, int]:
        return int(self.problem.crew_start_at[crew]), int(self.problem.crew_end_at[crew])

    def _rest_start(self, times: CrewTimes) -> int:
        """When a break at the start station begins, or never."""
        before_out = times.rest_s is not None and self._rest_place(times) == self._stations(times.crew)[0]
        at_start = before_out and times.rest_before == 0
        return times.rest_s[0] if times.rest_s and at_start else int(self.problem.horizon_s)

    def _rest_place(self, times: CrewTimes) -> int:
        """Location of the break: at the end of the walk it follows, or where that walk begins."""
        first, last = self._stations(times.crew)
        places = [first, *(visit.stop for visit in times.visits), last]
        arrivals = [*(visit.arrive_s for visit in times.visits), times.back_s]
        departs = [*(visit.depart_s for visit in times.visits), times.back_depart_s]
        gap = times.rest_before
        if times.rest_s is None or gap < 0:
            return first
        return places[gap] if times.rest_s[1] <= departs[gap] < arrivals[gap] else places[gap + 1]

    def _clock(self, seconds: int) -> datetime:
        return self.horizon.instant(seconds, self.zone)

    def _clock_words(self, seconds: int) -> str:
        return f"{self._clock(seconds):%H:%M}"

    def _point(self, place: int, crew: int = 0) -> Any:
        at = self.points[int(self.problem.crew_way[crew])][place]
        segment = self.network.segments.iloc[at.segment]
        return segment.geometry.interpolate(at.offset_m / segment.length_m, normalized=True)


def _scores(result: Result, told: _Teller) -> dict[str, Any]:
    """The figures of the plan; each part's share is of that part's own need on shift."""
    return {
        "score": result.best.score,
        "share_on_shift": result.best.share_on_shift,
        "share_by_part": {part: share for part in PARTS if (share := _part_share(part, told)) is not None},
        "greedy_score": result.greedy.score,
        "routing_score": None if result.routing is None else result.routing.score,
        "upper_bound": result.upper_bound,
        "of_best_possible": result.of_best_possible,
        "silly": silly_things(told.problem, result.best).figures(),
    }


def _part_share(part: str, told: _Teller) -> float | None:
    """Share under effect of one part's need on shift; None where the part has no need at all."""
    hours = told.horizon.hours
    rate = told.weights.need_by_part(hours)[part] / SECONDS_PER_HOUR
    if rate.sum() <= 0:
        return None
    rows = segments_in_problem(told.network, told.hot_spots, *told.walks)
    alone = replace(told.problem, segment_rate=rate[rows], horizon_rate=rate.sum(axis=0))
    return Solution.from_visits(alone, told.best.visits).share_on_shift
