"""The log of live runs in Redis or Valkey. Needs the extra `redis`."""

from chatkit.live_redis.log import RedisLog

__all__ = ["RedisLog"]
