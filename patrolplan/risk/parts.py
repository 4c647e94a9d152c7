"""The parts of need put together: terms, patterns, sources and what was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.footfall import Footfall
from patrolplan.risk.problems import Problems
from patrolplan.risk.street_offences import StreetOffences
from patrolplan.risk.weights import SegmentWeights
from patrolplan.units import HOURS_PER_WEEK

SOURCE_TYPES = {
    "part": "str",
    "kind": "str",
    "segment": "int64",
    "weight": "float64",
    "hour": "int64",
    "label": "str",
    "sensitive": "bool",
    "row": "int64",
}
ASIDE_TYPES = {"source": "str", "row": "int64", "reason": "str", "value": "str"}


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What is known of each part of need, None where nothing is."""

    offences: StreetOffences | None = None
    footfall: Footfall | None = None
    problems: Problems | None = None

    def counts(self) -> dict[str, int]:
        """Usable offences, places and problems."""
        return {
            "offences": self.offences.used if self.offences else 0,
            "places": int(self.footfall.kinds["count"].sum()) if self.footfall else 0,
            "problems": self.problems.count if self.problems else 0,
        }


def composed(
    network: StreetNetwork, parts: Parts, policy: Mapping[str, float], set_aside: pd.DataFrame
) -> SegmentWeights:
    """The parts weighted by policy; by length of street, at all hours, where nothing is known."""
    terms, spaces, times, sources = [], [], [], []
    for part, share in (("offences", "a_off"), ("footfall", "a_foot"), ("problems", "a_prob")):
        factors = getattr(parts, part)
        if factors is not None:
            terms.append(factors.kinds.assign(part=part, share=factors.kinds["share"] * policy[share]))
            spaces.append(factors.space)
            times.append(factors.time)
            sources.append(factors.sources.assign(part=part))
    if not terms:
        return _by_length(network, set_aside)
    table = _terms(terms)
    return SegmentWeights(
        terms=table,
        space=_rows_to_one(np.concatenate(spaces)),
        time=_rows_to_one(np.concatenate(times)),
        policy=MappingProxyType(dict(policy)),
        expected_per_week=parts.offences.expected_per_week if parts.offences else 0.0,
        sources=_sources(sources, table),
        set_aside=set_aside,
    )


def set_aside_table(**by_source: list[pd.DataFrame]) -> pd.DataFrame:
    """Everything set aside in one table, by source, then row."""
    given = [(source, table) for source, tables in by_source.items() for table in tables]
    parts = [table.assign(source=source) for source, table in given if len(table)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in ASIDE_TYPES.items()})
    table = pd.concat(parts, ignore_index=True).astype(ASIDE_TYPES)[list(ASIDE_TYPES)]
    rank = table["source"].map({source: number for number, source in enumerate(by_source)})
    order = np.lexsort((table["reason"].to_numpy(dtype="U"), table["row"], rank))
    return table.iloc[order].reset_index(drop=True)


def _by_length(network: StreetNetwork, set_aside: pd.DataFrame) -> SegmentWeights:
    length = network.segments["length_m"].to_numpy(dtype=np.float64)
    terms = {"part": "footfall", "kind": "length of street", "share": 1.0, "count": 0, "sensitive": False}
    return SegmentWeights(
        terms=pd.DataFrame([terms]),
        space=length[None, :] / length.sum(),
        time=np.full((1, HOURS_PER_WEEK), 1 / HOURS_PER_WEEK),
        policy=MappingProxyType({"a_off": 0.0, "a_foot": 1.0, "a_prob": 0.0}),
        expected_per_week=0.0,
        sources=pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in SOURCE_TYPES.items()}),
        set_aside=set_aside,
    )


def _terms(parts: list[pd.DataFrame]) -> pd.DataFrame:
    known = [part if "sensitive" in part else part.assign(sensitive=False) for part in parts]
    table = pd.concat(known, ignore_index=True)[["part", "kind", "share", "count", "sensitive"]]
    return table.assign(share=table["share"] / table["share"].sum(), kind=table["kind"].astype("str"))


def _rows_to_one(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def _sources(parts: list[pd.DataFrame], terms: pd.DataFrame) -> pd.DataFrame:
    whole = [part if "hour" in part else part.assign(hour=-1) for part in parts]
    whole = [part if "label" in part else part.assign(label="") for part in whole]
    table = pd.concat(whole, ignore_index=True)
    table = table.merge(terms[["part", "kind", "sensitive"]], on=["part", "kind"], how="left")
    return table.astype(SOURCE_TYPES)[list(SOURCE_TYPES)]
