"""Offences: records with a place, and a time as exact as it is known; nothing personal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

PRECISIONS = ("minute", "window", "date", "month", "none")
"""How exactly the time of a record is known, best first."""


@dataclass(frozen=True, kw_only=True)
class Offences:
    """Offence records fit for use, and those that are not, with the reason.

    Attributes
    ----------
    records
        GeoDataFrame of points in EPSG:4326, ordered by ``row``. Columns: ``row`` (1-based data row
        of the table), ``kind``, ``start`` and ``end`` (instants in ``timezone`` or NaT),
        ``precision``, ``street`` (the record's own words on its street or block, "" if none),
        ``geometry``. What ``start`` and ``end`` mean depends on ``precision``: "minute": it
        happened at ``start``, ``end`` is NaT; "window": at an unknown instant from ``start`` to
        ``end``; "date" and "month": on an unknown hour of that day or month, which runs from
        ``start`` to ``end`` (its first instant and the first of the next), so never read ``start``
        as an hour; "none": both NaT.
    set_aside
        Records that can't be used: ``row``, ``reason``, ``value``.
    timezone
        IANA name of the zone of the wall clock ("America/New_York").
    notes
        Plain sentences on how the table was read.
    personal
        Columns left behind as personal: name, what they hold, how that is known.
    ids
        Keyed hashes of the register's record ids by ``row``, to tell doubles; None without ids.
    by_address
        Records placed by their address: ``row``, ``score`` (0..1), ``how`` ("house", "near house",
        "street"); None where no addresses were asked for.
    columns
        Role -> column, as the table was read.
    """

    records: gpd.GeoDataFrame
    set_aside: pd.DataFrame
    timezone: str
    notes: tuple[str, ...] = ()
    personal: tuple[tuple[str, str, str], ...] = ()
    ids: pd.Series | None = None
    by_address: pd.DataFrame | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count of usable records."""
        return len(self.records)


def no_set_aside() -> pd.DataFrame:
    """An empty table of records set aside."""
    return pd.DataFrame(
        {
            "row": pd.Series(dtype="int64"),
            "reason": pd.Series(dtype="str"),
            "value": pd.Series(dtype="str"),
        }
    )


def gather_set_aside(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One table of records set aside, in order of their rows."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return no_set_aside()
    table = pd.concat(filled, ignore_index=True).astype({"row": "int64", "reason": "str", "value": "str"})
    return table.sort_values(["row", "reason"], kind="stable", ignore_index=True)


def aside_records(table: pd.DataFrame) -> list[tuple[int, str, str]]:
    """A table of records set aside as plain tuples, which can travel in a frame's ``attrs``.

    Frames there would break pandas, which compares attributes when it joins tables.
    """
    return list(zip(table["row"].tolist(), table["reason"], table["value"], strict=True))


def tell_rows(rows: Iterable[int]) -> str:
    """Name the first five rows and the count, for messages.

    Examples
    --------
    >>> tell_rows([3])
    'row 3'
    >>> tell_rows([1, 2, 3, 4, 5, 6, 7])
    'rows 1, 2, 3, 4, 5, ... (7 in all)'
    """
    listed = [int(row) for row in rows]
    if len(listed) == 1:
        return f"row {listed[0]}"
    shown = ", ".join(str(row) for row in listed[:5])
    return f"rows {shown}" + (f", ... ({len(listed)} in all)" if len(listed) > 5 else "")
