"""The user's own table of kinds of offence: harm class, on the street or not, sensitive or not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.table_coordinates import numbers
from patrolplan.io.table_read import read_table
from patrolplan.risk.offences import tell_rows

YES_OR_NO = ("street", "officer_found", "sensitive")
COLUMNS = ("kind", "harm", *YES_OR_NO, "name")
_WORDS = {
    **dict.fromkeys(("true", "yes", "y", "1", "так"), True),
    **dict.fromkeys(("false", "no", "n", "0", "ні"), False),
}


def read_kinds(path: str | Path) -> pd.DataFrame:
    """Read a table of kinds, for the ``kinds`` of :func:`patrolplan.weigh`.

    Parameters
    ----------
    path
        A table with the column ``kind`` (as the offence table writes it, in any case) and any of
        ``harm`` (above 0), ``street``, ``officer_found``, ``sensitive`` (yes or no) and ``name``.
        An empty cell leaves what the built-in classes say.

    Raises
    ------
    InputError
        The file can't be read, has no or unknown columns, or cells that are no number, or neither
        yes nor no: all told together.
    """
    table = read_table(path)
    cells = table.frame.rename(columns=lambda name: str(name).strip().lower())
    faults = [
        f"{table.name}: unknown column {name!r}; known are {', '.join(COLUMNS)}"
        for name in cells.columns
        if name not in COLUMNS
    ]
    if "kind" not in cells.columns:
        faults.append(f"{table.name}: no column 'kind'; one row a kind")
    kinds = pd.DataFrame({name: cells[name] for name in ("kind", "name") if name in cells.columns})
    if "harm" in cells.columns:
        kinds["harm"] = numbers(cells["harm"])
        faults += _fault(table.name, "harm", "a number above 0", cells["harm"], ~(kinds["harm"] > 0))
    for name in YES_OR_NO:
        if name in cells.columns:
            kinds[name] = cells[name].str.lower().map(_WORDS).astype("object")
            faults += _fault(table.name, name, "yes or no", cells[name], kinds[name].isna())
    if faults:
        raise InputError(faults)
    if "name" in kinds.columns:
        kinds["name"] = kinds["name"].where(kinds["name"] != "")
    return kinds.reset_index(drop=True)


KIND_WORDS = ("kind", "offence", "offense", "crime", "category", "code", "злочин", "вид", "назва")
HARM_WORDS = ("harm", "score", "days", "weight", "severity", "index", "шкода", "бали", "дні")


def read_harm(path: str | Path) -> pd.DataFrame:
    """Read a published harm table, for the ``harm`` of :func:`patrolplan.weigh`.

    No table ships with the program: take the one that fits your country, from its publisher.

    Parameters
    ----------
    path
        A table with a column for the kind of offence (headed kind, offence, crime, code, ...) and one for its
        harm (headed harm, score, days, weight, ...) in any unit, above 0.

    Returns
    -------
    ``kind`` and ``harm``.

    Raises
    ------
    InputError
        The file can't be read, has no such columns, a kind twice, or harm that is no number above 0.
    """
    table = read_table(path)
    heads = {str(name): str(name).strip().lower() for name in table.frame.columns}
    kind, harm = (
        next((name for word in words for name, head in heads.items() if word in head and name != ""), None)
        for words in (KIND_WORDS, HARM_WORDS)
    )
    if kind is None or harm is None or kind == harm:
        has = ", ".join(heads)
        raise InputError(f"{table.name}: needs a column 'kind' and a column 'harm'; it has {has}")
    cells = table.frame[(table.frame[kind] != "") & (table.frame[harm] != "")]
    score = numbers(cells[harm])
    faults = _fault(table.name, harm, "a number above 0", cells[harm], ~(score > 0))
    twice = cells[kind].str.strip().str.casefold().duplicated()
    if twice.any():
        faults.append(f"{table.name}: named twice: {', '.join(cells.loc[twice, kind].unique()[:5])}")
    if faults or cells.empty:
        raise InputError(faults or [f"{table.name}: no row has both a kind and a harm"])
    return pd.DataFrame({"kind": cells[kind].str.strip(), "harm": score}).reset_index(drop=True)


def _fault(file: str, column: str, wanted: str, cells: pd.Series, wrong: pd.Series) -> list[str]:
    bad = cells[wrong & (cells != "")]
    if bad.empty:
        return []
    return [f"{file}: {column} must be {wanted}, not {bad.iloc[0]!r} ({tell_rows(list(bad.index))})"]
