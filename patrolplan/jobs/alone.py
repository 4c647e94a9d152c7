"""A task in a process of its own: what happens to it there stays there.

Run as ``python -m patrolplan.jobs.alone`` it takes a task as a line of JSON on stdin and answers with its
outcome as a line of JSON on stdout. It ends as soon as stdin does: nobody waits for it any more then.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from patrolplan.jobs.task import FAILED, Outcome, Task, do_task

LAST_WORDS = 300
"""Letters of a dead process's last line on stderr that are told."""


def run_alone(task: Task, *, ended: Callable[[], bool] = lambda: False) -> Outcome:
    """Do a task in a new process; one that dies, by whatever, is a failed task.

    Parameters
    ----------
    task
        What to do.
    ended
        Asked a few times a second: whether to end the process at once.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "patrolplan.jobs.alone"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    )
    assert process.stdin is not None
    told: dict[str, bytes] = {}
    readers = [
        threading.Thread(target=_read_into, args=(told, name, process), daemon=True)
        for name in ("stdout", "stderr")
    ]
    for reader in readers:
        reader.start()
    try:
        _send(process, task)
        while process.poll() is None:
            if ended():
                process.kill()
            _wait(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdin.close()
        for reader in readers:
            reader.join()
    return _outcome(task, process.returncode, told, time.perf_counter() - begun)


def main() -> None:
    """Do the task on stdin; its outcome goes to stdout, everything else to stderr."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of a terminal: the caller decides
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    task = Task(**json.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    answer.write(json.dumps(do_task(task).values(), allow_nan=False) + "\n")
    answer.flush()
    os._exit(0)  # nothing is left to do, and tearing down compiled libraries takes time


def _environment() -> dict[str, str]:
    """Variables as they are here, the place of this very package before others, and one core a task."""
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    return {
        "NUMBA_NUM_THREADS": "1", **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }  # fmt: skip


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def _send(process: subprocess.Popen[bytes], task: Task) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(asdict(task)).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # it died at its start: its exit code and last words tell why


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        return


def _read_into(told: dict[str, bytes], name: str, process: subprocess.Popen[bytes]) -> None:
    with getattr(process, name) as stream:
        told[name] = stream.read()


def _outcome(task: Task, code: int, told: dict[str, bytes], seconds: float) -> Outcome:
    try:
        return Outcome.of_values(json.loads(told["stdout"]) | {"seconds": round(seconds, 2)})
    except (ValueError, TypeError, KeyError):
        lines = told["stderr"].decode(errors="replace").strip().splitlines()
        last = f"; its last words: {lines[-1][-LAST_WORDS:]}" if lines else ""
        fault = f"its process ended without an answer ({_end_words(code)}){last}"
        return Outcome(name=task.name, state=FAILED, faults=(fault,), seconds=round(seconds, 2))


def _end_words(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"{name}; out of memory, perhaps" if name == "SIGKILL" else name


if __name__ == "__main__":
    main()
