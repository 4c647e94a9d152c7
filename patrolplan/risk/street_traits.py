"""What makes one street likelier than another for offences to be recorded on, before any record is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.network_kernel import incidence

LEAST_OF_KIND = 10
"""Kinds of street with fewer segments than this have no rate of their own."""
FOOTFALL_FLOOR = 0.3
NEAR_FLOOR, NEAR_FEW = 0.02, 2.0
"""Added to footfall and to records nearby (both 1 where they are as usual) before the logarithm; that of
records ``0.02 + 2 / sqrt(n)``, since the kernel of few records says little where there is none."""
USUAL = {"records nearby": 0.5, "footfall": 0.15, "dead end": -0.3, "has a name": 0.3}
"""Coefficients before any record is seen; others 0. Rough figures between those that records of 2018 in
North Philadelphia (January to September) and of June 2016 in Baltimore lead to."""


@dataclass(frozen=True, kw_only=True)
class StreetTraits:
    """Traits of segments.

    Attributes
    ----------
    length
        [segments] share of the length of street.
    ends
        [segments] share of the ends at junctions, each junction shared evenly by the streets that
        meet there: where records are, if they are placed at junctions.
    footfall
        [segments] where people are, summing to 1; None where no place is known.
    marks
        [marks, segments] 0 or 1: is a dead end, has a name, is of a kind of street.
    names
        Names of ``marks``.
    """

    length: NDArray[np.float64]
    ends: NDArray[np.float64]
    footfall: NDArray[np.float64] | None
    marks: NDArray[np.float64]
    names: tuple[str, ...]

    def base(self, by_length: float) -> NDArray[np.float64]:
        """Share expected on each segment of streets that are alike, [segments], sums to 1.

        A mix of length and ends: both add up, so that a segment split in two splits its share.
        """
        by_length = max(by_length, 1e-3) if self.ends.any() else 1.0
        return np.asarray(by_length * self.length + (1 - by_length) * self.ends)

    def regressors(
        self, base: NDArray[np.float64], nearby: NDArray[np.float64], records: float
    ) -> NDArray[np.float64]:
        """Rows to predict shares over ``base`` from, [regressors, segments].

        Parameters
        ----------
        base
            [segments] as `base` gives it.
        nearby
            [segments] weight of records spread along the streets.
        records
            Their number.
        """
        near = nearby / nearby.sum() / base if nearby.sum() > 0 else np.ones_like(base)
        rows = [np.log(near + NEAR_FLOOR + NEAR_FEW / np.sqrt(max(records, 1.0)))]
        if self.footfall is not None:
            rows.append(np.log(self.footfall / base + FOOTFALL_FLOOR))
        return np.concatenate([rows, self.marks])

    def regressor_names(self) -> tuple[str, ...]:
        """Names of the rows of `regressors`."""
        return ("records nearby", *(() if self.footfall is None else ("footfall",)), *self.names)

    def usual(self) -> NDArray[np.float64]:
        """Coefficients of `regressors` before any record is seen."""
        return np.array([USUAL.get(name, 0.0) for name in self.regressor_names()])


def street_traits(network: StreetNetwork, footfall: NDArray[np.float64] | None = None) -> StreetTraits:
    """Traits of a network's segments, with where people are if that is known."""
    length = network.segments["length_m"].to_numpy(dtype=np.float64)
    first, _, _ = incidence(network)
    degree = np.diff(first)[network.segments[["u", "v"]].to_numpy(dtype=np.int64)]
    ends = np.where(degree > 2, 1 / degree, 0.0).sum(axis=1)
    street = street_classes(network)
    kinds = network.segments["kind"].astype("str").to_numpy()
    often = np.flatnonzero(np.bincount(street) >= LEAST_OF_KIND)
    named = (network.segments["name"].astype("str") != "").to_numpy()
    names = ["dead end", "has a name", *(str(kinds[np.argmax(street == number)]) for number in often)]
    marks = [(degree == 1).any(axis=1), named, *(street == number for number in often)]
    return StreetTraits(
        length=length / length.sum(),
        ends=ends / max(ends.sum(), 1e-9),
        footfall=footfall,
        marks=np.array(marks, dtype=np.float64),
        names=tuple(names),
    )


def street_classes(network: StreetNetwork) -> NDArray[np.int64]:
    """Number of the kind of street of each segment, [segments]."""
    return np.asarray(pd.factorize(network.segments["kind"].astype("str"), sort=True)[0], dtype=np.int64)
