"""Where a chosen few nodes of a file of any size are: memory grows with what is kept, not with the file.

A `.osm.pbf` stores nodes in blocks of packed columns (ids, latitudes, longitudes); they are unpacked here
a block at a time on arrays. Whatever else comes (XML, other packing) is read node by node by osmium.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely

from patrolplan.graph.ways import Bools, Floats, Ints

MARGIN_M = 2_000.0
"""Nodes up to this far outside a boundary are kept, so that lines that cross it do not end short of it."""

METRES_PER_DEGREE = 111_195.0
"""Length of a degree of latitude on a sphere of the Earth's mean radius."""

AT_ONCE = 50_000
"""Nodes read by osmium before they are looked at together."""

_FIXED_BYTES = {1: 8, 5: 4}
_MAX_HEADER, _MAX_BLOB, _MAX_UNPACKED = 64 * 1024, 64 * 1024 * 1024, 32 * 1024 * 1024
"""The format's own limits: a damaged or hostile file names others."""


@dataclass(frozen=True, kw_only=True)
class Located:
    """Nodes whose place is known: ``ids`` [n] ascending, ``lonlat`` [n, 2] degrees."""

    ids: Ints
    lonlat: Floats

    def of(self, refs: Ints) -> Floats:
        """Longitude and latitude of each reference, NaN where it is not among the nodes.

        Examples
        --------
        >>> known = Located(ids=np.array([3, 8]), lonlat=np.array([[1.0, 2.0], [5.0, 6.0]]))
        >>> known.of(np.array([8, 4])).tolist()
        [[5.0, 6.0], [nan, nan]]
        """
        found = np.full((len(refs), 2), np.nan)
        if len(self.ids) and len(refs):
            at = np.minimum(np.searchsorted(self.ids, refs), len(self.ids) - 1)
            known = self.ids[at] == refs
            found[known] = self.lonlat[at[known]]
        return found


def nodes_near(path: Path, boundary: shapely.Geometry, *, margin_m: float = MARGIN_M) -> Located:
    """The nodes in the bounding box of a boundary (degrees), widened by ``margin_m``."""
    west, south, east, north = shapely.bounds(boundary).tolist()
    up = margin_m / METRES_PER_DEGREE
    along = up / max(0.01, float(np.cos(np.radians(max(abs(south), abs(north))))))

    def is_near(_: Ints, lon: Floats, lat: Floats) -> Bools:
        across = (lon >= west - along) & (lon <= east + along)
        return np.asarray(across & (lat >= south - up) & (lat <= north + up))

    return _nodes(path, is_near)


def nodes_with_ids(path: Path, ids: Ints) -> Located:
    """The nodes of the given ids that the file holds."""
    wanted = np.unique(np.asarray(ids, dtype=np.int64))

    def is_wanted(found: Ints, _lon: Floats, _lat: Floats) -> Bools:
        if not len(wanted):
            return np.zeros(len(found), dtype=bool)
        at = np.minimum(np.searchsorted(wanted, found), len(wanted) - 1)
        return np.asarray(wanted[at] == found)

    return _nodes(path, is_wanted)


def _nodes(path: Path, keep: Callable[[Ints, Floats, Floats], Bools]) -> Located:
    ids, lonlat = [np.zeros(0, dtype=np.int64)], [np.zeros((0, 2))]
    for some, lon, lat in _blocks(path):
        kept = keep(some, lon, lat)
        if kept.any():
            ids.append(some[kept])
            lonlat.append(np.column_stack([lon[kept], lat[kept]]))
    every, first = np.unique(np.concatenate(ids), return_index=True)
    return Located(ids=every, lonlat=np.concatenate(lonlat)[first])


def _blocks(path: Path) -> Iterator[tuple[Ints, Floats, Floats]]:
    if path.name.lower().endswith(".pbf") and _is_plain(path):
        try:
            yield from _packed_blocks(path)
            return
        except _OtherPackingError:
            pass  # the writer changed its packing midway: what came twice counts once
    yield from _blocks_by_osmium(path)


def _blocks_by_osmium(path: Path) -> Iterator[tuple[Ints, Floats, Floats]]:
    ids: list[int] = []
    lonlat: list[tuple[float, float]] = []
    node: Any
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        if node.location.valid():
            ids.append(node.id)
            lonlat.append((node.location.lon, node.location.lat))
        if len(ids) >= AT_ONCE:
            yield np.array(ids, dtype=np.int64), *np.array(lonlat).T
            ids, lonlat = [], []
    if ids:
        yield np.array(ids, dtype=np.int64), *np.array(lonlat).T


