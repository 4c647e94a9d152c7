"""Reads a plan file (TOML) into settings; every fault is told with its line and the way out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from patrolplan.config.crews import Fault, name_faults
from patrolplan.config.settings import Settings, dotted
from patrolplan.errors import InputError
from patrolplan.io.plan_file_words import told_faults

WRITTEN = {("streets", "cache"), ("week", "ledger")}
"""Files of the settings that are written, not read."""


def read_plan_file(path: str | Path) -> Settings:
    """The settings of a plan file, checked in full.

    Parameters
    ----------
    path
        A TOML file in UTF-8. File names in it are seen from its folder.

    Raises
    ------
    InputError
        No such file, no TOML, unknown keys, wrong values, names that nobody defines, input files
        that are missing: all faults at once, each with its line.
    """
    path = Path(path)
    text = _text_of(path)
    data = _toml_of(text, path.name)
    try:
        settings = Settings.model_validate(data, context={"folder": path.resolve().parent})
    except ValidationError as error:
        faults = told_faults(error)
        if not any(fault["type"] == "cross" for fault in error.errors()):
            faults += name_faults(data)
        raise InputError(_with_lines(faults, text, path.name)) from None
    missing = missing_files(settings)
    if missing:
        raise InputError(_with_lines(missing, text, path.name))
    return settings


def missing_files(settings: Settings) -> list[Fault]:
    """Input files named in the settings that are not there."""
    return [
        Fault(key, f"no such file: {file}" + (" (it is a folder)" if file.is_dir() else ""))
        for key, file in input_files(settings)
        if not file.is_file()
    ]


def input_files(settings: Settings) -> Iterator[tuple[tuple[str | int, ...], Path]]:
    """Every input file the settings name, with the path of its key."""
    for section in type(settings).model_fields:
        value = getattr(settings, section)
        if isinstance(value, BaseModel):
            for key in type(value).model_fields:
                if isinstance(file := getattr(value, key), Path) and (section, key) not in WRITTEN:
                    yield (section, key), file
        for k, row in enumerate(value if isinstance(value, tuple) else ()):
            for key in type(row).model_fields if isinstance(row, BaseModel) else ():
                named = getattr(row, key)
                for file in named if isinstance(named, tuple) else (named,):
                    if isinstance(file, Path):
                        yield (section, k, key), file


def key_lines(text: str) -> dict[tuple[str | int, ...], int]:
    r"""The line of every table and key of a TOML text that parses.

    Examples
    --------
    >>> key_lines("[plan]\nseed = 1\n[[crews]]\nname = 'A'")[("crews", 0, "name")]
    4
    """
    lines: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    chunk, first = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not chunk:
            first = number
            if line.lstrip().startswith("["):
                table = _table_of(line.strip(), counts)
                for depth in range(1, len(table) + 1):
                    lines.setdefault(table[:depth], number)
                continue
        chunk += line + "\n"
        try:
            data = tomllib.loads(chunk)
        except tomllib.TOMLDecodeError:
            continue  # a value that goes on in the next line
        for key in _paths(data):
            lines.setdefault((*table, *key), first)
        chunk = ""
    return lines


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise InputError(f"{path}: no such plan file; `patrolplan init` writes one") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; name the plan file in it, such as plan.toml") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from None


def _toml_of(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"\(at line (\d+), column \d+\)", str(error))
        number = int(match[1]) if match else text.count("\n") + 1
        what = re.sub(r" \(at .*\)$", "", str(error))
        lines = text.split("\n")
        line = lines[min(number, len(lines)) - 1].strip()
        raise InputError(f"{name}, line {number}: {line!r} is not TOML: {what}. {_hint(line)}") from None


def _hint(line: str) -> str:
    if "\\" in line:
        return "Write paths with / or in 'single quotes'."
    if re.search(r"=\s*[^\s\"'\[{]*[A-Za-z:]", line):
        return 'Text, clock times and file names stand in quotes: shift = "16:00-20:00".'
    return "Each line is a [section], or key = value; comments begin with #."


def _table_of(header: str, counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    keys = max(_paths(tomllib.loads(header)), key=len)
    names = [key for key in keys if isinstance(key, str)]
    table: tuple[str | int, ...] = ()
    for k, name in enumerate(names):
        table = (*table, name)
        if k == len(names) - 1 and header.startswith("[["):
            counts[table] = counts.get(table, 0) + 1
        if table in counts:
            table = (*table, counts[table] - 1)
    return table


def _paths(value: Any) -> Iterator[tuple[str | int, ...]]:
    """Paths of all keys in nested tables and lists."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (key,)
        for rest in _paths(inner):
            yield (key, *rest)


def _with_lines(faults: list[Fault], text: str, name: str) -> list[str]:
    lines = key_lines(text)

    def line_of(path: tuple[str | int, ...]) -> int:
        while path and path not in lines:
            path = path[:-1]
        return lines.get(path, 1)

    placed = sorted((line_of(fault.path), k, fault) for k, fault in enumerate(faults))
    return [f"{name}, line {line}, {dotted(fault.path)}: {fault.message}" for line, _, fault in placed]
