"""A recorded track as numbers: fixes thinned to one a quarter minute, in the metres of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan import units

BIN_S = 15.0
"""Fixes this close in time are taken together by their median: noise falls, standing stays standing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """What a phone recorded, as it was read: never written anywhere.

    Attributes
    ----------
    name
        Of its file, to tell it from others.
    seconds
        [points] since 1970 (UTC) by the phone's clock, ascending.
    lon, lat
        [points] degrees.
    """

    name: str
    seconds: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def __post_init__(self) -> None:
        units.frozen_columns(self, seconds=self.seconds, lon=self.lon, lat=self.lat)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fixes:
    """[fixes] seconds since 1970 and [fixes, 2] places in metres, in order of time."""

    seconds: NDArray[np.float64]
    xy: NDArray[np.float64]

    def __post_init__(self) -> None:
        units.frozen_columns(self, seconds=self.seconds, xy=self.xy)

    def moved(self, seconds: float) -> Fixes:
        """The same with the clock put right."""
        return Fixes(seconds=self.seconds + seconds, xy=self.xy)

    def between(self, first: float, last: float) -> Fixes:
        """Those from ``first`` to ``last`` alone."""
        kept = (self.seconds >= first) & (self.seconds <= last)
        return Fixes(seconds=self.seconds[kept], xy=self.xy[kept])


def fixes_of(track: Track, crs: Any) -> Fixes:
    """The fixes of a track in a metric coordinate system, one in BIN_S seconds."""
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(track.lon, track.lat)
    frame = pd.DataFrame({"seconds": track.seconds, "x": x, "y": y})
    frame = frame.loc[np.isfinite(frame.to_numpy()).all(axis=1)]
    thinned = frame.groupby((frame["seconds"] // BIN_S).astype(np.int64)).median()
    return Fixes(seconds=thinned["seconds"].to_numpy(), xy=thinned[["x", "y"]].to_numpy())


def joined(tracks: list[Fixes]) -> Fixes:
    """Several tracks of one crew as one: the longest, and the others where it has nothing.

    Two phones of a crew differ by their errors; taken in turns they would zigzag between both.

    Examples
    --------
    >>> long = Fixes(seconds=np.array([0.0, 15, 30]), xy=np.zeros((3, 2)))
    >>> other = Fixes(seconds=np.array([20.0, 90]), xy=np.ones((2, 2)))
    >>> joined([other, long]).seconds.tolist()
    [0.0, 15.0, 30.0, 90.0]
    """
    made = Fixes(seconds=np.zeros(0), xy=np.zeros((0, 2)))
    for fixes in sorted(tracks, key=lambda one: -len(one.seconds)):
        at = np.searchsorted(made.seconds, fixes.seconds)
        padded = np.r_[-np.inf, made.seconds, np.inf]
        free = np.minimum(fixes.seconds - padded[at], padded[at + 1] - fixes.seconds) > 2 * BIN_S
        seconds = np.r_[made.seconds, fixes.seconds[free]]
        order = np.argsort(seconds, kind="stable")
        made = Fixes(seconds=seconds[order], xy=np.r_[made.xy, fixes.xy[free]][order])
    return made
