"""What no reader may open: things that are no files, bombs, and files that are not what they are called."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from patrolplan.errors import InputError

MOST_CELLS = 12_000_000
"""Cells of a workbook's sheet; a million rows of twelve columns."""
MOST_UNPACKED = 1 << 30
"""Bytes that a packed file may hold once unpacked."""
MOST_TIMES_SMALLER = 400
"""Sheets pack to a tenth or a fiftieth; a bomb packs to a thousandth."""
HEAD = 4096
_CHUNK = 1 << 20
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,7})(\d{1,9})"')
_MARKS = {
    b"PK\x03\x04": "a packed file (XLSX, ODS or ZIP)",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite database",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file",
    b"\x89PNG": "a picture",
}


def check_there(file: Path) -> None:
    """Refuse what is no plain file with something in it.

    Raises
    ------
    InputError
        Missing, a folder, a pipe or device, empty, or not allowed to be read.
    """
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{file}: no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{file.name[:80]}: can't be opened ({_told(error)})") from None
    if stat.S_ISDIR(found.st_mode):
        raise InputError(f"{file}: is a folder; name the table's file")
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"{file}: no plain file (a pipe or a device); save the table to a file")
    if found.st_size == 0:
        raise InputError(f"{file.name}: the file is empty")
    try:
        head_of(file, 1)
    except OSError as error:
        raise InputError(f"{file}: can't be opened ({_told(error)})") from None


def head_of(file: Path, size: int = HEAD) -> bytes:
    """The first bytes of a file."""
    with file.open("rb") as opened:
        return opened.read(size)


def what_it_is(head: bytes) -> str:
    """What the first bytes of a file show it to be, "" where they show nothing.

    Examples
    --------
    >>> what_it_is(b"%PDF-1.7")
    'a PDF'
    """
    named = next((told for mark, told in _MARKS.items() if head.startswith(mark)), "")
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:200].lower()
    if not named and start.startswith((b"<!doctype html", b"<html", b"<table")):
        return "a web page (HTML)"
    return named


def check_workbook(file: Path) -> None:
    """Refuse packed workbooks whose unpacked size or count of cells would exhaust the machine.

    Raises
    ------
    InputError
        A bomb, or no packed file at all.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            _check_sizes(packed, file)
            for name in packed.namelist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                    with packed.open(name) as sheet:
                        _check_grid(sheet, file)
                elif name == "content.xml":
                    with packed.open(name) as sheet:
                        _check_repeats(sheet, file)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{file.name}: a damaged or locked workbook; save it again, or as CSV") from None
    except Exception as error:  # zlib tells damage in an error of its own
        if type(error).__name__ != "error":
            raise
        raise InputError(f"{file.name}: a damaged workbook; save it again, or as CSV") from None


def check_archive(file: Path) -> None:
    """Refuse a ZIP that would unpack to more than any map does, or that holds names outside itself.

    Raises
    ------
    InputError
        It would, or it is no ZIP.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            _check_sizes(packed, file)
            names = packed.namelist()
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{file.name}: a damaged archive; pack it again, or unpack it") from None
    strange = [name for name in names if ".." in Path(name).parts or Path(name).is_absolute() or ":" in name]
    if strange or any(name.lower().endswith((".zip", ".vrt", ".gz", ".tar")) for name in names):
        raise InputError(f"{file.name}: an archive in an archive, or one that points elsewhere; unpack it")


def check_no_entities(file: Path) -> None:
    """Refuse XML that declares entities of its own: the stuff bombs are made of.

    Raises
    ------
    InputError
        It does.
    """
    last = b""
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            text = last + chunk.replace(b"\0", b"")
            if b"<!ENTITY" in text or b"<!DOCTYPE" in text:
                raise InputError(f"{file.name}: XML with declarations of its own is not read; save it anew")
            last = text[-16:]


def _check_sizes(packed: zipfile.ZipFile, file: Path) -> None:
    infos = packed.infolist()
    size = sum(info.file_size for info in infos)
    small = sum(info.compress_size for info in infos)
    if size > MOST_UNPACKED or (size > 50_000_000 and size > MOST_TIMES_SMALLER * max(small, 1)):
        raise InputError(
            f"{file.name}: unpacks to {size / 1e6:,.0f} MB from {small / 1e6:,.1f} MB, which no table or "
            "map of a community does; save it as CSV or unpack it"
        )


def _check_grid(sheet: IO[bytes], file: Path) -> None:
    """The reader lays a sheet out as a full grid, so one cell far away costs as much as all before it."""
    width = height = 0
    for text in _overlapping(sheet, 200):
        for letters, row in _CELL.findall(text):
            height = max(height, int(row))
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            width = max(width, column)
        _check_count(width * height, file)


def _check_repeats(sheet: IO[bytes], file: Path) -> None:
    """Count the filled cells of an OpenDocument sheet, repeats included, without making any."""
    count = {"all": 0, "row": 0, "rows": 1}
    parser = expat.ParserCreate()

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name.endswith(":table-row"):
            count["row"], count["rows"] = 0, int(attributes.get("table:number-rows-repeated", 1))
        elif name.endswith(":table-cell") and any(key.endswith(":value-type") for key in attributes):
            count["row"] += int(attributes.get("table:number-columns-repeated", 1))

    def end(name: str) -> None:
        if name.endswith(":table-row"):
            count["all"] += count["row"] * count["rows"]
            _check_count(count["all"], file)

    def declared(*_: object) -> None:
        raise InputError(f"{file.name}: XML with declarations of its own is not read; save it anew")

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.EntityDeclHandler = declared
    try:
        while chunk := sheet.read(_CHUNK):
            parser.Parse(chunk, False)
    except expat.ExpatError:
        raise InputError(f"{file.name}: a damaged workbook; save it again, or as CSV") from None


def _check_count(cells: int, file: Path) -> None:
    if cells > MOST_CELLS:
        raise InputError(
            f"{file.name}: the sheet spans {cells:,} cells, more than {MOST_CELLS:,}; delete what stands far "
            "from the table, or save it as CSV"
        )


def _overlapping(file: IO[bytes], overlap: int) -> Iterator[bytes]:
    last = b""
    while chunk := file.read(_CHUNK):
        yield last + chunk
        last = chunk[-overlap:]


def _told(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or type(error).__name__)
