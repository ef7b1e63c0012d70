"""One job at a time, in the child's main thread; the agent kills the child when the job's time is over."""

from __future__ import annotations

import queue
import threading

from queue_core.context import Context
from queue_core.worker.running import execute
from queue_core.worker.session import Session

Todo = queue.SimpleQueue[tuple[str, Context] | None]


class OneAtATime:
    """Hands jobs to the thread that runs them."""

    def __init__(self, todo: Todo) -> None:
        self._todo = todo

    def start(self, key: str, context: Context) -> None:
        """Queue the job for the main thread."""
        self._todo.put((key, context))

    def interrupt(self, key: str, context: Context) -> None:
        """Nothing: `context.check()` sees it, and the agent has the last word."""


def serve(session: Session) -> None:
    """Run jobs until the agent is gone; listening goes on beside a job."""
    todo: Todo = queue.SimpleQueue()

    def listen() -> None:
        session.listen(OneAtATime(todo))
        todo.put(None)

    threading.Thread(target=listen, name="listen", daemon=True).start()
    while (item := todo.get()) is not None:
        key, context = item
        session.ended(key, execute(session.app, context))
