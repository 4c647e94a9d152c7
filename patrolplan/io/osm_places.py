"""Which OpenStreetMap objects are places people visit, as a table of tags and kinds."""

from __future__ import annotations

from collections.abc import Mapping

PLACE_TAGS: tuple[tuple[str, str, str], ...] = (
    ("amenity", "police", "police"),
    ("amenity", "school music_school language_school", "school"),
    ("amenity", "kindergarten childcare", "kindergarten"),
    ("amenity", "university college", "university"),
    ("amenity", "marketplace", "market"),
    ("amenity", "hospital", "hospital"),
    ("amenity", "clinic doctors dentist health_post", "clinic"),
    ("healthcare", "hospital", "hospital"),
    ("healthcare", "clinic doctor centre dentist", "clinic"),
    ("amenity", "pharmacy", "pharmacy"),
    ("amenity", "bar pub nightclub biergarten stripclub casino gambling hookah_lounge", "bar"),
    ("amenity", "restaurant fast_food food_court", "restaurant"),
    ("amenity", "cafe ice_cream", "cafe"),
    ("amenity", "place_of_worship", "worship"),
    ("amenity", "bank atm bureau_de_change money_transfer payment_terminal", "bank"),
    ("amenity", "post_office", "post_office"),
    ("amenity", "townhall courthouse public_building", "townhall"),
    ("office", "government", "townhall"),
    ("amenity", "library", "library"),
    ("amenity", "cinema theatre arts_centre concert_hall music_venue", "theatre"),
    ("amenity", "community_centre social_centre social_facility", "community_centre"),
    ("tourism", "museum gallery attraction theme_park zoo", "museum"),
    ("tourism", "hotel hostel motel guest_house", "hotel"),
    ("amenity", "bus_station ferry_terminal", "station"),
    ("railway", "station halt", "station"),
    ("highway", "bus_stop", "bus_stop"),
    ("railway", "tram_stop", "tram_stop"),
    ("shop", "mall department_store", "mall"),
    ("shop", "supermarket", "supermarket"),
    ("shop", "*", "shop"),
    ("leisure", "playground", "playground"),
    ("leisure", "park garden", "park"),
    ("leisure", "sports_centre stadium pitch fitness_centre swimming_pool ice_rink track", "sports"),
    # last: a school with a cellar to shelter in is a school first
    ("shelter_type", "bomb_shelter", "shelter"),
    ("bunker_type", "bomb_shelter", "shelter"),
)
"""Key, values (blank-separated; ``*`` = any) and kind; the first row that fits decides."""

PLACE_KINDS: tuple[str, ...] = tuple(sorted({kind for _, _, kind in PLACE_TAGS}))
"""The vocabulary of the column ``kind``."""

PLACE_KEYS: tuple[str, ...] = tuple(dict.fromkeys(key for key, _, _ in PLACE_TAGS if key != "highway"))

_PUBLIC = frozenset({"park", "playground", "sports", "shelter"})
"""Kinds that nobody visits where access is private (a pool or garden at home)."""

_CLOSED = ("no", "private", "military", "permit", "employees")
_GONE = ("disused", "abandoned", "ruins", "historic", "demolished")

_NO = frozenset({"no", "vacant", "disused", "abandoned"})
_KIND_OF = {(key, value): kind for key, values, kind in reversed(PLACE_TAGS) for value in values.split()}


def place_kind(tags: Mapping[str, str]) -> str:
    """What kind of place these tags describe, "" for none.

    Examples
    --------
    >>> place_kind({"amenity": "pub", "name": "The Crown"})
    'bar'
    >>> place_kind({"shop": "bakery"}), place_kind({"shop": "vacant"}), place_kind({"natural": "tree"})
    ('shop', '', '')

    A shelter is one against bombs; roofs at bus stops, refuges and old bunkers are none.

    >>> place_kind({"amenity": "shelter", "shelter_type": "bomb_shelter"})
    'shelter'
    >>> place_kind({"amenity": "shelter", "shelter_type": "public_transport"})
    ''
    >>> place_kind({"military": "bunker", "bunker_type": "pillbox"})
    ''
    """
    found = {
        _KIND_OF.get((key, tags[key])) or (_KIND_OF.get((key, "*")) if tags[key] not in _NO else None)
        for key in ("highway", *PLACE_KEYS)
        if key in tags
    }
    kind = next((kind for _, _, kind in PLACE_TAGS if kind in found), "")
    if kind == "shelter" and (
        tags.get("access") in _CLOSED or any(tags.get(key, "no") != "no" for key in _GONE)
    ):
        return ""
    return "" if kind in _PUBLIC and tags.get("access") in ("no", "private") else kind
