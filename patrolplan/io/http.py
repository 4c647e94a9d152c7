"""Asking a public server: with patience where it is busy, at once and in one line where nobody answers."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urlsplit

from patrolplan.errors import InputError
from patrolplan.version import __version__

WAY_OUT = (
    "download an extract (.osm.pbf) on a machine that is connected, such as a region's from "
    "download.geofabrik.de, and give its path"
)

_BUSY = {408, 425, 429, 500, 502, 503, 504}
_UNREACHABLE = {
    errno.ECONNREFUSED,
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
}


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait for a server.

    Attributes
    ----------
    timeout_s
        Seconds without a byte after which an attempt is given up.
    patience_s
        Seconds from the first attempt after which no new one is made.
    first_wait_s
        Pause after the first failure; each pause is twice the last, unless the server names one.
    """

    timeout_s: float = 180.0
    patience_s: float = 600.0
    first_wait_s: float = 5.0


class _BusyError(Exception):
    """The attempt failed in a way that may pass; ``wait_s`` as the server asks, or None."""

    def __init__(self, told: str, wait_s: float | None = None) -> None:
        super().__init__(told)
        self.wait_s = wait_s


def ask(
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    patience: Patience,
    fault_of: Callable[[bytes], str] = lambda _: "",
) -> bytes:
    """The body of a server's answer.

    Parameters
    ----------
    url
        Where to ask.
    form
        Fields to send; then it is a POST.
    patience
        How long to wait, and how often to try.
    fault_of
        Looks at an answer and says what is wrong with it, "" if nothing: servers also tell of
        failures with status 200.

    Raises
    ------
    InputError
        No connection, refused, or nothing sound came until patience ended.
    """
    end = time.monotonic() + patience.patience_s
    wait_s = patience.first_wait_s
    host = urlsplit(url).netloc
    tries = 0
    while True:
        tries += 1
        try:
            return _once(url, form, patience.timeout_s, fault_of)
        except _BusyError as busy:
            pause = wait_s if busy.wait_s is None else busy.wait_s
            if time.monotonic() + pause > end:
                times = "once" if tries == 1 else f"{tries} times"
                raise InputError(
                    f"{host}: asked {times}, and the last answer was: {busy}; try again later, or {WAY_OUT}"
                ) from busy
            time.sleep(pause)
            wait_s *= 2


def _once(
    url: str, form: Mapping[str, str] | None, timeout_s: float, fault_of: Callable[[bytes], str]
) -> bytes:
    host = urlsplit(url).netloc
    data = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data=data, headers={"User-Agent": f"patrolplan/{__version__}"})
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            content: bytes = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            if error.code in _BUSY:
                raise _BusyError(f"{error.code} {error.reason}", _retry_after_s(error)) from error
            raise InputError(f"{host}: refused ({error.code} {error.reason}); {WAY_OUT}") from error
    except urllib.error.URLError as error:
        raise _trouble(host, error.reason if isinstance(error.reason, Exception) else error) from error
    except (OSError, http.client.HTTPException) as error:
        raise _trouble(host, error) from error
    fault = fault_of(content)
    if fault:
        raise _BusyError(fault)
    return content


def _trouble(host: str, error: Exception) -> Exception:
    """Nobody there: told at once. A connection that broke or took too long: worth another try."""
    if isinstance(error, TimeoutError):
        return _BusyError("no answer in time")
    if isinstance(error, ssl.SSLCertVerificationError):
        return InputError(f"{host}: its certificate can't be verified ({error.verify_message}); {WAY_OUT}")
    if isinstance(error, socket.gaierror) or getattr(error, "errno", None) in _UNREACHABLE:
        return InputError(f"{host}: no connection ({error}); {WAY_OUT}")
    return _BusyError(str(error) or type(error).__name__)


def _retry_after_s(error: urllib.error.HTTPError) -> float | None:
    told = error.headers.get("Retry-After", "")
    if told.strip().isdigit():
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
