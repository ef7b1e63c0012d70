"""Sidekiq as a product whose failures are mirrored: its dead jobs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.contract import (
    Capability,
    InvalidRequest,
    Job,
    Offer,
    Page,
    Queue,
    State,
    UnknownJob,
    UnknownQueue,
    Worker,
)  # fmt: skip
from dashboard.adapters.mirrored.moves import MARK_SECONDS, mark_key, trash_key
from dashboard.adapters.mirrored.plain import PlainProduct
from dashboard.adapters.mirrored.product import Fate, Kept, Sighting
from dashboard.adapters.mirrored.reasons import UNREADABLE
from dashboard.adapters.mirrored.scores import ByScore
from dashboard.adapters.mirrored.values import number, text
from dashboard.adapters.sidekiq import processes
from dashboard.adapters.sidekiq.stored import Stored
from dashboard.language import N_

KIND = "sidekiq"
UNDO_SECONDS = 86_400
SEARCHED = 10_000
MOST_KNOWN = 100_000
CHUNK, MOST_CHUNKS = 500, 10
LATE_SECONDS = 15.0
"""What a process runs may be told so late."""

_SETS = {State.SCHEDULED: "schedule", State.RETRYING: "retry"}


class SidekiqProduct(PlainProduct):
    """One source of kind `sidekiq`; see `dashboard.adapters.mirrored.product.Product`.

    Args:
        source: the source's name.
        url: Redis URL.
        options: an adapter's: `namespace` is that of `redis-namespace`, where an old version uses it.
    """

    kind = KIND
    able = PlainProduct.able | Capability.WORKERS

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        super().__init__(source, url, options, "dashboard.adapters.sidekiq")
        self._clock: Callable[[], float] = options.get("clock") or time.time
        namespace = str(options.get("namespace") or "")
        self._prefix = f"{namespace}:" if namespace else ""
        self._failures = ByScore(self.server)
        self._dead: dict[str, tuple[str, str]] = {}
        self._seen: set[str] = set()
        self._missing: dict[str, float] = {}

    def queues(self) -> list[Queue]:
        names = self._names()
        rows = self.server.run("numbers", [self._list(name) for name in names]) if names else []
        _, running = processes.read(self.server, self._prefix, self.source)
        now = self._clock()
        return [self._queue(name, row, running, now) for name, row in zip(names, rows, strict=True)]

    def workers(self) -> list[Worker]:
        return processes.read(self.server, self._prefix, self.source)[0]

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        self._known(queue)
        start = _place(cursor)
        if state == State.PENDING:
            return self._waiting(queue, start, limit)
        if state == State.PROCESSING:
            _, running = processes.read(self.server, self._prefix, self.source)
            jobs = [each.job.job(self.source, state, at=each.started_at) for each in running if each.queue == queue]
            return _page(jobs[start : start + limit], start, len(jobs))
        return self._timed(queue, state, start, limit) if state in _SETS else Page((), total=0)

    def job(self, queue: str, job_id: str) -> Job:
        self._known(queue)
        raw = self._members([Kept(job_id, "", 0.0, None, {})])[0]
        if raw is not None:
            job = Stored.of(raw)
            at = number(self._dead[job_id][0])
            found = job.job(self.source, State.FAILED, at=at, complete=True)
            unable = UNREADABLE if job.again(0.0) is None else ""
            return _with(found, queue, self.offers(unable))
        for state in (State.PROCESSING, State.PENDING, State.RETRYING, State.SCHEDULED):
            for each in self.page(queue, state, limit=200).items:
                if each.id == job_id:
                    return each
        raise UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=job_id)

    def look(self, place: str, limit: int) -> Sighting:
        found = self._failures.look({"dead": f"{self._prefix}dead"}, place, limit)
        if len(self._dead) > MOST_KNOWN:
            self._dead.clear()
        letters = tuple(Stored.of(each.member).letter(each.score, UNREADABLE) for each in found.members)
        for letter in letters:
            self._dead[letter.id] = (letter.memo["score"], letter.memo["sign"])
        self._seen.update(letter.queue for letter in letters)
        return Sighting(letters, found.place, whole=found.whole)

    def still_failed(self, queue: str, ids: Sequence[str]) -> Sequence[bool]:  # noqa: ARG002 - all lie in one set
        return [raw is not None for raw in self._members([Kept(each, "", 0.0, None, {}) for each in ids])]

    def fates(self, queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:
        if not letters:
            return []
        _, running = processes.read(self.server, self._prefix, self.source)
        runs = {each.job.id for each in running}
        keys = [trash_key(self.source, queue, each.id, "before") for each in letters]
        waits = self.server.run("waits", [self._list(queue), *keys], [SEARCHED])
        return [self._fate(each.id, runs, waiting) for each, waiting in zip(letters, waits, strict=True)]

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        now = self._clock()
        calls = []
        for each, raw in zip(letters, self._members(letters), strict=True):
            job = Stored.of(raw) if raw is not None else None
            again = (job.again(now) if job else None) or b""
            member = b"=" + raw if raw is not None and again else b""
            keys = ["dead", f"queue:{queue}", "queues"]
            named = [*(self._prefix + key for key in keys), trash_key(self.source, queue, each.id, "before")]
            calls.append(self._call(each, mark, named, [member, again, queue, UNDO_SECONDS]))
        return self._moved("requeue", calls)

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:
        calls = [
            self._call(
                each,
                mark,
                self._trash(queue, each),
                [b"" if raw is None else b"=" + raw, max(1, round(keep_seconds * 1000))],
            )
            for each, raw in zip(letters, self._members(letters), strict=True)
        ]
        return self._moved("purge", calls)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moved("restore", [self._call(each, mark, self._trash(queue, each), []) for each in letters])

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        start = [f"{self._prefix}dead", self._list(queue)]
        calls = [
            self._call(each, mark, [*start, trash_key(self.source, queue, each.id, "before")], [SEARCHED])
            for each in letters
        ]
        return self._moved("take_back", calls)

    def pause(self, queue: str) -> None:
        self._known(queue)
        super().pause(queue)

    def _moved(self, script: str, calls: Sequence[tuple[list[str], list[Any]]]) -> list[bool]:
        return [reply == 1 for reply in self.server.run_many(script, calls)]

    @staticmethod
    def _call(each: Kept, mark: str, keys: list[str], more: list[Any]) -> tuple[list[str], list[Any]]:
        return [mark_key(mark), *keys], [each.id, MARK_SECONDS if mark else "", *more]

    def _trash(self, queue: str, each: Kept) -> list[str]:
        return [f"{self._prefix}dead", trash_key(self.source, queue, each.id, "job")]

    def _members(self, letters: Sequence[Kept]) -> list[bytes | None]:
        """The bytes of dead jobs, None for one that is not dead."""
        if any(each.id not in self._dead and not each.memo for each in letters):
            self._scan()
        if not letters:
            return []
        places = [self._dead.get(each.id) or (each.memo.get("score"), each.memo.get("sign")) for each in letters]
        asked = [part for score, sign in places for part in (score or "(inf", sign or "")]
        found = self.server.run("listed", [f"{self._prefix}dead"], asked)
        return [
            raw if raw is not None and Stored.of(raw).id == each.id else None
            for each, raw in zip(letters, found, strict=True)
        ]

    def _scan(self) -> None:
        """Where all dead jobs are: Sidekiq keeps 10,000 at most."""
        cursor = 0
        for _ in range(20):
            with self.server.errors():
                reply: Any = self.server.client.zscan(f"{self._prefix}dead", cursor, count=1_000)
            cursor = int(reply[0])
            for member, score in reply[1]:
                job = Stored.of(member)
                self._dead[job.id] = (repr(float(score)), job.sign)
            if not cursor:
                return

    def _fate(self, job_id: str, runs: set[str], waiting: int) -> Fate:
        if waiting == 1 or job_id in runs:
            self._missing.pop(job_id, None)
            return Fate.RUNNING if job_id in runs else Fate.WAITING
        if waiting < 0:
            return Fate.UNKNOWN
        since = self._missing.setdefault(job_id, self._clock())
        return Fate.GONE if self._clock() - since > LATE_SECONDS else Fate.UNKNOWN

    def _waiting(self, queue: str, start: int, limit: int) -> Page[Job]:
        pipeline = self.server.pipeline().llen(self._list(queue)).lrange(self._list(queue), -start - limit, -start - 1)
        total, raw = self.server.replies(pipeline)
        if not isinstance(total, int) or not isinstance(raw, list):
            return Page((), total=None)
        shown = raw if start < total else []
        jobs = [_with(Stored.of(each).job(self.source, State.PENDING), queue) for each in reversed(shown)]
        return _page(jobs, start, total)

    def _timed(self, queue: str, state: State, start: int, limit: int) -> Page[Job]:
        """The jobs of one queue in a set of all; some thousand are looked at for a page."""
        found: list[tuple[Job, str]] = []
        at, key = start, f"{self._prefix}{_SETS[state]}"
        for _ in range(MOST_CHUNKS):
            with self.server.errors():
                rows: Any = self.server.client.zrange(key, at, at + CHUNK - 1, withscores=True)
            for i, (raw, score) in enumerate(rows):
                job = Stored.of(raw)
                if job.queue == queue:
                    found.append((job.job(self.source, state, at=score), str(at + i + 1)))
                    if len(found) == limit:
                        return Page(tuple(each for each, _ in found), found[-1][1], cursors=tuple(c for _, c in found))
            at += len(rows)
            if len(rows) < CHUNK:
                return Page(tuple(each for each, _ in found), None, cursors=tuple(c for _, c in found))
        return Page(tuple(each for each, _ in found), str(at), complete=False, cursors=tuple(c for _, c in found))

    def _queue(self, name: str, row: Sequence[Any], running: Sequence[processes.Running], now: float) -> Queue:
        length, added = row
        since = number(added)
        age = now - (since / 1000 if since and since > 1e11 else since) if since else None
        return Queue(
            self.source, name, KIND, pending=length if isinstance(length, int) else None,
            processing=sum(each.queue == name for each in running),
            oldest_pending_seconds=max(0.0, age) if age is not None else None, capabilities=self.able,
        )  # fmt: skip

    def _names(self) -> list[str]:
        with self.server.errors():
            reply: Any = self.server.client.sscan(f"{self._prefix}queues", count=10_000)
        found = {each.decode() for each in reply[1] if _is_text(each)}
        return sorted(found | self._seen)

    def _list(self, queue: str) -> str:
        return f"{self._prefix}queue:{queue}"

    def _known(self, queue: str) -> None:
        if queue not in self._names():
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self.source, queue=queue,
            )  # fmt: skip


def _page(jobs: Sequence[Job], start: int, total: int) -> Page[Job]:
    cursors = tuple(str(start + i + 1) for i in range(len(jobs)))
    return Page(
        tuple(jobs), cursors[-1] if cursors and start + len(jobs) < total else None, total=total, cursors=cursors
    )


def _place(cursor: str) -> int:
    if not re.fullmatch(r"[0-9]{0,12}", cursor):
        raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))
    return int(cursor or 0)


def _is_text(raw: bytes) -> bool:
    return text(raw).encode() == raw


def _with(job: Job, queue: str, actions: tuple[Offer, ...] = ()) -> Job:
    return replace(job, queue=queue, actions=actions)
