"""Failures put back, taken away, restored and taken back: each job in one atomic script where there is one server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from dashboard.adapters.celery import building, results, revoked
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.building import Call, Envelope
from dashboard.adapters.celery.messages import UNKNOWN_TYPE
from dashboard.adapters.celery.results import DIGESTED_BYTES, Result
from dashboard.adapters.contract import AdapterError, InvalidRequest
from dashboard.adapters.mirrored import moves
from dashboard.adapters.mirrored.product import Kept
from queue_core.connection import Client

KEPT_SECONDS = 86_400
"""How long a requeue can be taken back, at most."""
DEPTH = 10_000
"""Messages from each end of a list among which one is looked for that is taken back."""

MARK_MS = moves.MARK_SECONDS * 1000
KEPT_MS = KEPT_SECONDS * 1000


@dataclass(frozen=True, slots=True)
class Keys:
    """Names of Redrive's own for one failure that was moved."""

    record: str
    kept: str
    left: str

    @classmethod
    def of(cls, source: str, queue: str, job_id: str, what: str) -> Keys:
        """For what is kept of a requeue or of a purge."""
        named = [moves.trash_key(source, queue, job_id, f"{what}-{part}") for part in ("record", "result", "left")]
        return cls(*named)


class Moves:
    """Moves failures of one application."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._access = application.access

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Put failures back to the end of their queue; see `Product.requeue`."""
        found = self._failures(queue, [each.id for each in letters], mark)
        made = self._envelopes(queue, found)
        if self._access.one_server:
            calls = [
                self._requeue_call(queue, each, *made[each.id], mark) for each in found if each and each.id in made
            ]
            replies = iter(self._access.ask_each(self._access.broker, "requeue", calls))
        else:
            replies = iter(self._requeue_apart(queue, [each for each in found if each and each.id in made], made, mark))
        moved = [next(replies) == 1 if each and each.id in made else False for each in found]
        return self._or_before(self._access.broker, letters, mark, moved)

    def resend(self, queue: str, letter: Kept, args: list[Any], kwargs: dict[str, Any]) -> bool:
        """Put one failure back with other arguments; False when it is no longer there. Raises InvalidRequest."""
        (found,) = self._failures(queue, [letter.id], "")
        if found is None:
            return False
        made = self._envelope(queue, found, self._new_ids([found]).get(found.id, found.id), args, kwargs)
        if self._access.one_server:
            calls = [self._requeue_call(queue, found, *made, "")]
            return self._access.ask_each(self._access.broker, "requeue", calls) == [1]
        return self._requeue_apart(queue, [found], {found.id: made}, "") == [1]

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> list[bool]:
        """Take failures away, kept for a time; see `Product.purge`."""
        found = self._failures(queue, [each.id for each in letters], mark)
        kept_ms = max(1_000, round(keep_seconds * 1000))
        calls = [self._take_call(queue, each, "purged", mark, kept_ms) for each in found if each]
        replies = iter(self._access.ask_each(self._access.backend, "take", calls))
        moved = [next(replies) == 1 if each else False for each in found]
        return self._or_before(self._access.backend, letters, mark, moved)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Put purged failures back; see `Product.restore`."""
        return self._give_back(queue, [each.id for each in letters], "purged", mark)

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Make requeued jobs that have not started failures again; see `Product.take_back`."""
        records = self.records(queue, [each.id for each in letters])
        if not self._access.one_server:
            return self._take_back_apart(queue, letters, records, mark)
        calls: list[tuple[list[bytes | str], list[Any]]] = []
        for letter, record in zip(letters, records, strict=True):
            keys = Keys.of(self._access.source, queue, letter.id, "requeued")
            lists = record.get(b"list") or self._access.names.list_of(queue)
            result = self._access.names.result(letter.id)
            calls.append((
                [moves.mark_key(mark), lists, keys.record, result, keys.kept, keys.left],
                [*self._access.databases, letter.id, int(bool(mark)), DEPTH, MARK_MS],
            ))  # fmt: skip
        return [reply == 1 for reply in self._access.ask_each(self._access.broker, "take_back", calls)]

    def records(self, queue: str, ids: Sequence[str]) -> list[dict[bytes, bytes]]:
        """What was noted when jobs were put back: list, message, tag, id, at; empty where nothing was."""
        with self._access.errors():
            pipeline = self._access.broker.pipeline(transaction=False)
            for job_id in ids:
                pipeline.hgetall(Keys.of(self._access.source, queue, job_id, "requeued").record)
            found: list[dict[bytes, bytes]] = pipeline.execute() if ids else []
        return found

    def _failures(self, queue: str, ids: Sequence[str], mark: str) -> list[Result | None]:
        """Results that are failures; for jobs taken by this move at the other server already, what is kept of them."""
        found = [each if each and each.failed else None for each in results.read_all(self._access, ids)]
        if self._access.one_server or not mark:
            return found
        missing = [job_id for job_id, each in zip(ids, found, strict=True) if each is None]
        with self._access.errors():
            pipeline = self._access.backend.pipeline(transaction=False)
            for job_id in missing:
                pipeline.get(Keys.of(self._access.source, queue, job_id, "requeued").kept)
            kept = dict(zip(missing, pipeline.execute() if missing else [], strict=True))
        return [
            each or (results.parse(job_id, kept[job_id], len(kept[job_id])) if kept.get(job_id) else None)
            for job_id, each in zip(ids, found, strict=True)
        ]

    def _envelopes(self, queue: str, found: Sequence[Result | None]) -> dict[str, tuple[Envelope, str]]:
        """Messages by the id of the failure, with the id that the task has from now on."""
        fit = [each for each in found if each and not results.refusal(each, self._sent_to(queue))]
        new, made = self._new_ids(fit), {}
        for each in fit:
            try:
                args, kwargs = each.meta["args"], each.meta["kwargs"]
                made[each.id] = self._envelope(queue, each, new.get(each.id, each.id), args, kwargs)
            except InvalidRequest:
                continue
        return made

    def _envelope(
        self, queue: str, result: Result, task_id: str, args: list[Any], kwargs: dict[str, Any]
    ) -> tuple[Envelope, str]:
        parent = results.said(result.meta.get("parent_id"))
        call = Call(results.said(result.meta.get("name")), task_id, args, kwargs, parent=parent)
        return building.envelope(call, queue), task_id

    def _new_ids(self, found: Sequence[Result]) -> dict[str, str]:
        """New ids for tasks that were revoked: workers leave out whatever has the old one."""
        known = revoked.among(self._access, [each.id for each in found])
        return {job_id: str(uuid4()) for job_id in known}

    def _sent_to(self, queue: str) -> str | None:
        return queue if queue != UNKNOWN_TYPE or self._application.bindings.probe(queue) else None

    def _requeue_call(
        self, queue: str, result: Result, made: Envelope, task_id: str, mark: str
    ) -> tuple[list[bytes | str], list[Any]]:
        keys, names = Keys.of(self._access.source, queue, result.id, "requeued"), self._access.names
        return (
            [moves.mark_key(mark), names.list_of(queue), keys.record, names.result(result.id), keys.kept, keys.left],
            [*self._access.databases, result.id, int(bool(mark)), result.size, result.digest, DIGESTED_BYTES,
             made.message, made.tag, task_id, self._application.clock(), KEPT_MS, MARK_MS],
        )  # fmt: skip

    def _take_call(
        self, queue: str, result: Result, what: str, mark: str, kept_ms: int
    ) -> tuple[list[bytes | str], list[Any]]:
        keys = Keys.of(self._access.source, queue, result.id, what)
        return (
            [moves.mark_key(mark), self._access.names.result(result.id), keys.kept, keys.left],
            [result.id, int(bool(mark)), result.size, result.digest, DIGESTED_BYTES, kept_ms, MARK_MS],
        )

    def _requeue_apart(
        self, queue: str, found: Sequence[Result], made: dict[str, tuple[Envelope, str]], mark: str
    ) -> list[int]:
        """At two servers: the failure is taken away at one, then its message is put at the other; both are marked."""
        own, mark = not mark, mark or str(uuid4())
        taken = self._access.ask_each(
            self._access.backend, "take", [self._take_call(queue, each, "requeued", mark, KEPT_MS) for each in found]
        )
        sent = [each for each, reply in zip(found, taken, strict=True) if reply == 1]
        calls: list[tuple[list[bytes | str], list[Any]]] = []
        for each in sent:
            envelope, task_id = made[each.id]
            record = Keys.of(self._access.source, queue, each.id, "requeued").record
            calls.append((
                [moves.mark_key(mark), self._access.names.list_of(queue), record],
                [each.id, 1, envelope.message, envelope.tag, task_id, self._application.clock(), KEPT_MS, MARK_MS],
            ))  # fmt: skip
        try:
            done = iter(self._access.ask_each(self._access.broker, "send", calls))
        except AdapterError:
            if own:  # nobody repeats it with this mark
                self._give_back(queue, [each.id for each in sent], "requeued", "")
            raise
        return [int(next(done)) if reply == 1 else 0 for reply in taken]

    def _take_back_apart(
        self, queue: str, letters: Sequence[Kept], records: Sequence[dict[bytes, bytes]], mark: str
    ) -> list[bool]:
        """At two servers: the message is deleted at one, then the failure is put back at the other."""
        mark = mark or str(uuid4())
        calls: list[tuple[list[bytes | str], list[Any]]] = [
            (
                [moves.mark_key(mark), record.get(b"list") or self._access.names.list_of(queue)],
                [letter.id, 1, record.get(b"message", b""), DEPTH, MARK_MS],
            )
            for letter, record in zip(letters, records, strict=True)
        ]
        withdrawn = self._access.ask_each(self._access.broker, "withdraw", calls)
        ids = [letter.id for letter, reply in zip(letters, withdrawn, strict=True) if reply == 1]
        given = dict(zip(ids, self._give_back(queue, ids, "requeued", mark), strict=True))
        return [given.get(letter.id, False) for letter in letters]

    def _give_back(self, queue: str, ids: Sequence[str], what: str, mark: str) -> list[bool]:
        calls: list[tuple[list[bytes | str], list[Any]]] = []
        for job_id in ids:
            keys, result = Keys.of(self._access.source, queue, job_id, what), self._access.names.result(job_id)
            calls.append(([moves.mark_key(mark), result, keys.kept, keys.left], [job_id, int(bool(mark)), MARK_MS]))
        return [reply == 1 for reply in self._access.ask_each(self._access.backend, "give_back", calls)]

    def _or_before(self, client: Client, letters: Sequence[Kept], mark: str, moved: list[bool]) -> list[bool]:
        """True also for those that this very move has moved before, as it is noted at a server."""
        left = [letter.id for letter, done in zip(letters, moved, strict=True) if not done]
        if not mark or not left:
            return moved
        with self._access.errors():
            marked: Any = client.smismember(moves.mark_key(mark), left)
        before = {job_id for job_id, known in zip(left, marked, strict=True) if known}
        return [done or letter.id in before for letter, done in zip(letters, moved, strict=True)]