class _OtherPackingError(Exception):
    """The file is packed in a way that is left to osmium."""


def _is_plain(path: Path) -> bool:
    """Whether the first block of data is packed as nearly all files are: zlib or not at all, dense nodes."""
    try:
        for number, (kind, blob) in enumerate(_blobs(path)):
            if kind == b"OSMData":
                next(iter(_nodes_of_block(_unpacked(blob))), None)
            if number:
                break
    except (_OtherPackingError, struct.error, IndexError, ValueError, zlib.error):
        return False
    return True


def _packed_blocks(path: Path) -> Iterator[tuple[Ints, Floats, Floats]]:
    in_order = seen = False
    for kind, blob in _blobs(path):
        data = _unpacked(blob)
        if kind == b"OSMHeader":
            in_order = any(key == 4 and value == b"Sort.Type_then_ID" for key, value in _fields(data))
        if kind != b"OSMData":
            continue
        found = list(_nodes_of_block(data))
        yield from found
        if in_order and seen and not found:
            return  # ways have begun: no node comes after them
        seen |= bool(found)


def _blobs(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each blob of the file."""
    with path.open("rb") as file:
        while head := file.read(4):
            (header_size,) = struct.unpack(">I", head)
            if header_size > _MAX_HEADER:
                raise ValueError("a blob of no known form")
            header = dict(_fields(file.read(header_size)))
            size, kind = header.get(3, 0), header.get(1, b"")
            if not isinstance(size, int) or not isinstance(kind, bytes) or size > _MAX_BLOB:
                raise ValueError("a blob of no known form")
            yield kind, file.read(size)


def _unpacked(blob: bytes) -> bytes:
    for key, value in _fields(blob):
        if key == 1 and isinstance(value, bytes):
            return value
        if key == 3 and isinstance(value, bytes):
            unpacking = zlib.decompressobj()
            data = unpacking.decompress(value, _MAX_UNPACKED)
            if not unpacking.eof:
                raise ValueError("a blob that is cut off or unpacks to more than the format allows")
            return data
        if key in (4, 5, 6, 7):
            raise _OtherPackingError
    raise ValueError("a blob without content")


def _nodes_of_block(data: bytes) -> Iterator[tuple[Ints, Floats, Floats]]:
    granularity, lat_offset, lon_offset = 100, 0, 0
    groups = []
    for key, value in _fields(data):
        if key == 2 and isinstance(value, bytes):
            groups.append(value)
        elif isinstance(value, int):
            granularity = value if key == 17 else granularity
            lat_offset = _signed(value) if key == 19 else lat_offset
            lon_offset = _signed(value) if key == 20 else lon_offset
    for group in groups:
        for key, value in _fields(group):
            if key == 1:
                raise _OtherPackingError  # nodes one by one
            if key != 2 or not isinstance(value, bytes):
                break  # a group holds one kind of object alone
            dense = {k: v for k, v in _fields(value) if isinstance(v, bytes)}
            ids, lat, lon = (np.cumsum(_packed(dense.get(k, b""))) for k in (1, 8, 9))
            lon, lat = lon_offset + granularity * lon, lat_offset + granularity * lat
            yield ids, (lon // 100) / 1e7, (lat // 100) / 1e7  # as exact as osmium keeps them


def _packed(data: bytes) -> Ints:
    """Numbers packed as zigzag varints: seven bits a byte, the eighth set where more follow.

    Examples
    --------
    >>> _packed(bytes([0, 1, 2, 0x80, 0x01])).tolist()
    [0, -1, 1, 64]
    """
    octets = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(octets < 0x80)
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    if not len(ends):
        return np.zeros(0, dtype=np.int64)
    place = np.arange(ends[-1] + 1) - np.repeat(starts, ends - starts + 1)
    bits = (octets[: ends[-1] + 1] & 0x7F).astype(np.uint64) << (7 * place).astype(np.uint64)
    value = np.add.reduceat(bits, starts)
    return np.asarray((value >> np.uint64(1)).astype(np.int64) ^ -(value & np.uint64(1)).astype(np.int64))


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a protocol buffers message."""
    at, end = 0, len(data)
    while at < end:
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield tag >> 3, value
        else:
            size, at = _varint(data, at) if kind == 2 else (_FIXED_BYTES.get(kind, -1), at)
            if size < 0 or at + size > end:
                raise ValueError("a field that ends beyond its message")
            yield tag >> 3, data[at : at + size]
            at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        octet = data[at]
        at += 1
        value |= (octet & 0x7F) << shift
        if octet < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def _signed(value: int) -> int:
    """A varint of 64 bits as a signed number."""
    return value - (1 << 64) if value >> 63 else value
