"""Several jobs at once on one event loop; plain functions run in threads beside it."""

from __future__ import annotations

import asyncio

from queue_core.context import Context
from queue_core.worker.running import execute_async
from queue_core.worker.session import Session


class Tasks:
    """Runs each job as a task; called from the listening thread."""

    def __init__(self, session: Session, loop: asyncio.AbstractEventLoop) -> None:
        self._session = session
        self._loop = loop
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, key: str, context: Context) -> None:
        """Begin the job."""
        self._loop.call_soon_threadsafe(self._begin, key, context)

    def interrupt(self, key: str, context: Context) -> None:  # noqa: ARG002 - the context says why by itself
        """Cancel the task."""
        self._loop.call_soon_threadsafe(self._cancel, key)

    def _begin(self, key: str, context: Context) -> None:
        self._tasks[key] = self._loop.create_task(self._run(key, context))

    def _cancel(self, key: str) -> None:
        if key in self._tasks:
            self._tasks[key].cancel()

    async def _run(self, key: str, context: Context) -> None:
        outcome = await execute_async(self._session.app, context)
        del self._tasks[key]
        self._session.ended(key, outcome)


def serve(session: Session) -> None:
    """Run jobs until the agent is gone."""
    asyncio.run(_serve(session))


async def _serve(session: Session) -> None:
    await asyncio.to_thread(session.listen, Tasks(session, asyncio.get_running_loop()))
