"""Sidekiq's processes, and the jobs that they run, up to ten seconds late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.contract import CurrentJob, Worker
from dashboard.adapters.mirrored.values import number, record, text, whole
from dashboard.adapters.server import Server
from dashboard.adapters.sidekiq.stored import Stored

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Running:
    """A job that runs, in the process of that identity."""

    identity: str
    queue: str
    job: Stored
    started_at: float | None


def read(server: Server, prefix: str, source: str) -> tuple[list[Worker], list[Running]]:
    """All processes, lost ones first, and what they run."""
    with server.errors():
        reply: Any = server.client.sscan(f"{prefix}processes", count=MOST)
    names = sorted(text(each) for each in reply[1][:MOST])
    pipeline = server.pipeline()
    for name in names:
        pipeline.hmget(f"{prefix}{name}", "info", "busy", "beat", "quiet", "rss")
        for part in ("work", "workers"):  # the second until Sidekiq 6
            pipeline.hgetall(f"{prefix}{name}:{part}")
    rows = server.replies(pipeline) if names else []
    workers, running = [], []
    for i, name in enumerate(names):
        told, *work = rows[3 * i : 3 * i + 3]
        runs = [each for part in work if isinstance(part, dict) for each in _running(name, part)]
        running += runs
        workers.append(_worker(source, name, told if isinstance(told, list) else [None] * 5, runs))
    return sorted(workers, key=lambda worker: not worker.lost), running


def _running(name: str, work: Mapping[bytes, bytes]) -> list[Running]:
    found = []
    for raw in work.values():
        told = record(raw)
        held = told.get("payload")
        job = Stored.of(held.encode()) if isinstance(held, str) else Stored(b"", held if isinstance(held, dict) else {})
        found.append(Running(name, str(told.get("queue") or job.queue), job, number(told.get("run_at"))))
    return found


def _worker(source: str, name: str, told: list[Any], runs: list[Running]) -> Worker:
    info, busy, beat, quiet, rss = told
    known = record(info)
    host, _, rest = name.partition(":")
    pid = rest.partition(":")[0]
    queues = known.get("queues")
    memory = number(rss)
    return Worker(
        name, source, str(known.get("hostname") or host), int(pid) if pid.isdecimal() and len(pid) < 12 else None,
        str(known.get("version") or ""), tuple(map(str, queues)) if isinstance(queues, list) else (),
        whole(known.get("concurrency")) or None, whole(busy) if busy is not None else None,
        number(known.get("started_at")), number(beat), lost=info is None,
        memory_bytes=int(memory * 1024) if memory else None, stopping=text(quiet) == "true",
        jobs=tuple(CurrentJob(each.job.id, each.queue, each.job.type, each.started_at) for each in runs),
    )  # fmt: skip
