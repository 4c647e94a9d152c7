"""Settings of the streets: which file, which area, what is cleaned and kept."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from patrolplan.config.crews import Section
from patrolplan.config.values import Degrees, FilePath, KeptFolder


class StreetSettings(Section):
    """The walkable streets."""

    file: FilePath = Field(
        description="OpenStreetMap file (.osm.pbf, .osm, .osm.gz, .osm.bz2), OSMnx graph (.graphml), or "
        "street centrelines (GeoPackage, Shapefile, GeoJSON)."
    )
    boundary_file: FilePath | None = Field(
        default=None,
        examples=["community.gpkg"],
        description="Polygon of the community (GeoPackage, GeoJSON, Shapefile, KML); streets outside are "
        "not read.",
    )
    boundary_name: str | None = Field(
        default=None,
        min_length=1,
        examples=["Riverside"],
        description="Which area of `boundary_file`; without one, the administrative boundary of that name "
        "or code in the street file.",
    )
    bbox: tuple[Degrees, Degrees, Degrees, Degrees] | None = Field(
        default=None,
        strict=False,
        examples=[[32.55, 49.8, 32.7, 49.9]],
        description="Instead of a boundary: west, south, east, north in degrees.",
    )
    around_offences_m: float | None = Field(
        default=None,
        ge=0,
        le=100_000,
        examples=[500],
        description="Instead of a boundary: the area of the offences and this many metres around it.",
    )
    closures_file: FilePath | None = Field(
        default=None,
        examples=["closed.gpkg"],
        description="Areas and ways that nobody may walk, with their days (since, until) and a name, "
        "told on the cards of those days.",
    )
    cache: KeptFolder = Field(
        default=Path(".patrolplan-cache"),
        validate_default=True,
        description='Folder that keeps cleaned streets for the next time; "" keeps none.',
    )
    junction_m: float = Field(
        default=12.0,
        ge=0,
        le=50,
        description="Junctions joined by a piece of street of at most this many metres become one.",
    )
    carriageway_m: float = Field(
        default=22.0,
        ge=0,
        le=60,
        description="One-way carriageways of one street up to this many metres apart are one street.",
    )

    part_m: float | None = Field(
        default=None,
        gt=0,
        le=1_000_000,
        examples=[1000],
        description="Parts not joined on foot to the largest are kept from this many metres of streets on; "
        "without it only the largest is.",
    )

    @model_validator(mode="after")
    def _one_boundary(self) -> StreetSettings:
        ways = {
            "boundary_file or boundary_name": self.boundary_file or self.boundary_name,
            "bbox": self.bbox,
            "around_offences_m": self.around_offences_m,
        }
        given = [name for name, value in ways.items() if value is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} both say which streets are read; give one of them")
        return self
