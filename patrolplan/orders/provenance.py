"""Settings, hashes of the inputs and versions that travel with a plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from patrolplan.config.settings import Settings
from patrolplan.orders.load import Loaded
from patrolplan.version import __version__

PACKAGES_THAT_DECIDE = ("patrolplan", "numpy", "scipy", "numba", "ortools", "osmium", "shapely", "geopandas")
"""Their versions may change a plan, so they are written into it."""


def provenance_of(loaded: Loaded) -> dict[str, Any]:
    """Settings, hashes of the inputs and versions, to travel with a plan."""
    return {
        "settings": plain_settings(loaded.settings),
        "inputs_sha256": dict(loaded.sha256),
        "osm_timestamp": loaded.osm_timestamp,
        "versions": {name: version_of(name) for name in PACKAGES_THAT_DECIDE},
    }


def plain_settings(settings: Settings) -> dict[str, Any]:
    """The settings as plain values; files by their names alone."""
    plain: dict[str, Any] = _without_folders(settings.model_dump(mode="python", exclude_none=True))
    return plain


def _without_folders(value: Any) -> Any:
    """Settings as plain values; of a path only the name, so that a plan does not tell where it was made."""
    if isinstance(value, Mapping):
        return {key: _without_folders(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_folders(item) for item in value]
    if isinstance(value, Path):
        return value.name
    return value.isoformat() if isinstance(value, date) else value


@cache
def version_of(name: str) -> str:
    """Version of a package, "not installed" where it is missing."""
    try:
        return __version__ if name == "patrolplan" else version(name)
    except PackageNotFoundError:
        return "not installed"
