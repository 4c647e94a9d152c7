"""Writes the table of docs/data-in.md from the zoo of the tests: run it after the zoo grew."""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE / "data-in.md"


def table() -> str:
    """The zoo as a table."""
    sys.path.insert(0, str(HERE.parent / "tests" / "io"))
    from zoo import ZOO

    rows = [
        f"| {name} | {odd} | {'refused' if refused else 'read'} | {f'says: {refused}' if refused else ''} |"
        for name, (odd, _, _, refused) in ZOO.items()
    ]
    return "\n".join(
        ["| File | What is odd about it | Outcome | Reason |", "| --- | --- | --- | --- |", *rows]
    )


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(
        re.sub(
            r"(<!-- begin zoo -->\n).*?(<!-- end zoo -->)",
            lambda m: f"{m[1]}{table()}\n{m[2]}",
            text,
            flags=re.DOTALL,
        ),
        encoding="utf-8",
    )
