"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from patrolplan.errors import InputError
from patrolplan.io.atomic import already_there, atomic_folder, atomic_path, write_text


def test_failure_leaves_the_old_file(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(TypeError), atomic_path(tmp_path / "a.txt") as unfinished:
        _half_written(unfinished)
    assert (tmp_path / "a.txt").read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_unfinished_file_keeps_the_ending(tmp_path):
    with atomic_path(tmp_path / "a.gpkg") as unfinished:
        assert unfinished.suffix == ".gpkg"
        unfinished.write_text("x")


def test_missing_folder_is_told(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        write_text(tmp_path / "missing" / "a.txt", "x")


def test_folder_instead_of_file_is_told(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        write_text(tmp_path, "x")


@pytest.mark.parametrize(
    ("number", "told"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "no permission")]
)
def test_troubles_of_the_disk_are_told(tmp_path, number, told):
    with pytest.raises(InputError, match=told), atomic_path(tmp_path / "a.txt"):
        raise OSError(number, os.strerror(number))
    assert list(tmp_path.iterdir()) == []


def test_other_errors_go_through(tmp_path):
    with pytest.raises(OSError, match="odd"), atomic_path(tmp_path / "a.txt"):
        raise OSError(errno.EIO, "odd")


def test_new_folder_appears_in_one_move(tmp_path):
    target = tmp_path / "deep" / "out"
    with atomic_folder(target) as unfinished:
        (unfinished / "a.txt").write_text("a")
        assert not target.exists()
    assert [file.name for file in target.iterdir()] == ["a.txt"]
    assert [file.name for file in tmp_path.iterdir()] == ["deep"]


def test_failure_leaves_no_folder(tmp_path):
    with pytest.raises(TypeError), atomic_folder(tmp_path / "deep" / "out") as unfinished:
        _half_written(unfinished / "a.txt")
    assert list(tmp_path.iterdir()) == []


def test_folder_there_keeps_other_files_and_loses_stale_ones(tmp_path):
    for name in ("a.txt", "mine.txt", "route_2.gpx"):
        (tmp_path / name).write_text("old")
    with atomic_folder(tmp_path, stale=["route_*.gpx"]) as unfinished:
        (unfinished / "a.txt").write_text("new")
        (unfinished / "route_1.gpx").write_text("new")
    found = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert found == {"a.txt": "new", "mine.txt": "old", "route_1.gpx": "new"}


def test_failed_move_puts_everything_back(tmp_path, monkeypatch):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("old")
    real = Path.rename

    def fails_late(source, target):
        if source.parent.name == "new" and source.name == "b.txt":
            raise OSError(errno.ENOSPC, "full")
        return real(source, target)

    monkeypatch.setattr(Path, "rename", fails_late)
    with pytest.raises(InputError, match="disk is full"), atomic_folder(tmp_path) as unfinished:
        _write_two(unfinished)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"a.txt": "old", "b.txt": "old"}


def test_file_instead_of_folder_is_told(tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(InputError, match="is a file"), atomic_folder(tmp_path / "out"):
        pass
    with pytest.raises(InputError, match="is a file"), atomic_folder(tmp_path / "out" / "deep"):
        pass


def test_already_there(tmp_path):
    (tmp_path / "b").write_text("x")
    assert already_there(tmp_path, ["b", "a"]) == ["b"]


def _half_written(path):
    path.write_text("half")
    raise TypeError


def _write_two(folder):
    (folder / "a.txt").write_text("new")
    (folder / "b.txt").write_text("new")
