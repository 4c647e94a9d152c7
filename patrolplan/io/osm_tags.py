"""Which OpenStreetMap ways people may walk on, tag by tag.

The rules are read from top to bottom; the first that applies decides:

==================  =====================================================  ======================
tag                 value                                                  decision
==================  =====================================================  ======================
highway             construction, proposed, razed, raceway, ...            out: not a street (yet)
route               ferry (ways without highway)                           out: ridden, but leads there
highway, indoor     corridor, elevator, indoor=yes                         out: inside a building
highway             platform, via_ferrata, rest_area, ...                  out: not for walking on
area                yes, on anything but squares and paths                 out: a surface, no street
foot                no, private (and no sidewalk mapped apart)             out: walkers forbidden
access              no, private, permit, ... (and no foot=yes)             out: private
service             drive-through, emergency access                        out: not a street
highway             motorway: unless foot=yes or a sidewalk                out: motorway
highway             trunk: unless foot=yes, a sidewalk, lit=yes or         out: fast road
                    maxspeed of 60 km/h or less
highway             busway: unless foot=yes or a sidewalk                  out: for buses alone
highway             cycleway: unless open to walkers (foot=yes, a          out: for bicycles alone
                    crossing, segregated, footway=*)
path, bridleway     sac_scale of alpine grade                              out: climbing
footway, path,      sidewalk, crossing, traffic_island (as value of        in: part of its street
cycleway            footway, path, cycleway), is_sidepath=yes
any other highway   of the known kinds                                     in
==================  =====================================================  ======================

Roads with ``sidewalk=separate`` or ``foot=use_sidepath`` stay in: they are the street, and the
sidewalk drawn beside them folds into it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

STREET_RANKS: dict[str, int] = {
    "motorway": 0,
    "trunk": 0,
    "primary": 1,
    "secondary": 2,
    "tertiary": 3,
    "unclassified": 4,
    "residential": 4,
    "living_street": 4,
    "road": 4,
    "motorway_link": 5,
    "trunk_link": 5,
    "primary_link": 5,
    "secondary_link": 5,
    "tertiary_link": 5,
    "pedestrian": 5,
    "busway": 6,
    "service": 6,
    "track": 7,
    "cycleway": 8,
    "footway": 8,
    "path": 8,
    "bridleway": 8,
    "steps": 9,
}
"""Highway values that can be walked, most street-like first: where two run side by side, the
lower rank stays. Squares drawn as outlines, sidewalks and crossings come after all of them."""

AREA_RANK, SIDEWALK_RANK, CROSSING_RANK = 10, 11, 12

WHY_OUT: dict[str, str] = {
    "not a street": "planned, under construction, given up, or no street at all",
    "indoors": "corridors and lifts inside buildings",
    "surface": "drawn as a surface (car parks, yards), not as a street",
    "no walkers": "foot=no or foot=private, and no sidewalk mapped",
    "private": "access is private or forbidden, and no foot=yes",
    "service": "drive-through lanes and emergency accesses",
    "motorway": "motorways without foot=yes or a sidewalk",
    "fast road": "trunk roads without foot=yes, sidewalk, lighting or a limit of 60 km/h or less",
    "bus only": "busways without foot=yes or a sidewalk",
    "bicycles only": "cycleways not open to walkers",
    "ferry": "ferries: ridden, not walked",
    "climbing": "alpine paths and climbing routes",
}

LEADS_THERE = frozenset({"motorway", "fast road", "bus only", "no walkers", "ferry"})
"""Reasons of ways that nobody walks but that lead somewhere: over a bridge, say, or by ferry."""

OPEN = frozenset({"yes", "designated", "permissive", "official", "destination", "customers", "public"})
CLOSED = frozenset(
    {"no", "private", "permit", "military", "forestry", "agricultural", "delivery", "emergency"}
)
_HAS_SIDEWALK = frozenset({"yes", "both", "left", "right", "separate", "lane"})
_SIDES = {"both": "both", "yes": "both", "separate": "both", "left": "one", "right": "one", "no": "no"}
_SIDES["none"] = "no"
_PATHS = frozenset({"footway", "path", "cycleway", "bridleway", "pedestrian", "steps"})
_SIDE_KEYS = ("footway", "path", "cycleway", "bridleway")
_SIDE_VALUES = frozenset({"sidewalk", "traffic_island", "access_aisle"})
_INDOORS = frozenset({"corridor", "elevator", "escalator", "ladder"})
_ALPINE = frozenset({"alpine_hiking", "demanding_alpine_hiking", "difficult_alpine_hiking"})


class Walkable(NamedTuple):
    """The decision on one way: ``reason`` is "" where it is kept, else a key of `WHY_OUT`."""

    rank: int
    reason: str


def walkable(tags: Mapping[str, str]) -> Walkable:
    """Whether people may walk on a way with these tags, and how street-like it is.

    Examples
    --------
    >>> walkable({"highway": "residential", "sidewalk": "separate"})
    Walkable(rank=4, reason='')
    >>> walkable({"highway": "service", "access": "private"}).reason
    'private'
    >>> walkable({"highway": "cycleway", "foot": "designated"}).reason
    ''
    >>> walkable({"highway": "footway", "footway": "sidewalk"}).rank
    11
    """
    highway = tags.get("highway", "")
    rank = STREET_RANKS.get(highway, -1)
    reason = _reason_out(tags, highway, rank)
    return Walkable(rank, reason) if reason else Walkable(_rank_kept(tags, highway, rank), "")


def is_carriageway(tags: Mapping[str, str]) -> bool:
    """Whether this is a one-way carriageway (half of a street, perhaps)."""
    return tags.get("oneway") in ("yes", "1", "true", "-1") or tags.get("junction") in (
        "roundabout",
        "circular",
    )


def sides_of(tags: Mapping[str, str]) -> str:
    """On how many sides one can walk, as the tags say: "both", "one", "no" or "" where they don't.

    Examples
    --------
    >>> sides_of({"sidewalk": "both"}), sides_of({"sidewalk:left": "separate", "sidewalk:right": "no"})
    ('both', 'one')
    >>> sides_of({"sidewalk": "no"}), sides_of({"highway": "residential"})
    ('no', '')
    """
    whole = tags.get("sidewalk:both", tags.get("sidewalk", ""))
    if whole in _SIDES:
        return _SIDES[whole]
    told = [tags[key] for key in ("sidewalk:left", "sidewalk:right") if key in tags]
    walked = sum(value in _HAS_SIDEWALK for value in told)
    return ("no", "one", "both")[walked] if told else ""


def layer_of(tags: Mapping[str, str]) -> int:
    """The level a way runs on: ``layer``, else 1 on bridges and -1 in tunnels."""
    try:
        return int(tags.get("layer", ""))
    except ValueError:
        pass
    if tags.get("tunnel", "no") not in ("no", "building_passage"):
        return -1
    return int(tags.get("bridge", "no") != "no")


def _reason_out(tags: Mapping[str, str], highway: str, rank: int) -> str:  # noqa: PLR0911, one rule a line
    if highway in _INDOORS or tags.get("indoor", "no") != "no":
        return "indoors"
    if highway == "ferry":
        return "ferry"
    if highway == "via_ferrata" or tags.get("sac_scale") in _ALPINE:
        return "climbing"
    if rank < 0:
        return "not a street"
    if tags.get("area") == "yes" and highway not in _PATHS:
        return "surface"
    foot, sidewalk = tags.get("foot", ""), _has_sidewalk(tags)
    if foot in ("no", "private") and not (sidewalk and highway not in _PATHS):
        return "no walkers"
    on_foot = foot in OPEN or sidewalk
    if tags.get("access", "") in CLOSED and foot not in OPEN:
        return "private"
    if tags.get("service") in ("drive-through", "emergency_access"):
        return "service"
    return "" if on_foot else _reason_by_kind(tags, highway)


def _reason_by_kind(tags: Mapping[str, str], highway: str) -> str:
    if highway in ("motorway", "motorway_link"):
        return "motorway"
    if highway in ("trunk", "trunk_link") and not _is_slow(tags):
        return "fast road"
    if highway == "busway":
        return "bus only"
    if highway == "cycleway" and not _is_shared_cycleway(tags):
        return "bicycles only"
    return ""


def _rank_kept(tags: Mapping[str, str], highway: str, rank: int) -> int:
    if highway in _SIDE_KEYS:
        sides = {tags.get(key, "") for key in _SIDE_KEYS}
        if "crossing" in sides or tags.get("crossing", "no") != "no":
            return CROSSING_RANK
        if sides & _SIDE_VALUES or tags.get("is_sidepath") == "yes":
            return SIDEWALK_RANK
    return AREA_RANK if tags.get("area") == "yes" else rank


def _has_sidewalk(tags: Mapping[str, str]) -> bool:
    keys = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
    return tags.get("foot") == "use_sidepath" or any(tags.get(key) in _HAS_SIDEWALK for key in keys)


def _is_slow(tags: Mapping[str, str]) -> bool:
    limit = re.fullmatch(r"(\d+)\s*(mph)?", tags.get("maxspeed", ""))
    kmh = float(limit[1]) * (1.609 if limit[2] else 1.0) if limit else 999.0
    zone = tags.get("maxspeed", "").endswith(":urban") or tags.get("zone:traffic", "").endswith(":urban")
    return tags.get("motorroad") != "yes" and (kmh <= 60 or zone or tags.get("lit") == "yes")


def _is_shared_cycleway(tags: Mapping[str, str]) -> bool:
    return tags.get("cycleway") == "crossing" or "segregated" in tags or tags.get("footway", "no") != "no"
