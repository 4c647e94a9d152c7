"""Finds the street that a written name means: exactly, by part of its words, or by likeness."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from patrolplan.io.address_words import street_key

LEAST_LIKE = 82.0
"""Of 100: below this two names are two streets."""
OTHER_KIND = 0.85
"""A lane for a street of the same name is likelier wrong than a slip of the pen."""
PART_OF_NAME = 0.92
_FOLD = str.maketrans({"y": "i", "j": "i", "g": "h", "w": "v", "q": "k"})


class NameBook:
    """All spellings of all streets."""

    def __init__(self, streets: Iterable[tuple[tuple[str, ...], int]]) -> None:
        self._exact: dict[str, dict[int, str]] = defaultdict(dict)
        for names, street in streets:
            for name in names:
                key, kind = street_key(name)
                if key:
                    self._exact[key].setdefault(street, kind)
        self._folded: dict[str, list[str]] = defaultdict(list)
        for key in self._exact:
            self._folded[_folded(key)].append(key)
        self._choices = sorted(self._folded)
        self._by_word: dict[str, set[str]] = defaultdict(set)
        for key in self._exact:
            for word in key.split():
                self._by_word[word].add(key)
        self._known: dict[str, list[tuple[int, float]]] = {}

    def find(self, name: str) -> list[tuple[int, float]]:
        """Streets that the name may mean with the score of each (0..1), the best first."""
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> list[tuple[int, float]]:
        key, kind = street_key(name)
        if not key:
            return []
        keys = (
            [(key, 1.0)]
            if key in self._exact
            else self._folded_keys(key) or self._parts(key) or self._like(key)
        )
        scores: dict[int, float] = {}
        for found, score in keys:
            for street, other in self._exact[found].items():
                same = not kind or not other or kind == other
                scores[street] = max(scores.get(street, 0.0), score * (1.0 if same else OTHER_KIND))
        best = max(scores.values(), default=0.0)
        kept = [(street, score) for street, score in scores.items() if score > best - 0.05]
        return sorted(kept, key=lambda pair: (-pair[1], pair[0]))

    def _folded_keys(self, key: str) -> list[tuple[str, float]]:
        return [(found, 0.97) for found in self._folded.get(_folded(key), [])]

    def _parts(self, key: str) -> list[tuple[str, float]]:
        """Names that hold all words of this one, or whose words it holds: first names left out."""
        words = set(key.split())
        longest = max(words, key=len)
        if len(longest) < 4:
            return []
        hits = [
            other
            for other in self._by_word.get(longest, ())
            if (words < set(other.split()) or words > set(other.split()))
            and _digits(other) == _digits(key)
            and (not _sides(key) or _sides(other) == _sides(key))
        ]
        return [(hit, PART_OF_NAME) for hit in sorted(hits)]

    def _like(self, key: str) -> list[tuple[str, float]]:
        from rapidfuzz import fuzz, process

        folded = _folded(key)
        hits = process.extract(folded, self._choices, scorer=fuzz.ratio, score_cutoff=LEAST_LIKE, limit=5)
        fit = [(choice, score) for choice, score, _ in hits if _digits(choice) == _digits(key)]
        fit = [(choice, score) for choice, score in fit if not _sides(key) or _sides(choice) == _sides(key)]
        if not fit:
            return []
        best = max(score for _, score in fit)
        return [
            (found, 0.97 * score / 100)
            for choice, score in fit
            if score > best - 1
            for found in self._folded[choice]
        ]


def _folded(key: str) -> str:
    """A name with the letters that romanisations differ in made one.

    Examples
    --------
    >>> _folded("hrushevskoho") == _folded("grushevskogo")
    True
    """
    text = re.sub(r"shch|sch", "sh", key.translate(_FOLD))
    text = (
        re.sub(r"kh|ck", "h", text)
        .replace("ts", "c")
        .replace("iu", "u")
        .replace("ia", "a")
        .replace("ie", "e")
    )
    return re.sub(r"(.)\1+", r"\1", text)


def _digits(key: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+", key))


def _sides(key: str) -> frozenset[str]:
    return frozenset(word for word in key.split() if word in ("n", "s", "e", "w", "ne", "nw", "se", "sw"))
