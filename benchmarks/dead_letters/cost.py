"""What a Redis was asked meanwhile: commands sent by clients, commands run inside scripts, time, slow scripts."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from queue_core import scripts
from queue_core.connection import Client

SLOW_MICROSECONDS = 5_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Commands sent, commands that scripts ran, and microseconds of the server's time for all of them."""

    sent: float
    inside: float
    microseconds: float

    def each(self, requests: int) -> Cost:
        """The mean of one request."""
        return Cost(self.sent / requests, self.inside / requests, self.microseconds / requests)


class Meter:
    """Counts from `start` to `stop`, without its own questions. Needs a server whose CLIENT LIST tells `tot-cmds`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._before = (0, 0, 0.0)
        self._own = 0

    def start(self) -> None:
        """Begin to count."""
        self._before = self._read()

    def stop(self) -> Cost:
        """What was asked since `start`."""
        sent, processed, microseconds = (now - then for now, then in zip(self._read(), self._before, strict=True))
        own = 4  # one reading: INFO twice, CLIENT ID, CLIENT LIST
        return Cost(sent, max(0, processed - sent - own), microseconds)

    def _read(self) -> tuple[int, int, float]:
        own_id = self._client.client_id()
        sent = 0
        for each in _listed(self._client.client_list()):
            if int(each["id"]) != own_id:
                sent += int(each.get("tot-cmds", 0))
        stats: Any = self._client.info("stats")
        commands: Any = self._client.info("commandstats")
        calls = sum(each["calls"] for each in commands.values())
        return sent, int(calls), float(stats.get("eventloop_duration_cmd_sum", 0))


def forget_slow(client: Client) -> None:
    """Watch for slow commands from now on."""
    client.config_set("slowlog-log-slower-than", SLOW_MICROSECONDS)
    client.config_set("slowlog-max-len", 10_000)
    client.slowlog_reset()


def slow(client: Client) -> dict[str, tuple[int, float]]:
    """Commands over 5 ms by name of script or command: how many, and the longest in milliseconds."""
    names = {hashlib.sha1(scripts.source(name).encode()).hexdigest(): name for name in scripts.names()}
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
