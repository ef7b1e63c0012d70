"""What clients asked of a Redis meanwhile, by MONITOR, and which commands took long, by its slow log."""

from __future__ import annotations

import threading
import time
from collections import Counter
from types import TracebackType
from typing import Any, cast

from queue_core.connection import connect

SLOW_MILLISECONDS = 5.0
_END = "counted"


class Asked:
    """A context in which commands are counted; those that scripts run are told apart."""

    def __init__(self, url: str) -> None:
        self._client = connect(url, timeout=None)
        self._other = connect(url, timeout=60)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._listening = threading.Event()
        self.sent = 0
        self.inside = 0
        self.names: Counter[str] = Counter()
        self.seconds = 0.0

    def __enter__(self) -> Asked:
        self._thread.start()
        self._listening.wait(30)
        self._began = time.perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.seconds = time.perf_counter() - self._began
        self._other.echo(_END)
        self._thread.join(30)
        self._client.close()
        self._other.close()

    def _listen(self) -> None:
        with cast("Any", self._client).monitor() as monitor:
            self._listening.set()
            for command in monitor.listen():
                if command["command"] == f"ECHO {_END}":
                    return
                if command["client_type"] == "lua":
                    self.inside += 1
                else:
                    self.sent += 1
                    self.names[command["command"].split()[0].upper()] += 1


def watch_slow(client: Any, milliseconds: float = 1.0) -> None:
    """Remember from now on which commands took longer."""
    client.config_set("slowlog-log-slower-than", int(milliseconds * 1_000))
    client.config_set("slowlog-max-len", 1_000)
    client.slowlog_reset()


def slowest(client: Any) -> list[tuple[str, float]]:
    """The remembered commands, longest first: their beginning, and milliseconds."""
    rows = [
        (bytes(each["command"]).decode(errors="replace"), each["duration"] / 1_000)
        for each in client.slowlog_get(1_000)
    ]
    kept = [row for row in rows if not row[0].startswith(("SLOWLOG", "CONFIG", "MONITOR"))]
    return sorted(kept, key=lambda row: -row[1])
