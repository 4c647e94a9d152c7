"""A plan in the language of those who read it."""

from __future__ import annotations

from dataclasses import replace

from patrolplan.i18n import words_of
from patrolplan.io.sentences import told
from patrolplan.io.words import why_line
from patrolplan.plan import PatrolPlan
from patrolplan.redact import told_to_volunteers


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
    tell_why = told_to_volunteers if plan.audience == "volunteer" else why_line
    events = plan.events.assign(
        why=[
            tell_why(reasons, words) if kind == "visit" else told(why, words)
            for reasons, kind, why in zip(
                plan.events["reasons"], plan.events["kind"], plan.events["why"], strict=True
            )
        ],
        label=[told(label, words) for label in plan.events["label"]],
    )
    legs = plan.legs.assign(
        **{
            column: [told(label, words) for label in plan.legs[column]]
            for column in ("from_label", "to_label")
        }
    )
    return replace(
        plan,
        events=events,
        legs=legs,
        unserved=plan.unserved.assign(why=[told(why, words) for why in plan.unserved["why"]]),
        notes=tuple(told(note, words) for note in plan.notes),
        language=language,
    )
