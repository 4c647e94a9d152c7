"""An invented plan on a lattice of streets, made without any solver, for tests of what is written."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from patrolplan.duty import Break, Crew, Officer, Shift
from patrolplan.graph.network import NetworkReport, StreetNetwork
from patrolplan.graph.walk import Step
from patrolplan.plan import PatrolPlan, Reason
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.weights import SegmentWeights

CRS = "EPSG:32636"
ORIGIN = (300_000.0, 5_495_000.0)
BLOCK_M = 100.0
KYIV = ZoneInfo("Europe/Kyiv")
EVENING = datetime(2026, 11, 23, 16, 0, tzinfo=KYIV)

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\"quoted\" & 'single' </title>",
    "\u202eевил\u202c שלום",
    "🚓 " + "довга " * 50,
    "line\nbreak\x00\x07",
    "${x} {{title}} \\u003c",
)
NAMES = ("вулиця Соборна", "проспект Миру", "Main Street", "вулиця Лесі Українки", "Ринкова площа", "")


def lattice(side: int) -> StreetNetwork:
    """A square network of ``side`` x ``side`` junctions; horizontal segments first."""
    columns, rows = np.meshgrid(np.arange(side), np.arange(side))
    points = np.column_stack([ORIGIN[0] + columns.ravel() * BLOCK_M, ORIGIN[1] + rows.ravel() * BLOCK_M])
    node = np.arange(side * side).reshape(side, side)
    u = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    v = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    middle = (points[u] + points[v]) / 2 + np.where(np.arange(len(u))[:, None] % 3 == 0, 4.0, 0.0)
    lines = shapely.linestrings(np.stack([points[u], middle, points[v]], axis=1))
    street = np.concatenate([np.repeat(np.arange(side), side - 1), np.tile(np.arange(side), side - 1)])
    kind = np.where(street % 4 == 0, "primary", np.where(street % 3 == 0, "footway", "residential"))
    segments = gpd.GeoDataFrame(
        {
            "u": u,
            "v": v,
            "length_m": shapely.length(lines),
            "speed_factor": 1.0,
            "kind": kind,
            "name": [_street_name(int(k), side) for k in street],
            "name_en": ["" if k % 2 else f"Street {k}" for k in street],
            "lit": "yes",
            "surface": "asphalt",
            "steps": False,
            "osm_ids": [(1000 + i, 5000 + i) for i in range(len(u))],
        },
        geometry=lines,
        crs=CRS,
    )
    segments.index.name = "segment"
    nodes = gpd.GeoDataFrame({"osm_id": np.arange(len(points)) + 1}, geometry=shapely.points(points), crs=CRS)
    nodes.index.name = "node"
    return StreetNetwork(
        segments=segments, nodes=nodes, report=NetworkReport(ways_in=side, main_part_share=1)
    )


def plan_of_lattice(
    *, side: int = 8, n_hot_spots: int = 6, crews: int = 2, hostile: bool = False
) -> PatrolPlan:
    """Crews that start in a corner, walk to every hot spot of theirs and back; the last spot is unserved."""
    network = lattice(side)
    hot_spots = _hot_spots(network, side, n_hot_spots, hostile)
    people = tuple(_crew(number, network, hostile) for number in range(crews))
    events, legs = _routes(network, side, hot_spots[:-1], people)
    unserved = gpd.GeoDataFrame(
        {
            "hot_spot": [n_hot_spots - 1],
            "label": [hot_spots[-1].label],
            "need_share": [0.01],
            "why": ["too far from any station"],
            "cause": ["far"],
            "minutes": [12],
            "change": ["12 more minutes for Crew 1"],
        },
        geometry=[network.nodes.geometry[hot_spots[-1].entry]],
        crs=CRS,
    )
    visits = np.bincount(events["hot_spot"][events["kind"] == "visit"], minlength=n_hot_spots)
    return PatrolPlan(
        community=HOSTILE[0] if hostile else "Вигадана громада",
        timezone="Europe/Kyiv",
        events=events,
        legs=legs,
        hot_spots=hot_spots,
        visits=tuple(int(n) for n in visits),
        unserved=unserved,
        crews=people,
        network=network,
        weights=_weights(network),
        scores={
            "score": 0.012345678901234567,
            "share_on_shift": 1 / 3,
            "greedy_score": 0.011,
            "share_by_part": {"offences": 0.4, "footfall": 0.2, "problems": 0.3},
        },
        provenance={
            "settings": {"fade_s": 7200, "pass_quality": np.float64(0.3), "seed": np.int64(7)},
            "stopped_by": "solutions",
            "inputs": {"streets.osm": "0" * 64},
        },
        notes=("An invented community: nothing here is real.", *(HOSTILE if hostile else ())),
    )


def _street_name(number: int, side: int) -> str:
    return NAMES[number % len(NAMES)] if number < side - 1 else f"вулиця {number}"


def _hot_spots(network: StreetNetwork, side: int, count: int, hostile: bool) -> tuple[HotSpot, ...]:
    places = np.linspace(side, (side - 1) * (side - 1), count).astype(int)
    return tuple(_hot_spot(network, side, int(at), k, hostile) for k, at in enumerate(places))


def _hot_spot(network: StreetNetwork, side: int, at: int, number: int, hostile: bool) -> HotSpot:
    """The four streets around a block whose lower left junction is near node ``at``."""
    row, column = min(at // side, side - 2), min(at % side, side - 2)
    across = side * (side - 1)
    south, north = row * (side - 1) + column, (row + 1) * (side - 1) + column
    west, east = across + row * side + column, across + row * side + column + 1
    steps = _steps(network, ((south, True), (east, True), (north, False), (west, False)))
    name = HOSTILE[number % len(HOSTILE)] if hostile else f"{NAMES[number % 5]} / {NAMES[(number + 1) % 5]}"
    return HotSpot(
        label=name,
        kind=("cluster", "place", "problem")[number % 3],
        segments=tuple(sorted((south, north, west, east))),
        entry=row * side + column,
        walk=steps,
        walk_m=float(sum(step.length_m for step in steps)),
        dwell_s=720,
        need=0.002 * (number + 1),
    )


def _crew(number: int, network: StreetNetwork, hostile: bool) -> Crew:
    station = network.nodes.geometry.to_crs("EPSG:4326")[number]
    start = EVENING + timedelta(hours=4 * number)
    name = HOSTILE[number % len(HOSTILE)] if hostile else ("Наряд 1", "Crew 2")[number % 2]
    return Crew(
        name=name,
        officers=(Officer(name=HOSTILE[1] if hostile else f"Officer {number + 1}"),),
        shift=Shift(start=start, end=start + timedelta(hours=5)),
        start=(station.x, station.y),
        end=(station.x, station.y),
        rest=Break(
            earliest=start + timedelta(hours=1),
            latest=start + timedelta(hours=2),
            length=timedelta(minutes=20),
        ),
    )


def _routes(network, side, hot_spots, crews):
    events, legs = [], []
    for index, crew in enumerate(crews):
        own_events, own_legs = _route(network, side, hot_spots, index, len(crews), crew)
        events += own_events
        legs += own_legs
    return (
        gpd.GeoDataFrame(pd.DataFrame(events), geometry="geometry", crs=CRS),
        gpd.GeoDataFrame(pd.DataFrame(legs), geometry="geometry", crs=CRS),
    )


def _route(network, side, hot_spots, index, n_crews, crew):
    where = network.nodes.geometry
    clock, at, label = pd.Timestamp(crew.shift.start), index, "station"
    events = [_event(crew, index, "start", clock, 0, where[at], label="station")]
    legs = []
    mine = [k for k in range(len(hot_spots)) if k % n_crews == index]
    for order, spot in enumerate(mine, start=1):
        stop = hot_spots[spot]
        leg = _walk(network, side, at, stop.entry)
        legs.append(_leg(crew, index, len(legs) + 1, "walk", -1, label, stop.label, clock, leg))
        clock = legs[-1]["end"]
        event = _event(
            crew, index, "visit", clock, 12, where[stop.entry], label=stop.label, spot=spot, order=order
        )
        event |= {"need_share": 0.05, "reasons": _reasons(spot), "why": "14 thefts on record here"}
        event["street"] = network.segments["name"][stop.segments[0]]
        events.append(event)
        ring = _ring(network, stop)
        legs.append(_leg(crew, index, len(legs) + 1, "patrol", spot, stop.label, stop.label, clock, ring))
        legs[-1]["end"] = event["leave"]
        clock, at, label = event["leave"], stop.entry, stop.label
        if order == 1:
            events.append(_event(crew, index, "break", clock, 20, where[at], label="break"))
            clock = events[-1]["leave"]
    leg = _walk(network, side, at, index)
    legs.append(_leg(crew, index, len(legs) + 1, "walk", -1, label, "station", clock, leg))
    events.append(_event(crew, index, "end", legs[-1]["end"], 0, where[index], label="station"))
    return events, legs


def _event(crew, index, kind, at, minutes, point, *, label, spot=-1, order=0):
    return {
        "crew": index,
        "crew_name": crew.name,
        "kind": kind,
        "order": order,
        "hot_spot": spot,
        "label": label,
        "street": "",
        "arrive": at,
        "start": at,
        "leave": at + pd.Timedelta(minutes=minutes),
        "minutes": float(minutes),
        "need_share": 0.0,
        "reasons": (),
        "why": "",
        "geometry": point,
    }


def _reasons(spot: int) -> tuple[Reason, ...]:
    return (
        Reason(part="offences", share=0.7, kind="theft", count=14 + spot, hours=(17, 21)),
        Reason(part="footfall", share=0.3, kind="market", label="Ринок"),
    )


def _leg(crew, index, number, kind, spot, from_label, to_label, start, path):
    steps, line = path
    seconds = round(line.length / (1.25 if kind == "walk" else 0.8))
    return {
        "crew": index,
        "crew_name": crew.name,
        "leg": number,
        "kind": kind,
        "hot_spot": spot,
        "from_label": from_label,
        "to_label": to_label,
        "start": start,
        "end": start + pd.Timedelta(seconds=seconds),
        "length_m": line.length,
        "segments": tuple(step.segment for step in steps),
        "steps": tuple(steps),
        "geometry": line,
    }


def _walk(network, side, source, target):
    """Along the row, then along the column."""
    (r0, c0), (r1, c1) = divmod(source, side), divmod(target, side)
    across = side * (side - 1)
    along_row = [(r0 * (side - 1) + c, True) for c in range(c0, c1)]
    along_row += [(r0 * (side - 1) + c, False) for c in range(c0 - 1, c1 - 1, -1)]
    along_column = [(across + r * side + c1, True) for r in range(r0, r1)]
    along_column += [(across + r * side + c1, False) for r in range(r0 - 1, r1 - 1, -1)]
    moves = along_row + along_column
    return _steps(network, moves), _line(network, moves, network.nodes.geometry[source])


def _ring(network, stop):
    moves = [(step.segment, step.from_m < step.to_m) for step in stop.walk]
    return stop.walk, _line(network, moves, network.nodes.geometry[stop.entry])


def _steps(network, moves):
    length = network.segments["length_m"].to_numpy()
    return tuple(
        Step(segment=s, from_m=0.0 if ahead else length[s], to_m=length[s] if ahead else 0.0)
        for s, ahead in moves
    )


def _line(network, moves, start):
    coords = [start.coords[0]]
    for segment, ahead in moves:
        own = list(network.segments.geometry[segment].coords)
        coords += (own if ahead else own[::-1])[1:]
    return shapely.LineString(coords if len(coords) > 1 else coords * 2)


def _weights(network: StreetNetwork) -> SegmentWeights:
    where = shapely.get_coordinates(shapely.centroid(network.segments.geometry.to_numpy()))
    middle = where.mean(axis=0)
    extent = np.ptp(where, axis=0).max()
    centres = middle + extent * np.array([[0, 0], [0.25, 0.2], [-0.3, 0.1], [0.1, -0.3]])
    space = np.array([np.exp(-(((where - c) / (0.12 * extent)) ** 2).sum(axis=1)) + 1e-3 for c in centres])
    hour = np.arange(168) % 24
    time = np.array([1.1 + np.cos((hour - peak) * np.pi / 12) for peak in (19, 12, 22, 8)])
    terms = pd.DataFrame(
        {
            "part": ["offences", "footfall", "offences", "problems"],
            "kind": ["theft", "market", "secret", "litter"],
            "share": [0.4, 0.3, 0.2, 0.1],
            "count": [80, 3, 20, 2],
            "sensitive": [False, False, True, False],
        }
    )
    nothing = pd.DataFrame()
    return SegmentWeights(
        terms=terms,
        space=space / space.sum(axis=1, keepdims=True),
        time=time / time.sum(axis=1, keepdims=True),
        policy={"a_off": 0.6, "a_foot": 0.3, "a_prob": 0.1},
        expected_per_week=1.5,
        sources=nothing,
        set_aside=nothing,
        notes=("Few records: the need rests mostly on busy places.",),
    )
