"""manifest.json: what a folder of results was made from, and the hash of each of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from patrolplan.errors import InputError
from patrolplan.io.json_text import json_text
from patrolplan.version import __version__

MANIFEST = "manifest.json"
SCHEMA = "patrolplan/manifest"
SCHEMA_VERSION = 1


def manifest_bytes(made_from: Mapping[str, Any], outputs: Mapping[str, str]) -> bytes:
    """The manifest's bytes; the same facts and files give the same.

    Parameters
    ----------
    made_from
        What the files were made from, as JSON holds it.
    outputs
        File name -> SHA-256 of each file beside it.

    Examples
    --------
    >>> json.loads(manifest_bytes({"seed": 0}, {"b": "02", "a": "01"}))["outputs"]
    {'a': '01', 'b': '02'}
    """
    document = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "written_by": f"patrolplan {__version__}",
        **made_from,
        "outputs": dict(sorted(outputs.items())),
    }
    return json_text(document).encode()


def made_from_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the files were made from, as it went into :func:`manifest_bytes`."""
    ours = {"schema", "schema_version", "written_by", "outputs"}
    return {key: value for key, value in manifest.items() if key not in ours}


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder.

    Raises
    ------
    InputError
        There is none, or it is damaged, from a later version or of another program.
    """
    file = folder / MANIFEST
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name one that `plan`, `week` or `batch` wrote")
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{folder}: holds no {MANIFEST}; `plan` and `week` write one") from None
    except (OSError, ValueError) as trouble:
        raise InputError(f"{file}: can't be read ({trouble}); it was damaged after it was written") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{file}: was not written by patrolplan")
    if document.get("schema_version") != SCHEMA_VERSION:
        raise InputError(
            f"{file}: is of form {document.get('schema_version')!r}, this patrolplan knows form "
            f"{SCHEMA_VERSION}; verify it with the version that wrote it ({document.get('written_by')})"
        )
    if not _is_table(document.get("outputs")):
        raise InputError(f"{file}: names no files; it was damaged after it was written")
    return document


def file_hashes(folder: Path, names: Iterable[str] | None = None) -> dict[str, str]:
    """File name -> SHA-256 of the files in a folder (those of ``names``), without its manifest."""
    listed = (file.name for file in folder.iterdir()) if names is None else names
    return {
        name: sha256(folder / name)
        for name in sorted(listed)
        if name != MANIFEST and (folder / name).is_file()
    }


def sha256(file: Path) -> str:
    """Hash of a file's bytes, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and isinstance(digest, str) and Path(name).name == name
        for name, digest in value.items()
    )
