"""The folder of the community's report: a page and a PDF that say the same."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd

from patrolplan.evaluate.community import CommunityFacts
from patrolplan.graph.network import StreetNetwork
from patrolplan.i18n import words_of
from patrolplan.io.atomic import atomic_folder
from patrolplan.io.called import called_streets
from patrolplan.io.public_facts import FEWEST_RECORDS
from patrolplan.io.public_page import public_svg
from patrolplan.io.report_page import report_html
from patrolplan.io.report_sheet import report_pdf
from patrolplan.io.report_words import report_parts
from patrolplan.io.write_public import check_alone

FILES = ("report.html", "report.pdf")


def write_report(
    facts: CommunityFacts,
    folder: str | os.PathLike[str],
    *,
    network: StreetNetwork,
    community: str,
    areas: gpd.GeoDataFrame,
    offences: gpd.GeoDataFrame,
    language: str,
    k: int = FEWEST_RECORDS,
    in_own_words: bool = False,
    people_from: str = "",
) -> dict[str, Path]:
    """Write the report into a folder of its own and return the paths by name.

    Parameters
    ----------
    facts
        Of :func:`patrolplan.evaluate.community.community_facts`.
    folder
        Made if missing. It may hold nothing but an earlier report: it is given away.
    network, community
        Streets and the title's name.
    areas, offences
        Squares with minutes, and streets with at least ``k`` records, as the public page has them.
    language
        "en" or "uk".
    in_own_words
        Tell problems in the words of those who named them: read them first, they may name people.
    people_from
        "map", "table" or "".

    Raises
    ------
    InputError
        The folder holds other files or is not writable.
    """
    words = words_of(language)
    check_alone(Path(folder), FILES)
    asked = sorted({segment for one in facts.problems for segment in one.segments})
    names = called_streets(network, words, only=asked)
    parts = report_parts(
        facts,
        community=community,
        called=lambda segment: str(names.loc[segment]),
        marks=tuple(zip(offences["street"], offences["at_least"].astype(int), strict=True)),
        words=words,
        k=k,
        in_own_words=in_own_words,
        people_from=people_from,
    )
    lines = network.segments.geometry.to_numpy()
    page = report_html(parts, public_svg(lines, areas, offences, words), words)
    sheet = report_pdf(parts, lines=lines, areas=areas, offences=offences, words=words)
    with atomic_folder(folder) as unfinished:
        (unfinished / "report.html").write_text(page, encoding="utf-8", newline="\n")
        (unfinished / "report.pdf").write_bytes(sheet)
    return {name: Path(folder) / name for name in FILES}
