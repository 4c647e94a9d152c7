"""card_<n>_<crew>.pdf: what an officer carries on foot, one A4 page a route or two."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from patrolplan.io import card_words as texts
from patrolplan.io.atomic import atomic_folder, atomic_path
from patrolplan.io.card_sheet import Sheet
from patrolplan.io.card_tail import Extras
from patrolplan.io.pdf_text import BOLD, fitting, fonts
from patrolplan.io.route_facts import RouteFacts, all_routes, route_file
from patrolplan.io.text import one_line
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

FILES = "card_*.pdf"
"""What the cards of all crews are called."""


def write_card(
    plan: PatrolPlan,
    path: str | os.PathLike[str],
    *,
    crew: int = 0,
    version: int = 1,
    contacts: Mapping[str, str] | Sequence[str] = (),
    shelters: Sequence[str] = (),
    closed: Sequence[str] = (),
) -> Path:
    """Write one crew's card as PDF and return the path; the same plan gives the same bytes.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all.
    crew
        Index into ``plan.crews``.
    version
        Of the plan, for the header.
    contacts
        Who -> number or channel, or a line each; blanks to fill in by hand where none is given.
    shelters
        Places to go to in an alarm, one line each.
    closed
        Roads that are closed, and other things to mind, one line each.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    extras = _extras(contacts, shelters, closed)
    route = all_routes(plan)[crew]
    with atomic_path(path) as unfinished:
        unfinished.write_bytes(_card(plan, route, extras, version=version))
    return Path(path)


def write_cards(
    plan: PatrolPlan, folder: str | os.PathLike[str], *, version: int = 1, **extras: Any
) -> tuple[Path, ...]:
    """Write every crew's card into ``folder``; cards of crews that no longer walk are taken away.

    Parameters
    ----------
    plan, version
        As in :func:`write_card`.
    folder
        Made if missing; all cards appear, or none.
    **extras
        ``contacts``, ``shelters`` and ``closed`` as in :func:`write_card`.
    """
    with atomic_folder(folder, stale=[FILES]) as unfinished:
        contents = card_bytes(plan, version=version, **extras)
        for name, content in contents.items():
            (unfinished / name).write_bytes(content)
    return tuple(Path(folder) / name for name in contents)


def card_bytes(
    plan: PatrolPlan,
    *,
    version: int = 1,
    routes: Sequence[RouteFacts] | None = None,
    contacts: Mapping[str, str] | Sequence[str] = (),
    shelters: Sequence[str] = (),
    closed: Sequence[str] = (),
) -> dict[str, bytes]:
    """File names and contents, one a crew: ``card_1_crew-1.pdf``."""
    extras = _extras(contacts, shelters, closed)
    return {
        f"{route_file('card', route, len(plan.crews))}.pdf": _card(plan, route, extras, version=version)
        for route in (routes or all_routes(plan))
    }


def _extras(
    contacts: Mapping[str, str] | Sequence[str], shelters: Sequence[str], closed: Sequence[str]
) -> Extras:
    lines = [f"{who}: {how}" for who, how in contacts.items()] if isinstance(contacts, Mapping) else contacts
    return Extras(
        contacts=tuple(one_line(line) for line in lines),
        shelters=tuple(one_line(line) for line in shelters),
        closed=tuple(one_line(line) for line in closed),
    )


def _card(plan: PatrolPlan, route: RouteFacts, extras: Extras, *, version: int) -> bytes:
    fonts()
    canvas = Canvas("", pagesize=A4, invariant=1, pageCompression=1, initialFontName=BOLD)
    canvas.setTitle(fitting(f"{route.words(texts.CARD)}: {route.name}"))
    canvas.setSubject(fitting(f"{plan.community}, {route.words(texts.PLAN)} {route.digits}"))
    canvas.setAuthor("patrolplan")
    canvas.setCreator("patrolplan")
    canvas.setKeywords(OSM_CREDIT)
    sheet = Sheet(canvas=canvas, plan=plan, route=route, extras=extras, version=version)
    sheet.draw()
    return bytes(canvas.getpdfdata())
