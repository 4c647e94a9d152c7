"""Gates: which nodes of OpenStreetMap shut a way to walkers, and ways cut there.

A gate is passed unless it says otherwise. A node shuts the way it lies on where ``foot`` or
``access`` forbid walking (as on ways), where it is locked and not open to walkers, and where it is
a wall or fence with no gap mapped.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from patrolplan.graph.ways import Floats, Ints, offsets_of
from patrolplan.io.osm_lines import Lines
from patrolplan.io.osm_tags import CLOSED, OPEN

SOLID = frozenset({"wall", "fence", "hedge", "city_wall", "retaining_wall", "debris", "yes"})
"""Barriers without a way through, unless ``foot`` or ``access`` say that there is one."""

CUT = np.iinfo(np.int64).min
"""Reference of the gap put into a way at a gate."""


def is_shut(tags: Mapping[str, str]) -> bool:
    """Whether a node with these tags ends every walk.

    Examples
    --------
    >>> is_shut({"barrier": "gate"}), is_shut({"barrier": "gate", "access": "private"})
    (False, True)
    >>> is_shut({"barrier": "gate", "access": "private", "foot": "yes"})
    False
    >>> is_shut({"barrier": "gate", "locked": "yes"}), is_shut({"barrier": "wall"})
    (True, True)
    """
    if "barrier" not in tags:
        return False
    foot = tags.get("foot", "")
    if foot in OPEN or foot in CLOSED:
        return foot in CLOSED
    if tags.get("access") in CLOSED or tags.get("locked") == "yes":
        return True
    return tags["barrier"] in SOLID and tags.get("access") not in OPEN


def shut_at(lines: Lines, nodes: Ints) -> Lines:
    """Lines cut at the given nodes: they end there, on both sides, and share no node across.

    Each such node becomes two with numbers of their own and a gap (`CUT`, no location) between.
    """
    at = np.flatnonzero(np.isin(lines.refs, nodes))
    if not len(at):
        return lines
    own = -(10**12) - 3 * np.arange(len(at))
    refs = lines.refs.copy()
    refs[at] = own
    owner = np.repeat(np.arange(len(lines.table)), np.diff(lines.offsets))
    gap: Floats = np.full((len(at), 2), np.nan)
    again = lines.lonlat[at]
    lonlat = np.insert(lines.lonlat, np.repeat(at + 1, 2), np.stack([gap, again], 1).reshape(-1, 2), axis=0)
    fresh = np.column_stack([np.full(len(at), CUT), own - 1]).ravel()
    counts = np.diff(lines.offsets) + 2 * np.bincount(owner[at], minlength=len(lines.table))
    return Lines(
        table=lines.table,
        offsets=offsets_of(counts),
        refs=np.insert(refs, np.repeat(at + 1, 2), fresh),
        lonlat=lonlat,
    )
