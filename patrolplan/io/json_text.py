"""JSON that reads well and never changes: plain values, fixed layout, no NaN."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import PurePath
from typing import Any

import numpy as np

LONGEST_LINE = 110

_SIMPLER: tuple[tuple[tuple[type, ...], Callable[[Any], Any]], ...] = (
    ((np.generic, np.ndarray), lambda value: value.tolist()),
    ((datetime, date), lambda value: value.isoformat()),
    ((timedelta,), lambda value: value.total_seconds()),
    ((PurePath,), lambda value: value.as_posix()),
    ((Enum,), lambda value: value.value),
)


def json_text(value: Any) -> str:
    """``value`` as JSON text: what fits on a line stands on one, keys stay in their order.

    Examples
    --------
    >>> print(json_text({"a": (1, 2.5), "b": np.float64(0.1)}), end="")
    {"a": [1, 2.5], "b": 0.1}
    """
    return _laid_out(plain(value), indent=0) + "\n"


def plain(value: Any) -> Any:
    """``value`` in JSON's own types, recursively: arrays, dataclasses, times, paths, sets (sorted).

    Raises
    ------
    TypeError
        A type that has no one plain form, rather than whatever ``str`` makes of it.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Set):
        return sorted(plain(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    for types, simpler in _SIMPLER:
        if isinstance(value, types):
            return plain(simpler(value))
    raise TypeError(f"no plain form for {type(value).__name__}: {value!r}")


def _laid_out(value: Any, *, indent: int) -> str:
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(line) + indent <= LONGEST_LINE or not value or not isinstance(value, dict | list):
        return line
    if isinstance(value, list) and all(not isinstance(item, dict | list) for item in value):
        return line
    pad = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [
            f"{json.dumps(key, ensure_ascii=False)}: {_laid_out(item, indent=indent + 1)}"
            for key, item in value.items()
        ]
        opening, closing = "{", "}"
    else:
        rows = [_laid_out(item, indent=indent + 1) for item in value]
        opening, closing = "[", "]"
    inside = f",\n{pad}".join(rows)
    return f"{opening}\n{pad}{inside}\n{' ' * indent}{closing}"
