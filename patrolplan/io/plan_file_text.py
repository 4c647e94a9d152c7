"""Writes settings as the text of a plan file, with a comment where a value was guessed."""

from __future__ import annotations

import datetime as dt
import json
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

HEAD = """\
# Plan file of patrolplan: the streets, records, officers and shifts of one community.
# File names are seen from the folder of this file; clock times are local.
# A line such as "# fade_min = 120" shows what holds (or, where not set, how it is written);
# take the # away to change it."""


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
    lines = [header] if header else []
    for key, field in section.model_fields.items():
        value, is_default = example_of(field)
        if key not in set(skip) and value is not None:
            told = field.description or ""
            told = told if is_default else f"(not set) {told}"
            lines.append(f"# {key} = {toml_value(value)}{_behind(told)}")
    return "\n".join(lines)


def example_of(field: FieldInfo) -> tuple[Any, bool]:
    """A value to show for a setting, and whether it is the default (else an example)."""
    value = None if field.is_required() else field.get_default(call_default_factory=True)
    if value is None or isinstance(value, BaseModel):
        return (field.examples or [None])[0], False
    return value, True


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
        text = str(value).lower()
    elif isinstance(value, float):
        text = f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else repr(value)
    elif isinstance(value, int | dt.date):
        text = str(value)
    elif isinstance(value, str | Path):
        text = json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    elif isinstance(value, Mapping):
        text = "{ " + ", ".join(f"{key} = {toml_value(inner)}" for key, inner in value.items()) + " }"
    else:
        text = "[" + ", ".join(toml_value(inner) for inner in typing.cast(Iterable[Any], value)) + "]"
    return text


def _behind(comment: str) -> str:
    return f"  # {comment}" if comment else ""
