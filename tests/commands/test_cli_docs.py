"""The pages on commands and on the plan file say what the program does."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest

from patrolplan.cli import main
from patrolplan.config.settings import Settings
from patrolplan.io.plan_file_words import fields_of

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def maker():
    return runpy.run_path(str(DOCS / "generate.py"))


@pytest.mark.parametrize("page", ["cli.md", "plan-file.md"])
def test_pages_are_as_generated(page, maker):
    text = (DOCS / page).read_text(encoding="utf-8")
    assert maker["generated"](text) == text, "run: python docs/generate.py"


def test_every_command_has_its_help_on_the_page(maker):
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    verbs = set(re.findall(r"^## (\w+)$", text, flags=re.M))
    assert set(main.commands) == verbs
    for verb, command in main.commands.items():
        shown = maker["help_of"](verb)
        assert shown in text
        assert f"## {verb}\n" in text
        for option in command.params:
            assert option.human_readable_name in shown or option.opts[0] in shown


def test_every_setting_stands_on_the_page(maker):
    text = (DOCS / "plan-file.md").read_text(encoding="utf-8")

    def stands(path, section):
        assert f"<!-- begin settings {path} -->" in text
        part = maker["settings_of"](path)
        assert part in text
        for name, field in fields_of(section).items():
            assert f"| `{name}` |" in part
            try:
                inner = maker["section_of"](field)
            except StopIteration:
                continue
            stands(f"{path}.{name}", inner)

    for key, field in fields_of(Settings).items():
        assert re.search(rf"^## \[+{key}\]+$", text, re.MULTILINE)
        stands(key, maker["section_of"](field))


def test_the_example_on_the_page_is_a_valid_plan_file():
    text = (DOCS / "plan-file.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert Settings.model_validate(tomllib.loads(example)).crews[0].rest is not None
