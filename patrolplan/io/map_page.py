"""map.html: one page that holds streets, need, routes and reasons, and asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from patrolplan.i18n import Words, words_of
from patrolplan.io.atomic import write_text
from patrolplan.io.map_data import map_data
from patrolplan.plan import PatrolPlan

SCRIPTS = (
    "data.js",
    "need.js",
    "canvas.js",
    "streets.js",
    "routes.js",
    "names.js",
    "panel.js",
    "map.js",
    "apart.js",
    "hours.js",
    "clock.js",
    "paper.js",
    "main.js",
)
"""Our own scripts in ``page/``, in the order they build on each other."""


SAID = re.compile(r'\bt\("((?:[^"\\]|\\.)*)"')
"""What a script says to people stands in ``t("...")``."""

ABOUT = (
    "Colours show [shares of patrol need, not a forecast of crime]: how much walking presence each metre of "
    "street asks for in that hour, compared with the average street and hour of the week (1×). Need is a "
    "weighted sum of recorded offences, of places where people gather and of problems that residents named; "
    "the weights are policy. It says nothing about the people who live or walk there, and a stop on this map "
    "is no ground for suspicion of anyone. Streets without records are not proven safe."
)
"""Under the colours; what stands in brackets is set in bold."""


def write_map(plan: PatrolPlan, path: str | os.PathLike[str]) -> Path:
    """Write the plan as a map page that opens without a network and return the path.

    One file: our template, styles and scripts with Leaflet inlined. A content security policy
    forbids every request and every script but the two it was written with.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all. The same plan gives the same bytes.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    return write_text(path, map_html(plan))


def map_html(plan: PatrolPlan) -> str:
    """The text of the map page."""
    words = words_of(plan.language)
    own_scripts = [_page_file(name) for name in SCRIPTS]
    data = map_data(plan) | {"words": page_words(own_scripts, words)}
    style = "\n".join([_leaflet_style(), _page_file("map.css")])
    leaflet = _leaflet_file("leaflet.js").split("//# sourceMappingURL")[0]
    own = "\n".join(["(function () {", '"use strict";', *own_scripts, "})();"])
    return _filled(
        _page_file("template.html"),
        {
            "policy": _policy(scripts=[leaflet, own], styles=[style]),
            "language": words.language,
            "title": html.escape(
                words("{place}: foot patrol, {when}", place=data["community"], when=data["when"])
            ),
            "about": about_html(words),
            "style": style,
            "data": script_safe_json(data),
            "leaflet": leaflet,
            "script": own,
        },
        words,
    )


def page_words(scripts: Sequence[str], words: Words) -> dict[str, str]:
    """What the scripts say, in another language; nothing where they say it themselves."""
    said = sorted({text for script in scripts for text in SAID.findall(script)})
    return {text: words(text) for text in said if words.knows(text)}


def about_html(words: Words) -> str:
    """What the colours say and don't say; the heart of it in bold."""
    text = html.escape(words(ABOUT))
    return text.replace("[", "<strong>").replace("]", "</strong>")


def script_safe_json(value: Any) -> str:
    r"""JSON that can stand inside a script element: nothing in it can end the element.

    Examples
    --------
    >>> script_safe_json("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    unsafe = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    return re.sub("[<>&\u2028\u2029]", lambda found: unsafe[found[0]], text)


def _filled(template: str, values: Mapping[str, str], words: Words) -> str:
    """The template with each ``{{name}}`` and each text ``{{_:...}}`` put in once: values can hold braces."""

    def put(found: re.Match[str]) -> str:
        return values[found[2]] if found[2] else html.escape(words(found[1]))

    return re.sub(r"\{\{(?:_:([^}]+)|(\w+))\}\}", put, template)


def _policy(*, scripts: list[str], styles: list[str]) -> str:
    allowed = {"script-src": scripts, "style-src": styles}
    hashes = "; ".join(f"{name} {' '.join(map(_hash, texts))}" for name, texts in allowed.items())
    return f"default-src 'none'; {hashes}; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _leaflet_style() -> str:
    """Leaflet's style without the images of controls that the page does not use."""
    return re.sub(r"url\([^)]*\)", "none", _leaflet_file("leaflet.css"))


def _leaflet_file(name: str) -> str:
    return _text(files("js_lib_leaflet") / "static" / "js_lib_leaflet" / name)


def _page_file(name: str) -> str:
    return _text(files("patrolplan.io") / "page" / name)


def _text(resource: Any) -> str:
    # Browsers hash scripts with line ends of one kind, whatever the checkout made of them.
    return str(resource.read_text(encoding="utf-8")).replace("\r\n", "\n").strip()
