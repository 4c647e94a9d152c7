"""Streets of a place by its name, from OpenStreetMap's public servers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import shapely

from patrolplan.errors import InputError
from patrolplan.graph.clean import CleanRules
from patrolplan.graph.network import StreetNetwork
from patrolplan.io.atomic import atomic_path
from patrolplan.io.http import Patience, ask
from patrolplan.io.osm import OsmData, read_osm
from patrolplan.io.osm_places import PLACE_KEYS

NOMINATIM_URL, OVERPASS_URL = "https://nominatim.openstreetmap.org", "https://overpass-api.de/api"
"""Servers asked where none are named: they are shared by all, so one place at a time."""

QUERY = """[out:xml][timeout:{timeout_s}][bbox:{south:.7f},{west:.7f},{north:.7f},{east:.7f}];
(way[highway];way[railway];way[waterway];way[natural=water];way[barrier];node[place];{places});
(._;>;);
out body;
"""
"""Asks Overpass for all that `read_osm` makes use of."""


def fetch_network(
    place: str,
    *,
    keep: str | PathLike[str] | None = None,
    rules: CleanRules | None = None,
    patience: Patience | None = None,
    nominatim_url: str = NOMINATIM_URL,
    overpass_url: str = OVERPASS_URL,
    on_progress: Callable[[str], None] | None = None,
) -> StreetNetwork:
    """The walkable streets of a place, fetched from OpenStreetMap by its name.

    Parameters
    ----------
    place
        Name as people would search for it: ``"Zhovkva, Ukraine"``.
    keep
        Where to keep what was fetched (``.osm``), to read again without asking anybody.
    rules
        Measures of the cleaning, see `patrolplan.graph.clean.CleanRules`.
    patience
        How long to wait for an answer, and how long to go on asking a busy server.
    nominatim_url, overpass_url
        Servers that know where places are, and that hold the map.
    on_progress
        Told in a few words what is being done.

    Returns
    -------
    StreetNetwork
        Its report's notes say when it was fetched and the date of the data.

    Raises
    ------
    InputError
        No such place, no connection, or the servers stay busy or broken: in one line, with the way
        out.

    See Also
    --------
    fetch_streets : places and settlements too.
    """
    options: dict[str, Any] = {"nominatim_url": nominatim_url, "overpass_url": overpass_url}
    return fetch_streets(
        place, keep=keep, rules=rules, patience=patience, on_progress=on_progress, **options
    ).network


def fetch_streets(
    place: str,
    *,
    keep: str | PathLike[str] | None = None,
    rules: CleanRules | None = None,
    patience: Patience | None = None,
    nominatim_url: str = NOMINATIM_URL,
    overpass_url: str = OVERPASS_URL,
    on_progress: Callable[[str], None] | None = None,
) -> OsmData:
    """Streets, places and settlements of a place, as `fetch_network`."""
    tell, patience = on_progress or (lambda _: None), patience or Patience()
    if keep is not None and not str(keep).lower().endswith(".osm"):
        raise InputError(f"{keep}: what is fetched is kept as OpenStreetMap XML; give a name ending in .osm")
    tell(f"looking up {place}")
    area = place_boundary(place, patience=patience, nominatim_url=nominatim_url)
    tell(f"fetching the streets of {place}")
    west, south, east, north = shapely.bounds(area).tolist()
    places = "".join(f"nwr[{key}];" for key in PLACE_KEYS)
    query = QUERY.format(
        timeout_s=round(patience.timeout_s), south=south, west=west, north=north, east=east, places=places
    )
    answer = ask(
        f"{overpass_url.rstrip('/')}/interpreter",
        form={"data": query},
        patience=patience,
        fault_of=_overpass_fault,
    )
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "fetched.osm"
        file.write_bytes(answer)
        data = read_osm(file, boundary=area, rules=rules)
    if keep is not None:
        with atomic_path(keep) as unfinished:
            unfinished.write_bytes(answer)
    return _dated(data, overpass_url)


def place_boundary(
    place: str, *, patience: Patience | None = None, nominatim_url: str = NOMINATIM_URL
) -> shapely.Polygon | shapely.MultiPolygon:
    """The area (degrees) of a place by its name.

    Raises
    ------
    InputError
        Nothing of that name has an area, or the server can't be asked.
    """
    import json

    asked = urlencode({"q": place, "format": "jsonv2", "polygon_geojson": 1, "limit": 10, "dedupe": 0})
    answer = ask(
        f"{nominatim_url.rstrip('/')}/search?{asked}",
        patience=patience or Patience(),
        fault_of=lambda content: (
            "" if content.lstrip()[:1] == b"[" else "an answer that is no list of places"
        ),
    )
    found = [item.get("geojson", {}) for item in json.loads(answer)]
    areas = [item for item in found if item.get("type") in ("Polygon", "MultiPolygon")]
    if not areas:
        what = "only points" if found else "nothing"
        raise InputError(
            f'"{place}": OpenStreetMap knows {what} of that name; add the region and country, '
            "or give a street file and a boundary"
        )
    area: Any = shapely.from_geojson(json.dumps(areas[0]))
    valid: shapely.Polygon | shapely.MultiPolygon = shapely.make_valid(area)
    return valid


def _overpass_fault(content: bytes) -> str:
    """What is wrong with an answer, "" if nothing: Overpass tells its own failures with status 200."""
    if b"<osm" not in content[:1000]:
        return "an answer that is no map"
    rest = content[-5000:]
    remark = rest.rpartition(b"<remark>")[2].partition(b"</remark>")[0] if b"<remark>" in rest else b""
    if b"error" in remark.lower():
        return remark.decode("utf-8", "replace").strip()
    return "" if rest.rstrip().endswith(b"</osm>") else "an answer that was cut off"


def _dated(data: OsmData, server: str) -> OsmData:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    stated = f"; the map is of {data.timestamp}" if data.timestamp else ""
    note = f"fetched {now} from {server.partition('://')[2].partition('/')[0]}{stated}"
    report = replace(data.network.report, notes=(*data.network.report.notes, note))
    return replace(data, network=replace(data.network, report=report))
