"""map.html: one page that holds streets, need, routes and reasons, and asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

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
    "hours.js",
    "paper.js",
    "main.js",
)
"""Our own scripts in ``page/``, in the order they build on each other."""


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
    data = map_data(plan)
    style = "\n".join([_leaflet_style(), _page_file("map.css")])
    leaflet = _leaflet_file("leaflet.js").split("//# sourceMappingURL")[0]
    own = "\n".join(["(function () {", '"use strict";', *map(_page_file, SCRIPTS), "})();"])
    return _filled(
        _page_file("template.html"),
        {
            "policy": _policy(scripts=[leaflet, own], styles=[style]),
            "title": html.escape(f"{data['community']}: foot patrol, {data['when']}"),
            "style": style,
            "data": script_safe_json(data),
            "leaflet": leaflet,
            "script": own,
        },
    )


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


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with each ``{{name}}`` replaced once, so that values can hold braces themselves."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], template)


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
