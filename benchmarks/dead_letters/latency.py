"""A PING every 5 ms from a process of its own, until its input ends."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.dead_letters.processes import python

EVERY_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of the answers to PING."""

    count: int
    median: float
    p99: float
    longest: float
    over_ten: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Latency:
        """From the single times, at least one."""
        ordered = sorted(values)
        return cls(
            len(ordered), quantile(ordered, 0.5), quantile(ordered, 0.99), ordered[-1],
            sum(value > 10 for value in ordered),
        )  # fmt: skip


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value that a share of sorted values does not exceed."""
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1_000 * len(ordered)) // 1_000) - 1))]


def begin(port: int) -> subprocess.Popen[str]:
    """Start to ask; `end` stops it."""
    return python("benchmarks.dead_letters.latency", str(port))


def end(process: subprocess.Popen[str]) -> Latency:
    """Stop asking and read the times."""
    out, _ = process.communicate()
    return Latency.of(json.loads(out))


def measure(port: int) -> list[float]:
    """Ask once, and on until standard input is closed; milliseconds of each answer."""
    times: list[float] = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        following = time.perf_counter()
        ended = False
        while not ended:
            started = time.perf_counter()
            connection.sendall(b"PING\r\n")
            connection.recv(64)
            times.append((time.perf_counter() - started) * 1_000)
            following = max(following + EVERY_SECONDS, time.perf_counter())
            ended = bool(select.select([sys.stdin], [], [], max(0.0, following - time.perf_counter()))[0])
    return times


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
