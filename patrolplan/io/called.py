"""What people call each street, in the language of the words: by its name, or by what it joins."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.street_names import street_called
from patrolplan.i18n import Words
from patrolplan.io.text import one_line


def called_streets(network: StreetNetwork, words: Words, *, only: Iterable[int] | None = None) -> pd.Series:
    """What each segment is called, [segments] of str: "path between Mill Lane and Green Street".

    Parameters
    ----------
    network
        The streets.
    words
        Of the language to tell them in: ``name:uk`` for Ukrainian, where the map has it.
    only
        Segments that are asked for; nameless ones elsewhere stay "".
    """
    braces = str.maketrans({"{": "(", "}": ")"})
    called = street_called(
        network,
        words.language,
        between=words("{what} between {first} and {second}"),
        near=words("{what} near {street}"),
        kind=lambda kind: words(kind.replace("_", " ")).translate(braces),
        only=only,
    )
    return called.map(one_line)
