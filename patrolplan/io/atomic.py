"""Files appear whole or not at all: write beside the target, then move into place."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from patrolplan.errors import InputError

_OUT_OF_SPACE = {errno.ENOSPC, errno.EDQUOT}
_FULL_BELOW_BYTES = 2**20
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A path to write to, which takes the place of ``path`` if the block ends well.

    The path handed out lies in the same folder and ends like the target, since some libraries
    read the format from the ending. If the block fails, what stood at ``path`` is untouched.

    Parameters
    ----------
    path
        The file to be. Its folder must exist; a file that is there is replaced.

    Raises
    ------
    InputError
        The folder is missing or not writable, ``path`` is a folder, or the disk is full.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> with atomic_path(folder / "a.txt") as unfinished:
    ...     _ = unfinished.write_text("whole")
    >>> (folder / "a.txt").read_text(), [file.name for file in folder.iterdir()]
    ('whole', ['a.txt'])
    """
    target = Path(path)
    _check_target(target)
    with told_plainly(target), _scratch_folder(target.parent) as scratch:
        unfinished = scratch / target.name
        yield unfinished
        sync(unfinished)
        unfinished.replace(target)
        sync(target.parent)


def write_text(path: str | os.PathLike[str], text: str, *, encoding: str = "utf-8") -> Path:
    """Write ``text`` to ``path`` atomically, line ends as they stand; the path is returned."""
    with atomic_path(path) as unfinished:
        unfinished.write_bytes(text.encode(encoding))
    return Path(path)


@contextmanager
def atomic_folder(folder: str | os.PathLike[str], *, stale: Iterable[str] = ()) -> Iterator[Path]:
    """An empty folder to write a set of files to, which all appear in ``folder`` if the block ends well.

    A new ``folder`` (parents too) appears in one move. In a folder that is there, files of the
    same name are replaced, others stay, and if a move fails everything is put back.

    Parameters
    ----------
    folder
        The folder to be, or one to add to.
    stale
        Glob patterns of files of an earlier set: those not written anew are taken away, so that
        nobody opens a route that is no longer planned.

    Raises
    ------
    InputError
        ``folder`` is a file, its place is not writable, or the disk is full.
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise InputError(f"{target}: is a file; name a folder to write to")
    home = target if target.is_dir() else _nearest_folder(target)
    with told_plainly(target), _scratch_folder(home) as scratch:
        written = scratch / "new"
        written.mkdir()
        yield written
        for file in sorted(written.iterdir()):
            sync(file)
        if target.is_dir():
            _move_into(target, written=written, kept=scratch / "old", stale=stale)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            written.rename(target)
        sync(target.parent)


def already_there(folder: str | os.PathLike[str], names: Iterable[str]) -> list[str]:
    """Those of ``names`` that exist in ``folder``, sorted: ask before replacing them.

    Examples
    --------
    >>> already_there(tempfile.mkdtemp(), ["plan.json"])
    []
    """
    return sorted(name for name in names if (Path(folder) / name).exists())


def _check_target(target: Path) -> None:
    if target.is_dir():
        raise InputError(f"{target}: is a folder; name a file to write to")
    if not target.parent.is_dir():
        raise InputError(f"{target}: there is no folder {target.parent}; make it first")


def _nearest_folder(target: Path) -> Path:
    """The closest ancestor that exists: on the same disk as the folder to be."""
    for ancestor in target.absolute().parents:
        if ancestor.is_dir():
            return ancestor
        if ancestor.exists():
            raise InputError(f"{target}: {ancestor} is a file, not a folder; choose another place")
    raise InputError(f"{target}: no such place to write to")


@contextmanager
def _scratch_folder(home: Path) -> Iterator[Path]:
    scratch = Path(tempfile.mkdtemp(prefix=".patrolplan-", dir=home))
    try:
        yield scratch
    except (RuntimeError, sqlite3.Error) as trouble:
        # Libraries that write files by themselves tell a full disk in words that nobody understands.
        if shutil.disk_usage(scratch).free < _FULL_BELOW_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from trouble
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def told_plainly(target: Path) -> Iterator[None]:
    """Troubles of the disk as input errors; anything else goes through."""
    try:
        yield
    except OSError as trouble:
        if trouble.errno in _OUT_OF_SPACE:
            raise InputError(f"{target}: the disk is full; nothing was written") from trouble
        if trouble.errno in _NOT_ALLOWED:
            message = f"{target}: no permission to write there; choose another folder"
            raise InputError(message) from trouble
        raise


def _move_into(target: Path, *, written: Path, kept: Path, stale: Iterable[str]) -> None:
    """Move all new files into ``target``; put the old ones back if one move fails."""
    kept.mkdir()
    new = sorted(file.name for file in written.iterdir())
    old = {file.name for pattern in stale for file in target.glob(pattern)} | set(new)
    moved: list[tuple[Path, Path]] = []
    try:
        for name in sorted(old):
            if (target / name).exists():
                _move(target / name, kept / name, moved)
        for name in new:
            _move(written / name, target / name, moved)
    except OSError:
        for source, place in reversed(moved):
            place.rename(source)
        raise


def _move(source: Path, place: Path, moved: list[tuple[Path, Path]]) -> None:
    source.rename(place)
    moved.append((source, place))


def sync(path: Path) -> None:
    """Ask the system to have a file or folder on disk before its name changes."""
    # Windows can't open folders, and some network disks can't sync: the move is whole all the same.
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
