"""The one decorator for compiled functions: numba, cached on disk, without the GIL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

_F = TypeVar("_F", bound=Callable[..., object])


def compiled(function: _F) -> _F:
    """Compile on first call and keep the machine code beside the module.

    With ``NUMBA_DISABLE_JIT=1`` the same function runs as plain Python (for tests and debugging).
    No fast-math: the same inputs must give the same bits in every call.
    """
    return cast(_F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
