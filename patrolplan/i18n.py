"""Words in the language of those who read them: one .po file a language, given along as a value."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Any

from patrolplan.errors import InputError

SOURCE_LANGUAGE = "en"
"""Language of the words in the code; it needs no file."""


@dataclass(frozen=True)
class Words:
    """Words, plurals, dates and numbers of one language.

    Attributes
    ----------
    language
        Code of the language: "en", "uk", ...

    Examples
    --------
    >>> words_of("uk")("{n} min", n=5)
    '5 хв'
    >>> [words_of("uk").n("{n} stop", "{n} stops", n) for n in (1, 3, 5, 21)]
    ['1 точка', '3 точки', '5 точок', '21 точка']
    >>> words_of("uk").day(date(2026, 11, 23)), words_of("en").day(date(2026, 11, 23))
    ('пн 23 лист. 2026', 'Mon 23 Nov 2026')
    """

    language: str

    @property
    def is_source(self) -> bool:
        """Whether the words are those of the code itself."""
        return self.language == SOURCE_LANGUAGE

    def __call__(self, text: str, /, **values: object) -> str:
        """The text in this language, with values put in for its ``{names}``."""
        # The empty text stands for the head of the file.
        return _filled(_translations(self.language).gettext(text), values) if text else ""

    def n(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The form of a text that a count asks for; ``{n}`` is the count."""
        found = _translations(self.language).ngettext(one, many, count)
        return _filled(found, {"n": self.number(count), **values})

    def knows(self, text: str) -> bool:
        """Whether there is a translation of the text."""
        return text in _known(self.language)

    def number(self, value: float, digits: int = 0) -> str:
        """A number as it is written in this language."""
        if self.is_source:
            return f"{value:,.{digits}f}"
        from babel.numbers import format_decimal

        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(value, format=pattern, locale=self.language))

    def day(self, at: date) -> str:
        """A day with its weekday, short."""
        from babel.dates import format_date

        return str(format_date(at, "EEE d MMM y", locale=self.language))

    def weekdays(self, width: str = "abbreviated") -> list[str]:
        """Names of the days from Monday on, "abbreviated" or "wide"."""
        from babel.dates import get_day_names

        names = get_day_names(width, "stand-alone", locale=self.language)  # type: ignore[arg-type]
        return [str(names[day]) for day in range(7)]


ENGLISH = Words(SOURCE_LANGUAGE)


def languages() -> tuple[str, ...]:
    """Codes of the languages there are words in.

    Examples
    --------
    >>> languages()
    ('en', 'uk')
    """
    there = (file.name for file in (files("patrolplan") / "locale").iterdir())
    return (SOURCE_LANGUAGE, *sorted(name.removesuffix(".po") for name in there if name.endswith(".po")))


def words_of(language: str) -> Words:
    """Words in a language.

    Raises
    ------
    InputError
        There are no words in that language.
    """
    if language not in languages():
        raise InputError(f'language = "{language}": must be one of {", ".join(languages())}')
    return Words(language)


@lru_cache
def _translations(language: str) -> NullTranslations:
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    from babel.messages.mofile import write_mo

    compiled = io.BytesIO()
    write_mo(compiled, _catalog(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache
def _known(language: str) -> frozenset[str]:
    if language == SOURCE_LANGUAGE:
        return frozenset()
    ids = (message.id for message in _catalog(language) if message.id and message.string)
    return frozenset(one if isinstance(one, str) else one[0] for one in ids)


@lru_cache
def _catalog(language: str) -> Any:
    from babel.messages.pofile import read_po

    text = (files("patrolplan") / "locale" / f"{language}.po").read_bytes()
    return read_po(io.BytesIO(text), locale=language)


def _filled(text: str, values: Mapping[str, object]) -> str:
    return text.format_map(values) if values else text
