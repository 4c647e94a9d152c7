"""What stands of a town's weeks on the disk, and whether all of it is whole."""

import hashlib
import sqlite3
from contextlib import closing

from patrolplan.io.ledger import open_ledger
from patrolplan.io.manifest import MANIFEST
from patrolplan.jobs.differences import output_differences
from patrolplan.jobs.verify import read_manifest


def state(weeks, ledger):
    """(bytes of every file of every week by name, every row of the ledger that counts)."""
    files = {
        file.relative_to(weeks).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(weeks.rglob("*"))
        if file.is_file() and not file.name.endswith(".lock")
    }
    with open_ledger(ledger) as opened:
        return files, opened.dump()


def check_whole(weeks, ledger):
    """Every week that stands is complete and as its manifest says, and the ledger can be read."""
    for week in weeks.glob("????-W??") if weeks.is_dir() else ():
        assert (week / MANIFEST).is_file(), f"{week} is half-written"
        assert not output_differences(week, read_manifest(week))
    if ledger.is_file():
        with closing(sqlite3.connect(ledger)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
