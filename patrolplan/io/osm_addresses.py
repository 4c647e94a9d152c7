"""One pass over an OpenStreetMap file for names: of streets with all their spellings, houses, settlements."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.io.osm_stream import check_path

NAME_KEYS = ("name", "alt_name", "old_name", "official_name", "short_name", "loc_name", "int_name")
"""Keys of names and former names; each also with a language, as in name:uk or old_name:en."""
_SETTLEMENTS = frozenset({"city", "town", "village", "hamlet"})
_NO_LANGUAGE = (":word_stress", ":etymology", ":wikidata", ":pronunciation", ":signed", ":source")


@dataclass(kw_only=True)
class OsmNames:
    """What the file says of names: streets (spellings, line), houses and settlements (with places)."""

    streets: list[tuple[tuple[str, ...], NDArray[np.float64]]] = field(default_factory=list)
    houses: list[tuple[str, str, float, float]] = field(default_factory=list)
    settlements: list[tuple[tuple[str, ...], float, float]] = field(default_factory=list)


def read_names(path: str | Path) -> OsmNames:
    """Names of streets, houses (``addr:*``) and settlements of an OpenStreetMap file.

    Raises
    ------
    InputError
        The file can't be read.
    """
    file = Path(path)
    check_path(file)
    found = OsmNames()
    wanted = osmium.filter.KeyFilter("addr:housenumber", "highway", "place")
    try:
        objects = osmium.FileProcessor(str(file), osmium.osm.NODE | osmium.osm.WAY).with_locations()
        for thing in objects.with_filter(wanted):
            _take(found, thing)
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        raise InputError(f"{file}: not a readable OpenStreetMap file ({type(error).__name__})") from None
    return found


def spellings(tags: dict[str, str]) -> tuple[str, ...]:
    """All names of a thing, the main one first; lists parted by ";" taken apart.

    Examples
    --------
    >>> spellings({"name": "A", "old_name:en": "B;C", "name:etymology:wikidata": "Q1", "highway": "x"})
    ('A', 'B', 'C')
    """
    names = [
        part.strip()
        for key, value in sorted(tags.items(), key=lambda item: (item[0] != "name", item[0]))
        if key.split(":")[0] in NAME_KEYS and not any(odd in key for odd in _NO_LANGUAGE)
        for part in value.split(";")
    ]
    return tuple(dict.fromkeys(name for name in names if name))


def _take(found: OsmNames, thing: Any) -> None:
    tags = {tag.k: tag.v for tag in thing.tags}
    points = _points(thing)
    if not len(points):
        return
    lon, lat = points.mean(axis=0)
    street = tags.get("addr:street") or tags.get("addr:place", "")
    if "addr:housenumber" in tags and street:
        found.houses += [(street, number.strip(), lon, lat) for number in tags["addr:housenumber"].split(";")]
    if "highway" in tags and len(points) > 1 and (names := spellings(tags)):
        found.streets.append((names, points))
    if tags.get("place") in _SETTLEMENTS and (names := spellings(tags)):
        found.settlements.append((names, lon, lat))


def _points(thing: Any) -> NDArray[np.float64]:
    if thing.is_node():
        return np.array([[thing.lon, thing.lat]]) if thing.location.valid() else np.zeros((0, 2))
    return np.array([(node.lon, node.lat) for node in thing.nodes if node.location.valid()]).reshape(-1, 2)
