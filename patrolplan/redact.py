"""One plan, several audiences: what officers and volunteers may hold, cut from the command's plan.

=============  =======================================================================================
audience       what it holds
=============  =======================================================================================
``command``    everything; kinds classed as sensitive are without a name even there
``officer``    all routes with names of colleagues (they meet on the street), offences by kind and
               count; no pace of a person, no row of a table, no words on sensitive matters
``volunteer``  the routes alone: no kind, count, hour or share that stems from offences, no words of
               residents on problems, no hot spot that is not walked
``public``     nothing of a plan: see :func:`patrolplan.write_public`
=============  =======================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from patrolplan.duty import Crew
from patrolplan.errors import InputError
from patrolplan.i18n import ENGLISH, Words
from patrolplan.io.words import why_line
from patrolplan.plan import PatrolPlan, lacks_note
from patrolplan.reasons import Reason
from patrolplan.risk.weights import SegmentWeights

AUDIENCES = ("command", "officer", "volunteer", "public")

KEPT_PROVENANCE = ("seed", "stopped_by", "versions")
"""What those outside the command get of how the plan was made: no file, no hash of a table."""
KEPT_SETTINGS = ("card",)
"""Settings that people hold on their cards: contacts, shelters, closed roads."""

FOR_VOLUNTEERS = "made for volunteers: it shows where to walk and when, and holds no facts on offences"
NO_REASON_TOLD = "Part of the patrol's round"
PROBLEM_UNTOLD = "residents asked for presence here"
_OF_TABLES = re.compile(r"\brows? \d|\.(csv|xlsx|gpkg|geojson|shp|ods)\b|not named here|set aside|left out")


def redacted(plan: PatrolPlan, audience: str) -> PatrolPlan:
    """The plan with what an audience may hold, for every writer and view alike.

    Parameters
    ----------
    plan
        The command's plan; it stays as it is.
    audience
        "command", "officer" or "volunteer". The public gets no plan at all but figures of its
        own, by :func:`patrolplan.write_public`.

    Raises
    ------
    InputError
        No such audience, or a plan for officers is to be made out of one for volunteers.
    """
    if audience not in AUDIENCES or audience == "public":
        hint = "; the public gets figures of its own: write_public" if audience == "public" else ""
        raise InputError(f'audience = "{audience}": must be command, officer or volunteer{hint}')
    if AUDIENCES.index(audience) < AUDIENCES.index(plan.audience):
        raise InputError(f"this plan was cut down for {plan.audience}s: make it anew from the command's")
    if audience == plan.audience:
        return plan
    return _for_volunteers(_for_officers(plan)) if audience == "volunteer" else _for_officers(plan)


def told_to_volunteers(reasons: Sequence[Reason], words: Words = ENGLISH) -> str:
    """Why volunteers are sent somewhere, without anything that offences or residents' words tell."""
    places = [reason for reason in reasons if reason.part == "footfall"]
    told = [why_line(places, words)] if places else []
    if len(places) < len(reasons):
        asked = words(PROBLEM_UNTOLD)
        told.append(asked if told else asked[:1].upper() + asked[1:])
    return "; ".join(told) or words(NO_REASON_TOLD)


def _for_officers(plan: PatrolPlan) -> PatrolPlan:
    events = plan.events.copy()
    terms = plan.weights.terms
    kinds = set(terms.loc[terms["sensitive"].astype(bool), "kind"])
    events["reasons"] = [
        tuple(_without_sensitive_words(reason, kinds) for reason in reasons) for reasons in events["reasons"]
    ]
    told = [
        why_line(reasons) if reasons != before else why
        for reasons, before, why in zip(
            events["reasons"], plan.events["reasons"], plan.events["why"], strict=True
        )
    ]
    events["why"] = told
    cut = replace(
        plan,
        events=events,
        crews=tuple(_without_pace(crew) for crew in plan.crews),
        weights=_without_records(plan.weights),
        provenance=_kept_provenance(plan.provenance),
        notes=(
            *lacks_note(plan.lacks),
            *(note for note in plan.notes[bool(plan.lacks) :] if not _OF_TABLES.search(note)),
        ),
        audience="officer",
    )
    sources = plan.weights.sources
    hidden = set(sources.loc[sources["sensitive"].astype(bool), "label"]) if len(sources) else set()
    return _relabelled(cut, [spot.label in hidden for spot in plan.hot_spots])


def _for_volunteers(plan: PatrolPlan) -> PatrolPlan:
    events = plan.events.copy()
    events["reasons"] = [_without_offences(reasons) for reasons in events["reasons"]]
    events["why"] = [
        told_to_volunteers(reasons) if kind == "visit" else why
        for reasons, kind, why in zip(events["reasons"], events["kind"], events["why"], strict=True)
    ]
    events["need_share"] = 0.0
    cut = replace(
        plan,
        events=events,
        hot_spots=tuple(replace(spot, need=0.0) for spot in plan.hot_spots),
        unserved=plan.unserved.iloc[:0],
        weights=_without_offence_need(plan.weights),
        scores={name: plan.scores[name] for name in ("score", "share_on_shift") if name in plan.scores},
        notes=(*lacks_note(plan.lacks), FOR_VOLUNTEERS),
        audience="volunteer",
    )
    walked = _walked_alone(cut)
    return _relabelled(walked, [spot.kind == "problem" for spot in walked.hot_spots])


