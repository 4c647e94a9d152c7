"""One KML 2.2 file a crew: numbered placemarks and the route's line, for Organic Maps, OsmAnd and My Maps."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import shapely

from patrolplan.i18n import Words
from patrolplan.io import holder_words as texts
from patrolplan.io.atomic import write_text
from patrolplan.io.route_facts import RouteFacts, StopFacts, all_routes
from patrolplan.io.text import one_line
from patrolplan.io.times import iso
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

FILES = "route_*.kml"
"""What the files of all crews are called."""

NAMESPACE = "http://www.opengis.net/kml/2.2"
_COLOURS = {
    "route": "ffb03a1f",
    "visit": "ff1f3ab0",
    "start": "ff2f7d32",
    "end": "ff2f7d32",
    "break": "ff777777",
}
"""Alpha, blue, green, red, as KML wants them."""


def write_kml(plan: PatrolPlan, path: str | os.PathLike[str], *, crew: int = 0) -> Path:
    """Write one crew's stops and way as KML and return the path; the same plan gives the same bytes.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all.
    crew
        Index into ``plan.crews``.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    return write_text(path, kml_texts(plan)[crew])


def kml_texts(plan: PatrolPlan, *, routes: Sequence[RouteFacts] | None = None) -> list[str]:
    """The contents of every crew's file, in the order of the crews."""
    degrees = plan.legs.to_crs("EPSG:4326")
    return [
        _kml(plan, route, degrees[degrees["crew"] == route.number - 1])
        for route in (routes or all_routes(plan))
    ]


def _kml(plan: PatrolPlan, route: RouteFacts, legs: gpd.GeoDataFrame) -> str:
    shift = route.crew.shift
    root = ElementTree.Element("kml", xmlns=NAMESPACE)
    document = _child(root, "Document")
    _child(document, "name", texts.title_line(route.name, shift.start, shift.end, route.words))
    about = (
        one_line(plan.community),
        texts.officers_line(route.officers, route.digits, route.words),
        *route.lacks,
        OSM_CREDIT,
    )
    _child(document, "description", "\n".join(about))
    for name, colour in _COLOURS.items():
        _style(document, name, colour)
    stops = _folder(document, route.words(texts.STOPS))
    for stop in route.stops:
        _placemark(stops, stop, route.words)
    way = _folder(document, route.words(texts.ROUTE))
    coordinates = _way(legs)
    if coordinates:
        line = _child(way, "Placemark")
        _child(line, "name", route.name)
        _child(line, "styleUrl", "#route")
        string = _child(line, "LineString")
        _child(string, "tessellate", "1")
        _child(string, "coordinates", coordinates)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _placemark(folder: ElementTree.Element, stop: StopFacts, words: Words) -> None:
    mark = _child(folder, "Placemark")
    _child(mark, "name", f"{texts.stop_title(stop, words)} · {texts.when_words(stop, words)}")
    # Viewers show descriptions as HTML; the text itself is escaped twice, so names stay names.
    _child(mark, "description", "<br>".join(map(_as_html, texts.stop_lines(stop, words))))
    span = _child(mark, "TimeSpan")
    _child(span, "begin", iso(stop.start))
    _child(span, "end", iso(stop.leave))
    _child(mark, "styleUrl", f"#{stop.kind}")
    _child(_child(mark, "Point"), "coordinates", f"{stop.lon:.7f},{stop.lat:.7f}")


def _as_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _style(document: ElementTree.Element, name: str, colour: str) -> None:
    style = _child(document, "Style", id=name)
    if name == "route":
        line = _child(style, "LineStyle")
        _child(line, "color", colour)
        _child(line, "width", "4")
    else:
        _child(_child(style, "IconStyle"), "color", colour)


def _way(legs: gpd.GeoDataFrame) -> str:
    points = [
        f"{lon:.7f},{lat:.7f}"
        for line in legs.geometry
        if line is not None
        for lon, lat in shapely.get_coordinates(line).tolist()
    ]
    kept = [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]
    return " ".join(kept) if len(kept) > 1 else ""


def _folder(document: ElementTree.Element, name: str) -> ElementTree.Element:
    folder = _child(document, "Folder")
    _child(folder, "name", name)
    return folder


def _child(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, tag, attributes)
    if text:
        child.text = text
    return child
