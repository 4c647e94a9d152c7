"""Small OpenStreetMap files made by hand, in metres around one point."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

LON, LAT = 33.0, 49.0
M_PER_DEG = 111_320.0


@dataclass
class Town:
    """Nodes by position in metres; ways by the positions they run through."""

    nodes: dict[tuple[float, float], int] = field(default_factory=dict)
    tagged: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    ways: list[tuple[int, list[int], dict[str, str]]] = field(default_factory=list)
    relations: list[tuple[int, list[int], dict[str, str]]] = field(default_factory=list)
    unwritten: set[int] = field(default_factory=set)

    def node(self, x: float, y: float, **tags: str) -> int:
        number = self.nodes.setdefault((x, y), len(self.nodes) + 1)
        if tags:
            self.tagged.append((number, tags))
        return number

    def way(self, *points: tuple[float, float], **tags: str) -> int:
        number = 1000 + len(self.ways)
        self.ways.append(
            (
                number,
                [self.node(*point) for point in points],
                {k.replace("__", ":"): v for k, v in tags.items()},
            )
        )
        return number

    def write(self, path: Path, *, order: list[int] | None = None) -> Path:
        lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
        tags_of = dict(self.tagged)
        for (x, y), number in self.nodes.items():
            if number in self.unwritten:
                continue
            lon = LON + x / (M_PER_DEG * math.cos(math.radians(LAT)))
            lat = LAT + y / M_PER_DEG
            lines.append(f'<node id="{number}" version="1" lon="{lon:.9f}" lat="{lat:.9f}">')
            lines += [*_tags(tags_of.get(number, {})), "</node>"]
        for k in order if order is not None else range(len(self.ways)):
            number, refs, tags = self.ways[k]
            lines.append(f'<way id="{number}" version="1">')
            lines += [f'<nd ref="{ref}"/>' for ref in refs]
            lines += [*_tags(tags), "</way>"]
        for number, members, tags in self.relations:
            lines.append(f'<relation id="{number}" version="1">')
            lines += [f'<member type="way" ref="{ref}" role="outer"/>' for ref in members]
            lines += [*_tags(tags), "</relation>"]
        path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
        return path


def cross(**tags: str) -> Town:
    """Two streets of 400 m that cross in the middle: four segments of 200 m."""
    town = Town()
    town.way((-200, 0), (0, 0), (200, 0), highway="residential", name="Main Street", **tags)
    town.way((0, -200), (0, 0), (0, 200), highway="residential", name="Cross Street")
    return town


def _tags(tags: dict[str, str]) -> list[str]:
    return [f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()]
