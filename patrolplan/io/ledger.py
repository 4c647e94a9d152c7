"""The ledger: what was planned and walked, week by week, in a file that survives a kill at any moment."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from patrolplan.errors import InputError
from patrolplan.io.ledger_file import SHIFTS, VISITS, WALKS, blob_of, geometry_of, make_tables, make_walks
from patrolplan.week.delivered import Delivered
from patrolplan.week.past import Past, no_shifts, no_visits

SEAL = "week.json"
"""The file of a week's folder whose hash says which week the folder holds."""


class Ledger:
    """An open ledger. Make it with :func:`open_ledger`, under a lock."""

    def __init__(self, database: sqlite3.Connection, home: Path) -> None:
        self._database, self._home = database, home

    def past(self, before: str) -> Past:
        """What it holds of the weeks before one, such as "2026-W48"."""
        return Past(shifts=self._shifts(before), visits=self._visits(before), delivered=self.delivered())

    def delivered(self) -> Delivered:
        """Planned and walked minutes of all patrols that were logged."""
        row = self._database.execute(
            "SELECT count(*), total(\"by\" = 'ticks'), total(planned_min), total(walked_min) FROM walks "
            "WHERE planned_min > 0"
        ).fetchone()
        return Delivered(patrols=row[0], by_ticks=int(row[1]), planned_min=row[2], walked_min=row[3])

    def log(self, walks: Sequence[Mapping[str, Any]], visits: Sequence[Mapping[str, Any]]) -> int:
        """Note down patrols that were walked; logged again, a patrol takes its own place.

        Parameters
        ----------
        walks
            A patrol each, with the columns of the table ``walks``.
        visits
            ``week``, ``crew``, ``start`` (local wall clock without zone) and ``walked_min`` of visits
            of a planned week.

        Returns
        -------
        int
            How many of the visits the ledger knows.
        """
        known = 0
        with _transaction(self._database):
            for row in walks:
                self._database.execute(
                    "DELETE FROM walks WHERE plan = ? AND route = ?", (row["plan"], row["route"])
                )
            self._database.executemany(
                _insert("walks", list(WALKS)), [tuple(row[name] for name in WALKS) for row in walks]
            )
            for row in visits:
                known += self._database.execute(
                    "UPDATE visits SET walked_min = ? WHERE week = ? AND crew = ? AND start = ?",
                    (row["walked_min"], row["week"], row["crew"], row["start"]),
                ).rowcount
        return known

    def weeks(self) -> dict[str, dict[str, Any]]:
        """Facts of every week it holds, by its name, in order."""
        rows = self._database.execute("SELECT week, facts FROM weeks ORDER BY week")
        return {week: json.loads(facts) for week, facts in rows}

    def stage(
        self,
        week: str,
        folder: Path,
        *,
        seal: bytes,
        shifts: pd.DataFrame,
        visits: gpd.GeoDataFrame,
        facts: Mapping[str, Any],
    ) -> None:
        """Note down a week whose folder is about to take its place.

        Nothing of the week counts until :meth:`finish`. If the job ends in between, the next one that
        opens the ledger looks which folder stands there, by the hash of its ``week.json``, and
        finishes the week or drops it.

        Parameters
        ----------
        week
            Its name.
        folder
            Where it will stand.
        seal
            Bytes of its ``week.json``.
        shifts, visits
            Its rows, as `Past` has them.
        facts
            Figures of the week, kept as JSON.
        """
        row = (
            week,
            os.path.relpath(folder.absolute(), self._home.absolute()),
            hashlib.sha256(seal).hexdigest(),
            json.dumps(dict(facts), ensure_ascii=False, sort_keys=True),
            json.dumps(_plain_rows(shifts, SHIFTS), ensure_ascii=False),
            json.dumps(_plain_rows(visits, VISITS, geometry=True), ensure_ascii=False),
        )
        with _transaction(self._database):
            self._database.execute("DELETE FROM pending WHERE week = ?", (week,))
            self._database.execute(
                "INSERT INTO pending (week, folder, digest, facts, shifts, visits) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def finish(self) -> None:
        """Make every week that was noted down and whose folder stands count; drop the others."""
        pending = self._database.execute(
            "SELECT week, folder, digest, facts, shifts, visits FROM pending ORDER BY week"
        ).fetchall()
        for week, folder, digest, facts, shifts, visits in pending:
            with _transaction(self._database):
                if _sealed(self._home / folder, digest):
                    self._replace(week, (folder, digest, facts), json.loads(shifts), json.loads(visits))
                self._database.execute("DELETE FROM pending WHERE week = ?", (week,))

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row that counts, for comparing two ledgers: their bytes differ with their history."""
        columns = {
            "visits": ["hex(geom)", *VISITS],
            "shifts": list(SHIFTS),
            "weeks": ["week", "digest", "facts"],
            "walks": list(WALKS),
        }
        return {
            name: sorted(
                self._database.execute(f"SELECT {', '.join(_quoted(c) for c in listed)} FROM {name}")
            )
            for name, listed in columns.items()
        }

    def holds(self, week: str, folder: Path) -> bool:
        """Whether it remembers the very week that a folder holds."""
        row = self._database.execute("SELECT digest FROM weeks WHERE week = ?", (week,)).fetchone()
        return row is not None and _sealed(folder, row[0])

    def digest(self, before: str) -> str:
        """Hash of all it holds of the weeks before one: what a week is planned against."""
        digest = hashlib.sha256()
        for name, listed in (("visits", ["hex(geom)", *VISITS]), ("shifts", list(SHIFTS))):
            columns = ", ".join(_quoted(column) for column in listed)
            query = f"SELECT {columns} FROM {name} WHERE week < ? ORDER BY week, fid"
            for row in self._database.execute(query, (before,)):
                digest.update(json.dumps(row, ensure_ascii=False).encode())
        return digest.hexdigest()

    def _replace(
        self, week: str, told: tuple[str, str, str], shifts: list[list[Any]], visits: list[list[Any]]
    ) -> None:
        for table in ("visits", "shifts", "weeks"):
            self._database.execute(f"DELETE FROM {table} WHERE week = ?", (week,))
        self._database.executemany(_insert("shifts", list(SHIFTS)), shifts)
        self._database.executemany(
            _insert("visits", ["geom", *VISITS]), [(bytes.fromhex(row[0]), *row[1:]) for row in visits]
        )
        self._database.execute(_insert("weeks", ["week", "folder", "digest", "facts"]), (week, *told))

    def _shifts(self, before: str) -> pd.DataFrame:
        names = list(SHIFTS)
        rows = self._database.execute(_select("shifts", names), (before,)).fetchall()
        if not rows:
            return no_shifts()
        frame = pd.DataFrame(rows, columns=names)
        times = {name: pd.to_datetime(frame[name]) for name in ("start", "end")}
        return frame.assign(**times, night=frame["night"].astype(bool))

    def _visits(self, before: str) -> gpd.GeoDataFrame:
        names = ["geom", *VISITS]
        rows = self._database.execute(_select("visits", names), (before,)).fetchall()
        if not rows:
            return no_visits()
        frame = pd.DataFrame(rows, columns=names)
        shapes = [geometry_of(blob) for blob in frame.pop("geom")]
        times = {name: pd.to_datetime(frame[name]) for name in ("start", "end")}
        days = [date.fromisoformat(text) for text in frame["day"]]
        walked = frame["walked_min"].astype(np.float64)
        return gpd.GeoDataFrame(
            frame.assign(**times, day=days, walked_min=walked), geometry=shapes, crs="EPSG:4326"
        )


@contextmanager
def open_ledger(path: str | os.PathLike[str]) -> Iterator[Ledger]:
    """Open a ledger, made if missing; what a killed job left undone is settled first.

    Hold a lock on it while it is open (`patrolplan.io.lock.locked`).

    Parameters
    ----------
    path
        A GeoPackage. Layer ``visits``: a visit a row, its streets as lines with the OSM ways they came
        from, ``planned_min`` and ``walked_min``; tables ``shifts``, ``weeks``, and ``walks``: patrols that
        were logged.

    Raises
    ------
    InputError
        It is no ledger, its folder is missing, or it can't be read or written.
    """
    file = Path(path)
    if not file.parent.is_dir():
        raise InputError(f"{file}: there is no folder {file.parent}; make it first")
    database = None
    try:
        database = sqlite3.connect(file, isolation_level=None, timeout=30)
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not names:
            make_tables(database)
        elif not {"visits", "shifts", "weeks", "pending"} <= names:
            raise InputError(f"{file}: is no ledger of patrolplan; choose another name under week.ledger")
        if "walks" not in names:
            make_walks(database)
        ledger = Ledger(database, file.parent)
        ledger.finish()
        yield ledger
    except sqlite3.Error as trouble:
        raise InputError(
            f"{file}: can't be used as a ledger ({trouble}); check that the file is whole, that its folder "
            "can be written to and that the disk has room"
        ) from trouble
    finally:
        if database is not None:
            database.close()


@contextmanager
def read_ledger(path: str | os.PathLike[str]) -> Iterator[Ledger]:
    """Open a ledger to read alone: nothing is made, settled or locked; a missing one is empty.

    Raises
    ------
    InputError
        It is no ledger or can't be read.
    """
    file = Path(path)
    try:
        if file.is_file():
            database = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
        else:
            database = sqlite3.connect(":memory:", isolation_level=None)
            make_tables(database)
        with closing(database):
            yield Ledger(database, file.parent)
    except sqlite3.Error as trouble:
        raise InputError(
            f"{file}: can't be read as a ledger ({trouble}); check that the file is whole"
        ) from (trouble)


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _sealed(folder: Path, digest: str) -> bool:
    try:
        return hashlib.sha256((folder / SEAL).read_bytes()).hexdigest() == digest
    except OSError:
        return False


def _plain_rows(
    frame: pd.DataFrame, columns: Mapping[str, str], *, geometry: bool = False
) -> list[list[Any]]:
    rows = [[_plain(value) for value in row] for row in frame[list(columns)].itertuples(index=False)]
    if geometry:
        shapes = gpd.GeoSeries(frame.geometry).to_crs("EPSG:4326")
        rounded = shapely.set_precision(shapes.to_numpy(), 1e-7, mode="pointwise")
        rows = [[blob_of(shape).hex(), *row] for shape, row in zip(rounded, rows, strict=True)]
    return rows


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp | date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    return value


def _insert(table: str, columns: list[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(map(_quoted, columns))}) VALUES ({marks})"


def _select(table: str, columns: list[str]) -> str:
    return f"SELECT {', '.join(map(_quoted, columns))} FROM {table} WHERE week < ? ORDER BY fid"


def _quoted(column: str) -> str:
    return column if "(" in column else f'"{column}"'
