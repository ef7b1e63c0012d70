"""The processes in which jobs run, as their agent sees them."""

from __future__ import annotations

import importlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import Any

from queue_core.app import App
from queue_core.context import StopReason
from queue_core.worker import wire
from queue_core.worker.run import Run
from queue_core.worker.session import Session

_START = """\
import sys
sys.path[:] = {path!r}
from queue_core.worker.child import main
main({fd}, {app!r}, {executor!r}, {pid})
"""


class Child:
    """Something that runs jobs: `slots` at once.

    `exclusive`: it can be killed without harm to other jobs. `retired`: a job in it would not stop, so it gets no more.
    """

    def __init__(self, connection: Connection, slots: int) -> None:
        self.connection = connection
        self.slots = slots
        self.exclusive = slots == 1
        self.runs: dict[str, Run] = {}
        self.ready = False
        self.retired = False
        self.replaced = False
        self.begun = 0
        self.why_dead = ""

    @property
    def free(self) -> int:
        """How many more jobs it can take."""
        return self.slots - len(self.runs) if self.ready and not self.retired else 0

    @property
    def pid(self) -> int | None:
        """Its process id, None when it is no process of its own."""
        return None

    def waits(self) -> list[Any]:
        """What to wait on: a message, and its death."""
        return [self.connection]

    def start(self, run: Run) -> None:
        """Hand over a job."""
        self.runs[run.key] = run
        self.begun += 1
        self._tell(lambda: wire.send_run(self.connection, run.key, (run.claim, run.queue, run.worker), run.seconds))

    def stop(self, run: Run, why: StopReason) -> None:
        """Ask a job to stop."""
        run.stop = why
        self._tell(lambda: wire.send(self.connection, "stop", key=run.key, why=why))

    @property
    def done(self) -> bool:
        """Whether nobody waits for a job of its any more."""
        return all(run.settled for run in self.runs.values())

    def saved(self, key: str, kept: bool) -> None:
        """Answer a checkpoint."""
        self._tell(lambda: wire.send(self.connection, "saved", key=key, kept=kept))

    def leave(self) -> None:
        """Ask it to end."""
        self._tell(lambda: wire.send(self.connection, "exit"))

    def kill(self) -> None:
        """End it at once, where that is possible."""

    def dead(self) -> bool:
        """Whether its process has ended; `why_dead` says how."""
        return bool(self.why_dead)

    def close(self) -> None:
        """Let go of what it used."""
        self.connection.close()

    def _tell(self, send: Callable[[], None]) -> None:
        try:
            send()
        except OSError:
            self.why_dead = self.why_dead or "it closed its connection"


class ProcessChild(Child):
    """A process of its own, started afresh: it inherits neither sockets nor locks."""

    def __init__(self, path: str, executor: str, slots: int) -> None:
        ours, theirs = socket.socketpair()
        fd = theirs.fileno()
        text = _START.format(path=sys.path, fd=fd, app=path, executor=executor, pid=os.getpid())
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
            [sys.executable, "-c", text], pass_fds=(fd,), stdin=subprocess.DEVNULL, start_new_session=True
        )
        theirs.close()
        super().__init__(Connection(ours.detach()), slots)
        self.exclusive = executor == "process"
        self._death = os.pidfd_open(self._process.pid) if hasattr(os, "pidfd_open") else None

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def waits(self) -> list[Any]:
        return [self.connection] if self._death is None else [self.connection, self._death]

    def kill(self) -> None:
        self._process.kill()

    def dead(self) -> bool:
        if self.why_dead and self._process.poll() is None:  # it closed its connection: its end is near or made so
            self._process.kill()
        if self.why_dead:
            self._process.wait()
        code = self._process.poll()
        if code is None:
            return False
        self.why_dead = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return True

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._death is not None:
            os.close(self._death)
            self._death = None
        super().close()


class InlineChild(Child):
    """A thread of the agent's own process; it cannot be killed, only left alone."""

    def __init__(self, app: App, slots: int) -> None:
        ours, theirs = Pipe()
        super().__init__(ours, slots)
        self.exclusive = False
        serve = importlib.import_module("queue_core.worker.executors.inline").serve
        threading.Thread(target=serve, args=(Session(theirs, app),), name="inline", daemon=True).start()

    def kill(self) -> None:
        self.why_dead = self.why_dead or "left alone"
