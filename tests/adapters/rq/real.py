"""The real RQ: its queues, and its workers in this process."""

from __future__ import annotations

from typing import Any

import redis
from rq import VERSION as INSTALLED  # type: ignore[import-untyped]
from rq import Queue, SimpleWorker
from rq.timeouts import TimerDeathPenalty  # type: ignore[import-untyped]

from dashboard.adapters.mirrored.product import DeadLetter, Kept
from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq import tasks

VERSION = tuple(int(part) for part in INSTALLED.split(".")[:2])
"""Of the RQ that these tests run with: 1.16 to 3.0."""


class QuietWorker(SimpleWorker):  # type: ignore[misc]
    """A worker of RQ that leaves the signals of the tests' process alone and listens to no commands.

    The thread that listens takes a fifth of a second to end, in every run.
    """

    death_penalty_class = TimerDeathPenalty

    def _install_signal_handlers(self) -> None:
        pass

    def subscribe(self) -> None:
        pass

    def unsubscribe(self) -> None:
        pass


class RealRQ:
    """Jobs of one database; `tasks.fail` fails until `mend` is called."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = redis.Redis.from_url(url)
        self.connection.set("broken", 1)

    def queue(self, name: str = "mail", **options: Any) -> Any:
        return Queue(name, connection=self.connection, **options)

    def add(self, function: Any, *args: Any, queue: str = "mail", serializer: Any = None, **options: Any) -> str:
        """Enqueue a job; its id."""
        return str(self.queue(queue, serializer=serializer).enqueue(function, *args, **options).id)

    def failed(self, count: int = 1, *, queue: str = "mail", **options: Any) -> list[str]:
        """Jobs that a worker ran and that failed."""
        ids = [self.add(tasks.fail, f"u{i}@example.com", queue=queue, **options) for i in range(count)]
        self.work(queue)
        return ids

    def work(self, *queues: str, **options: Any) -> None:
        """Run everything that waits."""
        made = [self.queue(name, serializer=options.get("serializer")) for name in queues or ("mail",)]
        QuietWorker(made, connection=self.connection, **options).work(burst=True, logging_level="CRITICAL")

    def mend(self) -> None:
        self.connection.delete("broken")

    def ran(self) -> dict[str, int]:
        """How often each job was run with success."""
        return {key.decode(): int(count) for key, count in self.connection.hgetall("ran").items()}

    def status(self, job_id: str) -> str:
        found = self.connection.hget(f"rq:job:{job_id}", "status")
        return "" if found is None else found.decode()

    def snapshot(self, job_id: str, queue: str = "mail") -> dict[str, Any]:
        """All that lies in Redis of a job."""
        client = self.connection
        parts = (f"rq:job:{job_id}", f"rq:job:{job_id}:dependents", f"rq:job::{job_id}:dependencies",
                 f"rq:results:{job_id}")  # fmt: skip
        return {
            "score": client.zscore(f"rq:failed:{queue}", job_id),
            "waiting": client.lpos(f"rq:queue:{queue}", job_id),
            **{part: (client.dump(part), client.expiretime(part)) for part in parts},
        }


def everything(product: RQProduct, limit: int = 200) -> list[DeadLetter]:
    """All failures that looks find until one has reached the end."""
    found: list[DeadLetter] = []
    place = ""
    for _ in range(1_000):
        sighting = product.look(place, limit)
        found += sighting.letters
        place = sighting.place
        if sighting.whole:
            return found
    raise AssertionError("the walk does not end")


def kept(letter: DeadLetter) -> Kept:
    """A dead letter as the mirror gives it back."""
    return Kept(letter.id, letter.type, letter.failed_at, letter.data, letter.memo)
