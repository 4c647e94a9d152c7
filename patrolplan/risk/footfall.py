"""Footfall: places people visit, each with a weight and the hours in which people come."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.around import SHELTER
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.footfall_table import UNKNOWN_KIND, checked_table, hours_of_place, open_hours
from patrolplan.risk.network_kernel import spread_along_streets
from patrolplan.risk.placing import place_points
from patrolplan.units import HOURS_PER_WEEK

REACH_M = 120.0
"""How far along the streets a place is felt: the people on the street outside it, not its catchment."""
PLACE_DISTANCE_M = 150.0
"""Places are drawn in the middle of their building or grounds, so they may lie this far from a street."""


@dataclass(frozen=True, kw_only=True)
class Footfall:
    """Footfall in factors: one term a kind of place.

    Attributes
    ----------
    kinds
        One row a term: ``kind``, ``count`` (places), ``share`` (all sum to 1).
    space, time
        [kinds, segments] and [kinds, 168], rows sum to 1.
    sources
        One row a place: ``kind``, ``segment``, ``weight`` (its share of its term), ``label``, ``row``.
    amount
        Weight of all places while they are open, in usual shops.
    notes
        Plain sentences.
    """

    kinds: pd.DataFrame
    space: NDArray[np.float64]
    time: NDArray[np.float64]
    sources: pd.DataFrame
    amount: float = 0.0
    notes: tuple[str, ...] = ()

    def anywhere(self) -> NDArray[np.float64]:
        """Footfall of all kinds over the week, [segments], sums to 1."""
        return np.asarray(self.kinds["share"].to_numpy(dtype=np.float64) @ self.space)


@dataclass(frozen=True, kw_only=True)
class FootfallFindings:
    """What became of the places: ``found`` (None if none can be used) and ``set_aside``."""

    found: Footfall | None
    set_aside: pd.DataFrame


def find_footfall(
    network: StreetNetwork,
    places: gpd.GeoDataFrame,
    *,
    table: pd.DataFrame | None = None,
    reach_m: float = REACH_M,
) -> FootfallFindings:
    """Footfall of places on the streets near them, in factors.

    Parameters
    ----------
    network
        The streets.
    places
        ``kind``, ``name``, ``opening_hours`` (may be absent), ``weight`` (may be absent or NaN),
        points in any coordinate system.
    table
        As `default_footfall`; kinds that it lacks count as "other" (weight 1, by day).
    reach_m
        How far along the streets a place is felt.
    """
    known = checked_table(table)
    kind = places["kind"].fillna("").astype("str").str.strip().str.casefold()
    visited = (kind != SHELTER).to_numpy()
    used = places.assign(kind=kind.where(kind != "", UNKNOWN_KIND[0]))[visited].reset_index(drop=True)
    form, forms, hour_notes = _hours_by_place(used, known)
    placed = place_points(network, used.geometry, max_distance_m=PLACE_DISTANCE_M)
    aside = _set_aside(used, placed.lost)
    parts = _weighted(used, placed.parts, _usual_worth(used, known), forms.sum(axis=1)[form])
    if parts.empty:
        return FootfallFindings(found=None, set_aside=aside)
    kinds = np.sort(parts["kind"].unique())
    parts["group"] = np.searchsorted(kinds, parts["kind"].to_numpy())
    mass = _mass(network, parts, len(kinds), reach_m)
    total = mass.sum(axis=1)
    time = np.zeros((len(kinds), HOURS_PER_WEEK))
    np.add.at(time, parts["group"], parts["usual"].to_numpy()[:, None] * forms[form[parts["record"]]])
    found = Footfall(
        kinds=pd.DataFrame({"kind": kinds, "count": _counts(parts), "share": total / total.sum()}),
        space=mass / total[:, None],
        time=time / time.sum(axis=1, keepdims=True),
        sources=_sources(used, parts, total),
        amount=float(total.sum()),
        notes=(*_kind_notes(used, known), *hour_notes),
    )
    return FootfallFindings(found=found, set_aside=aside)


def _usual_worth(places: pd.DataFrame, table: pd.DataFrame) -> NDArray[np.float64]:
    """Weight of each place in a usual week: its own, else its kind's."""
    usual = places["kind"].map(table["weight"]).fillna(UNKNOWN_KIND[1])
    if "weight" in places:
        usual = pd.to_numeric(places["weight"], errors="coerce").fillna(usual)
    return np.asarray(usual, dtype=np.float64)


