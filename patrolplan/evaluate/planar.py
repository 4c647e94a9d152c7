"""Planar kernel density of records, brought to the streets: the usual heat map as a baseline."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.evaluate.trial import Trial, summed

BANDWIDTH_M = 50.0
STEP_M = 20.0
"""A segment's density is the mean over points at most this far apart along it."""


class PlanarDensity:
    """Gaussian kernel density of scikit-learn in the plane, as counts per segment.

    Parameters
    ----------
    trial
        Streets and records.
    bandwidth_m
        Standard deviation of the kernel, in metres.
    """

    def __init__(self, trial: Trial, *, bandwidth_m: float = BANDWIDTH_M) -> None:
        lines = trial.network.segments.geometry.to_numpy()
        length = trial.network.segments["length_m"].to_numpy(dtype=np.float64)
        steps = np.maximum(np.ceil(length / STEP_M).astype(np.int64), 1)
        segment = np.repeat(np.arange(len(length)), steps)
        within = np.arange(len(segment)) - np.repeat(np.cumsum(steps) - steps, steps)
        parts = trial.placed.parts
        on = parts["segment"].to_numpy(dtype=np.int64)
        along = np.clip(parts["offset_m"].to_numpy(dtype=np.float64) / np.maximum(length[on], 1e-9), 0, 1)
        self._trial, self._bandwidth_m, self._segment = trial, bandwidth_m, segment
        self._worth = (length / steps)[segment]
        self._at = _points(lines[segment], (within + 0.5) / steps[segment])
        self._from = _points(lines[on], along)

    def of(self, use: NDArray[np.int64]) -> NDArray[np.float64]:
        """Density of some usable records as counts per segment, [segments], summing to their number."""
        from sklearn.neighbors import KernelDensity  # type: ignore[import-untyped]  # slow to load

        chosen = np.zeros(len(self._trial.records), dtype=bool)
        chosen[self._trial.usable[use]] = True
        rows = chosen[self._trial.placed.parts["record"].to_numpy()]
        size = len(self._trial.network.segments)
        if not rows.any():
            return np.zeros(size)
        spots, spot = np.unique(self._from[rows].round(1), axis=0, return_inverse=True)
        weight = summed(spot.ravel(), self._trial.placed.parts["share"].to_numpy()[rows], len(spots))
        kernel = KernelDensity(bandwidth=self._bandwidth_m, rtol=1e-3, atol=1e-12)
        density = np.exp(kernel.fit(spots, sample_weight=weight).score_samples(self._at))
        out = summed(self._segment, density * self._worth, size)
        return np.asarray(out * len(use) / out.sum())


def _points(lines: NDArray[np.object_], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coordinates at a share of each line's length, [n, 2]."""
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(lines, share, normalized=True)))
