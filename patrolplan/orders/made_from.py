"""What a result is made from, in plain values: inputs, settings, search, ledger, versions, code."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from patrolplan.config.settings import Settings, dotted
from patrolplan.io.json_text import json_text
from patrolplan.io.ledger import read_ledger
from patrolplan.io.manifest import sha256
from patrolplan.io.plan_file import input_files
from patrolplan.orders.provenance import plain_settings, version_of
from patrolplan.plan import PatrolPlan
from patrolplan.solver.stop import Stop

PACKAGES = (
    "astral", "babel", "charset-normalizer", "click", "django-js-lib-leaflet", "geopandas", "gpxpy",
    "icalendar", "matplotlib", "networkx", "numba", "numpy", "opening-hours-py", "ortools", "osmium", "osmnx",
    "pandas", "pydantic", "pyogrio", "pyproj", "python-calamine", "rapidfuzz", "reportlab", "rich",
    "scikit-learn", "scipy", "segno", "shapely", "tzdata", "tzfpy", "xlsxwriter",
)  # fmt: skip
"""Everything patrolplan stands on: any of it may change a byte of what is written."""

PERSONAL = ("officers", "crews", "card")
"""Sections of the settings that hold names or numbers of people: only their hash is told."""

TOLD_TO_OTHERS = ("made_by", "week", "audience", "language", "search", "options", "versions")
"""What a manifest tells those who may not see the command's settings."""


def made_from(
    settings: Settings,
    *,
    made_by: str,
    stop: Stop,
    language: str | None = None,
    audience: str = "command",
    week: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What a plan or week of these settings would be made from now.

    Two results with the same answer, made by a number of solutions, have the same bytes. Nothing in
    it says where on the machine a file lies, or who the officers are.

    Parameters
    ----------
    settings
        As planned with, changes of the command line included.
    made_by
        "plan" or "week".
    stop
        When the search ends.
    language, audience
        Of the files.
    week
        "2026-W48", for a week: the ledger's weeks before it are an input too.
    options
        Changes of the command line that are in the settings already, told so that the same plan file
        can be planned again.
    """
    plain = plain_settings(settings)
    told = {
        "made_by": made_by,
        "week": week,
        "audience": audience,
        "language": language or settings.community.language,
        "search": {"solutions": stop.solutions} if stop.solutions else {"seconds": stop.seconds},
        "options": {key: value for key, value in (options or {}).items() if value is not None},
        "inputs": {
            dotted(key): {"file": file.name, "sha256": sha256(file)}
            for key, file in sorted(input_files(settings))
        },
        "ledger_before": None if week is None else ledger_before(settings, week),
        "settings": {key: value for key, value in plain.items() if key not in PERSONAL},
        "settings_sha256": {key: _digest(plain[key]) for key in PERSONAL if plain.get(key)},
        "versions": versions(),
    }
    if audience == "command":
        return told
    kept = {key: told[key] for key in TOLD_TO_OTHERS}
    return kept | {"sha256_of_the_rest": _digest({key: told[key] for key in told if key not in kept})}


def facts_of_making(plan: PatrolPlan, stop: Stop) -> dict[str, Any]:
    """What is known after the planning alone: the date of the map, and whether the search ran to its end."""
    return {"osm_timestamp": plan.provenance.get("osm_timestamp", ""), "interrupted": stop.now}


def ledger_before(settings: Settings, week: str) -> str | None:
    """Hash of what the ledger holds of the weeks before one; None where there is no ledger."""
    file = settings.week.ledger
    if file is None:
        return None
    with read_ledger(file) as ledger:
        return ledger.digest(week)


def versions() -> dict[str, str]:
    """Versions of Python, of the packages that may change a byte, and of patrolplan's own code."""
    return {
        "patrolplan": version_of("patrolplan"),
        "patrolplan code": _code(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        **{name: version_of(name) for name in PACKAGES},
    }


@cache
def _code() -> str:
    """Hash of patrolplan's own files, for a checkout that changes between two versions."""
    home = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for file in sorted(
        file for kind in ("py", "po", "js", "css", "html") for file in home.rglob(f"*.{kind}")
    ):
        digest.update(file.relative_to(home).as_posix().encode() + b"\0")
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _digest(value: Any) -> str:
    return hashlib.sha256(json_text(value).encode()).hexdigest()
