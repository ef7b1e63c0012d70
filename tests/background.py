"""A source with real jobs in a real Valkey, and the parts that work on it in the background, on a clock of its own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from dashboard.adapters.contract import Action, Selector
from dashboard.alerts.book import AlertBook
from dashboard.operations.driver import Driver
from dashboard.operations.operations import Operations
from dashboard.services import Services, build_services
from dashboard.settings import Settings
from queue_core import keys
from queue_core.connection import Client, connect
from queue_core.engine import Engine, NewJob, Outcome, OutcomeKind

START = 1_900_000_000.0
BATCH = 50
PROBLEM = "builtins.ValueError: no such user"
_numbers = itertools.count(1)


@dataclass
class Clock:
    """Time that passes only when it is told to."""

    now: float = START

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> float:
        self.now += seconds
        return self.now


class Jobs:
    """Makes and runs jobs of one queue through the engine."""

    def __init__(self, url: str, queue: str = "mail") -> None:
        self.client: Client = connect(url)
        self.queue = queue
        self.engine = Engine(self.client, queue)
        self.keys = self.engine.keys
        self.client.sadd(keys.queues(), queue)

    def pending(self, count: int, type: str = "send_email") -> list[str]:
        """Enqueue jobs; their ids."""
        ids = [f"{self.queue}-{next(_numbers)}" for _ in range(count)]
        for start in range(0, count, 500):
            self.engine.enqueue([NewJob(i, type, b"j{}", max_retries=0) for i in ids[start : start + 500]])
        return ids

    def dead(
        self, count: int, fingerprint: str = "f1", message: str = "builtins.ValueError: no such user"
    ) -> list[str]:
        """Make dead letters; their ids. Nothing else may be pending."""
        ids: list[str] = []
        while len(ids) < count:
            ids += self.pending(min(BATCH, count - len(ids)))
            self.run("p", fingerprint=fingerprint, message=message)
        return ids

    def run(
        self,
        kind: OutcomeKind = "s",
        most: int = 1_000_000,
        fingerprint: str = "f1",
        message: str = "builtins.ValueError: x",
    ) -> int:
        """Run pending jobs, all with one outcome; how many."""
        ran = 0
        while ran < most:
            claims = self.engine.settle("w", claim=min(BATCH, most - ran)).claims
            if not claims:
                break
            bad = kind != "s"
            self.engine.settle("w", [
                Outcome(kind, c.id, c.token, fingerprint=fingerprint if bad else "", message=message if bad else "")
                for c in claims
            ])  # fmt: skip
            ran += len(claims)
        return ran

    def states(self, ids: list[str]) -> dict[str, int]:
        """How many of the jobs are in each state letter (`gone` when there is no record)."""
        counts: dict[str, int] = {}
        for job_id in ids:
            state = self.client.hget(self.keys.job(job_id), "st")
            name = state.decode() if isinstance(state, bytes) else "gone"
            counts[name] = counts.get(name, 0) + 1
        return counts

    def requeues(self, ids: list[str]) -> set[int]:
        """How often each job was requeued, as a set of numbers."""
        return {int(self.client.hget(self.keys.job(job_id), "rq") or 0) for job_id in ids}  # type: ignore[arg-type]


@dataclass
class World:
    """One source named `main` and everything that works on it."""

    url: str
    given: dict[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        sources = [{"name": "main", "kind": "queue_core", "url": self.url}]
        self.settings = Settings(**({"sources": sources} | self.given))
        self.services: Services = build_services(self.settings, self.clock)
        self.jobs = Jobs(self.url)
        self.store = self.services.store
        self.operations: Operations = self.services.operations
        self.book: AlertBook = self.services.alerts
        self.driver = self.new_driver()

    def new_driver(self) -> Driver:
        return Driver(self.store, self.services.sources, self.settings, self.clock)

    def plan(self, action: Action = Action.REQUEUE, **narrowed: Any) -> Any:
        return self.operations.plan(action, Selector(source="main", queue="mail", **narrowed))

    def start(self, action: Action = Action.REQUEUE, **options: Any) -> Any:
        chosen = Selector(source="main", queue="mail")
        options.setdefault("reason", "a test")
        return self.operations.start(action=action, selector=chosen, **options)

    def drive(self, rounds: int = 1_000) -> int:
        """Drive until nothing moves; how many rounds moved jobs."""
        for done in range(rounds):
            if not self.driver.drive():
                return done
        return rounds
