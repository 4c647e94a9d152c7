"""A table as it stands in its file: every cell as text, what is personal left behind."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

from patrolplan.io.readers.personal import Personal


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A table as it stands in its file, every cell as text.

    Attributes
    ----------
    name
        File name, for messages.
    frame
        Cells as text ("" where empty); the index is the 1-based data row. Columns that hold
        personal data are not in it.
    points
        Geometry of the file (GeoSeries on the same index) or None for a plain table.
    broken
        1-based rows whose fields don't fit the header (left out of ``frame``).
    notes
        Encoding, separator, sheet and header row, told plainly.
    personal
        Columns that were left behind, and for what; never their contents.
    ids
        Keyed hashes of the record ids on the same index, to tell doubles; None without ids.
    """

    name: str
    frame: pd.DataFrame
    points: Any | None
    broken: tuple[int, ...]
    notes: tuple[str, ...]
    personal: tuple[Personal, ...] = ()
    ids: pd.Series | None = None


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a reader is asked for beyond the file itself; None: found out.

    Attributes
    ----------
    encoding, separator
        Of a text table.
    sheet
        Name of the sheet, layer or table.
    table
        "offences", "places", "problems" or "" (decides what counts as personal).
    wanted
        Columns that the user named: read even where they look personal.
    """

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    table: str = ""
    wanted: Collection[str] = ()


def unique_names(names: list[str]) -> list[str]:
    """Names of columns made fit to be told apart.

    Examples
    --------
    >>> unique_names(["kind", "", "kind", " date "])
    ['kind', 'column 2', 'kind (2)', 'date']
    """
    seen: dict[str, int] = {}
    out = []
    for k, name in enumerate(names):
        plain = " ".join(str(name).replace("\ufeff", "").split())[:200] or f"column {k + 1}"
        seen[plain] = seen.get(plain, 0) + 1
        out.append(plain if seen[plain] == 1 else f"{plain} ({seen[plain]})")
    return out
