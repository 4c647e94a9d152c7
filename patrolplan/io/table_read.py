"""Read a table as text, whatever its encoding, separator or file form."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from patrolplan.errors import InputError
from patrolplan.io.readers.database import read_database
from patrolplan.io.readers.guard import check_there
from patrolplan.io.readers.layer import read_layer
from patrolplan.io.readers.raw import Ask, RawTable
from patrolplan.io.readers.sheet import read_sheet
from patrolplan.io.readers.text import read_text

__all__ = ["FORMS", "RawTable", "read_table"]

READERS: Mapping[Callable[[Path, Ask], RawTable], tuple[str, ...]] = MappingProxyType(
    {
        read_text: (".csv", ".tsv", ".txt"),
        read_sheet: (".xlsx", ".xlsm", ".ods", ".xls"),
        read_layer: (".gpkg", ".geojson", ".json", ".shp", ".kml", ".fgb", ".parquet", ".geoparquet"),
        read_database: (".sqlite", ".sqlite3", ".db"),
    }
)
FORMS: tuple[str, ...] = tuple(ending for endings in READERS.values() for ending in endings)
"""Endings of the files that tables are read from."""


def read_table(
    path: str | Path,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    table: str = "",
    wanted: Collection[str] = (),
) -> RawTable:
    """Read CSV, XLSX, XLS, ODS, SQLite, GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf or GeoParquet.

    Parameters
    ----------
    path
        The file; its ending says what it is.
    encoding, separator
        Of a text table; None: found out.
    sheet
        Name of the sheet of a workbook, layer of a GeoPackage or table of a database; None: found.
    table
        "offences", "places" or "problems": decides which columns count as personal.
    wanted
        Columns that the user named: read even where they look personal.

    Raises
    ------
    InputError
        The file is missing, empty, of an unknown form, hostile, or can't be read as a table.
    """
    file = Path(path)
    check_there(file)
    ending = file.suffix.lower()
    reader = next((read for read, endings in READERS.items() if ending in endings), None)
    if reader is None:
        told = (
            "; unpack it and give the table in it" if ending in (".zip", ".gz", ".7z", ".rar", ".kmz") else ""
        )
        raise InputError(
            f"{file.name}: unknown file form {ending or '(no ending)'!r}; use one of {', '.join(FORMS)}{told}"
        )
    ask = Ask(encoding=encoding, separator=separator, sheet=sheet, table=table, wanted=tuple(wanted))
    found = reader(file, ask)
    if found.frame.empty:
        raise InputError(f"{file.name}: no data rows; a table needs a header line and at least one record")
    return found
