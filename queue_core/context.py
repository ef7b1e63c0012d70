"""What a running job can ask and tell: whether to stop, where to go on, how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Literal

from queue_core.errors import Cancelled, InvalidJob, JobTimeout, Release, StaleLease
from queue_core.job import Job

StopReason = Literal["", "cancel", "drain", "timeout", "lost"]
MAX_CURSOR = 64 * 1024

_current: ContextVar[Context] = ContextVar("queue_core_context")


class Context:
    """The surroundings of one running job.

    Args:
        job: the job, with `attempt`, `token`, `deadline` and `checkpoint`.
        seconds: time the attempt may take, 0 without limit.
        save: keeps a cursor; False when the lease is lost.
    """

    def __init__(self, job: Job, seconds: float, save: Callable[[bytes], bool]) -> None:
        self.job = job
        self.stop: StopReason = ""
        self._ends = time.monotonic() + seconds if seconds else float("inf")
        self._save = save

    @property
    def token(self) -> int:
        """The fencing token: larger for each claim in the queue; pass it to stores that can refuse old ones."""
        return self.job.token

    @property
    def attempt(self) -> int:
        """1 for the first run."""
        return self.job.attempt

    def check(self) -> None:
        """Call this in long loops.

        Raises:
            Cancelled: someone cancelled the job. JobTimeout: its time is over. StaleLease: another worker may run it.
            Release: the worker is about to end; the job goes on elsewhere, from its checkpoint.
        """
        if self.stop == "cancel":
            raise Cancelled("the job was cancelled")
        if self.stop == "lost":
            raise StaleLease("the lease on this job has ended")
        if self.stop == "timeout" or time.monotonic() >= self._ends:
            raise JobTimeout("the job's time is over")
        if self.stop == "drain":
            raise Release("the worker is ending")

    def checkpoint(self, cursor: bytes | str) -> None:
        """Keep at most 64 KiB that the next attempt finds in `job.checkpoint`; then `check()`.

        Raises:
            InvalidJob: the cursor is too large. StaleLease: another worker may run the job.
        """
        stored = cursor.encode() if isinstance(cursor, str) else cursor
        if len(stored) > MAX_CURSOR:
            raise InvalidJob(f"a checkpoint of {len(stored):,} bytes: {MAX_CURSOR:,} are allowed")
        if not self._save(stored):
            raise StaleLease("the lease on this job has ended; the cursor was not kept")
        self.check()


def current() -> Context:
    """The context of the job that runs here.

    Raises:
        LookupError: no job runs here.
    """
    try:
        return _current.get()
    except LookupError:
        raise LookupError("no job runs here: context is for code inside a job") from None


def check() -> None:
    """`current().check()`; does nothing outside of a job, so that a job's function stays callable by itself."""
    context = _current.get(None)
    if context:
        context.check()


def checkpoint(cursor: bytes | str) -> None:
    """`current().checkpoint(cursor)`; does nothing outside of a job."""
    context = _current.get(None)
    if context:
        context.checkpoint(cursor)


def enter(context: Context) -> Token[Context]:
    """Make a context the current one; `leave` takes it back."""
    return _current.set(context)


def leave(token: Token[Context]) -> None:
    """Undo `enter`."""
    _current.reset(token)
