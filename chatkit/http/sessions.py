"""Sessions: client secrets that a server gives to its users, good for a while, for one user.

A secret is signed and says everything itself, so any process that has the key knows it, without asking anybody. Only
that one was cancelled has to be looked up, which is done every two seconds at most.
"""

import secrets
import time
from collections.abc import Callable, Sequence

from itsdangerous import BadData, URLSafeSerializer
from pydantic import BaseModel, ConfigDict, ValidationError

from chatkit.errors import RequestError
from chatkit.http.errors import UnauthenticatedError
from chatkit.http.session_types import ChatSession, Configuration, RateLimits, SessionRequest, Workflow
from chatkit.logger import logger
from chatkit.store.sessions import MemorySessionRecords, SessionRecord, SessionRecords

__all__ = ["PREFIX", "ClientSession", "Sessions"]

PREFIX = "cks_"
"""What secrets begin with, so that they can be told from other tokens."""

_LOOK_SECONDS = 2.0
_LONGEST_SECRET = 6000
"""Characters. Servers and proxies take 8 KiB of headers, or of one."""


class ClientSession(BaseModel):
    """The session in which a request comes, `context.session`: what its secret says.

    `workflow` has the id, the version and the state variables that the server gave when it asked for the secret;
    `expires_at` is in seconds since 1970.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    user: str
    expires_at: int
    per_minute: int
    workflow: Workflow
    configuration: Configuration


class Sessions:
    """Gives out sessions, and knows them again.

    `keys` sign: the first new secrets, all of them are known. `records` is where it is kept that one was cancelled; in
    this process, unless given. `per_minute` is the limit of those that ask for none, and `seconds` how long they last.
    """

    def __init__(
        self,
        keys: Sequence[str],
        records: SessionRecords | None = None,
        *,
        per_minute: int,
        seconds: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not keys:
            logger.warning("No secret key is set: client secrets are this process's alone. Set CHATKIT_SECRET_KEY.")
            keys = [secrets.token_urlsafe(32)]
        self._serializers = [URLSafeSerializer(key, salt="chatkit.session") for key in keys]
        self.records = records or MemorySessionRecords(clock=clock)
        self._per_minute = per_minute
        self._seconds = seconds
        self._clock = clock
        self._cancelled: frozenset[str] = frozenset()
        self._looked_at = float("-inf")

    async def create(self, asked: SessionRequest) -> ChatSession:
        """Raises `RequestError` when what it is to say is too long for a header."""
        now = self._clock()
        seconds = asked.expires_after.seconds if asked.expires_after is not None else self._seconds
        limits = asked.rate_limits
        claims = ClientSession(
            id=f"cksess_{secrets.token_hex(16)}",
            user=asked.user,
            expires_at=int(now) + seconds,
            per_minute=limits.max_requests_per_1_minute if limits is not None else self._per_minute,
            workflow=asked.workflow,
            configuration=asked.chatkit_configuration,
        )
        secret = self._signed(claims)
        if len(secret) > _LONGEST_SECRET:
            message = f"What the session says is too long by {len(secret) - _LONGEST_SECRET} characters."
            raise RequestError("session.too_long", message, param="workflow.state_variables")
        document = claims.model_dump_json()
        await self.records.add(SessionRecord(claims.id, claims.user, claims.expires_at, document))
        return self._shown(claims, cancelled=False)

    async def cancel(self, session_id: str) -> ChatSession | None:
        """Has its secret refused, here at once and by other processes within two seconds. None: there is none."""
        record = await self.records.cancel(session_id)
        if record is None:
            return None
        self._cancelled |= {session_id}
        return self._shown(ClientSession.model_validate_json(record.document), cancelled=True)

    async def known(self, secret: str) -> ClientSession:
        """The session of a secret. Raises `UnauthenticatedError`."""
        claims = self._claims(secret)
        if claims is None:
            raise UnauthenticatedError("This client secret is not valid here.")
        if claims.expires_at <= self._clock():
            raise UnauthenticatedError("The session has expired.")
        await self._look()
        if claims.id in self._cancelled:
            raise UnauthenticatedError("The session was cancelled.")
        return claims

    async def _look(self) -> None:
        """Finds out which were cancelled elsewhere, unless that was done just now."""
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_SECONDS:
            self._cancelled = frozenset(await self.records.cancelled())
            self._looked_at = now

    def _signed(self, claims: ClientSession) -> str:
        return PREFIX + self._serializers[0].dumps(claims.model_dump(exclude_defaults=True))

    def _claims(self, secret: str) -> ClientSession | None:
        for serializer in self._serializers:
            try:
                return ClientSession.model_validate(serializer.loads(secret.removeprefix(PREFIX)))
            except (BadData, ValidationError, ValueError):
                continue
        return None

    def _shown(self, claims: ClientSession, *, cancelled: bool) -> ChatSession:
        expired = claims.expires_at <= self._clock()
        return ChatSession(
            id=claims.id,
            client_secret=self._signed(claims),
            expires_at=claims.expires_at,
            user=claims.user,
            status="cancelled" if cancelled else "expired" if expired else "active",
            workflow=claims.workflow,
            rate_limits=RateLimits.model_construct(max_requests_per_1_minute=claims.per_minute),
            max_requests_per_1_minute=claims.per_minute,
            chatkit_configuration=claims.configuration,
        )
