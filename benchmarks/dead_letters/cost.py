"""What a Redis was asked meanwhile: commands sent by clients, commands run inside scripts, time, slow scripts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from queue_core import many, scripts
from queue_core.connection import Client

SLOW_MICROSECONDS = 5_000
_END = "counted"
_SOURCES = (scripts.source, many.source)


@dataclass(frozen=True, slots=True)
class Cost:
    """Commands sent, commands that scripts ran, and microseconds of the server's time for all of them."""

    sent: int
    inside: int
    microseconds: float


class Meter:
    """What one request asks of Redis, and how much time many take."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def one(self, request: Callable[[], object], repeat: Callable[[], object]) -> Cost:
        """Count one request by MONITOR, which tells a client's command from a script's; time the repetition without."""
        sent = inside = 0
        with cast("Any", self._client).monitor() as monitor:
            request()
            self._client.echo(_END)
            for command in monitor.listen():
                if command["command"] == f"ECHO {_END}":
                    break
                inside += command["client_type"] == "lua"
                sent += command["client_type"] != "lua"
        before = self._microseconds()
        repeat()
        return Cost(sent, inside, self._microseconds() - before)

    def _microseconds(self) -> float:
        stats: Any = self._client.info("stats")
        return float(stats.get("eventloop_duration_cmd_sum", 0))


def forget_slow(client: Client) -> None:
    """Watch for slow commands from now on."""
    client.config_set("slowlog-log-slower-than", SLOW_MICROSECONDS)
    client.config_set("slowlog-max-len", 10_000)
    client.slowlog_reset()


def slow(client: Client) -> dict[str, tuple[int, float]]:
    """Commands over 5 ms by name of script or command: how many, and the longest in milliseconds."""
    names = {hashlib.sha1(read(name).encode()).hexdigest(): name for name in scripts.names() for read in _SOURCES}
    count: Counter[str] = Counter()
    longest: dict[str, float] = {}
    for entry in _listed(client.slowlog_get(10_000)):
        words = bytes(entry["command"]).decode(errors="replace").split()
        name = names.get(words[1], words[1][:12]) if words[0].upper().startswith("EVAL") else words[0]
        count[name] += 1
        longest[name] = max(longest.get(name, 0.0), entry["duration"] / 1_000)
    return {name: (number, longest[name]) for name, number in count.most_common()}


def _listed(reply: Any) -> list[dict[str, Any]]:
    return list(reply)
