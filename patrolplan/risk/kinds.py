"""Kinds of offence: how harmful, whether foot patrol can prevent them, what is never named."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.risk.kinds_table import CODE_BOOKS, KIND_TABLE
from patrolplan.risk.kinds_ukraine import TO_CHECK, ukrainian_article

HARM_CLASSES = (1.0, 3.0, 10.0, 30.0)
"""Ordinal classes of harm: ours, not taken from any published index; each step is about threefold.
Minor (theft, damage, disorder), serious (assault, burglary), grave (robbery, wounding), gravest (life)."""

COLUMNS = ("pattern", "harm", "street", "officer_found", "sensitive")
UNMATCHED_HARM = 1.0
HARM_TABLE = "your harm table"


def default_kinds() -> pd.DataFrame:
    """The table of kinds as shipped: the first pattern that is found in a kind's name decides.

    Columns: ``pattern`` (regular expression, lower case, English and Ukrainian), ``harm`` (1, 3, 10
    or 30: ours), ``street`` (foot patrol can prevent it; burglary of homes counts, since it
    repeats next door), ``officer_found`` (mostly known because police found it, so that records
    follow patrols instead of need), ``sensitive`` (never named on what people hold).

    Examples
    --------
    >>> default_kinds().columns.tolist()
    ['pattern', 'harm', 'street', 'officer_found', 'sensitive']
    """
    return pd.DataFrame(list(KIND_TABLE), columns=list(COLUMNS))


def rate_kinds(
    kinds: pd.Series, *, overrides: pd.DataFrame | None = None, harm: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What each kind of offence in a table counts for.

    Parameters
    ----------
    kinds
        The kind of each record.
    overrides
        The user's own rows: ``kind`` (whole name, any case) and any of ``harm``, ``street``,
        ``officer_found``, ``sensitive``, ``name``; they win over the defaults.
    harm
        A published harm table: ``kind`` (name or code, any case) and ``harm`` in its own unit, such as
        days of prison. It replaces the classes of the kinds it names; scaled so that on the street
        kinds of both, classes and harm have the same geometric mean, since the other kinds keep their class.

    Returns
    -------
    One row a kind, by falling count: ``kind``, ``name`` (in words, where the kind is a code),
    ``count``, ``harm``, ``street``, ``officer_found``, ``sensitive``, ``matched`` (by what: a
    pattern, a code book, "your table", or "" for none: class 1, street).

    Examples
    --------
    >>> rated = rate_kinds(pd.Series(["Thefts", "Fraud", "Thefts", "Розбій", "Weapon Violations"]))
    >>> rated[["kind", "count", "harm", "street", "officer_found"]]
                    kind  count  harm  street  officer_found
    0             Thefts      2   1.0    True          False
    1              Fraud      1   1.0   False          False
    2  Weapon Violations      1   3.0    True           True
    3             Розбій      1  10.0    True          False
    """
    counts = kinds.value_counts().rename_axis("kind").reset_index(name="count")
    counts = counts.sort_values(["count", "kind"], ascending=[False, True], ignore_index=True)
    names = counts["kind"].astype("str")
    rated = pd.DataFrame([_rated(name, _code_book(names)) for name in names], index=counts.index)
    table = pd.concat([counts, rated], axis=1)
    if harm is not None:
        table = _with_harm(table, harm)
    return table if overrides is None else _overridden(table, overrides)


def _rated(kind: str, book: int | None) -> dict[str, object]:
    if book is not None:
        whose, _, codes = CODE_BOOKS[book]
        for code, name, harm, street in codes:
            if re.fullmatch(code, kind):
                return _row(name, harm, street, False, name == "rape", whose)
    if (article := ukrainian_article(kind)) is not None:
        name, harm, street, found, sensitive = article
        return _row(f"{name} ({kind})", harm, street, found, sensitive, TO_CHECK)
    plain = re.sub(r"\s+", " ", kind.casefold())
    for pattern, harm, street, found, sensitive in KIND_TABLE:
        if re.search(pattern, plain):
            return _row(kind, harm, street, found, sensitive, pattern)
    return _row(kind, UNMATCHED_HARM, True, False, False, "")


def _row(
    name: str, harm: float, street: bool, found: bool, sensitive: bool, matched: str
) -> dict[str, object]:
    return {
        "name": name, "harm": float(harm), "street": street,
        "officer_found": found, "sensitive": sensitive, "matched": matched,
    }  # fmt: skip


def _code_book(names: pd.Series) -> int | None:
    """The code book whose shape fits nearly all kinds of the table."""
    for number, (_, shape, _) in enumerate(CODE_BOOKS):
        if len(names) and names.str.fullmatch(shape).mean() > 0.9:
            return number
    return None


def _with_harm(table: pd.DataFrame, harm: pd.DataFrame) -> pd.DataFrame:
    """The kinds with the harm that a published table gives to those it names."""
    keys = harm["kind"].astype("str").str.strip().str.casefold()
    score = table["kind"].astype("str").str.strip().str.casefold().map(harm.set_axis(keys)["harm"])
    score = score.fillna(table["name"].astype("str").str.casefold().map(harm.set_axis(keys)["harm"]))
    both = score.notna() & table["street"]
    if not both.any():
        raise InputError(
            "the harm table names none of the street offences in the records; its kinds must be written as "
            f"theirs (such as {table['kind'].iloc[0]!r}), or give offences.kinds_file"
        )
    scale = float(np.exp((np.log(table["harm"][both]) - np.log(score[both])).mean()))
    return table.assign(
        harm=table["harm"].where(score.isna(), score * scale),
        matched=table["matched"].where(score.isna(), HARM_TABLE),
    )


def _overridden(table: pd.DataFrame, overrides: pd.DataFrame) -> pd.DataFrame:
    _check(overrides)
    own = overrides.assign(kind=overrides["kind"].astype("str").str.strip().str.casefold()).set_index("kind")
    at = table["kind"].str.casefold()
    found = at.isin(own.index)
    table = table.copy()
    for column in ("name", "harm", "street", "officer_found", "sensitive"):
        if column in own.columns:
            said = at.map(own[column])
            table[column] = table[column].where(said.isna(), said).astype(table[column].dtype)
    table["matched"] = table["matched"].where(~found, "your table")
    return table


def _check(overrides: pd.DataFrame) -> None:
    faults = []
    if "kind" not in overrides.columns:
        raise InputError("table of kinds: no column 'kind'; one row a kind, with harm, street, ...")
    extra = set(overrides.columns) - {"kind", "name", "harm", "street", "officer_found", "sensitive"}
    if extra:
        faults.append(f"table of kinds: unknown columns {', '.join(sorted(map(str, extra)))}")
    twice = overrides["kind"].astype("str").str.strip().str.casefold().duplicated()
    if twice.any():
        faults.append(f"table of kinds: named twice: {', '.join(overrides.loc[twice, 'kind'].astype('str'))}")
    if "harm" in overrides.columns:
        harm = pd.to_numeric(overrides["harm"], errors="coerce")
        wrong = overrides["harm"].notna() & ~(harm > 0)
        if wrong.any():
            faults.append(f"table of kinds: harm must be above 0 ({', '.join(overrides.loc[wrong, 'kind'])})")
    if faults:
        raise InputError(faults)
