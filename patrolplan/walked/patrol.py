"""A patrol as it was walked: minutes at every stop, kilometres, and time away from the planned streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.graph.match import MatchedTrack, match_track
from patrolplan.graph.network import StreetNetwork
from patrolplan.issued import IssuedPlan, IssuedRoute
from patrolplan.walked.smooth import smoothed
from patrolplan.walked.stays import GAP_S, stays
from patrolplan.walked.track import Fixes
from patrolplan.walked.visits import UNKNOWN, WalkedVisit, visits_of_stays
from patrolplan.walked.way_through import without_way_through

STRAY_M = 40.0
"""Farther than this from every planned street a crew is outside of them: errors of a phone reach less far."""
BESIDE_M = 15.0
"""Off the streets but this close to a stop's (a square, a yard), a crew is at the stop."""
HOME_M = 100.0
JITTER_M = 8.0
"""A line walked is told without bends smaller than this, or than the spread of its fixes around the streets:
standing would add up to kilometres."""


@dataclass(frozen=True, kw_only=True)
class WalkedPatrol:
    """One crew's patrol as walked.

    Attributes
    ----------
    route
        Its number in the plan, from 0.
    visits
        What became of every planned visit.
    km, recorded_min, stray_min
        From tracks: length walked, minutes with fixes, and minutes away from the planned streets beyond
        the break; NaN without a track.
    """

    route: int
    visits: tuple[WalkedVisit, ...]
    km: float = float("nan")
    recorded_min: float = float("nan")
    stray_min: float = float("nan")

    @property
    def planned_min(self) -> float:
        """Planned minutes of the visits of which something is known."""
        return sum(visit.planned_min for visit in self.known)

    @property
    def walked_min(self) -> float:
        """Their walked minutes."""
        return sum(visit.minutes for visit in self.known)

    @property
    def known(self) -> tuple[WalkedVisit, ...]:
        """Visits whose minutes are known."""
        return tuple(visit for visit in self.visits if visit.status != UNKNOWN and visit.minutes >= 0)


def patrol_of_track(network: StreetNetwork, issued: IssuedPlan, route: int, fixes: Fixes) -> WalkedPatrol:
    """A crew's patrol from its track.

    Parameters
    ----------
    network
        The streets of the plan.
    issued
        The plan.
    route
        Number of the crew's route in it.
    fixes
        Of the crew's tracks, their clocks put right.
    """
    plan = issued.routes[route]
    fixes = smoothed(fixes)
    matched = match_track(network, fixes.xy, group=_stop_of_segment(network, issued, plan))
    spot = _spot_of_fixes(network, issued, matched)
    dwell_s = np.array([one.dwell_s for one in issued.hot_spots], dtype=np.float64)
    found = [
        without_way_through(network, issued.hot_spots[stay.hot_spot], stay, fixes.seconds, matched)
        for stay in stays(fixes.seconds, spot, matched.way_m, dwell_s=dwell_s)
    ]
    visits = visits_of_stays(plan, found, fixes.seconds, home=_ends_at_home(network, plan, fixes))
    weight_s = _seconds_of_fixes(fixes.seconds)
    return WalkedPatrol(
        route=route,
        visits=visits,
        km=_km(fixes, matched),
        recorded_min=float(weight_s.sum()) / 60,
        stray_min=_stray_min(network, issued, plan, matched, weight_s),
    )


def _stop_of_segment(network: StreetNetwork, issued: IssuedPlan, plan: IssuedRoute) -> NDArray[np.int64]:
    """[segments] the stop of the crew's own route that each street belongs to; -1 for none."""
    stop = np.full(len(network.segments), -1, dtype=np.int64)
    for number in {event.hot_spot for event in plan.visits}:
        stop[list(issued.hot_spots[number].segments)] = number
    return stop


def _spot_of_fixes(network: StreetNetwork, issued: IssuedPlan, matched: MatchedTrack) -> NDArray[np.int64]:
    """[fixes] the stop on whose streets, or right beside them, each fix lies; -1 for none."""
    spot_of = np.full(len(network.segments) + 1, -1, dtype=np.int64)
    for number, one in enumerate(issued.hot_spots):
        spot_of[list(one.segments)] = number
    spot = spot_of[matched.segment]
    off = np.flatnonzero(matched.segment < 0)
    if len(off):
        own = np.flatnonzero(spot_of[:-1] >= 0)
        lines = np.asarray(network.segments.geometry.to_numpy(), dtype=object)[own]
        fix, line = shapely.STRtree(lines).query_nearest(
            shapely.points(matched.xy[off]), max_distance=BESIDE_M, all_matches=False
        )
        spot[off[fix]] = spot_of[own[line]]
    return spot


def _seconds_of_fixes(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """[fixes] how long each stands for: half of the way to its neighbours, gaps left out."""
    apart = np.diff(seconds)
    half = np.where(apart <= GAP_S, apart, 0.0) / 2
    return np.asarray(np.r_[half, 0.0] + np.r_[0.0, half], dtype=np.float64)


def _km(fixes: Fixes, matched: MatchedTrack) -> float:
    if len(fixes.seconds) < 2:
        return 0.0
    spread_m = float(np.sqrt(np.mean(np.sum((matched.xy - fixes.xy) ** 2, axis=1))))
    line = shapely.simplify(shapely.LineString(matched.xy), max(JITTER_M, spread_m))
    straight = np.hypot(*np.diff(matched.xy, axis=0).T)
    corners_cut = np.maximum(matched.way_m[1:] - straight, 0.0).sum()
    return float(line.length + corners_cut) / 1000


def _stray_min(
    network: StreetNetwork,
    issued: IssuedPlan,
    route: IssuedRoute,
    matched: MatchedTrack,
    weight_s: NDArray[np.float64],
) -> float:
    walked = {step.segment for leg in route.legs for step in leg.steps}
    walked |= {k for event in route.visits for k in issued.hot_spots[event.hot_spot].segments}
    planned = np.asarray(network.segments.geometry.to_numpy(), dtype=object)[sorted(walked)]
    points = shapely.points(matched.xy)
    near = np.zeros(len(matched.xy), dtype=np.bool_)
    near[shapely.STRtree(planned).query(points, predicate="dwithin", distance=STRAY_M)[0]] = True
    rest_s = sum((e.leave - e.start).total_seconds() for e in route.events if e.kind == "break")
    return max(0.0, float(weight_s[~near].sum()) - rest_s) / 60


def _ends_at_home(network: StreetNetwork, route: IssuedRoute, fixes: Fixes) -> bool:
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", network.crs, always_xy=True).transform(*route.crew.end)
    return bool(np.hypot(*(fixes.xy[-3:].mean(axis=0) - (x, y))) <= HOME_M)
