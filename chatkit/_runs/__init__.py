"""Runs: answers that go on without their connection. The ports of their engines are in `chatkit.live`."""

from chatkit._runs.runs import Runs, runs_of

__all__ = ["Runs", "runs_of"]
