"""Every error the library raises, in one tree."""

from __future__ import annotations


class QueueError(Exception):
    """Base of all errors raised by queue_core."""


class InvalidJob(QueueError, ValueError):
    """The job, a name or an option is not valid; nothing was changed."""


class PayloadTooLarge(InvalidJob):
    """The payload exceeds the limit, even compressed; nothing was enqueued."""


class QueueFull(QueueError):
    """The queue holds as many waiting jobs as its `maxlen` allows."""


class Conflict(QueueError):
    """A unique key is held by another job.

    Args:
        message: what was refused.
        holder: id of the job that holds the key.
    """

    def __init__(self, message: str, holder: str = "") -> None:
        super().__init__(message)
        self.holder = holder


class StaleLease(QueueError):
    """The worker's lease on the job has ended; the server has moved on and nothing was changed."""


class UnknownJob(QueueError, LookupError):
    """No job with that id is in the queue."""


class UnknownOperation(QueueError, LookupError):
    """No operation with that id is recorded in the queue."""


class WrongState(QueueError):
    """The job is in a state in which the requested action is not possible."""


class DurabilityError(QueueError):
    """The write was made but not confirmed as durable within the time allowed."""


class ServerUnavailable(QueueError, ConnectionError):
    """Redis could not be reached or did not answer in time."""


class ServerFull(QueueError):
    """Redis is at its memory limit and refused the write; nothing was changed."""


class OtherSlot(QueueError):
    """On a cluster, two queues lie in different slots, so that no atomic step reaches both; nothing was changed."""


class PermanentError(Exception):
    """Raised by a job: retrying is useless, the job fails at once."""


class RetryLater(Exception):
    """Raised by a job: run it again after a delay, counting one attempt.

    Args:
        seconds: delay before the next attempt; None uses the job's backoff.
    """

    def __init__(self, seconds: float | None = None, message: str = "") -> None:
        super().__init__(message or "retry later")
        self.seconds = seconds


class Release(Exception):
    """Raised by a job: give it back to its old place without counting the attempt."""


class Cancelled(BaseException):
    """Raised inside a job by `context.check()` after someone cancelled it."""


class JobTimeout(BaseException):
    """Raised inside a job by `context.check()` when its time is over."""
