"""Gathers a table from its pieces and leaves personal columns behind at once."""

from __future__ import annotations

from typing import Any

import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.readers.personal import DOCUMENT, ID, Personal, hashed, personal_columns
from patrolplan.io.readers.raw import Ask, RawTable

SAMPLE_ROWS = 2_000
LONGEST_CELL = 100_000
_MANY_TIMES = 0.5


class Keeper:
    """Takes pieces of a table one by one; keeps what may travel."""

    def __init__(self, name: str, ask: Ask) -> None:
        self._name, self._ask = name, ask
        self._pieces: list[pd.DataFrame] = []
        self._ids: list[pd.Series] = []
        self._personal: tuple[Personal, ...] | None = None
        self._id_column: str | None = None

    def take(self, piece: pd.DataFrame) -> None:
        """Take rows (text, index of 1-based row numbers); blank ones are passed over."""
        piece = piece.apply(lambda cells: cells.str.strip())
        piece = piece[(piece != "").any(axis=1)]
        if self._personal is None:
            sample = piece.head(SAMPLE_ROWS)
            self._personal = personal_columns(sample, table=self._ask.table, wanted=self._ask.wanted)
            self._id_column = _id_column(sample, self._personal)
        if self._id_column is not None:
            self._ids.append(piece[self._id_column])
        kept = piece.drop(columns=[found.column for found in self._personal])
        self._check_cells(kept)
        self._pieces.append(kept)

    def table(self, *, points: Any | None, broken: tuple[int, ...], notes: tuple[str, ...]) -> RawTable:
        """What was taken, as a table."""
        frame = pd.concat(self._pieces) if len(self._pieces) != 1 else self._pieces[0]
        return RawTable(
            name=self._name,
            frame=frame,
            points=points if points is None else points.loc[frame.index],
            broken=broken,
            notes=notes,
            personal=self._personal or (),
            ids=hashed(pd.concat(self._ids)) if self._ids else None,
        )

    def _check_cells(self, piece: pd.DataFrame) -> None:
        for column in piece.columns:
            length = piece[column].str.len()
            if len(length) and length.max() > LONGEST_CELL:
                row = int(piece.index.to_numpy()[int(length.to_numpy().argmax())])
                raise InputError(
                    f"{self._name}: row {row} has a cell of {int(length.max()):,} characters in {column!r}; "
                    "a quotation mark may be open, or the separator wrong"
                )


def _id_column(sample: pd.DataFrame, personal: tuple[Personal, ...]) -> str | None:
    """The column by which the register itself tells records apart."""
    for sort in (DOCUMENT, ID):
        for found in personal:
            cells = sample[found.column]
            if (
                found.sort == sort
                and (cells != "").mean() > 0.5
                and cells.nunique() > _MANY_TIMES * len(cells)
            ):
                return found.column
    return None
