"""The public keys at a URL (a JWK Set), fetched when they are needed and kept while they are good."""

import asyncio
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, cast

from chatkit._masking import masked, secrets_in, shown_url
from chatkit._shown import shown
from chatkit.logger import logger
from chatkit.version import __version__

__all__ = ["RemoteKeys", "UnknownKeyError", "UnreachableKeysError", "fetch_keys", "keys_in"]

FRESH_SECONDS = 300.0
"""After that, keys are only used once they were fetched again: so long does a key work after it left the set."""
STALE_SECONDS = 3600.0
"""How long keys are used beyond that, while the URL gives none."""
_AHEAD_SECONDS = 60.0
"""How long before they expire keys are fetched again, beside the requests."""
_PAUSE_SECONDS = 10.0
"""Between two fetches for keys that are not known, once the burst is used up; and between two after a failure."""
_BURST = 5
"""Fetches for unknown keys that may come close together: a new key is accepted at once, made-up ones cost little."""
_TIMEOUT_SECONDS = 5.0
_DEADLINE_SECONDS = 10.0
_LONGEST = 1024 * 1024
_MOST_STRANGERS = 1000

Keys = dict[str, dict[str, Any]]
"""The described keys, by their ids."""


class UnknownKeyError(Exception):
    """The set has no such key."""


class UnreachableKeysError(Exception):
    """The keys cannot be fetched, so nobody knows whether there is such a key."""


class RemoteKeys:
    """Keys by id. `fetch` gives the set, or raises `UnreachableKeysError`; it runs in a thread, one at a time."""

    def __init__(
        self,
        url: str,
        *,
        fetch: Callable[[str], Keys] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._fetch = fetch or fetch_keys
        self._clock = clock
        self._keys: Keys = {}
        self._fetched_at = float("-inf")
        self._failed_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None
        self._strangers: set[str] = set()
        self._allowed = float(_BURST)
        self._counted_at = clock()

    async def key(self, key_id: str) -> dict[str, Any]:
        """The key. Raises `UnknownKeyError` or `UnreachableKeysError`.

        Who names a key that is known waits for no fetch as long as the keys may be used.
        """
        if self._clock() - self._fetched_at >= FRESH_SECONDS - _AHEAD_SECONDS and self._may_retry():
            self._start()
        if not self._usable():
            await self._finished()
        if self._usable():
            found = self._keys.get(key_id) or await self._searched(key_id)
            if found is not None:
                return found
        if self._failed_at is not None:
            raise UnreachableKeysError
        raise UnknownKeyError

    async def _searched(self, key_id: str) -> dict[str, Any] | None:
        """Looks whether a key that is not known is there by now."""
        if self._fetching is None:
            if key_id in self._strangers or not (self._may_retry() and self._allows()):
                return None
            self._start()
        await self._finished()
        found = self._keys.get(key_id)
        if found is None and self._failed_at is None and len(self._strangers) < _MOST_STRANGERS:
            self._strangers.add(key_id)
        return found

    def _usable(self) -> bool:
        """Whether the keys that were fetched may still be used: somewhat longer while there are no others."""
        longest = FRESH_SECONDS if self._failed_at is None else FRESH_SECONDS + STALE_SECONDS
        return self._clock() - self._fetched_at < longest

    def _may_retry(self) -> bool:
        return self._failed_at is None or self._clock() - self._failed_at >= _PAUSE_SECONDS

    def _allows(self) -> bool:
        """Takes one of the fetches for unknown keys, if there is one."""
        now = self._clock()
        self._allowed = min(_BURST, self._allowed + (now - self._counted_at) / _PAUSE_SECONDS)
        self._counted_at = now
        if self._allowed < 1:
            return False
        self._allowed -= 1
        return True

    def _start(self) -> None:
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._refresh())

    async def _finished(self) -> None:
        """Waits for the fetch that is on its way. Whoever leaves does not end it for the others."""
        if self._fetching is not None:
            await asyncio.shield(self._fetching)

    async def _refresh(self) -> None:
        """Never raises: what went wrong is in the log, and when in `_failed_at`."""
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                self._keys = await asyncio.to_thread(self._fetch, self._url)
            self._fetched_at, self._failed_at = self._clock(), None
            self._strangers.clear()
        except (UnreachableKeysError, TimeoutError) as error:
            self._failed_at = self._clock()
            reason = str(error) or f"no answer within {_DEADLINE_SECONDS:g} s"
            logger.warning("The keys for tokens cannot be fetched from %s: %s", shown_url(self._url), reason)
        except Exception:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            self._failed_at = self._clock()
            logger.exception("The keys for tokens cannot be fetched from %s", shown_url(self._url))
        finally:
            self._fetching = None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Keys are at the address that was configured, or nowhere."""

    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any) -> None:
        """Leaves the answer as it is, an error."""
        return


def fetch_keys(url: str) -> Keys:
    """The keys at the URL. Blocks. Raises `UnreachableKeysError`, which says what the host answered."""
    headers = {"User-Agent": f"open-chatkit/{__version__}", "Accept": "application/json"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the settings only take http and https
    try:
        with urllib.request.build_opener(_NoRedirects()).open(request, timeout=_TIMEOUT_SECONDS) as response:
            body = _read(response)
            return keys_in(body, _answer(response.status, response.headers.get("Content-Type"), body, url))
    except urllib.error.HTTPError as error:
        with error:
            raise UnreachableKeysError(
                _answer(error.code, error.headers.get("Content-Type"), _begin(error), url)
            ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = masked(f"{type(error).__name__}: {getattr(error, 'reason', error)}", secrets_in(url))
        raise UnreachableKeysError(shown(reason)) from None


def _read(response: Any) -> bytes:
    """The body, within limits of length and time."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    body = b""
    while chunk := response.read1(65536):
        body += chunk
        if len(body) > _LONGEST or time.monotonic() > deadline:
            raise UnreachableKeysError(f"the answer is longer than {_LONGEST} bytes, or takes too long")
    return body


def _begin(error: urllib.error.HTTPError) -> bytes:
    try:
        return error.read(200)
    except (OSError, http.client.HTTPException, ValueError):
        return b""


def _answer(status: int, content_type: str | None, body: bytes, url: str) -> str:
    """What the host answered, for the log."""
    text = masked(body[:200].decode("utf-8", "replace"), secrets_in(url))
    return f"it answered {status}, {shown(content_type or 'no type', 60)!r}: {shown(text)!r}"


def keys_in(body: bytes, answer: str) -> Keys:
    """The keys for signatures in a JWK Set. An empty set is one; a set of which nothing can be used is a mistake."""
    try:
        content: object = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreachableKeysError(f"no JSON, {answer}") from None
    entries = cast("dict[str, object]", content).get("keys") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise UnreachableKeysError(f"no set of keys, {answer}")
    found: Keys = {}
    for entry in cast("list[object]", entries):
        described = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
        if isinstance(described.get("kid"), str) and described.get("use", "sig") == "sig":
            found[described["kid"]] = described
    if entries and not found:
        raise UnreachableKeysError(f"no key with an id for signatures, {answer}")
    return found
