"""Where tasks run: processes of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from patrolplan.errors import InputError
from patrolplan.jobs.alone import run_alone
from patrolplan.jobs.task import FAILED, NOT_BEGUN, Outcome, Task

POLL_S = 0.5
NO_WORKER_S = 120.0
"""How long a cluster may be without any worker before what is left counts as failed."""


def on_this_machine(
    tasks: Sequence[Task],
    *,
    processes: int,
    stopping: Callable[[], bool] = lambda: False,
    on_begin: Callable[[Task], None] = lambda _: None,
) -> Iterator[Outcome]:
    """Do tasks here, each in a new process, several at a time; outcomes in the order they come.

    Parameters
    ----------
    tasks
        What to do.
    processes
        How many at a time.
    stopping
        Whether to begin no more; those at work go on to their end.
    on_begin
        Told of each task that begins.
    """
    ended = False

    def begun(task: Task) -> Outcome:
        if stopping() or ended:
            return Outcome(name=task.name, state=NOT_BEGUN)
        on_begin(task)
        return run_alone(task, ended=lambda: ended)

    # The threads only wait for processes.
    with ThreadPoolExecutor(max_workers=processes) as pool:
        open_ones: set[Future[Outcome]] = {pool.submit(begun, task) for task in tasks}
        try:
            while open_ones:
                done, open_ones = wait(open_ones, timeout=POLL_S, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            ended = True


def on_a_cluster(
    tasks: Sequence[Task],
    *,
    scheduler: str,
    stopping: Callable[[], bool] = lambda: False,
    no_worker_s: float = NO_WORKER_S,
) -> Iterator[Outcome]:
    """Do tasks on the workers of a Dask cluster; one whose worker dies goes to another worker.

    Each runs in a process of its own beside the worker, so a worker outlives the tasks that crash. The
    workers must have this patrolplan, and see plan files and output folders at the same places.

    Parameters
    ----------
    tasks
        What to do.
    scheduler
        Address of the scheduler, such as "tcp://10.0.0.5:8786".
    stopping
        Whether to begin no more.
    no_worker_s
        How long to wait while there is no worker at all.

    Raises
    ------
    InputError
        Dask is not installed, or nobody answers at that address.
    """
    client = _client(scheduler)
    try:
        futures = {client.submit(run_alone, task, pure=False, retries=2): task for task in tasks}
        seen = time.monotonic()
        while futures:
            if client.status != "running":
                yield from _lost(futures, f"the scheduler at {scheduler} is gone")
                return
            if _workers(client):
                seen = time.monotonic()
            elif time.monotonic() - seen > no_worker_s:
                yield from _lost(futures, f"no worker has been there for {no_worker_s:g} seconds")
                return
            if stopping():
                yield from _not_begun(client, futures)
            finished = [future for future in futures if future.done()]
            yield from (_outcome(future, futures.pop(future)) for future in finished)
            if futures and not finished:
                time.sleep(POLL_S)
    finally:
        client.close()


def _client(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "--scheduler needs Dask's distributed: pip install 'patrolplan[cluster]', here and on the workers"
        ) from None
    try:
        connect: Any = Client
        return connect(scheduler, timeout="20s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"{scheduler}: no scheduler of Dask answers there ({error}); start one with `dask scheduler`, or "
            "leave --scheduler away to work on this machine"
        ) from error


def _workers(client: Any) -> bool:
    try:
        return bool(client.scheduler_info(n_workers=-1)["workers"])
    except OSError:
        return False


def _not_begun(client: Any, futures: dict[Any, Task]) -> Iterator[Outcome]:
    """Take back what no worker has begun."""
    try:
        at_work = {key for keys in client.processing().values() for key in keys}
    except OSError:
        return
    for future in [future for future in futures if not future.done() and future.key not in at_work]:
        future.cancel()
        yield Outcome(name=futures.pop(future).name, state=NOT_BEGUN)


def _outcome(future: Any, task: Task) -> Outcome:
    if future.status == "finished":
        found: Outcome = future.result()
        return found
    error = future.exception() if future.status == "error" else None
    fault = f"the cluster gave it up: {type(error).__name__}: {error}" if error else "the cluster gave it up"
    return Outcome(name=task.name, state=FAILED, faults=(fault,))


def _lost(futures: dict[Any, Task], why: str) -> Iterator[Outcome]:
    for task in futures.values():
        yield Outcome(name=task.name, state=FAILED, faults=(why,))
