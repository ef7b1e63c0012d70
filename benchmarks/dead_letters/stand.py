"""One filled Valkey with `redrive serve` on it, and the addresses of its pages."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from benchmarks.dead_letters import fill, processes
from benchmarks.dead_letters.browser import Browser
from dashboard.adapters.merge import encode_cursor
from queue_core.connection import connect
from queue_core.keys import QueueKeys
from queue_core.replies import text
from tests.conftest import RealServer, free_port

SOURCE = "main"
SERVER_OPTIONS = ("--appendonly", "no", "--maxclients", "1000")


@dataclass(frozen=True, slots=True)
class Place:
    """One dead letter: where a list goes on behind it."""

    queue: str
    fingerprint: str
    id: str
    score: str

    @property
    def cursor(self) -> str:
        """The cursor of a page that begins after this job."""
        return encode_cursor([self.score, self.queue, self.id])


class Stand:
    """A number of dead letters, shown by a dashboard."""

    def __init__(self, jobs: int, say: Any) -> None:
        self.jobs = jobs
        self.server = RealServer(*SERVER_OPTIONS).start()
        seconds = fill.fill(self.server.url, jobs)
        self.client = connect(self.server.url, timeout=60)
        memory: Any = self.client.info("memory")
        say(f"{jobs:,} dead letters filled in {seconds:.1f} s, {memory['used_memory'] / 2**20:,.0f} MiB")
        self.port = free_port()
        self.web = processes.python(
            "dashboard", "serve", "--redis", self.server.url, "--port", str(self.port), "--no-collector"
        )
        self.browser = Browser(self.port)
        self._until_answering()

    def close(self) -> None:
        """Stop everything and free the memory."""
        self.browser.close()
        processes.stop(self.web)
        self.client.close()
        self.server.close()

    def paths(self) -> dict[str, list[str]]:
        """Addresses of every kind of page, several of each so that no reading is shared by chance."""
        queues = fill.QUEUES
        largest = {queue: self._largest(queue) for queue in queues}
        first = largest[queues[0]]
        group = f"/dead/{first}"
        middle, last = (self._places(queues[0], first, share) for share in (0.5, 1.0))
        anywhere = [place for queue in queues for place in self._places(queue, largest[queue], 0.5)]
        jobs = "/api/v1/jobs?state=failed&limit="
        return {
            "groups page": ["/dead"],
            "group page, first jobs": [f"/dead/{largest[queue]}" for queue in queues],
            "group page, middle": [f"{group}?{urlencode({'cursor': place.cursor})}" for place in middle],
            "group page, last": [f"{group}?{urlencode({'cursor': place.cursor})}" for place in last],
            "failed list, first": ["/jobs?state=failed"],
            "failed list, middle": [f"/jobs?state=failed&cursor={place.cursor}" for place in anywhere],
            "filtered by type": [f"/jobs?state=failed&type={each}" for each in fill.TYPES],
            "filtered by error": [f"/jobs?state=failed&error={each}" for each in ("Timeout", "Declined")],
            "filtered, nothing found": [f"/jobs?state=failed&q=nothing-{number}" for number in range(8)],
            "job page": [f"/jobs/{SOURCE}/{place.queue}/{place.id}" for place in anywhere],
            "JSON list, first 10": [f"{jobs}10"],
            "JSON list, middle 10": [f"{jobs}10&cursor={place.cursor}" for place in anywhere],
            "JSON list, first 50": [f"{jobs}50"],
            "JSON list, middle 50": [f"{jobs}50&cursor={place.cursor}" for place in anywhere],
            "JSON groups": ["/api/v1/dead/groups"],
        }

    def _largest(self, queue: str) -> str:
        found = self.client.zrevrange(QueueKeys.of(queue).group_counts, 0, 0)
        return text(cast("list[bytes]", found)[0])

    def _places(self, queue: str, fingerprint: str, share: float) -> list[Place]:
        """Up to eight neighbours so far down a group's list, newest first; 1 is its last page."""
        key = QueueKeys.of(queue).group(fingerprint)
        size = self.client.zcard(key)
        at = max(0, min(size - 58, int(size * share)))
        rows = cast("list[tuple[bytes, float]]", self.client.zrevrange(key, at, at + 7, withscores=True))
        return [Place(queue, fingerprint, text(member), f"{score:.0f}") for member, score in rows]

    def _until_answering(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                self.browser.get("/healthz")
                return
            self.browser.close()
            if self.web.poll() is not None or time.monotonic() > deadline:
                self.close()
                raise RuntimeError("the dashboard does not answer; what it said is above")
            time.sleep(0.1)
