"""Words in other languages: complete, filled in alike, right in their plurals; plans told in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from babel.messages.pofile import read_po

from patrolplan.errors import InputError
from patrolplan.example import write_example
from patrolplan.i18n import languages, words_of
from patrolplan.io import card_words, comparison_words, holder_words, ride_words
from patrolplan.io.map_page import ABOUT, SAID
from patrolplan.io.note_sentences import NOTES, PIECES
from patrolplan.io.plan_file import read_plan_file
from patrolplan.io.public_page import WHAT_MARKS_SAY
from patrolplan.io.report_words import LIMITS, MARKS, SQUARES
from patrolplan.io.sentences import SENTENCES, told, told_note
from patrolplan.io.words import counted_offences, why_line
from patrolplan.orders.load import load
from patrolplan.orders.pipeline import weigh_loaded
from patrolplan.reasons import Reason
from patrolplan.risk.hot_spot_label import UNNAMED, WHAT_A_NAMELESS_STREET_IS
from patrolplan.week.difference import causes_of, week_difference

PACKAGE = Path(__file__).parents[1] / "patrolplan"
OTHERS = [language for language in languages() if language != "en"]
NOT_SAID = {
    "SHORT_WORDS",
    "UNPAVED",
    "CUT",
    "DIGITS",
    "ENGLISH",
    "MOST_REASONS",
    "OFFENCE_ACTS",
    "PLACE_ACTS",
}
"""Constants of the words' files that nobody is told as they stand."""
CYRILLIC = re.compile("[а-яіїєґ]", re.IGNORECASE)


def texts_in_code() -> set[str]:
    """Every text that is said through ``words``: in the code, on the page, in lists of sentences."""
    said = {*SENTENCES, *NOTES, *PIECES, ABOUT, WHAT_MARKS_SAY, *WHAT_A_NAMELESS_STREET_IS.values(), UNNAMED}
    said |= {*LIMITS, MARKS, SQUARES}
    said |= set(texts_held())
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name_of(node.func) in ("words", "words.n"):
                first = node.args[0] if node.args else None
                said |= {first.value} if isinstance(first, ast.Constant) else set()
    page = PACKAGE / "io" / "page"
    for script in page.glob("*.js"):
        said |= set(SAID.findall(script.read_text(encoding="utf-8")))
    return said | set(re.findall(r"\{\{_:([^}]+)\}\}", (page / "template.html").read_text(encoding="utf-8")))


def texts_held() -> Iterator[str]:
    """Headings, acts, keepers and columns of the card and of the files beside it."""
    yield from (act for _, acts in card_words.OFFENCE_ACTS for act in acts)
    yield from (act for acts in card_words.PLACE_ACTS.values() for act in acts)
    held = {**vars(card_words), **vars(holder_words), **vars(comparison_words), **vars(ride_words)}
    for name in held.keys() - NOT_SAID:
        value = held[name]
        if name.isupper():
            values = value.values() if isinstance(value, dict) else value
            all_of_it = [value] if isinstance(value, str) else values if isinstance(values, Iterable) else []
            yield from (each for each in all_of_it if isinstance(each, str))


def _name_of(function: ast.expr) -> str:
    return ast.unparse(function)


@pytest.fixture(scope="module")
def example_notes(tmp_path_factory) -> tuple[str, ...]:
    """All that reading and weighing the invented example says."""
    folder = tmp_path_factory.mktemp("example")
    write_example(folder)
    settings = read_plan_file(folder / "plan.toml")
    loaded = load(settings)
    return (*weigh_loaded(loaded).notes, *(loaded.offences.notes if loaded.offences else ()))


@pytest.fixture(scope="module", params=OTHERS)
def catalog(request):
    with (PACKAGE / "locale" / f"{request.param}.po").open("rb") as file:
        return read_po(file, locale=request.param)


def test_every_text_is_translated(catalog):
    known = {
        message.id if isinstance(message.id, str) else message.id[0] for message in catalog if message.id
    }
    said = texts_in_code()
    assert len(said) > 100
    assert sorted(said - known) == []


def test_translations_are_whole_and_keep_the_places_of_values(catalog):
    for message in filter(lambda each: each.id, catalog):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(strings), ids
        assert not message.fuzzy, ids
        assert len(ids) == 1 or len(strings) == catalog.num_plurals
        places = set(re.findall(r"\{(\w+)\}", ids[-1]))
        for string in strings:
            assert set(re.findall(r"\{(\w+)\}", string)) == places, ids


def test_ukrainian_counts_and_dates():
    words = words_of("uk")
    assert [counted_offences(n, "Theft", words) for n in (1, 2, 5, 11, 21, 112)] == [
        "1 крадіжка", "2 крадіжки", "5 крадіжок", "11 крадіжок", "21 крадіжка", "112 крадіжок",
    ]  # fmt: skip
    assert counted_offences(3, "VANDALISM", words) == "вандалізм — 3 випадки"
    assert counted_offences(5, "Крадіжка", words) == "Крадіжка — 5 випадків"
    assert counted_offences(2, "{n} {x}", words) == "{n} {x} — 2 випадки"
    assert words.day(date(2026, 11, 23)) == "пн 23 лист. 2026"
    assert words.number(1234.5, 1) == "1\xa0234,5"
    assert words.weekdays("wide")[0] == "понеділок"


def test_why_in_ukrainian():
    reasons = [
        Reason(part="offences", share=0.5, kind="theft", count=14, hours=(17, 21)),
        Reason(part="offences", share=0.2, kind="", count=3),
        Reason(part="footfall", share=0.3, kind="market", label="Центральний ринок"),
    ]
    assert why_line(reasons, words_of("uk")) == (
        "У записах тут: 14 крадіжок та 3 інші правопорушення, переважно 17:00–21:00; поруч: Центральний ринок"
    )


