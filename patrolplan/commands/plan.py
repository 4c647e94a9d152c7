"""What `plan` and `demo` share: settings changed for this run, the search, the files, the telling."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patrolplan.commands.desk import Desk, end, interruptible, say
from patrolplan.errors import InputError

if TYPE_CHECKING:
    from patrolplan.config.settings import Settings
    from patrolplan.plan import PatrolPlan


def plan_into(
    settings: Settings,
    out: Path,
    *,
    as_json: bool,
    strict: bool,
    force: bool,
    audience: str = "command",
    language: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> None:
    """Plan, write every file that the audience may hold into ``out``, and tell what came out."""
    begun = time.perf_counter()
    from patrolplan.commands.words import plan_lines, plan_summary
    from patrolplan.io.out_place import check_out_folder
    from patrolplan.orders.check.check import plan_warnings

    check_out_folder(out, force=force)
    with Desk() as desk, interruptible() as interrupted:
        from patrolplan.orders.made_from import facts_of_making, made_from
        from patrolplan.orders.pipeline import make, stop_of

        stop = replace(stop_of(settings), interrupted=interrupted)
        source = made_from(
            settings, made_by="plan", stop=stop, language=language, audience=audience, options=options
        )
        plan = make(settings, stop=stop, on_progress=desk.step, on_search=desk.search)
        desk.step("writing files")
        files = write_for(plan, out, source | facts_of_making(plan, stop))
    summary = plan_summary(plan, files, seconds=time.perf_counter() - begun)
    end(
        summary,
        plan_lines(plan, files),
        warnings=plan_warnings(plan, settings),
        as_json=as_json,
        strict=strict,
    )


def write_for(plan: PatrolPlan, out: Path, made_from: Mapping[str, Any]) -> dict[str, Path]:
    """Write what an audience may hold, in a language; the public gets figures of days that are over."""
    audience, language = made_from["audience"], made_from["language"]
    from patrolplan.in_language import in_language
    from patrolplan.io.outputs import write_plan
    from patrolplan.io.write_public import write_public
    from patrolplan.redact import redacted

    if audience == "public":
        return write_public(in_language(plan, language), out, as_of=datetime.now(UTC))
    return write_plan(in_language(redacted(plan, audience), language), out, made_from=made_from)


def example_into(folder: Path, *, force: bool) -> Path:
    """Write the example's files into ``folder``; returns its plan file.

    Raises
    ------
    InputError
        A file of the example is there already and was changed.
    """
    from patrolplan.example import write_example

    with tempfile.TemporaryDirectory() as scratch:
        fresh = {Path(file).name: Path(file).read_bytes() for file in write_example(Path(scratch))}
    changed_files = [
        name
        for name, content in fresh.items()
        if (folder / name).exists() and (folder / name).read_bytes() != content
    ]
    if changed_files and not force:
        raise InputError(
            f"{folder}: {', '.join(changed_files)} differ from the example's; "
            "use another --out, or --force to write the example over them"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in fresh.items():
        (folder / name).write_bytes(content)
    say(f"wrote the invented example to {folder}")
    return folder / "plan.toml"
