"""Puts what is wrong with a plan file's keys and values into words: which, and what is allowed."""

from __future__ import annotations

import datetime as dt
import typing
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from patrolplan.config.crews import Fault
from patrolplan.config.settings import Settings, dotted

_WANTED = {
    "string_type": 'text in quotes, such as "abc"',
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false (without quotes)",
    "date_type": "a date without quotes, such as 2026-11-23",
    "tuple_type": 'a list, such as ["a", "b"]',
    "is_instance_of": "a file name in quotes",
}
_LEAST = {
    "string_too_short": "text that is not empty",
    "string_pattern_mismatch": "text that is not empty",
    "too_short": "a list that names at least one",
}
_OUT_OF_BOUNDS = {
    "greater_than",
    "greater_than_equal",
    "less_than",
    "less_than_equal",
    "finite_number",
}
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def told_faults(error: ValidationError) -> list[Fault]:
    """Every fault of the validation, in words, with the path of its key."""
    faults: list[Fault] = []
    for found in error.errors(include_url=False):
        if found["type"] == "cross":
            faults += found["ctx"]["faults"]
        else:
            faults.append(Fault(found["loc"], _message(found)))
    return [fault for fault in faults if not _is_misspelt(fault, faults)]


def section_at(path: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The section of the settings that the keys of ``path`` lead to, None if they lead to none."""
    section: type[BaseModel] | None = Settings
    for key in path:
        if isinstance(key, str):
            field = fields_of(section).get(key) if section else None
            section = _section_in(field.annotation) if field else None
    return section


def fields_of(section: type[BaseModel]) -> dict[str, FieldInfo]:
    """Fields of a section by the names they have in the plan file."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def allowed(field: FieldInfo) -> str:
    """What values the field's bounds allow, in words; "" where there are no bounds.

    Examples
    --------
    >>> from patrolplan.config.settings import EffectSettings
    >>> allowed(EffectSettings.model_fields["fade_min"])
    'more than 0 and at most 1,440'
    """
    found = {name: getattr(rule, name) for rule in _rules(field) for name in _BOUNDS if hasattr(rule, name)}
    if found.keys() == {"ge", "le"}:
        return f"between {found['ge']:,} and {found['le']:,}"
    return " and ".join(f"{word} {found[name]:,}" for name, word in _BOUNDS.items() if name in found)


def _rules(field: FieldInfo) -> list[Any]:
    """Bounds of a field, those inside "| None" included."""
    rules = list(field.metadata)
    for part in typing.get_args(field.annotation):
        for rule in getattr(part, "__metadata__", ()):
            rules += getattr(rule, "metadata", [rule])
    return rules


def _is_misspelt(fault: Fault, faults: list[Fault]) -> bool:
    """Whether a missing key is there after all, under a wrong name that is told anyway."""
    meant = f'did you mean "{fault.path[-1]}"?' if fault.path else ""
    return fault.message.startswith("is missing") and any(
        other.path[:-1] == fault.path[:-1] and other.message.endswith(meant) for other in faults
    )


def _message(found: Any) -> str:
    kind, path, value = found["type"], found["loc"], found.get("input")
    field = _field_at(path)
    description = (field.description or "") if field else ""
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind == "missing":
        return f"is missing. {description}".strip()
    if kind == "value_error":
        return str(found["ctx"]["error"])
    return f"must be {_wanted(found, field)}, not {_shown(value)}"


def _wanted(found: Any, field: FieldInfo | None) -> str:
    """What a value should have been."""
    kind, path = found["type"], found["loc"]
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return f"a section [{dotted(path)}] with keys of its own"
    if kind == "tuple_type" and _section_in(field.annotation if field else None):
        return f"a list of tables, each headed by [[{path[-1]}]]"
    if kind == "literal_error":
        return str(found["ctx"]["expected"]).replace("'", '"')
    if kind in _LEAST:
        return _LEAST[kind]
    bounds = allowed(field) if field else ""
    if bounds and kind in _OUT_OF_BOUNDS:
        return bounds
    return _WANTED.get(kind, str(found["msg"])) + (f", {bounds}" if bounds else "")


def _unknown_key(path: tuple[str | int, ...]) -> str:
    section, key = section_at(path[:-1]), str(path[-1])
    known = list(fields_of(section)) if section else []
    close = get_close_matches(key, known, n=1, cutoff=0.6)
    if close:
        return f'unknown key "{key}"; did you mean "{close[0]}"?'
    homes = [
        name
        for name, field in fields_of(Settings).items()
        if (home := _section_in(field.annotation)) and key in fields_of(home)
    ]
    if homes and path[:-1] != (homes[0],):
        return f'unknown key "{key}" here; it belongs under [{homes[0]}]'
    listed = ", ".join(known)
    return f'unknown key "{key}"; known here: {listed}'


def _field_at(path: tuple[str | int, ...]) -> FieldInfo | None:
    names = [k for k, key in enumerate(path) if isinstance(key, str)]
    if not names:
        return None
    section = section_at(path[: names[-1]])
    return fields_of(section).get(str(path[names[-1]])) if section else None


def _section_in(annotation: Any) -> type[BaseModel] | None:
    """The settings section inside an annotation such as ``Section | None`` or ``tuple[Section, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_section_in(part) for part in typing.get_args(annotation))
    return next((section for section in found if section), None)


def _shown(value: Any) -> str:
    """A value as it would stand in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return f"{value}"
