"""Worker processes: an agent that holds the leases, and children that run the jobs."""

from __future__ import annotations

from queue_core.worker.agent import Agent, UnsafeServer
from queue_core.worker.crew import WorkerBroken
from queue_core.worker.loading import AppNotFound, load_app
from queue_core.worker.options import WorkerOptions

__all__ = ["Agent", "AppNotFound", "UnsafeServer", "WorkerBroken", "WorkerOptions", "load_app"]
