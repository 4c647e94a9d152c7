"""Writes settings as the text of a plan file, with a comment where a value was guessed."""

from __future__ import annotations

import datetime as dt
import json
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

HEAD = """\
# Plan file of patrolplan: the streets, records, officers and shifts of one community.
# File names are seen from the folder of this file; clock times are local.
# A line such as "# fade_min = 120" shows what holds; take the # away to change it."""


def table_text(header: str, values: Mapping[str, Any], comments: Mapping[str, str] | None = None) -> str:
    r"""One table of a plan file as TOML.

    Parameters
    ----------
    header
        As it stands in the file, brackets included.
    values
        Key -> value; those that are None are left out.
    comments
        Key -> what to say behind its value; the key "" stands for the header.

    Examples
    --------
    >>> print(table_text("[plan]", {"seed": 1}, {"seed": "any whole number"}))
    [plan]
    seed = 1  # any whole number
    """
    told = dict(comments or {})
    lines = [header + _behind(told.get("", ""))]
    lines += [
        f"{key} = {toml_value(value)}{_behind(told.get(key, ''))}"
        for key, value in values.items()
        if value is not None
    ]
    return "\n".join(lines)


def defaults_text(header: str, section: type[BaseModel], *, skip: Iterable[str] = ()) -> str:
    """The settings of a section as comment lines that show what holds without them."""
    shown = [
        (key, *example_of(section, key))
        for key in section.model_fields
        if key not in set(skip) and example_of(section, key)[0] is not None
    ]
    lines = [f"# {key} = {toml_value(value)}{_behind(told)}" for key, value, told in shown]
    return "\n".join([*([header] if header else []), *lines])


def example_of(section: type[BaseModel], key: str) -> tuple[Any, str]:
    """A value to show for a setting (its default, or an example where that is none), and its meaning."""
    field = section.model_fields[key]
    value = field.get_default(call_default_factory=True)
    if value is None or isinstance(value, BaseModel):
        value = (field.examples or [None])[0]
    return value, field.description or ""


def toml_value(value: Any) -> str:
    """A value as TOML writes it.

    Examples
    --------
    >>> toml_value({"earliest": "17:30", "minutes": 20})
    '{ earliest = "17:30", minutes = 20 }'
    >>> toml_value(120.0), toml_value(dt.date(2026, 11, 23)), toml_value(["a"])
    ('120', '2026-11-23', '["a"]')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str | Path):
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml_value(inner)}" for key, inner in value.items()) + " }"
    return "[" + ", ".join(toml_value(inner) for inner in typing.cast(Iterable[Any], value)) + "]"


def _behind(comment: str) -> str:
    return f"  # {comment}" if comment else ""
