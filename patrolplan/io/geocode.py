"""Asks a server, only when told to, for addresses that the street file doesn't know; keeps the answers."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.addresses import Addresses
from patrolplan.io.atomic import write_text
from patrolplan.io.fetch import NOMINATIM_URL
from patrolplan.io.http import Patience, ask
from patrolplan.io.table_points import NEAR_DEG, Bounds

PAUSE_S = 1.0
"""Least seconds between two questions, as the public server's rules of use ask."""
MOST_ASKED = 500
"""Questions of one run: the public server is no place for whole registers."""
SURE = 0.7
"""Score of an address that a server placed."""
COLUMNS = ("street", "house", "settlement", "lon", "lat")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What became of addresses to ask for: how many were ``found``, ``missed``, ``left`` unasked."""

    found: int
    missed: int
    left: int


class KnownAddresses:
    """Addresses by the street file first, then by a table of answers; keeps those that neither knows."""

    def __init__(self, book: Addresses, answers: pd.DataFrame | None = None) -> None:
        self._book = book
        rows = () if answers is None else answers.itertuples(index=False, name=None)
        self._answers = {(street, house, place): (lon, lat) for street, house, place, lon, lat in rows}
        self.missed: list[tuple[str, str, str]] = []

    def place(
        self, street: pd.Series, *, house: pd.Series | None = None, settlement: pd.Series | None = None
    ) -> pd.DataFrame:
        """As `patrolplan.io.addresses.AddressBook.place`; ``how`` is "server" where a server knew it."""
        found = self._book.place(street, house=house, settlement=settlement)
        none = pd.Series("", index=street.index, dtype="str")
        keys = list(zip(street, none if house is None else house, none if settlement is None else settlement))
        lost = found["lon"].isna().to_numpy()
        self.missed += [keys[at] for at in np.flatnonzero(lost) if keys[at] not in self._answers]
        known = [self._answers.get(key, (np.nan, np.nan)) for key in keys]
        lonlat = np.array(known, dtype=np.float64).reshape(-1, 2)
        fresh = lost & np.isfinite(lonlat[:, 0])
        return found.assign(
            lon=np.where(fresh, lonlat[:, 0], found["lon"]),
            lat=np.where(fresh, lonlat[:, 1], found["lat"]),
            score=np.where(fresh, SURE, found["score"]),
            how=found["how"].where(~fresh, "server"),
        )


def read_answers(path: str | PathLike[str]) -> pd.DataFrame:
    """Answers that `ask_addresses` kept: street, house, settlement, lon, lat (NaN: not known there either).

    Raises
    ------
    InputError
        No such file, or not such a table.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{file}: can't be read; `patrolplan check --geocode` writes it") from None
    rows = list(csv.reader(io.StringIO(text)))
    try:
        if tuple(rows[0]) != COLUMNS:
            raise ValueError
        answers = [(s, h, p, float(x or "nan"), float(y or "nan")) for s, h, p, x, y in rows[1:]]
    except (ValueError, IndexError):
        raise InputError(
            f"{file}: must have the columns {', '.join(COLUMNS)}; `patrolplan check --geocode` writes it"
        ) from None
    return pd.DataFrame(answers, columns=list(COLUMNS))


def ask_addresses(
    missed: Iterable[tuple[str, str, str]],
    keep: str | PathLike[str],
    *,
    community: str,
    bounds: Bounds,
    url: str = NOMINATIM_URL,
    patience: Patience | None = None,
    pause_s: float = PAUSE_S,
    most: int = MOST_ASKED,
    on_progress: Callable[[str], None] | None = None,
) -> Asked:
    """Ask a Nominatim server where addresses lie, one a second, and keep every answer at once.

    Addresses leave this machine; they may tell where persons live. Ask only where that is allowed, or give
    a server of your own.

    Parameters
    ----------
    missed
        Street, house and settlement, as they stand in the table.
    keep
        Table to keep answers in; what stands in it is not asked again.
    community
        Name put behind addresses without a settlement.
    bounds
        West, south, east, north of the streets in degrees: answers elsewhere are not taken.
    url, patience
        Server, and how long to wait for it.
    pause_s, most
        Least seconds between questions, and most questions of one run.

    Raises
    ------
    InputError
        The server can't be reached; answers so far are kept.
    """
    tell, file = on_progress or (lambda _: None), Path(keep)
    answers = read_answers(file) if file.exists() else pd.DataFrame(columns=list(COLUMNS))
    known = {tuple(row) for row in answers[list(COLUMNS[:3])].itertuples(index=False, name=None)}
    wanted = [key for key in dict.fromkeys(missed) if key not in known]
    rows = list(answers.itertuples(index=False, name=None))
    found = 0
    try:
        for number, key in enumerate(wanted[:most]):
            tell(f"asking {number + 1} of {min(len(wanted), most)}")
            begun = time.monotonic()
            lon, lat = _one(key, community, bounds, url, patience or Patience(patience_s=60.0))
            rows.append((*key, lon, lat))
            found += not np.isnan(lon)
            if number + 1 < min(len(wanted), most):
                time.sleep(max(0.0, pause_s - (time.monotonic() - begun)))
    finally:
        _write(file, rows)
    asked = min(len(wanted), most)
    return Asked(found=found, missed=asked - found, left=len(wanted) - asked)


def _one(
    key: tuple[str, str, str], community: str, bounds: Bounds, url: str, patience: Patience
) -> tuple[float, float]:
    street, house, settlement = key
    west, south, east, north = bounds
    query = ", ".join(part for part in (f"{house} {street}".strip(), settlement or community) if part)
    box = f"{west - NEAR_DEG:.4f},{north + NEAR_DEG:.4f},{east + NEAR_DEG:.4f},{south - NEAR_DEG:.4f}"
    fields = {"q": query, "format": "jsonv2", "limit": 1, "viewbox": box, "bounded": 1}
    answer = ask(
        f"{url.rstrip('/')}/search?{urlencode(fields)}",
        patience=patience,
        fault_of=lambda content: "" if content.lstrip()[:1] == b"[" else "an answer that is no list",
    )
    try:
        first: dict[str, Any] = next(iter(json.loads(answer)), {})
        lon, lat = float(first.get("lon", "nan")), float(first.get("lat", "nan"))
    except (ValueError, TypeError, AttributeError):
        return np.nan, np.nan
    near = west - NEAR_DEG <= lon <= east + NEAR_DEG and south - NEAR_DEG <= lat <= north + NEAR_DEG
    return (round(lon, 6), round(lat, 6)) if near else (np.nan, np.nan)


def _write(file: Path, rows: Sequence[tuple[Any, ...]]) -> None:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(
        [*key, *("" if np.isnan(part) else part for part in (lon, lat))] for *key, lon, lat in rows
    )
    write_text(file, text.getvalue())
