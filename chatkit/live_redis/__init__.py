"""The log of live runs in Redis or Valkey. Needs the extra `redis`."""

from chatkit.live_redis.log import RedisLog
from chatkit.live_redis.state import RedisState, redis_state

__all__ = ["RedisLog", "RedisState", "redis_state"]
