"""SegmentWeights: what each street segment needs at each hour of the week, kept in factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.units import HOURS_PER_WEEK, frozen_columns

PARTS = ("offences", "footfall", "problems")


@dataclass(frozen=True, kw_only=True)
class SegmentWeights:
    """Patrol need ``w[s, h] = sum over terms k of share[k] * space[k, s] * time[k, h]``; all of it sums to 1.

    A term is one cause that has a place pattern and an hour pattern of its own: one kind of
    offence, one kind of place people visit, or the named problems that share their hours.

    Attributes
    ----------
    terms
        One row a term: ``part`` ("offences", "footfall" or "problems"), ``kind`` (its name),
        ``share`` (of the week's need; all sum to 1), ``count`` (records or places behind it),
        ``sensitive`` (True: never named on what people hold).
    space
        [terms, segments] float, each row sums to 1.
    time
        [terms, 168] float, each row sums to 1; hour 0 is Monday 00:00 local wall clock.
    policy
        The shares ``a_off``, ``a_foot``, ``a_prob`` that were used: policy, not statistics.
    expected_per_week
        Expected usable offences a week in the whole network; says how thin the ground is.
    sources
        One row a record, place or problem that bears on need, for reasons in words: ``part``,
        ``kind``, ``segment``, ``weight`` (its share of its term), ``hour`` (hour of week or -1),
        ``label`` (name of the place, text of the problem, "" for offences), ``sensitive``.
    set_aside
        One row a record that was not used: ``source``, ``row`` (1-based data row), ``reason``, ``value``.
    notes
        Plain sentences on what the need rests on, for people.
    """

    terms: pd.DataFrame
    space: NDArray[np.float64]
    time: NDArray[np.float64]
    policy: Mapping[str, float]
    expected_per_week: float
    sources: pd.DataFrame
    set_aside: pd.DataFrame
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        frozen_columns(self, space=self.space, time=self.time)

    def need(self, hours: NDArray[np.int64]) -> NDArray[np.float64]:
        """Need of every segment in each of the given hours of the week.

        Parameters
        ----------
        hours
            [h] hours of the week, 0..167.

        Returns
        -------
        [segments, h] float, in shares of the week's need.
        """
        share = self.terms["share"].to_numpy(dtype=np.float64)
        return np.asarray((self.space.T * share) @ self.time[:, hours])

    def need_by_part(self, hours: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
        """``need`` split into its named parts; the parts add up to the whole."""
        return {part: self._of_part(part, hours) for part in PARTS}

    def _of_part(self, part: str, hours: NDArray[np.int64]) -> NDArray[np.float64]:
        rows = (self.terms["part"] == part).to_numpy()
        share = self.terms["share"].to_numpy(dtype=np.float64)[rows]
        return np.asarray((self.space[rows].T * share) @ self.time[rows][:, hours])

    def week(self) -> NDArray[np.float64]:
        """Need of every segment over the whole week, [segments], sums to 1."""
        return np.asarray(self.need(np.arange(HOURS_PER_WEEK)).sum(axis=1))
