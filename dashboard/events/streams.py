"""The open streams of one process: how many there may be, and one watcher for all of them while anyone listens."""

from __future__ import annotations

import math
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import cast

import structlog

from dashboard.events.changes import Changes, Reading
from dashboard.events.connection import gone

log = structlog.get_logger(__name__)

KEPT_FREE = 8
"""Threads of a web process that streams leave to everything else."""
RETRY = b"retry: 3000\n\n"
COMMENT = b": still here\n\n"


def most_streams(threads: int) -> int:
    """How many streams a web process of so many threads keeps: all but eight, at least one, never its only thread."""
    return min(max(1, threads - KEPT_FREE), threads - 1)


class Stream:
    """One listener.

    Args:
        since: unix seconds of what the client shows; it is told what changed later. None: only of news.
        connection: the client's, by which its end is noticed; None when it cannot be seen.
    """

    def __init__(self, since: float | None = None, connection: socket.socket | None = None) -> None:
        self.since = since
        self.connection = connection
        self.news: set[str] = set()


class Streams:
    """Admits listeners, and tells each of them what changed.

    Args:
        read: reads everything; shared with the pages, so that it costs Redis little while they are looked at.
        changed: called when something changed, before anyone is told.
        most: streams that are kept at once; none unless the web server says how many threads it has.
        every: seconds between two readings, and until a connection that was closed is noticed.
        comment_after: seconds of silence after which a comment keeps proxies from closing the connection.
        lasts: seconds, about, after which a stream ends, so that its client is looked at anew.
        monotonic: the clock of the above.
    """

    def __init__(
        self, read: Callable[[], Reading], changed: Callable[[], None] = lambda: None, *, most: int = 0,
        every: float = 1.0, comment_after: float = 15.0, lasts: float = 300.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.most = most
        self.stopping: Callable[[], bool] = lambda: False
        self._read = read
        self._changed = changed
        self._every = every
        self._comment_after = comment_after
        self._lasts = lasts
        self._monotonic = monotonic
        self._turn = threading.Condition()
        self._open: set[Stream] = set()
        self._changes = Changes()
        self._watched = False

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, stream: Stream) -> bool:
        """Keep a stream, unless there are enough or the server stops."""
        with self._turn:
            if len(self._open) >= self.most:
                self._open = {each for each in self._open if not gone(each.connection)}
            if len(self._open) >= self.most or self.stopping():
                return False
            if stream.since is None:
                stream.since = self._changes.moment if self._watched and self._changes.begun else math.inf
            self._open.add(stream)
            if not self._watched:
                self._watched = True
                threading.Thread(target=self._watch, name="events", daemon=True).start()
            return True

    def leave(self, stream: Stream) -> None:
        """The stream has ended; repeating it changes nothing."""
        with self._turn:
            self._open.discard(stream)

    def messages(self, stream: Stream) -> Iterator[bytes]:
        """What is sent on a stream, until it has lasted long enough, its client is gone or the server stops."""
        spoken = self._monotonic()
        ends = spoken + self._lasts * random.uniform(0.8, 1.2)
        yield RETRY
        while stream in self._open and self._monotonic() < ends and not self.stopping():
            news = self._wait(stream)
            if gone(stream.connection):
                return
            now = self._monotonic()
            if news or now - spoken >= self._comment_after:
                spoken = now
                yield f"event: changed\ndata: {' '.join(sorted(news))}\n\n".encode() if news else COMMENT

    def _wait(self, stream: Stream) -> set[str]:
        with self._turn:
            if not stream.news:
                self._turn.wait(self._every)
            news, stream.news = stream.news, set()
            return news

    def _watch(self) -> None:
        while self._anyone():
            self._look()
            time.sleep(self._every)

    def _anyone(self) -> bool:
        with self._turn:
            self._watched = bool(self._open) and not self.stopping()
            return self._watched

    def _look(self) -> None:
        try:
            reading = self._read()
        except Exception:
            log.exception("could not look for changes")
            return
        with self._turn:
            before, moment = self._changes.moment, self._changes.take(reading)
            if self._changes.since(before):
                self._changed()
            for stream in self._open:
                stream.news |= self._changes.since(cast("float", stream.since))
                stream.since = moment
            self._turn.notify_all()
