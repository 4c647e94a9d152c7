"""Opens a FlatGeobuf in a process of its own first: a damaged one may end the process that reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from patrolplan.errors import InputError

LONGEST_S = 60.0
MOST_BYTES = 4 << 30
BEGINS = b"fgb\x03"
_CODE = f"""
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MOST_BYTES}, {MOST_BYTES}))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, ValueError, OSError):
    pass
import pyogrio
pyogrio.read_dataframe(sys.argv[1])
"""


def check_survives(file: Path) -> None:
    """Refuse a FlatGeobuf that ends, hangs or starves a process that reads it.

    Raises
    ------
    InputError
        It does, or it is none.
    """
    with file.open("rb") as opened:
        sound = opened.read(len(BEGINS)) == BEGINS
    try:
        sound = (
            sound
            and not subprocess.run(
                [sys.executable, "-I", "-c", _CODE, str(file.resolve())],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=LONGEST_S,
                check=False,
            ).returncode
        )
    except (subprocess.TimeoutExpired, OSError):
        sound = False
    if not sound:
        raise InputError(f"{file.name}: not a FlatGeobuf, or a damaged one; save it again as a GeoPackage")
