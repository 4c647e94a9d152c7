"""The score of a whole shift whose first part was walked already and whose rest was planned anew."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrolplan.build import Horizon, horizon_of, segments_in_problem
from patrolplan.graph.walk import Walks
from patrolplan.issued import IssuedPlan, Whereabouts
from patrolplan.plan import PatrolPlan
from patrolplan.risk.weights import PARTS, SegmentWeights
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.score import score_of, score_tables
from patrolplan.solver.solution import Solution, pass_events
from patrolplan.units import KMH, SECONDS_PER_HOUR


@dataclass(frozen=True, kw_only=True)
class WholeShift:
    """The mended plan over its whole shifts.

    Attributes
    ----------
    plan
        The plan put together again.
    problem, walks, epoch
        What its second part was planned from, and the first instant of that.
    weights
        Need.
    issued, places
        The plan before, and where its crews were.
    """

    plan: PatrolPlan
    problem: PatrolProblem
    weights: SegmentWeights
    issued: IssuedPlan
    places: Sequence[Whereabouts]
    walks: Walks
    epoch: datetime

    @property
    def horizon(self) -> Horizon:
        """From the first shift's start to the last one's end."""
        return horizon_of(self.plan.crews, timezone_name=self.plan.timezone)

    def scores(self, best: Solution, greedy: Solution) -> dict[str, Any]:
        """The figures of the plan, over the whole shifts."""
        score, share = self._score(best, self.weights.need(self.horizon.hours))
        parts = self.weights.need_by_part(self.horizon.hours)
        return {
            **self.plan.scores,
            "score": score,
            "share_on_shift": share,
            "share_by_part": {p: self._score(best, parts[p])[1] for p in PARTS if parts[p].sum() > 0},
            "greedy_score": self.score(greedy),
            "routing_score": None,
        }

    def score(self, ahead: Solution) -> float:
        """What was walked, and then a solution of the rest."""
        return self._score(ahead, self.weights.need(self.horizon.hours))[0]

    def _score(self, ahead: Solution, need: NDArray[np.float64]) -> tuple[float, float]:
        """Score and share on shift by some need, [segments, bins an hour]."""
        horizon, rate = self.horizon, need / SECONDS_PER_HOUR
        visits = self._visits(ahead, horizon)
        passes = self._passes(ahead, horizon)
        owner = np.full(len(rate), NEVER, dtype=np.int32)
        for stop, spot in enumerate(self.plan.hot_spots):
            owner[list(spot.segments)] = stop
        rows = np.union1d(np.flatnonzero(owner >= 0), passes[:, 0])
        problem = dataclasses.replace(
            self.problem,
            knots_s=horizon.knots_s,
            segment_rate=rate[rows],
            stop_of_segment=owner[rows],
            pass_start=np.zeros_like(self.problem.pass_start),
            pass_segment=np.zeros(0, dtype=np.int32),
            pass_offset_s=np.zeros(0, dtype=np.int32),
            horizon_rate=rate.sum(axis=0),
            on_shift=horizon.on_shift,
            clock_s=np.zeros(0, dtype=np.int32),
        )
        events = (visits[:, 0], visits[:, 1], np.searchsorted(rows, passes[:, 0]), passes[:, 1])
        score = sum(score_of(score_tables(problem), *events))
        on_shift = sum(score_of(score_tables(problem, bins=problem.on_shift), *events))
        return float(score), float(on_shift / problem.need_on_shift) if problem.need_on_shift > 0 else 0.0

    def _visits(self, ahead: Solution, horizon: Horizon) -> NDArray[np.int64]:
        """[visits, 2] stop and start, sorted."""
        rows = [(event.hot_spot, horizon.seconds(event.start)) for at in self.places for event in at.done]
        rows += [(visit.stop, visit.start_s + self._later(horizon)) for visit in ahead.visits]
        return np.array(sorted(rows), dtype=np.int64).reshape(-1, 2)

    def _passes(self, ahead: Solution, horizon: Horizon) -> NDArray[np.int64]:
        """[passes, 2] segment and time, sorted: of legs walked, and of those ahead."""
        segments, times = pass_events(self.problem, ahead.crews)
        used = segments_in_problem(self.plan.network, self.plan.hot_spots, self.walks)
        new = np.column_stack([used[segments], times + self._later(horizon)])
        old = [row for crew in range(len(self.plan.crews)) for row in self._walked(crew, horizon)]
        both = np.concatenate([np.array(old, dtype=np.int64).reshape(-1, 2), new])
        return both[np.lexsort((both[:, 1], both[:, 0]))]

    def _walked(self, crew: int, horizon: Horizon) -> list[tuple[int, int]]:
        """Passes of the legs that a crew walked before it was free to change."""
        legs = self.plan.legs
        table = self.plan.network.segments
        length, factor = table["length_m"].to_numpy(), table["speed_factor"].to_numpy()
        speed = float(self.plan.provenance["settings"]["walking"]["transfer_km_h"]) * KMH
        pace = self.issued.routes[crew].crew.speed_factor
        out = []
        done = (legs["crew"] == crew) & (legs["kind"] == "walk") & (legs["end"] <= self.places[crew].free)
        for leg in legs[done].itertuples():
            way_s = 0.0
            for step in leg.steps:
                takes_s = step.length_m / (speed * factor[step.segment])
                if step.length_m >= length[step.segment] / 2:
                    middle = np.floor(way_s + takes_s / 2 + 1e-6)
                    later = int(np.floor(round(float(middle) / pace, 6)))
                    out.append((int(step.segment), horizon.seconds(leg.start) + later))
                way_s += takes_s
        return out

    def _later(self, horizon: Horizon) -> int:
        """Seconds from the whole horizon's first instant to that of the part planned anew."""
        return round(self.epoch.timestamp() - horizon.epoch.timestamp())
