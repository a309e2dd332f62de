"""What `chatkit doctor` looks at in the database, and where live runs are logged."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chatkit._masking import masked, secrets_in
from chatkit._shown import shown
from chatkit.cli.findings import Finding, good, note, wrong
from chatkit.live_redis import redis_state
from chatkit.settings import Settings
from chatkit.store import StoreUnavailableError

if TYPE_CHECKING:
    from chatkit.stores import SQLStore

__all__ = ["examine_database", "examine_live"]

_PATIENCE_SECONDS = 5
_CLOCK_SECONDS = 5
"""By which clocks may differ without its being told."""
_OLDEST_REDIS = (6, 2)


async def examine_database(settings: Settings) -> Sequence[Finding]:
    """Whether it answers; of PostgreSQL also whether notifications come through the address, and the time."""
    if settings.database_url is None:
        return [note("No CHATKIT_DATABASE_URL", f"`chatkit serve` uses a SQLite file in {settings.data_dir}.")]
    url = settings.database_url.get_secret_value()
    try:
        from chatkit.stores import SQLStore

        store = SQLStore[object](url, schema_name=settings.database_schema)
    except (ImportError, ValueError) as error:
        return [wrong("Database", shown(error, 500))]
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await store.ping()
        answers = good("The database answers, its tables are up to date")
        return [answers, *await _further(store, listens=settings.live_url is None)]
    except StoreUnavailableError as error:
        return [wrong("Database", shown(error, 500))]
    except TimeoutError:
        return [wrong("Database", f"It did not answer within {_PATIENCE_SECONDS} s: check host and port.")]
    except Exception as error:  # noqa: BLE001 - the driver may trip over the URL in ways of its own
        reason = shown(masked(f"{type(error).__name__}: {error}", secrets_in(url)), 500)
        return [wrong("Database", f"{reason}: check CHATKIT_DATABASE_URL.")]
    finally:
        await store.close()


async def _further(store: "SQLStore[object]", *, listens: bool) -> Sequence[Finding]:
    found = await store.diagnose()
    findings: list[Finding] = []
    if listens and found.hears is not None:
        findings.append(good("Notifications of the database arrive") if found.hears else _unheard())
    if found.clock_ahead is not None and abs(found.clock_ahead) > _CLOCK_SECONDS:
        which = "ahead of" if found.clock_ahead > 0 else "behind"
        text = f"The database's clock is {abs(found.clock_ahead):.0f} s {which} this machine's"
        findings.append(note(text, "Nothing depends on it but the times in logs: have both set by NTP."))
    return findings


def _unheard() -> Finding:
    remedy = (
        "A pool such as PgBouncer may give each transaction another connection. Answers reach other processes some "
        "0.1 s\n    later: give PostgreSQL's own address, or CHATKIT_LIVE_URL for a Redis."
    )
    return note("Notifications of the database do not arrive through this address", remedy)


async def examine_live(settings: Settings) -> Sequence[Finding]:
    """Whether Redis answers, and whether it throws keys away."""
    if settings.live_url is None:
        return [note("No CHATKIT_LIVE_URL", "What live runs say is in the database: good for some hundreds at a time.")]
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            state = await redis_state(settings.live_url.get_secret_value())
    except (ImportError, ValueError) as error:
        return [wrong("Live runs", shown(error, 500))]
    except (StoreUnavailableError, TimeoutError) as error:
        return [wrong("Live runs", f"{shown(error, 500)}: check CHATKIT_LIVE_URL.")]
    if state.version < _OLDEST_REDIS:
        version = ".".join(map(str, state.version))
        return [wrong(f"Redis for live runs is {version}", "They need Redis 6.2 or later, or Valkey.")]
    answers = good("Redis for live runs answers")
    if state.policy == "noeviction":
        return [answers]
    remedy = (
        "It may throw away what running answers have said, which then reaches other processes late. In redis.conf:\n"
        "    maxmemory-policy noeviction; or a Redis of its own for them: what is there expires by itself."
    )
    return [answers, note(f"Redis for live runs has the maxmemory-policy {state.policy}", remedy)]
