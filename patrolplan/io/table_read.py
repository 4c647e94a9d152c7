"""Read a table as text, whatever its encoding, separator or file form."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from patrolplan.errors import InputError

VECTOR_FORMS = {".gpkg", ".geojson", ".json", ".shp", ".fgb", ".kml"}
SHEET_FORMS = {".xlsx", ".ods"}
TEXT_FORMS = {".csv", ".tsv", ".txt"}
SEPARATORS = (",", ";", "\t", "|")
GUESSED_ENCODINGS = ["utf_8", "utf_16", "cp1251", "cp1252", "koi8_u", "cp866", "cp1250", "latin_1"]
"""What the guess may answer; a table from a Ukrainian register is most often cp1251."""
BROKEN = "\x00broken"


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """A table as it stands in its file, every cell as text.

    Attributes
    ----------
    name
        File name, for messages.
    frame
        Cells as text ("" where empty); the index is the 1-based data row.
    points
        Geometry of the file (GeoSeries on the same index) or None for a plain table.
    broken
        1-based rows whose fields don't fit the header (left out of ``frame``).
    notes
        Encoding and separator, told plainly.
    """

    name: str
    frame: pd.DataFrame
    points: Any | None
    broken: tuple[int, ...]
    notes: tuple[str, ...]


def read_table(path: str | Path, *, encoding: str | None = None) -> RawTable:
    """Read CSV, GeoPackage, GeoJSON, Shapefile, XLSX or ODS as text.

    Parameters
    ----------
    path
        The file; its ending says what it is.
    encoding
        Of a CSV; None: found out from its bytes.

    Raises
    ------
    InputError
        The file is missing, empty, of an unknown form, or can't be read as a table.
    """
    file = Path(path)
    _check_there(file)
    ending = file.suffix.lower()
    if ending in VECTOR_FORMS:
        table = _read_vector(file)
    elif ending in SHEET_FORMS:
        table = _read_sheet(file)
    elif ending in TEXT_FORMS:
        table = _read_text(file, encoding)
    else:
        known = ", ".join(sorted(TEXT_FORMS | VECTOR_FORMS | SHEET_FORMS))
        raise InputError(f"{file.name}: unknown file form {ending or '(no ending)'!r}; use one of {known}")
    if table.frame.empty:
        raise InputError(f"{file.name}: no data rows; a table needs a header line and at least one record")
    return table


def _check_there(file: Path) -> None:
    if not file.exists():
        raise InputError(f"{file}: no such file")
    if file.is_dir():
        raise InputError(f"{file}: is a folder; name the table's file")
    if file.stat().st_size == 0:
        raise InputError(f"{file.name}: the file is empty")


def _read_text(file: Path, encoding: str | None) -> RawTable:
    data = file.read_bytes()
    text, found = _decoded(data, encoding, file.name)
    if not text.strip():
        raise InputError(f"{file.name}: the file is empty")
    separator = _separator(text)
    frame, broken = _parsed(text, separator, file.name)
    note = f"{file.name}: read as {found}, fields separated by {separator!r}"
    return RawTable(name=file.name, frame=frame, points=None, broken=broken, notes=(note,))


def _decoded(data: bytes, encoding: str | None, name: str) -> tuple[str, str]:
    """Text of the bytes, and the encoding it was read in."""
    if encoding is None:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16"
        else:
            try:
                return data.decode("utf-8-sig"), "utf-8"
            except UnicodeDecodeError:
                encoding = _guessed_encoding(data, name)
    try:
        return data.decode(encoding), encoding
    except (UnicodeDecodeError, LookupError) as error:
        raise InputError(f"{name}: not text in {encoding} ({error}); give its encoding") from None


def _guessed_encoding(data: bytes, name: str) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(data[:200_000], cp_isolation=GUESSED_ENCODINGS).best()
    if found is None:
        raise InputError(f"{name}: not a text table in any common encoding; save it as CSV in UTF-8")
    return str(found.encoding)


def _separator(text: str) -> str:
    r"""The separator that cuts the first lines into the most columns, equally many in each.

    Examples
    --------
    >>> _separator("lon;lat;kind\n24,5;49,8;theft\n")
    ';'
    """
    lines = [line for line in text[:20_000].splitlines()[:50] if line.strip()]
    if len(text) > 20_000 and len(lines) > 2:
        lines = lines[:-1]

    def merit(separator: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        alike = sum(width == widths[0] for width in widths) / len(widths)
        return (alike if widths[0] > 1 else 0.0, widths[0])

    return max(SEPARATORS, key=merit)


def _parsed(text: str, separator: str, name: str) -> tuple[pd.DataFrame, tuple[int, ...]]:
    options: dict[str, Any] = {"dtype": "str", "keep_default_na": False, "skip_blank_lines": False}
    try:
        frame = pd.read_csv(io.StringIO(text), sep=separator, index_col=False, **options)
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        frame = _parsed_with_broken(text, separator, name, options)
    except ValueError as error:
        raise InputError(f"{name}: not a table ({error})") from None
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    frame.columns = [str(column).strip() for column in frame.columns]
    bad = (frame == BROKEN).any(axis=1)
    kept = frame.loc[~bad & (frame.fillna("") != "").any(axis=1)].fillna("")
    return kept.apply(lambda cells: cells.str.strip()), tuple(int(row) for row in frame.index[bad])


def _parsed_with_broken(text: str, separator: str, name: str, options: dict[str, Any]) -> pd.DataFrame:
    """Parse again, slower, marking the rows that have more fields than the header."""
    width = len(next(csv.reader([text.splitlines()[0]], delimiter=separator)))
    try:
        frame: pd.DataFrame = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            index_col=False,
            engine="python",
            on_bad_lines=lambda fields: [BROKEN] * width,  # noqa: ARG005
            **options,
        )
    except (pd.errors.ParserError, ValueError) as error:
        raise InputError(f"{name}: not a table ({error})") from None
    return frame


def _read_vector(file: Path) -> RawTable:
    import pyogrio

    # a GeoJSON column of days and instants would come back as instants, the days at midnight
    options = {"DATE_AS_STRING": "YES"} if file.suffix.lower() in (".geojson", ".json") else {}
    try:
        frame = pyogrio.read_dataframe(file, datetime_as_string=True, **options)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise InputError(f"{file.name}: can't be read as {file.suffix} ({error})") from None
    if "geometry" not in frame.columns:
        raise InputError(f"{file.name}: the layer has no geometry")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    points = frame.geometry
    table = _as_text(pd.DataFrame(frame.drop(columns=frame.geometry.name)))
    return RawTable(name=file.name, frame=_with_a_column(table), points=points, broken=(), notes=())


def _read_sheet(file: Path) -> RawTable:
    import pyogrio

    try:
        frame = pyogrio.read_dataframe(file, read_geometry=False, datetime_as_string=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise InputError(f"{file.name}: can't be read as a sheet ({error})") from None
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return RawTable(name=file.name, frame=_as_text(frame), points=None, broken=(), notes=())


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    columns = {str(name): _text_of(frame[name]) for name in frame.columns}
    return pd.DataFrame(columns, index=frame.index)


def _text_of(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all() and len(cells.dropna()):
        cells = cells.astype("Int64")
    return cells.astype("str").where(cells.notna(), "").str.strip()


def _with_a_column(frame: pd.DataFrame) -> pd.DataFrame:
    """A layer of bare points has no columns; keep its rows."""
    return frame if len(frame.columns) else frame.assign(**{"": ""})
