"""How functions are compiled: numba, cached on disk, without the GIL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

KERNEL_FILES = (
    "anneal", "bound_chains", "bound_idle", "bound_routes", "clock", "compiled", "engine", "moves",
    "passing", "recreate", "reinsert", "ruin", "score", "side", "side_kernels",
)  # fmt: skip

_F = TypeVar("_F", bound=Callable[..., object])


def compiled(function: _F) -> _F:
    """Compile on first call and keep the machine code beside the module; may make new arrays.

    With ``NUMBA_DISABLE_JIT=1`` the same function runs as plain Python (for tests and debugging).
    No fast-math: the same inputs must give the same bits in every call.
    """
    return _compile(function)


def entry(function: _F) -> _F:
    """The same for a function that only reads and writes arrays it is given.

    Counting references to the dozens of arrays a search hands from function to function costs twenty
    times the work itself, so it is left out; such a function must not make or return arrays.
    """
    return _compile(function, _nrt=False, no_cfunc_wrapper=True)


def kernel(function: _F) -> _F:
    """An entry that only other compiled functions call: no wrapper for Python, less to compile."""
    return _compile(function, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def inlined(function: _F) -> _F:
    """A kernel so small and so hot that a call would cost more than its work."""
    return _compile(function, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)


def merged(function: _F) -> _F:
    """A kernel called from a single place, of which it becomes a part before anything is compiled.

    Each further compiled function costs a pass of the optimizer over all the functions that it calls.
    """
    return _compile(function, _nrt=False, inline="always")


def _compile(function: _F, **options: Any) -> _F:
    njit: Any = numba.njit
    made = njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    _compile_once(made)
    # Numba looks at the function's own file alone; but a kernel holds the code of those it calls.
    index: Any = getattr(getattr(made, "_cache", None), "_cache_file", None)
    if hasattr(index, "_source_stamp"):
        index._source_stamp = _kernels_stamp()
    return cast(_F, made)


def _compile_once(made: Any) -> None:
    """Let calls with a constant or a narrow integer share the code made for any 64-bit integer.

    Numba would compile a function anew for each constant it is called with, which doubled the time of a
    cold start.
    """
    plain = getattr(made, "get_call_template", None)
    if plain is None:
        return

    def widened(args: Any, kws: Any) -> Any:
        return plain(tuple(map(_wide, args)), {name: _wide(kind) for name, kind in kws.items()})

    made.get_call_template = widened


def _wide(kind: Any) -> Any:
    """The kind of an argument without its constant, integers as 64 bits."""
    types: Any = numba.types
    kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) and kind.signed else kind


@cache
def _kernels_stamp() -> str:
    """Changes with the text of any kernel file."""
    texts = [Path(__file__).with_name(f"{name}.py").read_bytes() for name in KERNEL_FILES]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()
