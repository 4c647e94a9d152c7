"""How much of the need the hot spots hold, and which needy streets belong to none, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from patrolplan import units
from patrolplan.duty import Shift
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.weights import SegmentWeights
from patrolplan.risk.window import window_minutes


@dataclass(frozen=True, kw_only=True)
class HotSpotCover:
    """What a set of hot spots holds.

    Attributes
    ----------
    need_share
        Share of the need in the window that lies on the hot spots' segments, 0..1.
    length_share
        Share of the network's length that they are, 0..1.
    outside
        One row a segment with need that belongs to no hot spot, neediest first: ``segment``,
        ``name``, ``need_share`` (of the window's need), ``why`` (one plain line).
    """

    need_share: float
    length_share: float
    outside: pd.DataFrame


def cover_of(
    network: StreetNetwork,
    weights: SegmentWeights,
    shifts: Sequence[Shift],
    hot_spots: Sequence[HotSpot],
    *,
    timezone: str | None = None,
    max_dwell_min: int = 15,
    patrol_speed_m_per_s: float = units.PATROL_SPEED_M_PER_S,
) -> HotSpotCover:
    """What the hot spots hold of the window's need; arguments as for ``find_hot_spots``."""
    hours = window_minutes(shifts, timezone=timezone) / 60
    need = weights.need(np.flatnonzero(hours)) @ hours[hours > 0]
    share = need / need.sum() if need.sum() > 0 else need
    table = network.segments
    length_m = table["length_m"].to_numpy(dtype=np.float64)
    held = np.zeros(len(need), dtype=bool)
    held[[segment for spot in hot_spots for segment in spot.segments]] = True
    left = np.flatnonzero(~held & (need > 0))
    left = left[np.lexsort([left, -share[left]])]
    longest_m = max_dwell_min * 60 * patrol_speed_m_per_s * table["speed_factor"].to_numpy(dtype=np.float64)
    outside = pd.DataFrame(
        {
            "segment": left,
            "name": table["name"].to_numpy()[left],
            "need_share": share[left],
            "why": [
                f"{length_m[s]:.0f} m long: less than half of it can be walked there and back in a visit"
                if length_m[s] > longest_m[s]
                else "other streets nearby, or elsewhere, need it more"
                for s in left.tolist()
            ],
        }
    ).astype({"why": "str"})
    return HotSpotCover(
        need_share=float(share[held].sum()),
        length_share=float(length_m[held].sum() / length_m.sum()),
        outside=outside,
    )
