"""Styles inside the GeoPackage (table ``layer_styles``), so that QGIS opens the plan drawn."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np

STYLE_NAME = "patrolplan"
WRITTEN_AT = "2000-01-01T00:00:00.000Z"
_SHARES = (0.0, 0.5, 0.8, 0.95, 0.99, 1.0)
"""Classes of need: shares of the segments, the neediest by themselves."""
_CLASS_NAMES = ("least needy half", "up to top 20 %", "top 20 %", "top 5 %", "top 1 %")
_CLASS_LINES = (
    ("200,200,200", 0.3), ("253,212,158", 0.5), ("252,141,89", 0.9), ("215,48,31", 1.3), ("127,0,0", 1.9),
)  # fmt: skip

_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30),
  ui TEXT(30), update_time DATETIME
)"""
_CONTENTS = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
    "VALUES ('layer_styles', 'attributes', 'layer_styles', 'How QGIS draws the layers', ?, 0)"
)
_STYLE = (
    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
    "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
    "VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', NULL, ?)"
)


@dataclass(frozen=True, kw_only=True)
class _Class:
    """One entry of a legend."""

    label: str
    symbol: ElementTree.Element
    value: str = ""
    bounds: tuple[float, float] = (0.0, 0.0)


def add_styles(path: Path, layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Add a default style for every layer it knows to a GeoPackage that holds these layers."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_TABLE)
        database.execute(_CONTENTS, (WRITTEN_AT,))
        columns = dict(database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        for name, frame in layers.items():
            if name in _STYLES and name in columns:
                qml = style_qml(name, frame)
                about = f"Drawn by patrolplan: {name}"
                database.execute(_STYLE, (name, columns[name], STYLE_NAME, qml, about, WRITTEN_AT))


def style_qml(layer: str, frame: gpd.GeoDataFrame) -> str:
    """The style of one layer as QGIS stores it (QML)."""
    return _STYLES[layer](frame)


def _segments(frame: gpd.GeoDataFrame) -> str:
    need = frame["need_shift"].to_numpy(dtype=np.float64)
    edges = np.quantile(need, _SHARES) if len(need) else np.zeros(len(_SHARES))
    classes = [
        _Class(label=label, symbol=_line(colour, width), bounds=(float(low), float(high)))
        for label, (colour, width), low, high in zip(
            _CLASS_NAMES, _CLASS_LINES, edges[:-1], edges[1:], strict=True
        )
    ]
    return _qml(_renderer("graduatedSymbol", '"need_shift"', classes), label='"name"', along_line=True)


def _hot_spots(_: gpd.GeoDataFrame) -> str:
    classes = [
        _Class(value="1", label="visited", symbol=_line("31,120,180", 1.6, alpha=0.75)),
        _Class(value="0", label="not visited", symbol=_line("130,130,130", 1.2, alpha=0.75)),
    ]
    return _qml(_renderer("categorizedSymbol", 'if("visits" > 0, 1, 0)', classes))


def _stops(_: gpd.GeoDataFrame) -> str:
    classes = [
        _Class(value="visit", label="visit", symbol=_point("0,0,0", 4.4)),
        _Class(value="start", label="start", symbol=_point("51,160,44", 3.6, shape="square")),
        _Class(value="end", label="end", symbol=_point("51,160,44", 3.6, shape="square")),
        _Class(value="break", label="break", symbol=_point("180,180,180", 3.0)),
    ]
    label = """if("kind" = 'visit', "order" || '  ' || substr("start", 12, 5), '')"""
    return _qml(_renderer("categorizedSymbol", '"kind"', classes), label=label)


def _legs(_: gpd.GeoDataFrame) -> str:
    classes = [
        _Class(value="walk", label="way to walk", symbol=_line("0,0,0", 0.5)),
        _Class(value="patrol", label="walked on patrol", symbol=_line("31,120,180", 0.7, dash="dash")),
    ]
    return _qml(_renderer("categorizedSymbol", '"kind"', classes))


def _unserved(_: gpd.GeoDataFrame) -> str:
    only = [_Class(label="", symbol=_point("200,200,200", 3.4, shape="cross2"))]
    return _qml(_renderer("singleSymbol", "", only), label='"label"')


_STYLES = {
    "segments": _segments,
    "hot_spots": _hot_spots,
    "stops": _stops,
    "legs": _legs,
    "unserved": _unserved,
}


def _renderer(kind: str, attribute: str, classes: Sequence[_Class]) -> ElementTree.Element:
    renderer = ElementTree.Element(
        "renderer-v2", type=kind, symbollevels="0", enableorderby="0", forceraster="0"
    )
    if kind == "graduatedSymbol":
        renderer.attrib |= {"attr": attribute, "graduatedMethod": "GraduatedColor"}
        ranges = ElementTree.SubElement(renderer, "ranges")
        for number, entry in enumerate(classes):
            low, high = (f"{bound:.15f}" for bound in entry.bounds)
            ElementTree.SubElement(
                ranges, "range", symbol=str(number), lower=low, upper=high, label=entry.label, render="true"
            )
    elif kind == "categorizedSymbol":
        renderer.set("attr", attribute)
        categories = ElementTree.SubElement(renderer, "categories")
        for number, entry in enumerate(classes):
            ElementTree.SubElement(
                categories,
                "category",
                symbol=str(number),
                value=entry.value,
                label=entry.label,
                render="true",
            )
    symbols = ElementTree.SubElement(renderer, "symbols")
    for number, entry in enumerate(classes):
        entry.symbol.set("name", str(number))
        symbols.append(entry.symbol)
    return renderer


def _line(colour: str, width_mm: float, *, alpha: float = 1.0, dash: str = "solid") -> ElementTree.Element:
    return _symbol(
        "line",
        "SimpleLine",
        alpha,
        {
            "line_color": f"{colour},255",
            "line_width": str(width_mm),
            "line_width_unit": "MM",
            "line_style": dash,
            "capstyle": "round",
            "joinstyle": "round",
        },
    )


def _point(colour: str, size_mm: float, *, shape: str = "circle") -> ElementTree.Element:
    return _symbol(
        "marker",
        "SimpleMarker",
        1.0,
        {
            "name": shape,
            "color": f"{colour},255",
            "size": str(size_mm),
            "size_unit": "MM",
            "outline_color": "60,60,60,255" if shape == "cross2" else "255,255,255,255",
            "outline_width": "0.4",
            "outline_width_unit": "MM",
        },
    )


def _symbol(kind: str, of_class: str, alpha: float, values: Mapping[str, str]) -> ElementTree.Element:
    symbol = ElementTree.Element("symbol", type=kind, alpha=str(alpha), clip_to_extent="1", force_rhr="0")
    layer = ElementTree.SubElement(
        symbol, "layer", attrib={"class": of_class, "enabled": "1", "locked": "0", "pass": "0"}
    )
    options = ElementTree.SubElement(layer, "Option", type="Map")
    for name, value in values.items():
        ElementTree.SubElement(options, "Option", type="QString", name=name, value=value)
    for name, value in values.items():
        # what QGIS before 3.26 reads
        ElementTree.SubElement(layer, "prop", k=name, v=value)
    return symbol


def _qml(renderer: ElementTree.Element, *, label: str = "", along_line: bool = False) -> str:
    root = ElementTree.Element(
        "qgis", version="3.28.0", styleCategories="Symbology|Labeling", labelsEnabled="1" if label else "0"
    )
    root.append(renderer)
    if label:
        root.append(_labels(label, along_line=along_line))
    document = ElementTree.tostring(root, encoding="unicode")
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{document}\n"


def _labels(expression: str, *, along_line: bool) -> ElementTree.Element:
    labeling = ElementTree.Element("labeling", type="simple")
    settings = ElementTree.SubElement(labeling, "settings", calloutType="simple")
    style = ElementTree.SubElement(
        settings,
        "text-style",
        fieldName=expression,
        isExpression="1",
        fontSize="7" if along_line else "9",
        fontSizeUnit="Point",
        fontFamily="Sans",
        fontWeight="50" if along_line else "75",
        textColor="40,40,40,255",
        textOpacity="1",
        namedStyle="Regular" if along_line else "Bold",
    )
    ElementTree.SubElement(
        style, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM",
        bufferColor="255,255,255,255", bufferOpacity="1", bufferNoFill="1",
    )  # fmt: skip
    placement = {"placement": "3", "placementFlags": "9"} if along_line else {"placement": "6", "dist": "1"}
    ElementTree.SubElement(settings, "placement", placement)
    rendering = {"scaleVisibility": "1", "scaleMin": "15000", "scaleMax": "1"} if along_line else {}
    ElementTree.SubElement(settings, "rendering", {"drawLabels": "1", **rendering})
    return labeling
