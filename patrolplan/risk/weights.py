"""SegmentWeights: what each street segment needs at each hour of the week, kept in factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.risk.why_words import told_why
from patrolplan.units import HOURS_PER_WEEK, frozen_columns

if TYPE_CHECKING:
    from patrolplan.graph.network import StreetNetwork
    from patrolplan.views.figures import Drawing

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
        What bears on need, for reasons in words, one row a place, or a record or problem and
        segment it lies on (one at a junction has several: count by ``row``): ``part``, ``kind``,
        ``segment``, ``weight`` (its share of its term), ``hour`` (hour of week, -1 where it isn't
        known), ``label`` (name of the place, text of the problem, "" for offences),
        ``sensitive``, ``row`` (1-based data row of its table).
    set_aside
        One row a record that was not used: ``source``, ``row`` (1-based data row), ``reason``, ``value``.
    notes
        Plain sentences on what the need rests on, for people.
    observed
        [segments] whether offence records cover a segment; where they don't, its offences are
        unknown (taken as typical of its kind of street), not none. All True where not given.
    rank_group
        [segments] groups of segments whose need can't be told apart, 1 the neediest; to be taken
        in turns, not ranked within. Each its own group by need where not given.
    """

    terms: pd.DataFrame
    space: NDArray[np.float64]
    time: NDArray[np.float64]
    policy: Mapping[str, float]
    expected_per_week: float
    sources: pd.DataFrame
    set_aside: pd.DataFrame
    notes: tuple[str, ...] = field(default=())
    observed: NDArray[np.bool_] = field(default_factory=lambda: np.ones(0, dtype=bool))
    rank_group: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        count = self.space.shape[1]
        observed = self.observed if len(self.observed) else np.ones(count, dtype=bool)
        groups = self.rank_group
        if not len(groups):
            order = np.argsort(-(self.terms["share"].to_numpy(dtype=np.float64) @ self.space), kind="stable")
            groups = np.empty(count, dtype=np.int64)
            groups[order] = np.arange(1, count + 1)
        frozen_columns(self, space=self.space, time=self.time, observed=observed, rank_group=groups)

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

    def part_of_week(self, part: str) -> NDArray[np.float64] | None:
        """One part over the whole week by itself, [segments], sums to 1; None if it has no terms."""
        rows = (self.terms["part"] == part).to_numpy()
        share = self.terms["share"].to_numpy(dtype=np.float64)[rows]
        if not rows.any() or share.sum() <= 0:
            return None
        return np.asarray(share @ self.space[rows] / share.sum())

    def expected_offences(self, hours: NDArray[np.int64]) -> NDArray[np.float64]:
        """Street offences a week to expect on each segment in each of the hours, [segments, h]."""
        rows = (self.terms["part"] == "offences").to_numpy()
        count = self.terms["count"].to_numpy(dtype=np.float64)[rows]
        if not count.sum():
            return np.zeros((self.space.shape[1], len(hours)))
        share = self.expected_per_week * count / count.sum()
        return np.asarray((self.space[rows].T * share) @ self.time[rows][:, hours])

    def why(self, segment: int, hour: int) -> pd.DataFrame:
        """What the need of a segment in an hour of the week comes from, greatest first.

        Returns
        -------
        One row a term: ``part``, ``kind``, ``need`` (in shares of the week's need), ``share`` (of
        this segment-hour), ``records`` (records, places or problems on the segment itself),
        ``labels`` (names of the weightiest three). For analysts: sensitive kinds are named here.
        """
        worth = self.terms["share"].to_numpy(dtype=np.float64) * self.space[:, segment] * self.time[:, hour]
        here = self.sources[self.sources["segment"] == segment].sort_values(
            "weight", ascending=False, kind="stable"
        )
        grouped = here.groupby(["part", "kind"], sort=False)
        table = self.terms[["part", "kind"]].assign(
            need=worth, share=worth / worth.sum() if worth.sum() else worth
        )
        records, labels = grouped["row"].nunique(), grouped["label"].agg(_first_labels)
        table = table.groupby(["part", "kind"], sort=False, as_index=False).sum()
        keys = list(zip(table["part"], table["kind"]))
        table["records"] = [int(records.get(key, 0)) for key in keys]
        table["labels"] = [str(labels.get(key, "")) for key in keys]
        return table.sort_values(["need", "kind"], ascending=[False, True], ignore_index=True)

    def why_words(self, segment: int, hour: int, *, causes: int = 3) -> str:
        """`why` in a sentence or two: the weightiest causes, and how many records stand behind them."""
        return told_why(
            self.why(segment, hour), observed=bool(self.observed[segment]), hour=hour, causes=causes
        )

    def with_notes(self, notes: tuple[str, ...]) -> SegmentWeights:
        """The same weights with other notes."""
        return replace(self, notes=tuple(notes))

    def plot(self, network: StreetNetwork, *, hour: int | None = None) -> Drawing:
        """Need per metre on the map as a matplotlib figure, in multiples of the average.

        Parameters
        ----------
        network
            The streets that were weighed.
        hour
            Hour of the week, 0 (Monday 00:00) to 167; the week's average if not given.

        Raises
        ------
        InputError
            The hour is not of a week, or the network another one.
        ModuleNotFoundError
            matplotlib is not installed.
        """
        from patrolplan.views.figures import need_figure

        return need_figure(self, network, hour=hour)

    def heatmap(self, *, part: str | None = None) -> Drawing:
        """Need of all streets by day and hour of the week as a matplotlib figure.

        Parameters
        ----------
        part
            "offences", "footfall" or "problems" alone; all need if not given.

        Raises
        ------
        InputError
            No such part.
        ModuleNotFoundError
            matplotlib is not installed.
        """
        from patrolplan.views.figures import week_figure

        return week_figure(self, part=part)


def _first_labels(labels: pd.Series) -> str:
    return ", ".join(list(dict.fromkeys(label for label in labels if label))[:3])
