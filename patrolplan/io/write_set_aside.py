"""The rows that could not be used, as a table to mend them by."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from patrolplan.io.atomic import write_text
from patrolplan.io.text import cell


def write_set_aside(set_aside: pd.DataFrame, path: Path) -> Path:
    """Write table, row number, reason and value of every row set aside as CSV.

    Cells that a spreadsheet would take for a formula are led by an apostrophe.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["table", "row", "reason", "value"])
    columns = [set_aside[name].astype("str") for name in ("source", "row", "reason", "value")]
    writer.writerows([[cell(text) for text in row] for row in zip(*columns, strict=True)])
    return write_text(path, table.getvalue())
