"""Plan files: every fault is told once, with its line, what was meant or what is allowed."""

import tomllib

import pytest
from cli_town import plan_text, write_town
from hypothesis import given
from hypothesis import strategies as st

from patrolplan.config.settings import Settings
from patrolplan.errors import InputError
from patrolplan.io.plan_file import key_lines, read_plan_file
from patrolplan.io.plan_file_text import toml_value
from patrolplan.io.plan_file_words import fields_of


def faults_of(tmp_path, text):
    plan_file = write_town(tmp_path, plan=text)
    with pytest.raises(InputError) as caught:
        read_plan_file(plan_file)
    return caught.value.faults


def test_a_good_file_is_read_with_paths_seen_from_it(tmp_path, monkeypatch):
    plan_file = write_town(tmp_path / "town")
    monkeypatch.chdir(tmp_path)
    settings = read_plan_file("town/plan.toml")
    assert settings.streets.file == plan_file.parent / "streets.osm"
    assert settings.offences.columns.by_role() == {
        "lon": "lon",
        "lat": "lat",
        "kind": "kind",
        "start": "time",
    }
    assert settings.crews[0].rest.minutes == 20


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("timezone =", "timezon =", 3, 'unknown key "timezon"; did you mean "timezone"?'),
        ("Europe/Kyiv", "Europe/Kiyv", 3, 'did you mean "Europe/Kyiv"?'),
        ("Europe/Kyiv", "EET", 3, 'such as "Europe/Kyiv"'),
        ("[plan]", "[paln]", 13, 'did you mean "plan"?'),
        ("seconds = 1", "fade_min = 1", 15, "it belongs under [effect]"),
        ("seconds = 1", 'seconds = "1"', 15, 'must be a number, more than 0 and at most 86,400, not "1"'),
        ("seconds = 1", "seconds = -1", 15, "must be more than 0 and at most 86,400, not -1"),
        ("seconds = 1", "seed = 1.5", 15, "must be a whole number"),
        ("seconds = 1", 'refine = "yes"', 15, "must be true or false"),
        ("2026-11-23", '"2026-11-23"', 14, "must be a date without quotes"),
        ("2026-11-23", "2026-11-23T10:00:00", 14, "must be a date without quotes"),
        ("pace = 0.9", "pace = 9", 24, "must be between 0.3 and 2.0, not 9"),
        ('["Olena"]', '["Olna"]', 27, 'did you mean "Olena"?'),
        ('["Olena"]', '"Olena"', 27, "must be a list"),
        ('["Olena"]', "[]", 27, "names at least one"),
        ('"16:00-20:00"', '"16-20"', 28, "must be a clock time"),
        ('"18:30"', '"25:00"', 30, 'between "00:00" and "24:00"'),
        ('"18:30"', '"21:30"', 25, "lies outside the shift"),
        ('"streets.osm"', '"roads.osm"', 5, "no such file"),
        ('"streets.osm"', '"."', 5, "it is a folder"),
        ('"streets.osm"', "5", 5, "must be a file name in quotes"),
        ('"streets.osm"', '""', 5, "must name a file"),
        ("[plan]", "[[plan]]", 13, "must be a section [plan]"),
        ("[plan]", "[walking]\nkind_pace = { stepps = 0.4 }\n[plan]", 14, 'did you mean "steps"?'),
        ("[plan]", "[walking]\nkind_pace = { steps = 9 }\n[plan]", 14, "must be between 0.1 and 2.0, not 9"),
        ("[streets]\n", "[streets]\njunction_m = nan\n", 5, "between 0 and 50"),
    ],
)
def test_one_thing_wrong_is_told_once_with_its_line(tmp_path, old, new, line, told):
    faults = faults_of(tmp_path, plan_text((old, new)))
    assert len(faults) == 1
    assert faults[0].startswith(f"plan.toml, line {line}, ")
    assert told in faults[0]


def test_all_faults_are_told_together_in_the_order_of_lines(tmp_path):
    changes = [("seconds = 1", "seed = -1"), ('start = "Police House"', 'start = "House"'), ("Kyiv", "Kiev2")]
    faults = faults_of(tmp_path, plan_text(*changes))
    assert len(faults) == 4
    lines = [int(fault.split("line ")[1].split(",")[0]) for fault in faults]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("[plan]\nshift = 16:00-20:00\n", 2, "stand in quotes"),
        ('[plan]\nfile = "C:\\data"\n', 2, "Write paths with /"),
        ("[plan\n", 1, "[section]"),
        ("[plan]\nseed = 1\nseed = 2\n", 3, "overwrite"),
        ("[plan]\nnames = [\n", 3, "not TOML"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path, text, line, told):
    (fault,) = faults_of(tmp_path, text)
    assert f"line {line}" in fault
    assert told in fault


def test_files_that_are_no_text_or_not_there(tmp_path):
    with pytest.raises(InputError, match="patrolplan init"):
        read_plan_file(tmp_path / "plan.toml")
    with pytest.raises(InputError, match="is a folder"):
        read_plan_file(tmp_path)
    (tmp_path / "plan.toml").write_bytes("[community]\nname = 'Місто'".encode("cp1251"))
    with pytest.raises(InputError, match="UTF-8"):
        read_plan_file(tmp_path / "plan.toml")


def test_byte_order_mark_and_windows_line_ends_are_fine(tmp_path):
    plan_file = write_town(tmp_path)
    plan_file.write_bytes(b"\xef\xbb\xbf" + plan_text().replace("\n", "\r\n").encode())
    assert read_plan_file(plan_file).community.name == "Little Town"


def test_an_empty_file_says_what_is_missing(tmp_path):
    faults = faults_of(tmp_path, "")
    assert [fault.split(": ")[0] for fault in faults] == [
        "plan.toml, line 1, community",
        "plan.toml, line 1, streets",
    ]


KEYS = st.from_regex(r"[a-z_]{1,6}", fullmatch=True)
VALUES = st.one_of(
    st.integers(-9, 9), st.booleans(), st.text(max_size=9), st.lists(st.text(max_size=5), max_size=3)
)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=3), st.booleans())
def test_every_key_is_found_on_the_line_that_holds_it(tables, spread):
    text, expected = "", {}
    for table, values in tables.items():
        text += f"[{table}]  # a [comment]\n"
        expected[(table,)] = text.count("\n")
        for key, value in values.items():
            written = toml_value(value)
            if spread and isinstance(value, list):
                written = written.replace("[", "[ # first\n", 1)
            expected[(table, key)] = text.count("\n") + 1
            text += f"{key} = {written}\n"
    assert tomllib.loads(text) == tables
    found = key_lines(text)
    assert {path: found[path] for path in expected} == expected


def test_lists_of_tables_are_numbered():
    text = "[[crews]]\nname = 'a'\n[crews.more]\nx = 1\n\n[[crews]]\nname = 'b'\nbreak = { minutes = 3 }\n"
    lines = key_lines(text)
    assert lines["crews", 0, "more", "x"] == 4
    assert lines["crews", 1, "name"] == 7
    assert lines["crews", 1, "break", "minutes"] == 8


def test_every_setting_says_what_it_means():
    def described(section):
        for name, field in fields_of(section).items():
            assert field.description, f"{section.__name__}.{name}"

    described(Settings)
    for field in Settings.model_fields.values():
        for section in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if hasattr(section, "model_fields"):
                described(section)
