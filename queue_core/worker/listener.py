"""Waits in a thread of its own until a queue has something, and rings the agent's bell."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Sequence

import redis

from queue_core.connection import Client
from queue_core.replies import text

PAUSE = 0.2
"""Seconds between two tries to reach Redis."""


class Bell:
    """A pipe that ends the agent's waiting; may be rung from threads and signal handlers."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        os.set_blocking(self.reader, False)

    def ring(self) -> None:
        """Wake the agent."""
        with contextlib.suppress(BlockingIOError, OSError):
            os.write(self._writer, b"!")

    def clear(self) -> None:
        """Forget what was rung."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self.reader, 1024):
                pass


class Listener:
    """Blocks on wake lists when it is told to; one blocked connection for all queues.

    Args:
        client: for this thread alone; its replies must be allowed to take longer than a wait.
        bell: rung at the end of each wait.
    """

    def __init__(self, client: Client, bell: Bell) -> None:
        self._client, self._bell = client, bell
        self._armed = threading.Event()
        self._keys: list[str] = []
        self._seconds = 0.0
        self._woken: str | None = None
        self._ended = False
        threading.Thread(target=self._serve, name="listener", daemon=True).start()

    @property
    def waiting(self) -> bool:
        """Whether a wait is under way."""
        return self._armed.is_set()

    def arm(self, keys: Sequence[str], seconds: float) -> None:
        """Begin to wait for a token in one of the lists."""
        self._keys, self._seconds, self._woken = list(keys), max(0.05, seconds), None
        self._armed.set()

    def take(self) -> str | None:
        """The list whose token came since the last call, if any."""
        if self._armed.is_set():
            return None
        woken, self._woken = self._woken, None
        return woken

    def end(self) -> None:
        """Wait no more."""
        self._ended = True
        self._armed.set()

    def _serve(self) -> None:
        while True:
            self._armed.wait()
            if self._ended:
                return
            try:
                found = self._client.blpop(self._keys, timeout=self._seconds)
                self._woken = text(found[0]) if found else None
            except (redis.RedisError, OSError):  # the agent's own commands notice it too
                time.sleep(PAUSE)
            self._armed.clear()
            self._bell.ring()
