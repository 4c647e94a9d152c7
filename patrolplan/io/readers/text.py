"""Text tables (CSV and its kin): encoding, separator and header found out, read in pieces."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.readers.guard import HEAD, head_of, what_it_is
from patrolplan.io.readers.header import LOOKED_AT, find_header
from patrolplan.io.readers.left_behind import Keeper
from patrolplan.io.readers.raw import Ask, RawTable, unique_names

SEPARATORS = (",", ";", "\t", "|")
GUESSED_ENCODINGS = [
    "utf_8",
    "utf_16",
    "cp1251",
    "cp1252",
    "koi8_u",
    "cp1125",
    "cp866",
    "cp1250",
    "latin_1",
    "mac_cyrillic",
]
"""What the guess may answer; a table from a Ukrainian register is most often cp1251."""
CHUNK_ROWS = 200_000
SAMPLE_CHARS = 200_000
MOST_COLUMNS = 2_000
BROKEN = "\x00broken"
_PIECE = 1 << 20


def read_text(file: Path, ask: Ask) -> RawTable:
    """Read a text table.

    Raises
    ------
    InputError
        Not text, no table, or in no encoding that is known; with what to do.
    """
    encoding, how = _encoding(file, ask.encoding)
    sample = _sample(file, encoding)
    if not sample.strip():
        raise InputError(f"{file.name}: the file is empty")
    separator, lines = _cut(sample, ask.separator, file.name)
    header = find_header(lines, name=file.name, grid=ask.table == "roster")
    if len(header.names) > MOST_COLUMNS:
        raise InputError(f"{file.name}: {len(header.names):,} columns; is {separator!r} the separator?")
    skip = header.first + _hint_lines(sample)
    names = _widened(header.names, lines[header.first :])
    options: dict[str, Any] = {
        "sep": separator, "encoding": encoding, "dtype": "str", "keep_default_na": False, "header": None,
        "names": names, "index_col": False, "skip_blank_lines": False, "skiprows": skip,
    }  # fmt: skip
    try:
        keeper, broken = _kept(file, ask, _pieces(file, options))
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        if "EOF inside string" in str(error):
            raise InputError(
                f"{file.name}: a quotation mark is opened and never closed; close it, or save the table anew"
            ) from None
        keeper, broken = _kept_slowly(file, ask, options)
    except pd.errors.EmptyDataError:
        keeper, broken = Keeper(file.name, ask), ()
        keeper.take(pd.DataFrame({column: pd.Series(dtype="str") for column in names}))
    except ValueError as error:
        raise InputError(
            f"{file.name}: not a table ({type(error).__name__}); save it as CSV in UTF-8"
        ) from None
    note = f"{file.name}: read as {encoding}{how}, fields separated by {separator!r}"
    return keeper.table(points=None, broken=broken, notes=(note, *header.notes))


def _kept_slowly(file: Path, ask: Ask, options: dict[str, Any]) -> tuple[Keeper, tuple[int, ...]]:
    limit = csv.field_size_limit()
    csv.field_size_limit(2**31 - 1)  # else rows with a longer cell would be dropped unseen
    try:
        return _kept(file, ask, _marked_pieces(file, options))
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{file.name}: not a table: fields or quotation marks don't fit together; save it as CSV in UTF-8"
        ) from None
    finally:
        csv.field_size_limit(limit)


def _encoding(file: Path, asked: str | None) -> tuple[str, str]:
    """Encoding of the whole file, and how it is known."""
    head = head_of(file, HEAD)
    told = what_it_is(head)
    if told:
        raise InputError(
            f"{file.name}: not a text table but {told}; give it its own ending, or save it as CSV"
        )
    if asked is not None:
        try:
            codecs.lookup(asked)
        except (LookupError, ValueError):
            raise InputError(
                f"{file.name}: no such encoding: {asked!r}; such as 'utf-8' or 'cp1251'"
            ) from None
        _decodes(file, asked, name=file.name)
        return asked, ""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _decodes(file, "utf-16", name=file.name)
        return "utf-16", ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) / 8:
        encoding = "utf-16-le" if odd > even else "utf-16-be"
        _decodes(file, encoding, name=file.name)
        return encoding, " (found out)"
    failed = _decodes(file, "utf-8")
    if failed is None:
        return ("utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"), ""
    return _guessed(file, failed), " (found out; set encoding if letters look wrong)"


def _decodes(file: Path, encoding: str, *, name: str | None = None) -> int | None:
    """Where the bytes are no such text (None: nowhere); an error where a ``name`` is given."""
    decoder = codecs.getincrementaldecoder(encoding)()
    at = 0
    try:
        with file.open("rb") as opened:
            while piece := opened.read(_PIECE):
                decoder.decode(piece)
                at += len(piece)
            decoder.decode(b"", final=True)
    except (UnicodeError, TypeError) as error:
        if name is None:
            return at + int(getattr(error, "start", 0))
        told = getattr(error, "reason", type(error).__name__)
        raise InputError(
            f"{name}: not text in {encoding} (byte {at + int(getattr(error, 'start', 0)):,}: {told}); "
            "give another encoding, or none to have it found out"
        ) from None
    return None


def _guessed(file: Path, failed: int) -> str:
    from charset_normalizer import from_bytes

    with file.open("rb") as opened:
        data = opened.read(100_000)
        if failed > 100_000:
            opened.seek(max(0, failed - 50_000))
            data += b"\n" + opened.read(100_000)
    found = from_bytes(data, cp_isolation=GUESSED_ENCODINGS).best()
    encoding = _rather(data, str(found.encoding) if found is not None else None)
    if encoding is None or _decodes(file, encoding) is not None:
        raise InputError(f"{file.name}: not a text table in any common encoding; save it as CSV in UTF-8")
    return encoding


def _rather(data: bytes, found: str | None) -> str | None:
    """The encoding in which most letters are ones of the languages at home here.

    A short register in cp1251 is also valid in a dozen other code pages, as gibberish; in the right
    one its letters are Ukrainian and capitals stand only at the beginning of words.
    """
    best, best_merit = found, -1.0
    for encoding in dict.fromkeys(
        [found or "cp1251", "cp1251", "koi8_u", "cp1125", "cp866", "mac_cyrillic", "cp1252", "cp1250"]
    ):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        letters = [c for c in text if c.isalpha() and ord(c) > 127]
        if not letters:
            continue
        home = sum(
            c in "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэёъ" or c in "éèáíóúüöäßàçñęąłśżźćńőűščřžýěů"
            for c in text
        )
        odd = sum(a.islower() and b.isupper() for a, b in itertools.pairwise(text) if ord(b) > 127)
        usual = "\r\n\t\u00a0«»№–—’‘“”„°′″•…ʼ"
        odd_signs = (c for c in text if (ord(c) > 127 or not c.isprintable()) and not c.isalpha())
        strange = sum(c not in usual for c in odd_signs)
        cyrillic = any("а" <= c <= "я" for c in text)
        latin = sum(c in "éèáíóúüöäßàçñęąłśżźćńőűščřžýěů" for c in text) if cyrillic else 0
        merit = (home - latin - 3 * odd - 5 * strange) / len(letters)
        if merit > best_merit + 0.02:
            best, best_merit = encoding, merit
    return best


def _sample(file: Path, encoding: str) -> str:
    """The beginning of the text, whole lines where there are any."""
    with file.open(encoding=encoding, errors="replace", newline="") as opened:
        text = opened.read(SAMPLE_CHARS)
        more = opened.read(1)
    if more and "\n" in text:
        text = text[: text.rindex("\n")]
    return text


def _hint_lines(sample: str) -> int:
    """How many lines only tell the separator, as Excel writes and reads them ("sep=;")."""
    return int(sample[:5].lower().lstrip("\ufeff").startswith("sep="))


def _cut(sample: str, asked: str | None, name: str) -> tuple[str, list[list[str]]]:
    r"""The separator that cuts the first lines into the most columns, and the lines cut."""
    hint = _hint_lines(sample)
    body = sample.split("\n", 1)[-1] if hint else sample
    if asked is None and hint:
        asked = sample.lstrip("\ufeff")[4:5]
    if asked is not None and len(asked) != 1:
        raise InputError(f"{name}: the separator must be one character, not {asked!r}")
    tried = {separator: _fields(body, separator) for separator in ([asked] if asked else SEPARATORS)}

    def merit(separator: str) -> tuple[float, int]:
        widths = [len(row) for row in tried[separator] if any(row)]
        if not widths:
            return (0.0, 0)
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)

    best = max(tried, key=merit)
    if not tried[best]:
        raise InputError(f"{name}: not a table; save it as CSV in UTF-8")
    return best, tried[best]


def _fields(text: str, separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) >= LOOKED_AT:
                break
    except (csv.Error, ValueError):
        return rows
    return rows


def _widened(names: list[str], rows: list[list[str]]) -> list[str]:
    """Names for the empty columns that separators at the ends of lines make."""
    width = max((len(row) for row in rows), default=0)
    extra = [cell for row in rows for cell in row[len(names) :]]
    usual = sum(len(row) == width for row in rows) > 0.5 * len(rows)
    return unique_names(names + [""] * (width - len(names))) if usual and not any(extra) else names


def _pieces(file: Path, options: dict[str, Any]) -> Iterator[pd.DataFrame]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        with pd.read_csv(file, chunksize=CHUNK_ROWS, **options) as pieces:
            yield from pieces


def _marked_pieces(file: Path, options: dict[str, Any]) -> Iterator[pd.DataFrame]:
    """The same, slower, with rows of too many fields marked."""
    marked = [BROKEN] * len(options["names"])
    yield from _pieces(file, {**options, "engine": "python", "on_bad_lines": lambda _: marked})


def _kept(file: Path, ask: Ask, pieces: Iterator[pd.DataFrame]) -> tuple[Keeper, tuple[int, ...]]:
    """All pieces, with the rows that are broken counted and left out."""
    keeper, broken, first = Keeper(file.name, ask), [], 1
    for piece in pieces:
        piece.index = pd.RangeIndex(first, first + len(piece))
        first += len(piece)
        bad = piece.iloc[:, 0] == BROKEN
        broken += [int(row) for row in piece.index[bad]]
        keeper.take(piece[~bad].fillna(""))
    return keeper, tuple(broken)
