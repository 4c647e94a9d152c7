"""A Dask cluster of this machine: a scheduler and workers, each a process that may be killed."""

import json
import subprocess
import sys
import time
from contextlib import contextmanager, suppress


@contextmanager
def local_cluster(folder, *, workers=2):
    """(address, workers' processes); all of them ended afterwards."""
    file = folder / "scheduler.json"
    log = (folder / "cluster.log").open("w")

    def started(*words):
        return subprocess.Popen(
            [sys.executable, "-m", *words], stdout=log, stderr=subprocess.STDOUT, cwd=folder
        )

    place = ("--scheduler-file", str(file))
    scheduler = started(
        "distributed.cli.dask_scheduler", *place, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
    )
    alone = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0")
    running = []
    try:
        address = _address(file, scheduler)
        running = [
            started("distributed.cli.dask_worker", address, "--host", "127.0.0.1", *alone)
            for _ in range(workers)
        ]
        yield address, running
    finally:
        for process in (*running, scheduler):
            process.kill()
            process.wait()
        log.close()


def _address(file, scheduler):
    until = time.monotonic() + 120
    while time.monotonic() < until and scheduler.poll() is None:
        with suppress(OSError, ValueError):
            return json.loads(file.read_text(encoding="utf-8"))["address"]
        time.sleep(0.1)
    raise RuntimeError("the scheduler did not start")
