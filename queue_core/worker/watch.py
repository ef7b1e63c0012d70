"""Times of running jobs: asked to stop when time is over, stopped when asking was not enough."""

from __future__ import annotations

import time
from collections.abc import Callable

from queue_core.context import StopReason
from queue_core.engine import OutcomeKind
from queue_core.worker.children import Child
from queue_core.worker.crew import Crew
from queue_core.worker.options import WorkerOptions
from queue_core.worker.run import NEVER, Run

_KINDS: dict[StopReason, OutcomeKind] = {"timeout": "t", "cancel": "x", "drain": "r", "lost": "r"}


class Watch:
    """Ends runs of a crew.

    Args:
        finish: is told a run's kind and, in words, why; called once for each run that the watch ends.
    """

    def __init__(self, crew: Crew, options: WorkerOptions, finish: Callable[[Run, OutcomeKind, str], None]) -> None:
        self._crew, self._options, self._finish = crew, options, finish

    def look(self, drain_ends: float) -> None:
        """Act on every run whose time has come; `drain_ends` on the monotonic clock."""
        now = time.monotonic()
        for child, run in self._crew.runs():
            if run.settled:
                continue
            if now >= run.local_end:
                self.end(child, run, "lost")
            elif now >= run.kill_at:
                self.end(child, run, run.stop)
            elif not run.stop and now >= run.ends:
                self.ask(child, run, "timeout", self._options.kill_grace)
            elif now >= drain_ends and run.stop != "drain":
                self.ask(child, run, "drain", self._options.kill_grace)

    def next(self) -> float:
        """When to look again, on the monotonic clock."""
        times = [
            min(run.local_end, run.kill_at, NEVER if run.stop else run.ends)
            for _, run in self._crew.runs()
            if not run.settled
        ]
        return min(times, default=NEVER)

    def heard(self, run: Run, code: int) -> None:
        """Act on a heartbeat's answer: 0 lost, 2 cancel asked, 3 deadline."""
        for child, held in self._crew.runs():
            if held is not run or run.settled:
                continue
            if code == 0:
                run.settled = True
                self.end(child, run, "lost")
            elif code == 2 and run.stop != "cancel":
                self.ask(child, run, "cancel", self._options.cancel_grace)
            elif code == 3:
                self.end(child, run, "timeout")

    def ask(self, child: Child, run: Run, why: StopReason, grace: float) -> None:
        """Ask a job to stop, and stop it when it has not ended after `grace` seconds."""
        run.kill_at = time.monotonic() + grace
        child.stop(run, why)

    def end(self, child: Child, run: Run, why: StopReason) -> None:
        """Stop a job now; where that would harm others, its child gets no more jobs and ends when they have."""
        if not run.settled:
            self._finish(run, _KINDS[why], "the job took longer than its timeout" if why == "timeout" else why)
        run.settled = True
        run.kill_at = NEVER
        if child.exclusive:
            child.kill()
            return
        child.retired = True
        if run.stop != why:
            child.stop(run, why)
