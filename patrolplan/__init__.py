"""Timed foot-patrol routes from streets, offence history, busy places and problems residents name.

The public names, loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from patrolplan.version import __version__

if TYPE_CHECKING:
    from patrolplan.build import build_problem as build_problem
    from patrolplan.build import walks_for as walks_for
    from patrolplan.duty import Break as Break
    from patrolplan.duty import Crew as Crew
    from patrolplan.duty import Officer as Officer
    from patrolplan.duty import Shift as Shift
    from patrolplan.errors import InputError as InputError
    from patrolplan.errors import NoPlanError as NoPlanError
    from patrolplan.errors import PatrolPlanError as PatrolPlanError
    from patrolplan.evaluate.guess import guessability as guessability
    from patrolplan.graph.closures import close as close
    from patrolplan.graph.need_walks import walks_past_need as walks_past_need
    from patrolplan.graph.network import StreetNetwork as StreetNetwork
    from patrolplan.graph.rides import rides_between as rides_between
    from patrolplan.graph.settlements import find_settlements as find_settlements
    from patrolplan.in_language import in_language as in_language
    from patrolplan.io.boundary import read_boundary as read_boundary
    from patrolplan.io.fetch import fetch_network as fetch_network
    from patrolplan.io.map_page import write_map as write_map
    from patrolplan.io.network_file import write_network as write_network
    from patrolplan.io.osm import read_osm_places as read_osm_places
    from patrolplan.io.osm_rides import read_ride_roads as read_ride_roads
    from patrolplan.io.outputs import write_plan as write_plan
    from patrolplan.io.plan_side import compare_plans as compare_plans
    from patrolplan.io.streets import read_network as read_network
    from patrolplan.io.streets import read_streets as read_streets
    from patrolplan.io.tables import read_cameras as read_cameras
    from patrolplan.io.tables import read_offences as read_offences
    from patrolplan.io.tables import read_officers as read_officers
    from patrolplan.io.tables import read_places as read_places
    from patrolplan.io.tables import read_problems as read_problems
    from patrolplan.io.tables import read_roster as read_roster
    from patrolplan.io.weights_file import write_weights as write_weights
    from patrolplan.io.write_comparison import write_comparison as write_comparison
    from patrolplan.io.write_csv import write_csv as write_csv
    from patrolplan.io.write_geojson import write_geojson as write_geojson
    from patrolplan.io.write_gpkg import write_gpkg as write_gpkg
    from patrolplan.io.write_gpx import write_gpx as write_gpx
    from patrolplan.io.write_json import write_json as write_json
    from patrolplan.io.write_public import write_public as write_public
    from patrolplan.make import make_plan as make_plan
    from patrolplan.plan import PatrolPlan as PatrolPlan
    from patrolplan.redact import redacted as redacted
    from patrolplan.risk.hot_spots import HotSpot as HotSpot
    from patrolplan.risk.hot_spots import find_hot_spots as find_hot_spots
    from patrolplan.risk.weigh import weigh as weigh
    from patrolplan.risk.weights import SegmentWeights as SegmentWeights
    from patrolplan.solver.problem import PatrolProblem as PatrolProblem
    from patrolplan.solver.solution import Solution as Solution
    from patrolplan.solver.solution import Visit as Visit
    from patrolplan.solver.solve import Result as Result
    from patrolplan.solver.solve import solve as solve
    from patrolplan.solver.stop import Stop as Stop
    from patrolplan.solver.vary import presence as presence
    from patrolplan.solver.vary import vary as vary

_HOME = {
    "Break": "duty",
    "Crew": "duty",
    "HotSpot": "risk.hot_spots",
    "InputError": "errors",
    "NoPlanError": "errors",
    "Officer": "duty",
    "PatrolPlan": "plan",
    "PatrolPlanError": "errors",
    "PatrolProblem": "solver.problem",
    "Result": "solver.solve",
    "SegmentWeights": "risk.weights",
    "Shift": "duty",
    "Solution": "solver.solution",
    "Stop": "solver.stop",
    "StreetNetwork": "graph.network",
    "Visit": "solver.solution",
    "build_problem": "build",
    "close": "graph.closures",
    "compare_plans": "io.plan_side",
    "fetch_network": "io.fetch",
    "find_hot_spots": "risk.hot_spots",
    "find_settlements": "graph.settlements",
    "guessability": "evaluate.guess",
    "in_language": "in_language",
    "make_plan": "make",
    "presence": "solver.vary",
    "read_boundary": "io.boundary",
    "read_cameras": "io.tables",
    "read_network": "io.streets",
    "read_offences": "io.tables",
    "read_officers": "io.tables",
    "read_osm_places": "io.osm",
    "read_places": "io.tables",
    "read_problems": "io.tables",
    "read_ride_roads": "io.osm_rides",
    "read_roster": "io.tables",
    "read_streets": "io.streets",
    "rides_between": "graph.rides",
    "redacted": "redact",
    "solve": "solver.solve",
    "vary": "solver.vary",
    "walks_for": "build",
    "walks_past_need": "graph.need_walks",
    "weigh": "risk.weigh",
    "write_comparison": "io.write_comparison",
    "write_csv": "io.write_csv",
    "write_geojson": "io.write_geojson",
    "write_gpkg": "io.write_gpkg",
    "write_gpx": "io.write_gpx",
    "write_json": "io.write_json",
    "write_map": "io.map_page",
    "write_network": "io.network_file",
    "write_plan": "io.outputs",
    "write_public": "io.write_public",
    "write_weights": "io.weights_file",
}

__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Load a public name from the room it lives in."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
