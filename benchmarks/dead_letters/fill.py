"""Dead letters by the engine's own scripts: enqueued, claimed and failed, so that every count and index is true."""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence

from queue_core import keys
from queue_core.connection import connect
from queue_core.engine import Engine, NewJob, Outcome
from queue_core.failure import ErrorDetail, Frame
from queue_core.invariants import audit

QUEUES = tuple(f"queue-{number}" for number in range(8))
GROUPS = 200
GROUPS_A_QUEUE = GROUPS // len(QUEUES)
TRACEBACK = 2_000
VARIANTS = 16
ENQUEUED_AT_ONCE = 448
SETTLED_AT_ONCE = 64
DETAILS = 100_000_000
TYPES = ("invoice.send", "payment.capture", "report.build", "image.resize", "webhook.deliver")
ERRORS = ("billing.gateway.GatewayTimeout", "KeyError", "requests.exceptions.ConnectionError", "billing.Declined")


def fill(url: str, jobs: int, processes: int = 2) -> float:
    """Fill an empty server with dead letters, spread over 8 queues and 200 groups of unequal size; returns seconds."""
    started = time.perf_counter()
    share, rest = divmod(jobs, len(QUEUES))
    work = [(url, queue, share + (number < rest), number) for number, queue in enumerate(QUEUES)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.starmap(fill_queue, work, chunksize=1)
    return time.perf_counter() - started


def fill_queue(url: str, queue: str, jobs: int, seed: int) -> None:
    """Fill one queue: each job is enqueued, claimed and reported as failed for good, in bounded calls."""
    client = connect(url, timeout=60)
    engine = Engine(client, queue)
    engine.configure(details=DETAILS)
    client.sadd(keys.queues(), queue)
    chance = random.Random(seed)
    groups = [Group(seed, number) for number in range(GROUPS_A_QUEUE)]
    chosen = _choices(chance, groups, jobs)
    for start in range(0, jobs, ENQUEUED_AT_ONCE):
        batch = {f"{queue}-{start + i:08d}": group for i, group in enumerate(chosen[start : start + ENQUEUED_AT_ONCE])}
        engine.enqueue([group.job(job_id) for job_id, group in batch.items()])
        _fail(engine, batch, chance)
    client.close()


def problems(url: str) -> list[str]:
    """What the audit finds wrong with the filled queues; nothing, when the fill is right."""
    client = connect(url, timeout=60)
    return [f"{queue}: {problem}" for queue in QUEUES for problem in audit(client, queue)]


class Group:
    """One error: a job type, an exception and tracebacks of 2 kB that differ from job to job."""

    def __init__(self, queue: int, number: int) -> None:
        chance = random.Random(queue * 1_000 + number)
        self.type = TYPES[number % len(TYPES)]
        self.error = ERRORS[(queue + number) % len(ERRORS)]
        self.fingerprint = f"{queue * GROUPS_A_QUEUE + number:016x}"
        self.details = [self._detail(chance) for _ in range(VARIANTS)]
        self.blobs = [detail.encode() for detail in self.details]

    def job(self, job_id: str) -> NewJob:
        """A job of the group, with arguments of about 200 bytes."""
        number = int(job_id[-8:])
        body = json.dumps({"customer": number % 97, "order": job_id, "note": "n" * 140})
        return NewJob(id=job_id, type=self.type, payload=b"j" + body.encode())

    def outcome(self, job_id: str, token: int, chance: random.Random) -> Outcome:
        """The failure of one job, with a traceback of its own."""
        which = chance.randrange(VARIANTS)
        return Outcome("p", job_id, token, -1, self.fingerprint, self.details[which].line(), self.blobs[which])

    def _detail(self, chance: random.Random) -> ErrorDetail:
        frames: list[Frame] = []
        while sum(len(f.path) + len(f.function) + len(f.source) + 30 for f in frames) < TRACEBACK:
            name = f"step_{chance.randrange(10**6)}"
            source = (
                f"result = {name}({chance.randrange(10**9)}, retries={chance.randrange(9)}, key='{chance.random()}')"
            )
            frames.append(
                Frame(f"billing/module_{chance.randrange(999)}.py", chance.randrange(1, 900), name, source, True)
            )
        message = f"no answer from 10.0.0.{chance.randrange(255)} within {chance.randrange(60)} s"
        now = time.time()
        return ErrorDetail(
            self.error, message, tuple(frames), worker="host:1:abc", host="host", version="1.0", number=1,
            started=now - 1, finished=now, outcome="permanent", fingerprint=self.fingerprint,
        )  # fmt: skip


def _choices(chance: random.Random, groups: Sequence[Group], jobs: int) -> list[Group]:
    """A group for each job: every group once, then the first ones more often than the last."""
    weights = [1 / (number + 1) for number in range(len(groups))]
    chosen = [*groups, *chance.choices(groups, weights, k=max(0, jobs - len(groups)))][:jobs]
    chance.shuffle(chosen)
    return chosen


def _fail(engine: Engine, batch: dict[str, Group], chance: random.Random) -> None:
    """Claim what was enqueued and report it, each call with the outcomes of the one before."""
    outcomes: list[Outcome] = []
    for _ in _rounds(len(batch)):
        claims = engine.settle("bench", outcomes, claim=SETTLED_AT_ONCE, lease=600_000).claims
        outcomes = [batch[claim.id].outcome(claim.id, claim.token, chance) for claim in claims]


def _rounds(jobs: int) -> Iterator[int]:
    """As many calls as claim all jobs, and one more that reports the last."""
    yield from range(-(-jobs // SETTLED_AT_ONCE) + 1)
