"""Writes the generated parts of cli.md and plan-file.md: run it after changing an option or a setting."""

from __future__ import annotations

import os
import re
import typing
from pathlib import Path

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from patrolplan.cli import main
from patrolplan.config.settings import Settings
from patrolplan.io.plan_file_text import example_of, toml_value
from patrolplan.io.plan_file_words import allowed, fields_of

HERE = Path(__file__).parent
PART = re.compile(r"(<!-- begin (\S+) (.*?) -->\n).*?(<!-- end -->)", re.DOTALL)


def generated(text: str) -> str:
    """The text of a page with every generated part made anew."""
    makers = {"help": help_of, "settings": settings_of}
    return PART.sub(lambda part: f"{part[1]}{makers[part[2]](part[3])}\n{part[4]}", text)


def help_of(verb: str) -> str:
    """What a command (or "evaluate weights" of a group) says with ``--help``; "patrolplan": all commands."""
    command: click.Command = main
    for word in [] if verb == "patrolplan" else verb.split():
        assert isinstance(command, click.Group)
        command = command.commands[word]
    name = verb if verb == "patrolplan" else f"patrolplan {verb}"
    with click.Context(command, info_name=name, terminal_width=80, max_content_width=80) as context:
        context.help_option_names = ["-h", "--help"]
        return f"```text\n{command.get_help(context)}\n```"


def settings_of(key: str) -> str:
    """A table of the settings of a section."""
    section: type[BaseModel] = Settings
    for part in key.split("."):
        section = section_of(fields_of(section)[part])
    fields = sorted(fields_of(section).items(), key=lambda item: item[0] != "file")
    rows = [setting_row(name, field) for name, field in fields]
    return "\n".join(["| Key | What it says | Default |", "| --- | --- | --- |", *rows])


def setting_row(name: str, field: FieldInfo) -> str:
    """The row of a setting."""
    value, is_default = example_of(field)
    default = "required" if field.is_required() else f"`{toml_value(value)}`" if is_default else ""
    bounds = allowed(field)
    told = f"{field.description}{f' Allowed: {bounds}.' if bounds else ''}"
    told += f" Example: `{toml_value(value)}`." if value is not None and not is_default else ""
    return f"| `{name}` | {told.replace('|', '/')} | {default} |"


def section_of(field: FieldInfo) -> type[BaseModel]:
    """The section inside a field's annotation."""
    parts = [field.annotation, *typing.get_args(field.annotation)]
    return next(part for part in parts if isinstance(part, type) and issubclass(part, BaseModel))


if __name__ == "__main__":
    os.environ.pop("COLUMNS", None)
    for page in (HERE / "cli.md", HERE / "plan-file.md"):
        page.write_text(generated(page.read_text(encoding="utf-8")), encoding="utf-8")
