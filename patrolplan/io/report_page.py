"""report.html: the community's report as one page, without a script and without a request."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from patrolplan.i18n import Words
from patrolplan.io.public_page import STYLE
from patrolplan.io.report_words import Part
from patrolplan.units import OSM_CREDIT

MORE_STYLE = """
table{width:100%;margin:8px 0}td,th{vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap}
h2{margin-top:1.6em;break-after:avoid}tr{break-inside:avoid}p.small{color:#5f666e;font-size:.9rem}
"""


def report_html(parts: Iterable[Part], svg: str, words: Words) -> str:
    """The text of the page."""
    told = list(parts)
    title = next(part.text for part in told if part.kind == "title")
    return f"""<!DOCTYPE html>
<html lang="{words.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}{MORE_STYLE}</style>
</head>
<body>
<main>
{"".join(_told(part, svg) for part in told)}</main>
<footer><small>{escape(OSM_CREDIT)}</small></footer>
</body>
</html>
"""


def _told(part: Part, svg: str) -> str:
    text = escape(part.text)
    if part.kind == "map":
        return f"{svg}\n"
    if part.kind == "table":
        return _table(part)
    tag = {"title": "h1", "heading": "h2"}.get(part.kind, "p")
    if part.kind == "item":
        text = f"• {text}"
    return f'<{tag} dir="auto"{" class=small" if part.kind == "small" else ""}>{text}</{tag}>\n'


def _table(part: Part) -> str:
    def cells(tag: str, row: tuple[str, ...]) -> str:
        return "".join(
            f'<{tag}{" class=n" if at in part.figures else ""} dir="auto">{escape(text)}</{tag}>'
            for at, text in enumerate(row)
        )

    widths = "".join(f'<col style="width:{100 * share:.0f}%">' for share in part.wide)
    rows = "".join(f"<tr>{cells('td', row)}</tr>\n" for row in part.rows)
    return (
        f"<table><colgroup>{widths}</colgroup><thead><tr>{cells('th', part.head)}</tr></thead>"
        f"<tbody>\n{rows}</tbody></table>\n"
    )
