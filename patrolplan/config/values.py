"""Kinds of value that settings hold: files seen from the plan file, time zones, languages, shares."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo


def _seen_from_file(value: Any, info: ValidationInfo) -> Any:
    """Text becomes a path, seen from the folder given as context (the plan file's)."""
    if not isinstance(value, str | Path):
        return value
    if not str(value).strip():
        raise ValueError("must name a file; it is empty")
    folder = (info.context or {}).get("folder")
    return Path(folder, value) if folder is not None else Path(value)


def checked_zone(name: str) -> str:
    """The name of a time zone, if there is one of that name.

    Raises
    ------
    ValueError
        No such zone; with the name that was probably meant.
    """
    from zoneinfo import ZoneInfo, available_timezones

    if "/" not in name and name != "UTC":
        raise ValueError(f'must be an IANA time zone such as "Europe/Kyiv", not "{name}"')
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from difflib import get_close_matches

        close = get_close_matches(name, sorted(available_timezones()), n=1)
        hint = f'; did you mean "{close[0]}"?' if close else '; write it as in "Europe/Kyiv"'
        raise ValueError(f'"{name}" is no known time zone{hint}') from None
    return name


def _kept_beside_file(value: Any, info: ValidationInfo) -> Any:
    """A folder seen from the plan file's; none where nothing says which folder that is, or for ""."""
    if not isinstance(value, str | Path) or not str(value).strip():
        return None if value in ("", None) else value
    folder = (info.context or {}).get("folder")
    given = Path(value)
    return Path(folder, given) if folder is not None else given if given.is_absolute() else None


def checked_language(code: str) -> str:
    """The code of a language, if there are words in it.

    Raises
    ------
    ValueError
        No words in that language.
    """
    from patrolplan.i18n import languages

    if code not in languages():
        raise ValueError(f'must be one of {", ".join(languages())}, not "{code}"')
    return code


def _is_week_hours(text: str) -> str:
    from patrolplan.risk.week_hours import unreadable_hours

    faults = unreadable_hours([text]) if text.strip() else []
    if faults:
        raise ValueError(faults[0])
    return text


def _days_as_text(value: Any) -> Any:
    """TOML's own dates beside text."""
    if isinstance(value, list | tuple):
        return tuple(one.isoformat() if isinstance(one, dt.date) else one for one in value)
    return value


def days_of_span(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of "2026-12-07" or "2026-12-07/2026-12-13".

    Raises
    ------
    ValueError
        The text is no day and no span of days.

    Examples
    --------
    >>> days_of_span("2026-12-07/2026-12-13")
    (datetime.date(2026, 12, 7), datetime.date(2026, 12, 13))
    """
    first, _, last = text.partition("/")
    try:
        span = dt.date.fromisoformat(first.strip()), dt.date.fromisoformat((last or first).strip())
    except ValueError:
        told = f'must be a day "2026-12-07" or a span "2026-12-07/2026-12-13", not "{text}"'
        raise ValueError(told) from None
    if span[1] < span[0]:
        raise ValueError(f'"{text}" ends before it begins; swap the days')
    return span


def _is_span_of_days(text: str) -> str:
    days_of_span(text)
    return text


AREA_ENDINGS = (".gpkg", ".geojson", ".json", ".shp", ".kml", ".fgb", ".zip")
"""Endings by which the name of a file with an area is told from the name of a place."""


def _name_or_area_file(value: Any, info: ValidationInfo) -> Any:
    """Text that ends like a file of areas becomes its path; other text is a name."""
    if isinstance(value, str) and value.lower().endswith(AREA_ENDINGS):
        return _seen_from_file(value, info)
    if isinstance(value, str) and not value.strip():
        raise ValueError("must name a place or a file with an area; it is empty")
    return value


FilePath = Annotated[Path, BeforeValidator(_seen_from_file)]
NameOrArea = Annotated[str | Path, BeforeValidator(_name_or_area_file)]
KeptFolder = Annotated[Path | None, BeforeValidator(_kept_beside_file)]
Degrees = Annotated[float, Field(ge=-180, le=180)]
Timezone = Annotated[str, AfterValidator(checked_zone)]
Language = Annotated[str, AfterValidator(checked_language)]
Column = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
WeekHours = Annotated[str, AfterValidator(_is_week_hours)]
DaySpans = Annotated[
    tuple[Annotated[str, AfterValidator(_is_span_of_days)], ...], BeforeValidator(_days_as_text)
]

WAY_KINDS = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "road",
    "pedestrian", "busway", "service", "track", "cycleway", "footway", "path", "bridleway", "steps",
)  # fmt: skip
"""OpenStreetMap's words for the ways that people may walk."""


def checked_kind(kind: str) -> str:
    """A kind of way, if OpenStreetMap has it.

    Raises
    ------
    ValueError
        No such kind; with the one that was probably meant.
    """
    if kind not in WAY_KINDS:
        from difflib import get_close_matches

        close = get_close_matches(kind, WAY_KINDS, n=1)
        hint = f'; did you mean "{close[0]}"?' if close else f"; there are {', '.join(WAY_KINDS)}"
        raise ValueError(f'"{kind}" is no kind of way{hint}')
    return kind


KindOfWay = Annotated[str, AfterValidator(checked_kind)]


def checked_pace(share: float) -> float:
    """A pace that somebody may walk at.

    Raises
    ------
    ValueError
        Less than 0.1 or more than 2.
    """
    if not 0.1 <= share <= 2.0:
        raise ValueError(f"must be between 0.1 and 2.0, not {share:g}")
    return share


Pace = Annotated[float, AfterValidator(checked_pace)]
"""A share of the usual walking speed."""
