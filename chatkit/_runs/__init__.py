"""Runs: answers that go on without their connection. The ports of their engines are in `chatkit.live`."""

from chatkit._runs.following import Follower, frames_of
from chatkit._runs.runs import Runs, runs_of

__all__ = ["Follower", "Runs", "frames_of", "runs_of"]
