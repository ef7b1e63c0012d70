"""One source's reading: keeps the last values of a source that does not answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from dashboard.adapters.contract import Adapter, AdapterError, SourceUnavailable, Worker
from dashboard.adapters.snapshot import SourceSnapshot, mask_url


class SourceReader:
    """Reads one source, and remembers.

    Args:
        adapter: the source.
        clock: gives unix seconds.
    """

    def __init__(self, adapter: Adapter, clock: Callable[[], float]) -> None:
        self.adapter = adapter
        self._clock = clock
        self._lock = threading.Lock()
        self._again_at = 0.0
        self._last = SourceSnapshot(adapter.source, adapter.kind, mask_url(adapter.url), up=False)

    def read(self) -> SourceSnapshot:
        """The source now, or its last known values with `up` False and the error's text."""
        with self._lock:
            if time.monotonic() < self._again_at:
                return self._last
            started = time.monotonic()
            try:
                self._last = self._fresh()
            except AdapterError as error:
                # A source that times out may cost a viewer a quarter of the time at most.
                self._again_at = time.monotonic() + 3 * (time.monotonic() - started)
                since = self._last.down_since or self._clock()
                silent = isinstance(error, SourceUnavailable)
                error.__cause__ = error.__context__ = error.__traceback__ = None  # it is kept, and would keep these
                self._last = replace(
                    self._last, up=False, error=error.english, fault=error, down_since=since, silent=silent
                )
            return self._last

    def late(self) -> SourceSnapshot:
        """Its last known values, for who waits for it no longer while it is read."""
        return replace(self._last, up=False, error="it has not answered yet")

    def _fresh(self) -> SourceSnapshot:
        workers, problem = self._workers()
        found = self.adapter.queues()
        searching = getattr(self.adapter, "searching", None)
        return replace(
            self._last,
            queues=tuple(each for each in found if each.has_jobs),
            stores=tuple(each for each in found if not each.has_jobs),
            workers=workers,
            workers_problem=problem,
            capabilities=self.adapter.capabilities(),
            up=True,
            error="",
            fault=None,
            as_of=self._clock(),
            down_since=None,
            searching=bool(searching()) if searching else False,
        )

    def _workers(self) -> tuple[tuple[Worker, ...], str]:
        """The workers, and why they cannot be read: that must not take the queues along."""
        try:
            return tuple(self.adapter.workers()), ""
        except SourceUnavailable:
            raise
        except AdapterError as error:
            return (), str(error)
