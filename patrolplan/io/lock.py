"""Keeps two jobs apart: a lock on a file that ends with the process that holds it."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from patrolplan.errors import InputError

_BUSY = {errno.EACCES, errno.EAGAIN}
_POLL_S = 0.2


@contextmanager
def locked(
    path: str | os.PathLike[str], *, wait_s: float = 600.0, on_wait: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold a lock while the block runs; a killed process lets go of it at once.

    Parameters
    ----------
    path
        File of the lock, made if missing and left there. Its folder must exist.
    wait_s
        How long to wait for another job.
    on_wait
        Told once that it waits.

    Raises
    ------
    InputError
        Another job holds it for longer, or the place is not writable.
    """
    target = Path(path)
    try:
        handle = os.open(target, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as trouble:
        told = f"{target}: can't be locked ({trouble.strerror}); choose a place that can be written to"
        raise InputError(told) from trouble
    try:
        _take(handle, target, wait_s, on_wait)
        with suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _take(handle: int, target: Path, wait_s: float, on_wait: Callable[[str], None] | None) -> None:
    until = time.monotonic() + wait_s
    told = False
    while not _try(handle):
        holder = _holder(target)
        if time.monotonic() >= until:
            raise InputError(f"{target}: another job{holder} is at work there; wait until it has ended")
        if on_wait is not None and not told:
            on_wait(f"waiting for another job{holder}")
            told = True
        time.sleep(_POLL_S)


def _try(handle: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as trouble:
        if trouble.errno in _BUSY:
            return False
        raise
    return True


def _holder(target: Path) -> str:
    with suppress(OSError, ValueError):
        return f" (process {int(target.read_text(encoding='ascii'))})"
    return ""
