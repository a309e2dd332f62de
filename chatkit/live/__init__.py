"""Live runs: the ports of the engines that keep answers going, and the engine in memory."""

from chatkit.live.base import Entry, Fate, Leases, LiveEngine, Outcome, RunLog, RunRecord, RunState
from chatkit.live.fence import Fence, LeaseLostError, current_fence
from chatkit.live.memory import MemoryRuns, memory_engine

__all__ = [
    "Entry",
    "Fate",
    "Fence",
    "LeaseLostError",
    "Leases",
    "LiveEngine",
    "MemoryRuns",
    "Outcome",
    "RunLog",
    "RunRecord",
    "RunState",
    "current_fence",
    "memory_engine",
]
