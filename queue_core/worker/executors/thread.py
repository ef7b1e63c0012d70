"""Several jobs at once, a thread each; for jobs that wait for others."""

from __future__ import annotations

import ctypes
import threading

from queue_core.context import Context
from queue_core.errors import Cancelled, JobTimeout, Release
from queue_core.worker.running import execute, failed
from queue_core.worker.session import Session
from queue_core.worker.wire import Ended

_RAISED = {"cancel": Cancelled, "timeout": JobTimeout, "drain": Release, "lost": Cancelled}


class Threads:
    """Runs each job in a thread of its own; the agent keeps their number within the slots."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._threads: dict[str, threading.Thread] = {}

    def start(self, key: str, context: Context) -> None:
        """Begin the job."""
        thread = threading.Thread(target=self._run, args=(key, context), name=key, daemon=True)
        self._threads[key] = thread
        thread.start()

    def interrupt(self, key: str, context: Context) -> None:
        """Raise the reason in the job's thread: it arrives when Python code next runs there."""
        thread = self._threads.get(key)
        if thread is not None and thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(_RAISED[context.stop])
            )

    def _run(self, key: str, context: Context) -> None:
        app = self._session.app
        outcome: Ended | None = None
        interruption: BaseException | None = None
        while True:  # a late interruption may arrive between the job's end and its report
            try:
                if outcome is None:  # interrupted beside the job, never run again
                    outcome = failed(app, context, interruption) if interruption else execute(app, context)
                self._threads.pop(key, None)
                self._session.ended(key, outcome)
                return
            except (Cancelled, JobTimeout, Release) as late:
                interruption = late


def serve(session: Session) -> None:
    """Run jobs until the agent is gone."""
    session.listen(Threads(session))
