"""A plan in the language of those who read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.street_names import street_names
from patrolplan.i18n import words_of
from patrolplan.io.sentences import told, told_note
from patrolplan.io.words import why_line
from patrolplan.plan import PatrolPlan
from patrolplan.redact import told_to_volunteers

_JOINTS = re.compile(r"( / | near | \(\d+\)$)")
"""What stands between the streets of a label."""


def in_language(plan: PatrolPlan, language: str) -> PatrolPlan:
    """The plan with its reasons, notes and labels told in a language; writers follow it.

    Parameters
    ----------
    plan
        A plan in English, as :func:`patrolplan.make_plan` gives it, cut down for others or not.
    language
        Code of a language there are words in: "en", "uk".

    Raises
    ------
    InputError
        There are no words in that language.
    """
    words = words_of(language)
    if language == plan.language:
        return plan
    called = _street_by_street(plan.network, language)
    tell_why = told_to_volunteers if plan.audience == "volunteer" else why_line
    events = plan.events.assign(
        why=[
            tell_why(reasons, words) if kind == "visit" else told(why, words)
            for reasons, kind, why in zip(
                plan.events["reasons"], plan.events["kind"], plan.events["why"], strict=True
            )
        ],
        label=[told(called(label), words) for label in plan.events["label"]],
        street=[called(street) for street in plan.events["street"]],
    )
    legs = plan.legs.assign(
        **{
            column: [told(called(label), words) for label in plan.legs[column]]
            for column in ("from_label", "to_label")
        }
    )
    return replace(
        plan,
        events=events,
        legs=legs,
        hot_spots=tuple(replace(spot, label=called(spot.label)) for spot in plan.hot_spots),
        unserved=plan.unserved.assign(
            **{name: [told(text, words) for text in plan.unserved[name]] for name in ("why", "change")},
            label=[called(label) for label in plan.unserved["label"]],
        ),
        notes=tuple(told_note(note, words) for note in plan.notes),
        language=language,
    )


def _street_by_street(network: StreetNetwork, language: str) -> Callable[[str], str]:
    """Tells a label with each street in it called as in the language: "A / B (2)", "path near A"."""
    local = network.segments["name"].fillna("").astype(str)
    names = dict(zip(local, street_names(network, language), strict=True))

    def called(label: str) -> str:
        return "".join(str(names.get(part, part)) for part in _JOINTS.split(label))

    return called
