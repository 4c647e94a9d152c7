"""Tracks from GPX files of any phone, read as a stream: hostile files cost bounded time and memory."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

import numpy as np
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.readers.guard import check_there, head_of, what_it_is
from patrolplan.walked.track import Track

MOST_BYTES = 200_000_000
MOST_POINTS = 1_000_000
"""A week at a point a second is 600,000."""
MOST_DEPTH = 64
LONGEST_TIME = 40
_CHUNK = 1 << 16
OWN = "patrolplan"


def read_gpx(path: str | Path) -> Track:
    """The points with times of all tracks in a GPX file, in order of time.

    Points without a time, or with one that is none, are left out; so are places off the earth and 0, 0.
    A time without a zone is taken for UTC, as the format wants it.

    Raises
    ------
    InputError
        No GPX file, declarations of its own (bombs), too large, no points with times, or the route that
        this program wrote itself.
    """
    file = Path(path)
    check_there(file)
    if file.stat().st_size > MOST_BYTES:
        raise InputError(f"{file.name}: more than {MOST_BYTES // 1_000_000} MB; give the track of one patrol")
    told = what_it_is(head_of(file))
    if told:
        raise InputError(f"{file.name}: not a GPX file but {told}; save the track as GPX")
    reader = _Reader(file.name)
    parser = reader.parser()
    try:
        with file.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as trouble:
        # a phone that died in the middle leaves a file without an end: what came before it counts
        cut = any(told in str(trouble) for told in ("no element found", "unclosed token"))
        if not cut or not reader.times:
            line = f"line {trouble.lineno}"
            raise InputError(f"{file.name}: not a whole GPX file ({line}); save the track again") from None
    except (ValueError, LookupError) as trouble:
        if isinstance(trouble, InputError):
            raise
        raise InputError(f"{file.name}: not a readable GPX file; save the track again") from None
    return reader.track()


class _Reader:
    """What the parser tells, gathered: two numbers and a time a point."""

    def __init__(self, name: str) -> None:
        self.name, self.depth = name, 0
        self.lon: list[float] = []
        self.lat: list[float] = []
        self.times: list[str] = []
        self._place: tuple[float, float] | None = None
        self._time: list[str] | None = None
        self._when = ""
        self._points = 0

    def parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._declared
        return parser

    def track(self) -> Track:
        if not self._points:
            raise InputError(f"{self.name}: holds no track (waypoints and routes are not walked); record one")
        at = pd.to_datetime(pd.Series(self.times, dtype="str"), format="ISO8601", utc=True, errors="coerce")
        seconds = (at - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy(dtype=np.float64)
        lon, lat = np.array(self.lon), np.array(self.lat)
        there = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ((lon != 0) | (lat != 0))
        usable = np.isfinite(seconds) & there
        if usable.sum() < 2:
            raise InputError(f"{self.name}: its points have no usable times; switch on times in the recorder")
        order = np.argsort(seconds[usable], kind="stable")
        return Track(
            name=self.name,
            seconds=seconds[usable][order],
            lon=lon[usable][order],
            lat=lat[usable][order],
        )

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        plain = name.rpartition(":")[2]
        if self.depth == 1 and plain != "gpx":
            raise InputError(f"{self.name}: not a GPX file but <{plain[:40]}>; save the track as GPX")
        if self.depth == 1 and attributes.get("creator") == OWN:
            raise InputError(f"{self.name}: is the planned route itself, not a track that was walked")
        if self.depth > MOST_DEPTH:
            raise InputError(f"{self.name}: nested deeper than any GPX file; save the track again")
        if plain == "trkpt":
            self._points += 1
            if self._points > MOST_POINTS:
                raise InputError(
                    f"{self.name}: more than {MOST_POINTS:,} points; give the track of one patrol"
                )
            self._place, self._when = _place(attributes), ""
        elif plain == "time" and self._place is not None:
            self._time = []

    def _text(self, text: str) -> None:
        if self._time is not None and len(self._time) < LONGEST_TIME:
            self._time.append(text[:LONGEST_TIME])

    def _end(self, name: str) -> None:
        self.depth -= 1
        plain = name.rpartition(":")[2]
        if plain == "time" and self._time is not None:
            self._when, self._time = "".join(self._time).strip()[:LONGEST_TIME], None
        elif plain == "trkpt" and self._place is not None:
            if self._when:
                self.lon.append(self._place[0])
                self.lat.append(self._place[1])
                self.times.append(self._when)
            self._place = None

    def _declared(self, *_: object) -> None:
        raise InputError(f"{self.name}: XML with declarations of its own is not read; save the track anew")


def _place(attributes: dict[str, str]) -> tuple[float, float] | None:
    try:
        lon, lat = float(attributes["lon"]), float(attributes["lat"])
    except (KeyError, ValueError):
        return None
    return (lon, lat)
