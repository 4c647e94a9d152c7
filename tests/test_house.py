"""The picture of the house in docs/design.md, held against the code."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "patrolplan"

# Rooms from the ground up; a file may import only from its own room and from those below.
FLOORS = (
    ("errors", "units", "version", "i18n"),
    ("graph", "solver", "duty", "dates"),
    ("around",),
    ("risk",),
    (
        "reasons",
        "beat",
        "build",
        "compare",
        "config",
        "crews",
        "issued",
        "evaluate",
        "plan",
        "unserved",
        "walked",
        "week",
    ),
    ("io",),
    ("make", "views", "redact", "in_language"),
    ("orders",),
    ("jobs",),
    ("commands", "cli"),
)
SHOW_THEMSELVES = ("plan", "risk")
"""Values with methods that draw them: what draws is imported when called."""
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if not path.name.startswith("__"))


def room_of(module: str) -> str:
    return module.split(".")[1]


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path):
    room = room_of(".".join(("patrolplan", *path.relative_to(PACKAGE).with_suffix("").parts)))
    inner = {name for name in imports_of(path) if name.startswith("patrolplan.")}
    if room == "example":
        assert not inner, "the invented hromada knows nothing of the planner"
        return
    for name in inner:
        other = room_of(name)
        if other == "views" and room in SHOW_THEMSELVES:
            continue
        if other != room and other in FLOOR:
            assert FLOOR[other] <= FLOOR[room], f"{room} imports {name}"
            assert {room, other} != {"graph", "solver"}


def test_only_io_reads_files():
    readers = {"osmium", "pyogrio", "gpxpy"}
    for path in FILES:
        if path.relative_to(PACKAGE).parts[0] != "io":
            outside = {name.split(".")[0] for name in imports_of(path)} & readers
            assert not outside, f"{path.name} reads files with {outside}"


def test_importing_the_package_and_the_commands_loads_no_heavy_library():
    heavy = ("geopandas", "osmnx", "ortools", "numba", "pandas", "scipy", "osmium")
    code = (
        f"import sys, patrolplan, patrolplan.cli; print([name for name in {heavy!r} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_every_public_name_loads_and_has_a_docstring():
    import patrolplan

    for name in patrolplan.__all__:
        thing = getattr(patrolplan, name)
        assert name == "__version__" or (thing.__doc__ and not thing.__doc__.startswith(f"{name}("))
