"""Where officers are at each minute of a plan, and what effect that has on a street at an instant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.build import segments_in_problem
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.steps import Step, path_geometry, path_length_m
from patrolplan.graph.walk import Walks
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.solver.clock import CrewTimes
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution, pass_events
from patrolplan.units import frozen_columns

TRACK_STEP_S = 30
"""Seconds between the places kept of a walk: some 40 m, well below the 100 m that count as near."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Presence:
    """Officers on the streets, on one clock: seconds from the plan's first instant.

    Attributes
    ----------
    dwell_segment, dwell_start_s, dwell_end_s, dwell_quality
        [d] a segment under a visit, from when to when, and the effect the visit leaves behind.
    pass_segment, pass_s
        [p] a segment walked through, and when.
    track_s, track_xy
        [t], [t, 2] instants and places (network's CRS, metres) of crews.
    horizon_s
        The span that counts: effect after it is nobody's.
    officer_s
        Seconds of duty, over all officers.
    walked_m
        Metres walked, over all crews.
    fade_s, pass_quality
        R and q_pass of the model.
    """

    dwell_segment: NDArray[np.int64]
    dwell_start_s: NDArray[np.int64]
    dwell_end_s: NDArray[np.int64]
    dwell_quality: NDArray[np.float64]
    pass_segment: NDArray[np.int64]
    pass_s: NDArray[np.int64]
    track_s: NDArray[np.float64]
    track_xy: NDArray[np.float64]
    horizon_s: int
    officer_s: float
    walked_m: float
    fade_s: int
    pass_quality: float

    def __post_init__(self) -> None:
        frozen_columns(self, **{k: v for k, v in vars(self).items() if isinstance(v, np.ndarray)})

    def effect(self, segment: NDArray[np.int64], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Effect on segments at instants, 0 to 1: the model of docs/design.md, outside the horizon 0.

        Parameters
        ----------
        segment, time_s
            [n] segments, and seconds from the plan's first instant.

        Returns
        -------
        [n] float.
        """
        out = np.zeros(len(segment))
        inside = np.flatnonzero((time_s >= 0) & (time_s < self.horizon_s))
        for rows in np.array_split(inside, max(1, len(inside) // 2000 + 1)):
            out[rows] = np.maximum(
                self._dwell_effect(segment[rows], time_s[rows]),
                self._pass_effect(segment[rows], time_s[rows]),
            )
        return out

    def near(
        self, xy: NDArray[np.float64], time_s: NDArray[np.float64], *, within_m: float, within_s: float
    ) -> NDArray[np.bool_]:
        """Whether a crew was within some metres of a place within some seconds of an instant.

        Parameters
        ----------
        xy, time_s
            [n, 2] places in the network's CRS, [n] seconds from the plan's first instant.
        """
        out = np.zeros(len(time_s), dtype=np.bool_)
        if not len(self.track_s):
            return out
        soon = (time_s >= self.track_s.min() - within_s) & (time_s <= self.track_s.max() + within_s)
        for row in np.flatnonzero(soon).tolist():
            at = np.abs(self.track_s - time_s[row]) <= within_s
            out[row] = bool((np.hypot(*(self.track_xy[at] - xy[row]).T) <= within_m).any())
        return out

    def _dwell_effect(self, segment: NDArray[np.int64], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        same = segment[:, None] == self.dwell_segment[None, :]
        now = time_s[:, None]
        faded = np.clip(1 - (now - self.dwell_end_s) / self.fade_s, 0, 1) * self.dwell_quality
        value = np.where(now < self.dwell_end_s, 1.0, faded)
        return np.asarray((value * (same & (now >= self.dwell_start_s))).max(axis=1, initial=0.0))

    def _pass_effect(self, segment: NDArray[np.int64], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        same = segment[:, None] == self.pass_segment[None, :]
        now = time_s[:, None]
        value = self.pass_quality * np.clip(1 - (now - self.pass_s) / self.fade_s, 0, 1)
        return np.asarray((value * (same & (now >= self.pass_s))).max(axis=1, initial=0.0))


def presence_of(
    best: Solution,
    *,
    problem: PatrolProblem,
    network: StreetNetwork,
    hot_spots: Sequence[HotSpot],
    walks: Walks,
    officers: Sequence[int],
) -> Presence:
    """Where a solution's officers are, second by second.

    Parameters
    ----------
    best
        The visits, with their clock.
    problem, network, hot_spots, walks
        What the solution is of.
    officers
        [crews] how many walk together.
    """
    visits = [visit for crew in best.crews for visit in crew.visits]
    held = [np.array(hot_spots[visit.stop].segments, dtype=np.int64) for visit in visits]
    sizes = [len(segments) for segments in held]
    rows, times = pass_events(problem, best.crews)
    used = segments_in_problem(network, hot_spots, walks)
    stretches = [part for crew in best.crews for part in _stretches(crew, problem, hot_spots, walks)]
    tracks = [_track(network, *part) for part in stretches]
    duty_s = (problem.crew_end_s - problem.crew_start_s) * np.array(officers)
    return Presence(
        dwell_segment=np.concatenate([np.zeros(0, np.int64), *held]),
        dwell_start_s=np.repeat(np.array([visit.start_s for visit in visits], dtype=np.int64), sizes),
        dwell_end_s=np.repeat(np.array([visit.leave_s for visit in visits], dtype=np.int64), sizes),
        dwell_quality=np.repeat(problem.quality[[visit.stop for visit in visits]], sizes),
        pass_segment=used[rows],
        pass_s=times,
        track_s=np.concatenate([np.zeros(0), *(track[0] for track in tracks)]),
        track_xy=np.concatenate([np.zeros((0, 2)), *(track[1] for track in tracks)]),
        horizon_s=problem.horizon_s,
        officer_s=float(duty_s.sum()),
        walked_m=sum(path_length_m(steps) for steps, _, _ in stretches),
        fade_s=problem.fade_s,
        pass_quality=problem.pass_quality,
    )


def _stretches(
    route: CrewTimes, problem: PatrolProblem, hot_spots: Sequence[HotSpot], walks: Walks
) -> Iterator[tuple[Sequence[Step], int, int]]:
    """Steps walked, from when to when: legs and the closed walks of visits, in turn."""
    places = [
        int(problem.crew_start_at[route.crew]),
        *(visit.stop for visit in route.visits),
        int(problem.crew_end_at[route.crew]),
    ]
    departs = [
        *((visit.depart_s, visit.walk_s) for visit in route.visits),
        (route.back_depart_s, route.back_walk_s),
    ]
    for k, ((a, b), (depart, walk)) in enumerate(zip(pairwise(places), departs, strict=True)):
        if a != b:
            yield walks.path(a, b), depart, depart + walk
        if k < len(route.visits):
            visit = route.visits[k]
            yield hot_spots[visit.stop].walk, visit.start_s, visit.leave_s


def _track(
    network: StreetNetwork, steps: Sequence[Step], start_s: int, end_s: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Instants and places along steps walked evenly."""
    line = path_geometry(network, steps)
    if line.is_empty:
        return np.zeros(0), np.zeros((0, 2))
    times = np.linspace(start_s, end_s, max(2, (end_s - start_s) // TRACK_STEP_S + 1))
    share = (times - start_s) / max(1, end_s - start_s)
    return times, shapely.get_coordinates(shapely.line_interpolate_point(line, share, normalized=True))
