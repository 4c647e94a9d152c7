"""Sheets of an OpenDocument workbook (ODS), read event by event."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from xml.parsers import expat

from patrolplan.errors import InputError

_CHUNK = 1 << 20
_LONGEST_ROW = 2_000
_EMPTY_ROWS = 1_000
"""More empty rows than this in one piece are the blank rest of the sheet."""


class OdsSheet:
    """The rows of a sheet, cells as text; shaped like the sheets of the other workbooks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[list[str]] = []

    @property
    def total_height(self) -> int:
        """Count of rows."""
        return len(self.rows)

    @property
    def total_width(self) -> int:
        """Cells of the longest row."""
        return max((len(row) for row in self.rows), default=0)

    def iter_rows(self) -> Iterator[list[str]]:
        """Row by row."""
        return iter(self.rows)


class OdsBook:
    """All sheets of an ODS file; its size must have been checked before.

    Raises
    ------
    InputError
        The file is damaged, or declares entities of its own.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._sheets: dict[str, OdsSheet] = {}
        self._row: list[str] = []
        self._repeat_row = self._repeat_cell = 1
        self._value: str | None = None
        self._text: list[str] = []
        self._in_text = self._in_note = 0
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._characters
        try:
            with zipfile.ZipFile(file) as packed, packed.open("content.xml") as content:
                while chunk := content.read(_CHUNK):
                    parser.Parse(chunk, False)
                parser.Parse(b"", True)
        except (expat.ExpatError, KeyError, ValueError, zipfile.BadZipFile):
            raise InputError(f"{file.name}: a damaged workbook; save it again, or as CSV") from None

    def __enter__(self) -> OdsBook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sheets = {}

    @property
    def sheet_names(self) -> list[str]:
        """Names of the sheets."""
        return list(self._sheets)

    def get_sheet_by_name(self, name: str) -> OdsSheet:
        """The sheet of that name."""
        return self._sheets[name]

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "table" if name == "table:table":
                title = attributes.get("table:name", f"sheet {len(self._sheets) + 1}")
                self._sheets[title] = OdsSheet(title)
            case "table-row":
                self._row, self._repeat_row = [], int(attributes.get("table:number-rows-repeated", 1))
            case "table-cell" | "covered-table-cell":
                self._repeat_cell = int(attributes.get("table:number-columns-repeated", 1))
                self._value, self._text = _typed(attributes), []
            case "annotation":
                self._in_note += 1
            case "p":
                if self._text:
                    self._text.append("\n")
                self._in_text += 1
            case "s" if self._in_text:
                self._text.append(" ")

    def _characters(self, text: str) -> None:
        if self._in_text and not self._in_note:
            self._text.append(text)

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "p":
                self._in_text -= 1
            case "annotation":
                self._in_note -= 1
            case "table-cell" | "covered-table-cell":
                cell = self._value if self._value is not None else "".join(self._text)
                room = max(0, _LONGEST_ROW - len(self._row))
                self._row += [cell] * min(self._repeat_cell, room)
            case "table-row" if self._sheets:
                sheet = list(self._sheets.values())[-1]
                while self._row and not self._row[-1]:
                    self._row.pop()
                if self._row or self._repeat_row <= _EMPTY_ROWS:
                    sheet.rows += [self._row] * self._repeat_row
            case "table" if name == "table:table" and self._sheets:
                rows = list(self._sheets.values())[-1].rows
                while rows and not rows[-1]:
                    rows.pop()


def _typed(attributes: dict[str, str]) -> str | None:
    """The exact value of a cell, None where its text is all there is."""
    kind = attributes.get("office:value-type", "")
    if kind in ("float", "percentage", "currency"):
        value = attributes.get("office:value", "")
        return value[:-2] if value.endswith(".0") else value
    if kind == "date":
        return attributes.get("office:date-value", "").replace("T", " ")
    if kind == "time":
        return _clock(attributes.get("office:time-value", ""))
    return None


def _clock(duration: str) -> str:
    """A duration of XML as a clock time.

    Examples
    --------
    >>> _clock("PT18H30M00S")
    '18:30:00'
    """
    digits = duration.removeprefix("PT").replace("H", ":").replace("M", ":").removesuffix("S")
    return ":".join(part.split(".")[0].zfill(2) for part in digits.split(":")) if ":" in digits else ""
