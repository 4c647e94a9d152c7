"""Refuses packed OpenStreetMap files that would end the process that reads them."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from pathlib import Path

from patrolplan.errors import InputError
from patrolplan.io.osm_nodes import _blobs, _fields, _OtherPackingError, _unpacked

_ONLY_EMPTY = b"\x0a\x00"
"""How the list of strings of a block begins: with the empty one, whose length is the only zero byte."""


def check_strings(path: Path) -> None:
    """Refuse a ``.pbf`` whose texts hold a zero byte: its library takes it for their end and reads on beyond.

    Raises
    ------
    InputError
        There is such a text.
    """
    if path.name.lower().endswith(".pbf"):
        found = path.stat()
        _checked(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=16)
def _checked(path: Path, _changed: int, _size: int) -> None:
    try:
        sound = all(_sound(_unpacked(blob)) for kind, blob in _blobs(path) if kind == b"OSMData")
    except _OtherPackingError:
        return  # packed in a rarer way: left to its library
    except (struct.error, IndexError, ValueError, zlib.error, MemoryError):
        sound = False
    if not sound:
        raise InputError(f"{path}: not a readable OpenStreetMap file (damaged); download the extract again")


def _sound(block: bytes) -> bool:
    for key, value in _fields(block):
        if key == 1 and isinstance(value, bytes):
            if value.startswith(_ONLY_EMPTY) and value.count(0) == 1:
                continue
            if any(isinstance(text, bytes) and 0 in text for _, text in _fields(value)):
                return False
    return True
