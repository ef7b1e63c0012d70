"""Keeps the children alive and passes on what they report."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from queue_core.app import App
from queue_core.errors import QueueError
from queue_core.worker import wire
from queue_core.worker.children import Child, InlineChild, ProcessChild
from queue_core.worker.options import WorkerOptions
from queue_core.worker.run import Run
from queue_core.worker.wire import Ended

log = logging.getLogger("queue_core.worker")
MAX_FAILED_STARTS = 5


class WorkerBroken(QueueError):
    """The children cannot run: the application does not load, or they die before they are ready."""


class Crew:
    """The children of one agent.

    Args:
        app, path: the application, and `module:attribute` where children find it.
        ended: is told how a run ended. crashed: which run's child died, and how. save: keeps a checkpoint.
    """

    def __init__(
        self, app: App, path: str, options: WorkerOptions, *, ended: Callable[[Run, Ended], None],
        crashed: Callable[[Run, str], None], save: Callable[[Run, bytes], bool],
    ) -> None:  # fmt: skip
        self._app, self._path, self._options = app, path, options
        self._ended, self._crashed, self._save = ended, crashed, save
        self._failed_starts = 0
        single = options.executor in ("process", "inline")
        self._count = options.processes * options.concurrency if single else options.processes
        self._slots = 1 if single else options.concurrency
        self.children: list[Child] = []

    def begin(self) -> None:
        """Start the children."""
        self.children = [self._new() for _ in range(self._count)]

    def _new(self) -> Child:
        if self._options.executor == "inline":
            return InlineChild(self._app, 1)
        return ProcessChild(self._path, self._options.executor, self._slots)

    @property
    def slots(self) -> int:
        """How many jobs can run at once."""
        return sum(child.slots for child in self.children)

    @property
    def free(self) -> int:
        """How many more jobs can run now."""
        return sum(child.free for child in self.children)

    def runs(self) -> Iterator[tuple[Child, Run]]:
        """Every job that a child has, with the child."""
        for child in self.children:
            for run in list(child.runs.values()):
                yield child, run

    def start(self, run: Run) -> None:
        """Give a job to the child with the most room."""
        max(self.children, key=lambda child: child.free).start(run)

    def waits(self) -> list[Any]:
        """What to wait on."""
        return [thing for child in self.children for thing in child.waits()]

    def listen(self) -> None:
        """Take every message that is there, and replace the dead.

        Raises:
            WorkerBroken: children cannot run.
        """
        for child in list(self.children):
            self._read(child)
            if child.retired:
                self._see_off(child)
            if child.dead():
                self._read(child)  # what it said before its death
                self._bury(child)
            elif self._worn_out(child):
                child.leave()
                child.ready = False

    def _see_off(self, child: Child) -> None:
        """A retired child is replaced at once, and killed when its other jobs have ended."""
        if not child.replaced:
            child.replaced = True
            self.children.append(self._new())
        if child.done:
            child.kill()

    def _worn_out(self, child: Child) -> bool:
        limit = self._options.jobs_per_child
        return bool(limit and child.ready and child.begun >= limit and not child.runs)

    def _read(self, child: Child) -> None:
        try:
            while child.connection.poll():
                self._hear(child, wire.receive(child.connection))
        except (EOFError, OSError):
            child.why_dead = child.why_dead or "it closed its connection"

    def _hear(self, child: Child, message: wire.Message) -> None:
        kind = message["kind"]
        if kind == "ready":
            child.ready = True
            self._failed_starts = 0
        elif kind == "broken":
            raise WorkerBroken(f"{self._path} does not load:\n{message['text']}")
        elif message["key"] not in child.runs:
            return
        elif kind == "checkpoint":
            child.saved(message["key"], self._save(child.runs[message["key"]], message["cursor"]))
        elif kind == "ended":
            run = child.runs.pop(message["key"])
            names = ("delay", "fingerprint", "message", "blob")
            self._ended(run, Ended(message["outcome"], **{name: message[name] for name in names}))

    def _bury(self, child: Child) -> None:
        for run in child.runs.values():
            self._crashed(run, child.why_dead)
        if not child.ready and not child.begun:
            self._failed_starts += 1
            if self._failed_starts >= MAX_FAILED_STARTS:
                raise WorkerBroken(f"children die before they are ready; the last one was {child.why_dead}")
        child.close()
        self.children.remove(child)
        if not child.replaced:
            self.children.append(self._new())

    def close(self, seconds: float = 1.0) -> None:
        """End all children: asked first, then killed."""
        for child in self.children:
            child.leave()
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up and not all(isinstance(c, InlineChild) or c.dead() for c in self.children):
            time.sleep(0.01)
        for child in self.children:
            child.close()
