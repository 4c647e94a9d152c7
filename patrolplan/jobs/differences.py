"""What differs between a folder of results, its manifest, and what would be made now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patrolplan.io.manifest import MANIFEST, file_hashes

_SHORT = 12


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that is not as it was.

    Attributes
    ----------
    kind
        "output", "input", "setting", "ledger", "version", "option" or "rebuilt".
    name
        The file, key or package.
    words
        What differs, as a plain sentence.
    """

    kind: str
    name: str
    words: str


def output_differences(folder: Path, manifest: Mapping[str, Any]) -> list[Difference]:
    """Files of the manifest that were changed or taken away; files beside them are nobody's business."""
    there = file_hashes(folder, manifest["outputs"])
    return [
        Difference(
            kind="output",
            name=name,
            words=f"{name}: {'changed since it was written' if name in there else 'is missing'}",
        )
        for name, digest in manifest["outputs"].items()
        if there.get(name) != digest
    ]


def source_differences(manifest: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """What would go into the result now against what went into it then (`patrolplan.orders.made_from`)."""
    found = [
        *_inputs(manifest.get("inputs", {}), now.get("inputs", {})),
        *_settings(manifest.get("settings", {}), now.get("settings", {})),
        *_withheld(manifest.get("settings_sha256", {}), now.get("settings_sha256", {})),
        *version_differences(manifest, now),
    ]
    if manifest.get("ledger_before") != now.get("ledger_before"):
        words = f"ledger: what it holds of the weeks before {manifest.get('week')} is not what it held"
        found.append(Difference(kind="ledger", name="ledger", words=words))
    told = ("made_by", "week", "audience", "language", "search", "options")
    found += [
        Difference(kind="option", name=key, words=f"{key}: {_was(manifest.get(key), now.get(key))}")
        for key in told
        if manifest.get(key) != now.get(key)
    ]
    if manifest.get("sha256_of_the_rest") != now.get("sha256_of_the_rest") and not found:
        words = (
            "inputs or settings: not those it was made from; a folder for others than the command names none"
        )
        found.append(Difference(kind="input", name="inputs or settings", words=words))
    return found


def version_differences(manifest: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Packages of other versions than those it was made with."""
    then, here = manifest.get("versions", {}), now.get("versions", {})
    return [
        Difference(kind="version", name=name, words=f"{name}: {_was(then.get(name), here.get(name))}")
        for name in sorted({*then, *here})
        if then.get(name) != here.get(name)
    ]


def folder_differences(made: Path, folder: Path, *, also_manifest: bool) -> list[Difference]:
    """Files of ``folder`` that came out otherwise in ``made``, byte by byte."""
    rebuilt, there = file_hashes(made), file_hashes(folder)
    found = [
        Difference(kind="rebuilt", name=name, words=f"{name}: comes out otherwise when it is made again")
        for name, digest in rebuilt.items()
        if there.get(name) != digest
    ]
    if also_manifest and (made / MANIFEST).read_bytes() != (folder / MANIFEST).read_bytes():
        words = f"{MANIFEST}: comes out otherwise when it is made again"
        found.append(Difference(kind="rebuilt", name=MANIFEST, words=words))
    return found


def _inputs(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    for key in sorted({*then, *now}):
        before, here = then.get(key), now.get(key)
        if before == here:
            continue
        if before is None or here is None:
            name = (before or here or {}).get("file", key)
            words = "is read now, but was not" if before is None else "was read, but is not now"
        elif before["sha256"] == here["sha256"]:
            name, words = here["file"], f"has another name, it was {before['file']}; its bytes are the same"
        else:
            name = here["file"]
            words = "changed: SHA-256 was {}..., is {}...".format(
                *(table["sha256"][:_SHORT] for table in (before, here))
            )
        yield Difference(kind="input", name=name, words=f"{name} ({key}): {words}")


def _settings(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    before, here = dict(_leaves(then)), dict(_leaves(now))
    for key in sorted({*before, *here}):
        if before.get(key) != here.get(key):
            words = f"{key}: {_was(before.get(key), here.get(key))}"
            yield Difference(kind="setting", name=key, words=words)


def _withheld(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for key in sorted({*then, *now}):
        if then.get(key) != now.get(key):
            words = f"[{key}] of the plan file: is not what it was (its values are not kept)"
            yield Difference(kind="setting", name=key, words=words)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def _was(before: Any, now: Any) -> str:
    then, here = ("not given" if value is None else value for value in (before, now))
    return f"was {then}, is {here}"