def _kept_provenance(provenance: Mapping[str, Any]) -> dict[str, Any]:
    settings = provenance.get("settings", {})
    kept = {
        name: settings[name] for name in KEPT_SETTINGS if isinstance(settings, Mapping) and name in settings
    }
    told = {name: provenance[name] for name in KEPT_PROVENANCE if name in provenance}
    return told | ({"settings": kept} if kept else {})


def _without_sensitive_words(reason: Reason, kinds: set[str]) -> Reason:
    named = bool(reason.kind) and reason.kind not in kinds
    return reason if named else replace(reason, kind="", label="", hours=None)


def _without_offences(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Places as they are, problems without the words of those who named them, offences not at all."""
    kept = [
        replace(reason, kind="", label=PROBLEM_UNTOLD, hours=None) if reason.part == "problems" else reason
        for reason in reasons
        if reason.part != "offences"
    ]
    whole = sum(reason.share for reason in kept) or 1.0
    return tuple(replace(reason, share=reason.share / whole) for reason in kept)


def _without_pace(crew: Crew) -> Crew:
    officers = tuple(replace(officer, speed_factor=1.0) for officer in crew.officers)
    return replace(crew, officers=officers)


def _without_records(weights: SegmentWeights) -> SegmentWeights:
    """Need as it is, without records and without names of sensitive kinds.

    Places that people visit stay by name: cards tell landmarks and whom to meet by them.
    """
    sources = weights.sources
    if len(sources):
        public = (sources["part"] == "footfall") & ~sources["sensitive"].astype(bool)
        sources = sources[public].assign(row=0).reset_index(drop=True)
    terms = weights.terms.copy()
    terms["kind"] = terms["kind"].where(~terms["sensitive"].astype(bool), "")
    return replace(
        weights,
        terms=terms,
        sources=sources,
        set_aside=weights.set_aside.iloc[:0],
        notes=tuple(note for note in weights.notes if not _OF_TABLES.search(note)),
    )


def _without_offence_need(weights: SegmentWeights) -> SegmentWeights:
    """Need of busy places alone: the rest would map offences and problems."""
    rows = (weights.terms["part"] == "footfall").to_numpy()
    terms = weights.terms[rows].reset_index(drop=True)
    whole = float(terms["share"].sum())
    terms["share"] = terms["share"] / whole if whole > 0 else terms["share"]
    return replace(
        weights,
        terms=terms,
        space=weights.space[rows],
        time=weights.time[rows],
        policy={},
        expected_per_week=0.0,
        notes=(),
    )


def _walked_alone(plan: PatrolPlan) -> PatrolPlan:
    """The plan with the hot spots that are visited, numbered anew."""
    kept = [index for index, visits in enumerate(plan.visits) if visits]
    number = {old: new for new, old in enumerate(kept)}
    events, legs = plan.events.copy(), plan.legs.copy()
    for frame in (events, legs):
        frame["hot_spot"] = frame["hot_spot"].map(lambda old: number.get(old, -1))
    return replace(
        plan,
        events=events,
        legs=legs,
        hot_spots=tuple(plan.hot_spots[old] for old in kept),
        visits=tuple(plan.visits[old] for old in kept),
    )


def _relabelled(plan: PatrolPlan, hidden: Sequence[bool]) -> PatrolPlan:
    """Hot spots whose label may not be told are called after a street of theirs, everywhere."""
    names = plan.network.segments["name"]
    labels: dict[str, str] = {}
    spots = []
    for spot, hide in zip(plan.hot_spots, hidden, strict=True):
        street = next((str(names[segment]) for segment in spot.segments if names[segment]), "")
        label = (street or "Stop without a street name") if hide else spot.label
        labels |= {spot.label: label} if hide else {}
        spots.append(replace(spot, label=label, kind="cluster" if hide else spot.kind))
    return replace(
        plan,
        hot_spots=tuple(spots),
        events=_renamed(plan.events, ["label"], labels),
        legs=_renamed(plan.legs, ["from_label", "to_label"], labels),
        unserved=_renamed(plan.unserved, ["label"], labels).assign(
            **{name: _without(plan.unserved[name], labels) for name in ("why", "change")}
        ),
    )


def _without(texts: pd.Series[str], labels: Mapping[str, str]) -> list[str]:
    """Sentences in which no hidden label stands."""
    told = texts.tolist()
    for label in sorted(labels, key=len, reverse=True):
        told = [text.replace(label, labels[label]) for text in told]
    return told


def _renamed(frame: pd.DataFrame, columns: Sequence[str], names: Mapping[str, str]) -> pd.DataFrame:
    return frame.assign(**{column: frame[column].map(lambda old: names.get(old, old)) for column in columns})