def _weighted(
    places: pd.DataFrame, parts: pd.DataFrame, usual: NDArray[np.float64], is_open: NDArray[np.float64]
) -> pd.DataFrame:
    """Parts of the places that count, with ``kind``, ``usual`` weight and ``worth`` while open."""
    record = parts["record"].to_numpy()
    amount = usual[record] * parts["share"].to_numpy()
    kind = places["kind"].to_numpy()[record]
    table = parts.assign(kind=kind, usual=amount, worth=amount * is_open[record])
    return table[table["worth"] > 0].reset_index(drop=True)


def _mass(network: StreetNetwork, parts: pd.DataFrame, count: int, reach_m: float) -> NDArray[np.float64]:
    return spread_along_streets(
        network,
        parts["segment"].to_numpy(dtype=np.int64),
        parts["offset_m"].to_numpy(dtype=np.float64),
        parts["group"].to_numpy(dtype=np.int64),
        parts["worth"].to_numpy(dtype=np.float64),
        groups=count,
        bandwidth_m=reach_m,
    )


def _counts(parts: pd.DataFrame) -> NDArray[np.int64]:
    """Number of places of each kind."""
    return np.bincount(parts.drop_duplicates("record")["group"])


def _hours_by_place(
    places: pd.DataFrame, table: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.float64], tuple[str, ...]]:
    """Number of each place's form of hours, the forms [forms, 168], and notes.

    A place keeps the usual hours of its kind while it is open: one that opens rarely draws fewer
    people a week, not the same number squeezed into a few hours.
    """
    told = _text(places, "opening_hours")
    pairs = pd.DataFrame({"kind": places["kind"], "hours": told})
    form = pairs.groupby(["kind", "hours"], sort=True).ngroup().to_numpy()
    distinct = pairs.assign(form=form).drop_duplicates("form").sort_values("form")
    unread = [hours for hours in distinct["hours"].unique() if hours and open_hours(hours) is None]
    forms = [hours_of_place(kind, hours, table) for kind, hours in zip(distinct["kind"], distinct["hours"])]
    notes: tuple[str, ...] = ()
    if unread:
        count = int(told.isin(unread).sum())
        notes = (
            f"opening hours of {count:,} places can't be read, such as {unread[0]!r}: usual hours are used",
        )
    return form.astype(np.int64), np.stack(forms), notes


def _sources(places: pd.DataFrame, parts: pd.DataFrame, total: NDArray[np.float64]) -> pd.DataFrame:
    """One row a place, on the first of its segments."""
    whole = parts.groupby("record")["worth"].transform("sum")
    table = parts.assign(weight=whole / total[parts["group"]]).drop_duplicates("record")
    label = _text(places, "name").to_numpy()[table["record"]]
    table = table.assign(label=label, row=_rows(places)[table["record"]])
    return table[["kind", "segment", "weight", "label", "row"]].reset_index(drop=True)


def _set_aside(places: pd.DataFrame, lost: pd.DataFrame) -> pd.DataFrame:
    """Places not used; row 0 where they come from a map, which has no rows."""
    record = lost["record"].to_numpy()
    row = _rows(places)[record] if "row" in places else np.zeros(len(record), dtype=np.int64)
    told = (places["kind"] + " " + _text(places, "name")).str.strip().to_numpy()[record]
    value = [f"{what} ({where})" for what, where in zip(told, lost["value"], strict=True)]
    return pd.DataFrame({"row": row, "reason": lost["reason"], "value": pd.Series(value, dtype="str")})


def _text(places: pd.DataFrame, column: str) -> pd.Series:
    if column not in places:
        return pd.Series("", index=places.index, dtype="str")
    return places[column].fillna("").astype("str").str.strip()


def _rows(places: pd.DataFrame) -> NDArray[np.int64]:
    """Data rows, counted through where the table has none of its own."""
    counted = pd.Series(np.arange(1, len(places) + 1), index=places.index)
    return np.asarray(places["row"].fillna(counted) if "row" in places else counted, dtype=np.int64)


def _kind_notes(places: pd.DataFrame, table: pd.DataFrame) -> tuple[str, ...]:
    unknown = places.loc[~places["kind"].isin(table.index), "kind"].value_counts()
    if unknown.empty:
        return ()
    told = ", ".join(f"{kind} ({count})" for kind, count in unknown.head(5).items())
    return (f"kinds of place without a row in the footfall table count as one shop, by day: {told}",)
