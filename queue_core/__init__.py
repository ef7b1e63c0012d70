"""Jobs in Redis, moved only by atomic scripts."""

from __future__ import annotations

from queue_core.app import App, JobFunction
from queue_core.errors import (
    Cancelled,
    Conflict,
    DurabilityError,
    InvalidJob,
    JobTimeout,
    PayloadTooLarge,
    PermanentError,
    QueueError,
    QueueFull,
    Release,
    RetryLater,
    ServerFull,
    ServerUnavailable,
    StaleLease,
    UnknownJob,
    UnknownOperation,
    WrongState,
)
from queue_core.job import Job, Options
from queue_core.operations import Operation, Progress
from queue_core.queue import EnqueueResult, JobInfo, JobQueue
from queue_core.reliable import LeaseState, ReliableQueue
from queue_core.retry import Backoff
from queue_core.schedule import Schedule
from queue_core.stats import QueueStats, queue_stats

__all__ = [
    "App",
    "Backoff",
    "Cancelled",
    "Conflict",
    "DurabilityError",
    "EnqueueResult",
    "InvalidJob",
    "Job",
    "JobFunction",
    "JobInfo",
    "JobQueue",
    "JobTimeout",
    "LeaseState",
    "Operation",
    "Options",
    "PayloadTooLarge",
    "PermanentError",
    "Progress",
    "QueueError",
    "QueueFull",
    "QueueStats",
    "Release",
    "ReliableQueue",
    "RetryLater",
    "Schedule",
    "ServerFull",
    "ServerUnavailable",
    "StaleLease",
    "UnknownJob",
    "UnknownOperation",
    "WrongState",
    "queue_stats",
]
