"""What costs something, and whom: the budgets of an operation, taken before its work."""

import math
from typing import get_args

from starlette.requests import Request

from chatkit._wire import ParsedBody
from chatkit.errors import RequestError
from chatkit.http.addresses import Proxies
from chatkit.http.auth import Caller
from chatkit.http.errors import HttpError, Problem
from chatkit.http.limits import Budget, RateLimiter
from chatkit.http.shared_limits import SharedLimiter
from chatkit.settings import Settings
from chatkit.types import AttachmentsCreateReq, InputTranscribeReq, StreamingReq, ThreadsSyncCustomActionReq

__all__ = ["Charges", "shared_limiter"]

_ADDRESS_FACTOR = 10
"""How much more everybody at one address may do than one owner, unless a setting says."""

_COSTLY = (*get_args(StreamingReq), AttachmentsCreateReq, InputTranscribeReq, ThreadsSyncCustomActionReq)
"""Operations that run hooks of the application, and through them models that cost money, or take up room."""


_LONG_BYTES = 64 * 1024
"""Longer requests are costly, whatever they ask for: to read them costs something too, and what only asks is short."""


def shared_limiter(settings: Settings) -> SharedLimiter | None:
    """The limiter that the settings name, if they do. Raises `ImportError` when a package for it is missing."""
    if settings.rate_limit_storage is None:
        return None
    return SharedLimiter(settings.rate_limit_storage.get_secret_value())


class Charges:
    """Takes what an operation costs of its owner's budget and of its address's, before anything is done for it."""

    def __init__(self, limiter: RateLimiter, settings: Settings, proxies: Proxies) -> None:
        self._limiter = limiter
        self._proxies = proxies
        self._per_owner = settings.turns_per_minute
        given = settings.turns_per_minute_per_address
        self._per_address = given if given is not None else _ADDRESS_FACTOR * settings.turns_per_minute

    async def take(self, request: Request, caller: Caller, body: ParsedBody) -> None:
        """Charges a request. Raises an `HttpError` of status 429 when a budget is used up.

        Operations that only read cost nothing. Who has no identity yet, or only since a minute, also shares a budget of
        one owner's size with all others who are new at the same address: identities are free, so a new one must not
        bring a budget.
        """
        if not (self._limit_of(caller) or self._per_address):
            return
        if isinstance(body.request, _COSTLY) or len(body) > _LONG_BYTES:
            address = self._proxies.client(request)
            budgets = [Budget(caller.rate_key, self._limit_of(caller))] if caller.rate_key else []
            if caller.is_new or not caller.rate_key:
                budgets.append(Budget(f"new:{address}", self._per_owner))
            await self._take([*budgets, Budget(f"address:{address}", self._per_address)])

    def _limit_of(self, caller: Caller) -> int:
        return caller.session.per_minute if caller.session is not None else self._per_owner

    async def refused(self, request: Request, error: Exception) -> None:
        """Charges the address for a request that was refused: nobody's, or one that cannot be read."""
        status = error.problem.status if isinstance(error, HttpError) else getattr(error, "status_code", 500)
        if 400 <= status < 500 or isinstance(error, (PermissionError, RequestError)):
            await self._take([self._for_refused(request)])

    def _for_refused(self, request: Request) -> Budget:
        """Apart from the turns', so that nobody can use up what others at the address may do."""
        return Budget(f"refused:{self._proxies.client(request)}", self._per_address)

    async def _take(self, budgets: list[Budget]) -> None:
        wait = await self._limiter.take(budgets)
        if wait > 0:
            seconds = math.ceil(wait)
            message = f"Too many messages in a short time. Try again in {seconds} s."
            raise HttpError(Problem(429, "rate.limited", message, headers={"Retry-After": str(seconds)}))
