"""What is to be known of a Redis before it is relied on."""

from dataclasses import dataclass
from typing import Any

from chatkit.live_redis.link import Link

__all__ = ["RedisState", "redis_state"]


@dataclass(frozen=True, slots=True)
class RedisState:
    """`version` is that of the commands: Valkey 8 says 7.2. `policy` says which keys go when memory is full."""

    version: tuple[int, ...]
    policy: str


async def redis_state(url: str) -> RedisState:
    """Asks it. Raises as `RedisLog` does."""
    link = Link(url)
    try:
        pipeline = link.pipeline()
        pipeline.info("server").info("memory")
        answers = await link.execute(pipeline)
        for answer in answers:
            if isinstance(answer, Exception):
                raise link.unavailable(answer)
        server: dict[str, Any]
        memory: dict[str, Any]
        server, memory = answers
        version = tuple(int(part) for part in str(server["redis_version"]).split("."))
        return RedisState(version, str(memory.get("maxmemory_policy", "noeviction")))
    finally:
        await link.close()
