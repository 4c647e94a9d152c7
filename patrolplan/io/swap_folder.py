"""A folder that is replaced whole: built beside it, then exchanged for it in one step."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patrolplan.errors import InputError
from patrolplan.io.atomic import sync, told_plainly

_AT_FDCWD, _EXCHANGE = -100, 2


@contextmanager
def swapped_folder(target: Path) -> Iterator[Path]:
    """An empty folder to write to, which takes the place of ``target`` if the block ends well.

    What stood at ``target`` is whole until the very exchange; a process killed at any moment leaves
    the old folder or the new one. What a killed job left beside it is cleared away, so hold a lock
    (`patrolplan.io.lock.locked`) over it.

    Parameters
    ----------
    target
        The folder to be; its parents are made.

    Raises
    ------
    InputError
        ``target`` is a file, its place is not writable, or the disk is full.
    """
    if target.exists() and not target.is_dir():
        raise InputError(f"{target}: is a file; name a folder to write to")
    new, old = (target.parent / f".patrolplan-{what}-{target.name}" for what in ("new", "old"))
    with told_plainly(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        mend(target)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        try:
            yield new
            for file in sorted(new.rglob("*")):
                sync(file)
            sync(new)
            _take_place(new, target, old)
            sync(target.parent)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def mend(target: Path) -> None:
    """Put back the folder that a job killed between two moves had taken away."""
    old = target.parent / f".patrolplan-old-{target.name}"
    if old.is_dir():
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(target)


def _take_place(new: Path, target: Path, old: Path) -> None:
    if not target.exists():
        new.rename(target)
    elif not _exchanged(new, target):
        # No exchange in one step on this system: two moves, and `mend` puts back what a kill leaves.
        target.rename(old)
        new.rename(target)


def _exchanged(one: Path, two: Path) -> bool:
    """Whether the two folders have changed places (Linux, on disks that can)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(two), _EXCHANGE) == 0)
