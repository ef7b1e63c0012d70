"""BullMQ as a product whose failures are mirrored."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.bullmq import pages, workers
from dashboard.adapters.bullmq.moves import Moves
from dashboard.adapters.bullmq.stored import Stored
from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    Capability,
    Exactness,
    InvalidRequest,
    Job,
    Offer,
    Page,
    Queue,
    State,
    UnknownJob,
    UnknownQueue,
    Worker,
)
from dashboard.adapters.mirrored.finding import Finding, literal
from dashboard.adapters.mirrored.plain import PlainProduct
from dashboard.adapters.mirrored.product import Fate, Kept, Sighting
from dashboard.adapters.mirrored.scores import ByScore
from dashboard.adapters.mirrored.values import SHOWN, text
from dashboard.language import N_

KIND = "bullmq"
NAMES_AT_ONCE = 100
OLDEST, NEWEST = 5, 6
LONGEST_EDIT = 8_000_000

OTHER_VERSION = N_("only jobs of BullMQ 5 and 6 are put back; this queue does not say that it is of one of these")

_VERSION = re.compile(r"bullmq:(\d{1,3})\.")
_FATES = {b"f": Fate.FAILED, b"s": Fate.SUCCEEDED, b"r": Fate.RUNNING, b"w": Fate.WAITING, b"g": Fate.GONE}


class BullmqProduct(PlainProduct):
    """One source of kind `bullmq`; see `dashboard.adapters.mirrored.product.Product`.

    Args:
        source: the source's name.
        url: Redis URL.
        options: an adapter's: `namespace` is BullMQ's prefix (`bull`); and in `options` the kind's own: `queues`, the
            queues' names; without it they are looked for.
    """

    kind = KIND
    able = PlainProduct.able | Capability.EDIT | Capability.PAUSE | Capability.WORKERS

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        super().__init__(source, url, options, "dashboard.adapters.bullmq")
        self._clock: Callable[[], float] = options.get("clock") or time.time
        self._prefix = str(options.get("namespace") or "bull")
        given = self.options.get("queues") or ()
        names = (given,) if isinstance(given, str) else tuple(map(str, given))
        self._finding = Finding(self.server, f"{literal(self._prefix)}:*:meta", self._queue_of, names)
        self._failures = ByScore(self.server)
        self._versions: dict[str, int] = {}
        self._moves = Moves(source, self.server, self._base)

    def queues(self) -> list[Queue]:
        names = self._finding.names()
        found: list[Queue] = []
        for start in range(0, len(names), NAMES_AT_ONCE):
            some = names[start : start + NAMES_AT_ONCE]
            rows = self.server.run("numbers", [self._base(name) for name in some])
            found += [self._queue(name, row) for name, row in zip(some, rows, strict=True)]
        return found

    def workers(self) -> list[Worker]:
        with self.server.errors():
            clients: Any = self.server.client.client_list()
        return workers.of_clients(self.source, self._prefix, clients, self._clock())

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        self._known(queue)
        if state not in pages.KEYS:
            return Page((), total=0)
        found, total = pages.listed(self.server, self._base(queue), state, cursor, limit)
        shown = found[:limit]
        read = self._read([(queue, job_id) for job_id, _, _ in shown], 2_000)
        rows = [
            (self._listed(stored, state, score), place)
            for stored, (_, place, score) in zip(read, shown, strict=True)
            if stored
        ]
        further = shown[-1][1] if len(found) > limit and shown else None
        return Page(tuple(job for job, _ in rows), further, total=total, cursors=tuple(place for _, place in rows))

    def job(self, queue: str, job_id: str) -> Job:
        self._known(queue)
        (stored,) = self._read([(queue, job_id)], SHOWN, states=True)
        if stored is None:
            raise UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=job_id)
        job = stored.job(self.source, complete=True)
        return replace(job, actions=self.offers(self._requeueable(queue))) if job.state == State.FAILED else job

    def offers(self, requeueable: str) -> tuple[Offer, ...]:
        offered = super().offers(requeueable)
        edit = Offer(Action.EDIT, Exactness.IMPOSSIBLE, requeueable) if requeueable else Offer(Action.EDIT)
        return (*offered, edit)

    def look(self, place: str, limit: int) -> Sighting:
        names = self._finding.names()
        found = self._failures.look({name: f"{self._base(name)}failed" for name in names}, place, limit)
        listed = [(each.name, each.member.decode("utf-8", "replace")) for each in found.members]
        reasons = {name: self._requeueable(name) for name in {each.name for each in found.members}}
        letters = tuple(
            stored.letter(each.score, reasons[each.name])
            for stored, each in zip(self._read(listed, SHOWN), found.members, strict=True)
            if stored
        )
        return Sighting(letters, found.place, whole=found.whole and self._finding.whole)

    def still_failed(self, queue: str, ids: Sequence[str]) -> Sequence[bool]:
        return [fate == Fate.FAILED for fate in self._fates(queue, ids)]

    def fates(self, queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:
        return self._fates(queue, [each.id for each in letters])

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        self._able(queue)
        return self._moves.requeue(queue, [each.id for each in letters], mark, lists=self._version(queue) < NEWEST)

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:
        return self._moves.purge(queue, [each.id for each in letters], mark, keep_seconds)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.restore(queue, [each.id for each in letters], mark)

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.take_back(queue, [each.id for each in letters], mark)

    def enqueue_edited(self, queue: str, letter: Kept, data: Any) -> None:
        self._able(queue)
        try:
            stored = json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidRequest(f"data cannot be stored: {error}") from error
        if len(stored) > LONGEST_EDIT:
            raise InvalidRequest(N_("these arguments cannot be sent: they are not JSON, or larger than 1 MB"))
        if not self._moves.requeue(queue, [letter.id], "", lists=self._version(queue) < NEWEST, data=stored)[0]:
            state = self.job(queue, letter.id).state
            raise ActionRefused(
                N_("job %(job)s is %(state)s and cannot be changed by %(action)s; nothing was changed"),
                job=letter.id, state=state.value, action="edit",
            )  # fmt: skip

    def pause(self, queue: str) -> None:
        self._known(queue)
        self._able(queue)
        self.server.run("pause", [self._base(queue)], [1 if self._version(queue) < NEWEST else ""])

    def resume(self, queue: str) -> None:
        self._known(queue)
        self._able(queue)
        self.server.run("resume", [self._base(queue)])

    def _queue(self, name: str, row: Sequence[Any]) -> Queue:
        version, paused, waiting, held, prioritized, active, delayed, completed, failed, added = row
        self._versions[name] = _major(version)
        whole = all(isinstance(part, int) for part in (waiting, held, prioritized))
        age = self._clock() - float(added) / 1000 if added and text(added).isdigit() else None
        return Queue(
            self.source, name, KIND, pending=waiting + held + prioritized if whole else None, processing=active,
            scheduled=delayed, failed=failed, succeeded=completed, paused=bool(paused),
            oldest_pending_seconds=max(0.0, age) if age is not None else None, capabilities=self.able,
        )  # fmt: skip

    def _listed(self, stored: Stored, state: State, score: float | None) -> Job:
        job = stored.job(self.source, state)
        return replace(job, scheduled_for=score // 4096 / 1000) if state == State.SCHEDULED and score else job

    def _read(self, jobs: Sequence[tuple[str, str]], most: int, *, states: bool = False) -> list[Stored | None]:
        if not jobs:
            return []
        keys = [self._base(queue) for queue, _ in jobs]
        rows = self.server.run("read", keys, [most, 1 if states else "", *(job_id for _, job_id in jobs)])
        return [Stored.of(queue, job_id, row) for (queue, job_id), row in zip(jobs, rows, strict=True)]

    def _fates(self, queue: str, ids: Sequence[str]) -> list[Fate]:
        if not ids:
            return []
        return [_FATES[each] for each in self.server.run("states", [self._base(queue)], ids)]

    def _base(self, queue: str) -> str:
        return f"{self._prefix}:{queue}:"

    def _queue_of(self, key: str) -> str | None:
        """BullMQ allows no colon in a queue's name; a job whose id is `meta` has none in front of it either."""
        name = key[len(self._prefix) + 1 : -len(":meta")]
        return name if name and ":" not in name else None

    def _known(self, queue: str) -> None:
        if queue in self._finding.names():
            return
        with self.server.errors():
            there = self.server.client.exists(f"{self._base(queue)}meta")
        if not there:
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self.source, queue=queue,
            )  # fmt: skip
        self._finding.remember(queue)

    def _version(self, queue: str) -> int:
        """The major version that last used a queue, 0 when it is not said."""
        if not self._versions.get(queue):
            (reply,) = self.server.replies(self.server.pipeline().hget(f"{self._base(queue)}meta", "version"))
            self._versions[queue] = _major(reply)
        return self._versions[queue]

    def _requeueable(self, queue: str) -> str:
        return "" if OLDEST <= self._version(queue) <= NEWEST else OTHER_VERSION

    def _able(self, queue: str) -> None:
        if reason := self._requeueable(queue):
            raise ActionRefused(reason)


def _major(version: Any) -> int:
    found = _VERSION.match(text(version))
    return int(found[1]) if found else 0
