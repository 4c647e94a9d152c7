"""Whose track it is and how far its clock is off: the plan's own walk laid under it at every time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.steps import path_geometry
from patrolplan.issued import IssuedRoute
from patrolplan.walked.track import Fixes

NEAR_M = 100.0
"""A fix this close to where the plan has the crew speaks for it."""
LAGS_S = np.arange(-15, 16, 3) * 60.0
"""A crew may run so much early or late; no clock is put right for that."""
LAG_COUNTS_S = 2400.0
"""Each minute early or late speaks less for a time zone, by a fortieth."""
USUAL = 0.15
"""Whole hours are so much likelier than quarters that a crew early or late is not taken for Nepal."""
STEP_S = 900
FARTHEST_S = 14 * 3600
"""Time zones lie on quarters of an hour, up to 14 hours from Greenwich."""
LEAST_S = 3600
"""A clock less than an hour off is a crew that is late."""
ON_TIME_S, LEAST_ON_TIME = 1800.0, 0.05
"""A track that begins within half an hour of the shift, and at times where it should be, is on time."""
BEGINS = 0.3
"""What beginning with the shift counts beside the share that fits."""
LEAST_FIT = 0.3
CLEARLY = 0.2
"""So much more of the track must fit before a clock is moved."""
BEFORE_S, AFTER_S = 1800.0, 3600.0
"""How long before and after the shift a track is looked at; the rest is nobody's business."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PlannedWay:
    """Where a route has its crew: [points] seconds since 1970, ascending, [points, 2] places in metres."""

    seconds: NDArray[np.float64]
    xy: NDArray[np.float64]

    def at(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """[..., 2] places at the times; before and after the shift nowhere (inf)."""
        x = np.interp(seconds, self.seconds, self.xy[:, 0], left=np.inf, right=np.inf)
        return np.stack([x, np.interp(seconds, self.seconds, self.xy[:, 1])], axis=-1)


def planned_way(network: StreetNetwork, route: IssuedRoute) -> PlannedWay:
    """Where the plan has a crew through its shift."""
    seconds, places = [], []
    for leg in route.legs:
        line = path_geometry(network, leg.steps)
        if line.is_empty:
            continue
        points = shapely.get_coordinates(line)
        along = np.r_[0.0, np.hypot(*np.diff(points, axis=0).T).cumsum()]
        start, end = leg.start.timestamp(), leg.end.timestamp()
        seconds.append(start + along / max(along[-1], 1e-9) * (end - start))
        places.append(points)
    if not seconds:
        return PlannedWay(seconds=np.zeros(1), xy=np.full((1, 2), np.inf))
    at, xy = np.concatenate(seconds), np.concatenate(places)
    order = np.argsort(at, kind="stable")
    return PlannedWay(seconds=at[order], xy=xy[order])


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well a track fits a route at a shift of its clock: share of its minutes near where the crew was
    due, less the more early or late.
    """

    route: int
    offset_s: int
    share: float


def best_fit(
    fixes: Fixes, ways: Sequence[PlannedWay], *, exact: bool = False, usual_s: Sequence[int] = ()
) -> Fit:
    """The route a track belongs to and the seconds its clock must be moved by.

    The clock stays as it is unless another time zone fits clearly better, by CLEARLY of the track.

    Parameters
    ----------
    fixes
        Of one track.
    ways
        Where the plan has each crew.
    exact
        Whether to trust the clock as it is.
    usual_s
        Shifts as likely as whole hours: the plan's own time from Greenwich, where that is none.
    """
    apart = max(1, round(60.0 / max(1.0, float(np.median(np.diff(fixes.seconds, prepend=0.0))))))
    thin = Fixes(seconds=fixes.seconds[::apart], xy=fixes.xy[::apart])
    as_it_is = max((_fit(thin, ways, route, 0) for route in range(len(ways))), key=lambda fit: fit.share)
    on_time = [fit for fit in (_fit(thin, ways, k, 0) for k in range(len(ways))) if fit.share >= LEAST_ON_TIME
               and abs(ways[fit.route].seconds[0] - fixes.seconds[0]) <= ON_TIME_S]  # fmt: skip
    if exact or on_time:
        return max(on_time, key=lambda fit: fit.share) if on_time and not exact else as_it_is
    offsets = [at for at in range(-FARTHEST_S, FARTHEST_S + 1, STEP_S) if abs(at) >= LEAST_S]
    fits = (_fit(thin, ways, route, at) for at in offsets for route in range(len(ways)))
    usual = {abs(at) for at in usual_s}

    def likely(fit: Fit) -> float:
        begun_s = abs(ways[fit.route].seconds[0] - fixes.seconds[0] - fit.offset_s)
        on_time = max(0.0, 1 - begun_s / ON_TIME_S) if fit.share >= LEAST_ON_TIME else 0.0
        return fit.share + USUAL * (fit.offset_s % 3600 == 0 or abs(fit.offset_s) in usual) + BEGINS * on_time

    moved = max(fits, key=lambda fit: (round(likely(fit), 6), -abs(fit.offset_s)))
    return moved if moved.share >= max(LEAST_FIT, as_it_is.share + CLEARLY) else as_it_is


def _fit(fixes: Fixes, ways: Sequence[PlannedWay], route: int, offset_s: int) -> Fit:
    way, seconds = ways[route], fixes.seconds + offset_s
    if seconds[-1] < way.seconds[0] or seconds[0] > way.seconds[-1]:
        return Fit(route=route, offset_s=offset_s, share=0.0)
    places = way.at(seconds[:, None] + LAGS_S[None, :])
    near = np.hypot(*(places - fixes.xy[:, None, :]).transpose(2, 0, 1)) <= NEAR_M
    share = float((near * (1 - np.abs(LAGS_S) / LAG_COUNTS_S)).max(axis=1).mean())
    return Fit(route=route, offset_s=offset_s, share=share)
