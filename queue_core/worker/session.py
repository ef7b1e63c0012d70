"""The child's side of the talk with its agent."""

from __future__ import annotations

import queue
import threading
from multiprocessing.connection import Connection
from typing import Protocol

from queue_core.app import App
from queue_core.context import Context
from queue_core.worker import wire
from queue_core.worker.wire import Ended, Message

SAVE_SECONDS = 30.0


class Runner(Protocol):
    """Runs jobs in the child, one or several at once."""

    def start(self, key: str, context: Context) -> None:
        """Begin a job; `session.ended` is called at its end."""

    def interrupt(self, key: str, context: Context) -> None:
        """Make a job end as far as that is possible; `context.stop` says why."""


class Session:
    """Jobs that run in this child, by key.

    Args:
        connection: to the agent.
        app: whose jobs these are.
    """

    def __init__(self, connection: Connection, app: App) -> None:
        self.app = app
        self._connection = connection
        self._sending = threading.Lock()
        self._contexts: dict[str, Context] = {}
        self._saved: dict[str, queue.SimpleQueue[bool]] = {}

    def listen(self, runner: Runner) -> None:
        """Do what the agent says until it is gone."""
        self._send("ready")
        while True:
            try:
                message = wire.receive(self._connection)
            except (EOFError, OSError):
                return
            if message["kind"] == "exit":
                return
            self._obey(message, runner)

    def ended(self, key: str, outcome: Ended) -> None:
        """Report the end of a job."""
        self._contexts.pop(key, None)
        self._saved.pop(key, None)
        self._send(
            "ended", key=key, outcome=outcome.kind, delay=outcome.delay, fingerprint=outcome.fingerprint,
            message=outcome.message, blob=outcome.blob,
        )  # fmt: skip

    def _obey(self, message: Message, runner: Runner) -> None:
        key = message["key"]
        if message["kind"] == "run":
            self._saved[key] = queue.SimpleQueue()
            context = Context(wire.job_of(message), message["seconds"], lambda cursor: self._save(key, cursor))
            self._contexts[key] = context
            runner.start(key, context)
        elif message["kind"] == "stop" and key in self._contexts:
            self._contexts[key].stop = message["why"]
            runner.interrupt(key, self._contexts[key])
        elif message["kind"] == "saved" and key in self._saved:
            self._saved[key].put(bool(message["kept"]))

    def _save(self, key: str, cursor: bytes) -> bool:
        answers = self._saved[key]
        self._send("checkpoint", key=key, cursor=cursor)
        try:
            return answers.get(timeout=SAVE_SECONDS)
        except queue.Empty:
            return False

    def _send(self, kind: str, **fields: object) -> None:
        with self._sending:
            wire.send(self._connection, kind, **fields)