def test_sentences_of_a_plan_are_found_again():
    words = words_of("uk")
    short = told("Crew {1} would need 12 more minutes; its time goes to visits that add more", words)
    assert short == "наряду «Crew {1}» бракує хвилин: 12; час іде на відвідини, що дають більше"
    assert told("A sentence nobody knows", words) == "A sentence nobody knows"
    for sentence in SENTENCES:
        assert CYRILLIC.search(told(sentence, words)), sentence


def test_a_language_without_words_is_refused():
    with pytest.raises(InputError, match="en, uk"):
        words_of("tlh")


def test_every_note_of_the_example_is_told(example_notes):
    words = words_of("uk")
    assert len(example_notes) > 8
    for note in example_notes:
        found = told_note(note, words)
        assert CYRILLIC.search(found), note
        left = re.sub(r"[\w ().]+\(\d+\)|[\w.]+\.csv|utf-8|'[^']*'", "", found)
        assert not re.search("[A-Za-z]{3}", left), found


def test_notes_of_any_table_are_told_and_others_words_are_kept():
    words = words_of("uk")
    assert told_note("offences: 2 set aside, more than 50 m from any street (rows 3, 8)", words) == (
        "offences: відкладено — 2: далі ніж 50 м від будь-якої вулиці (рядки 3, 8)".replace(
            "offences", words("offences")
        )
    )
    assert told_note(
        'crew "Ніч": 03:30 on 2026-10-25 comes twice (the clocks go back); the first is meant', words
    ) == ("наряд «Ніч»: 03:30 2026-10-25 настає двічі (годинники переводять назад); мається на увазі перше")
    kept = told_note("left out as not a street offence: Theft by house (3), kinds not named here (7)", words)
    assert kept.endswith(": Theft by house (3), види, яких тут не названо (7)")
    assert told_note("Nobody knows: this note", words) == "Nobody knows: this note"
    assert told_note(kept, words) == kept


def test_what_changed_in_a_week_is_told_in_each_language():
    patrols = [(f"2026-11-{day}", "18:00", "22:00", "") for day in (16, 18, 20, 21)]
    before = {
        "officer_hours": 16,
        "roster": [dict(zip(("date", "start", "end", "area"), row, strict=True)) for row in patrols],
        "load": [{"officer": "Ода", "due": 600}, {"officer": "Яна", "due": 360}],
        "inputs_sha256": {"offences.csv": "1"},
        "versions": {"ortools": "1"},
        "settings": {"week": 1, "plan": 1},
    }
    now = {
        "officer_hours": 17.5,
        "roster": [{"date": "2026-11-23", "start": "08:00", "end": "12:00", "area": "Ріг"}] * 4,
        "load": [{"officer": "Ода", "due": 690}, {"officer": "Ілля", "due": 360}],
        "inputs_sha256": {"offences.csv": "2"},
        "versions": {"ortools": "2"},
        "settings": {"week": 2, "plan": 2},
    }
    stops = pd.DataFrame(
        {"label": ["A", "B", "C", "D"], "visits_a": [1, 1, 1, 1], "visits_b": [2, 0, 3, 1],
         "minutes_a": [9.0, 9, 9, 9], "minutes_b": [18.0, 0, 30, 9]}
    )  # fmt: skip

    def difference(language):
        words = words_of(language)
        causes = causes_of(before, now, calendar=(), edits=2, words=words)
        return week_difference(
            "2026-W47", before=before, now=now, stops=stops, sentence="-", causes=causes,
            due={"B": 2}, edited={"A": "pin"}, words=words,
        )  # fmt: skip

    english, ukrainian = difference("en"), difference("uk")
    assert english.lines[0] == (
        "hours: 17.5 h of patrol (16 h before); 0 of 4 patrols at the same hours; "
        "new: Mon 08:00-12:00 Ріг, Mon 08:00-12:00 Ріг, Mon 08:00-12:00 Ріг and 1 more; "
        "given up: Mon 18:00-22:00, Wed 18:00-22:00, Fri 18:00-22:00 and 1 more"
    )
    assert english.lines[2] == (
        "why: Ода has 11.5 h instead of 10 h; Ілля is new; Яна is gone; file offences.csv changed; "
        "version of ortools changed; settings of [week] changed; 2 changes by hand"
    )
    assert english.table["why"].tolist() == [
        "changed by hand: pin",
        "had to be seen on 2 days, lest unseen too long",
        "the hours, or what the plan rests on, changed",
    ]
    assert ukrainian.lines[0] == (
        "години: 17,5 год патрулювання (раніше 16 год); у ті самі години — 0 з 4 патрулів; "
        "нові: пн 08:00-12:00 Ріг, пн 08:00-12:00 Ріг, пн 08:00-12:00 Ріг та ще 1; "
        "скасовано: пн 18:00-22:00, ср 18:00-22:00, пт 18:00-22:00 та ще 1"
    )
    assert ukrainian.lines[2] == (
        "чому: Ода: 11,5 год замість 10 год; Ілля: тепер у графіку; Яна: більше не в графіку; "
        "змінився файл offences.csv; змінилася версія ortools; змінилися налаштування [week]; 2 зміни вручну"
    )
    assert all(CYRILLIC.search(why) for why in ukrainian.table["why"])
    assert ukrainian.table.drop(columns="why").equals(english.table.drop(columns="why"))
