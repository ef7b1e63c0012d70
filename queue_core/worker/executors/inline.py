"""Jobs one at a time in the agent's own process: for tests and for stepping through a job; nothing can be killed."""

from __future__ import annotations

from queue_core.worker.executors.process import serve

__all__ = ["serve"]
