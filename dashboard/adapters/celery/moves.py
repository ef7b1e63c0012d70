"""Failures put back, taken away, restored and taken back: each job in one atomic script where there is one server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from dashboard.adapters.celery import building, results, revoked
from dashboard.adapters.celery.application import Application
from dashboard.adapters.celery.building import Call, Envelope
from dashboard.adapters.celery.messages import UNKNOWN_TYPE
from dashboard.adapters.celery.names import raw
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

    record: bytes
    kept: bytes
    left: bytes

    @classmethod
    def of(cls, source: str, queue: str, job_id: str, what: str) -> Keys:
        """For what is kept of a requeue or of a purge."""
        named = [raw(moves.trash_key(source, queue, job_id, f"{what}-{part}")) for part in ("record", "result", "left")]
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
        fit = [each for each in found if each and each.id in made]
        near = [each for each in fit if self._near(captured=each.captured)]
        far = [each for each in fit if not self._near(captured=each.captured)]
        calls = [self._requeue_call(queue, each, *made[each.id], mark) for each in near]
        replies = dict(zip([each.id for each in near], self._access.ask_each(self._access.broker, "requeue", calls),
                           strict=True))  # fmt: skip
        if far:
            replies |= dict(zip([each.id for each in far], self._requeue_apart(queue, far, made, mark), strict=True))
        moved = [replies.get(letter.id) == 1 for letter in letters]
        return self._or_before(letters, mark, moved, self._access.broker)

    def resend(self, queue: str, letter: Kept, args: list[Any], kwargs: dict[str, Any]) -> bool:
        """Put one failure back with other arguments; False when it is no longer there. Raises InvalidRequest."""
        (found,) = self._failures(queue, [letter.id], "")
        if found is None:
            return False
        made = self._envelope(queue, found, self._new_ids([found]).get(found.id, found.id), args, kwargs)
        if self._near(captured=found.captured):
            calls = [self._requeue_call(queue, found, *made, "")]
            return self._access.ask_each(self._access.broker, "requeue", calls) == [1]
        return self._requeue_apart(queue, [found], {found.id: made}, "") == [1]

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> list[bool]:
        """Take failures away, kept for a time; see `Product.purge`."""
        found = self._failures(queue, [each.id for each in letters], mark)
        kept_ms = max(1_000, round(keep_seconds * 1000))
        replies: dict[str, Any] = {}
        for captured in (False, True):
            some = [each for each in found if each and each.captured == captured]
            calls = [self._take_call(queue, each, "purged", mark, kept_ms) for each in some]
            done = self._access.ask_each(self._home(captured=captured), "take", calls)
            replies |= dict(zip([each.id for each in some], done, strict=True))
        moved = [replies.get(letter.id) == 1 for letter in letters]
        return self._or_before(letters, mark, moved, self._access.broker, self._access.backend)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Put purged failures back; see `Product.restore`."""
        return self._by_home(
            queue, letters, "purged",
            lambda some, captured: self._give_back(queue, some, "purged", mark, captured=captured),
        )  # fmt: skip

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> list[bool]:
        """Make requeued jobs that have not started failures again; see `Product.take_back`."""
        return self._by_home(
            queue, letters, "requeued", lambda some, captured: self._take_back(queue, some, mark, captured=captured)
        )

    def _take_back(self, queue: str, letters: Sequence[Kept], mark: str, *, captured: bool) -> list[bool]:
        records = self.records(queue, [each.id for each in letters])
        if not self._near(captured=captured):
            return self._take_back_apart(queue, letters, records, mark)
        calls: list[tuple[list[bytes | str], list[Any]]] = []
        for letter, record in zip(letters, records, strict=True):
            keys = Keys.of(self._access.source, queue, letter.id, "requeued")
            lists = record.get(b"list") or self._access.names.list_of(queue)
            result = self._failure_key(letter.id, captured=captured)
            calls.append((
                [moves.mark_key(mark), lists, keys.record, result, keys.kept, keys.left],
                [*self._databases(captured=captured), letter.id, int(bool(mark)), DEPTH, MARK_MS],
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
            [moves.mark_key(mark), names.list_of(queue), keys.record,
             self._failure_key(result.id, captured=result.captured), keys.kept, keys.left],
            [*self._databases(captured=result.captured), result.id, int(bool(mark)), result.size,
             result.digest, DIGESTED_BYTES, made.message, made.tag, task_id, self._application.clock(),
             KEPT_MS, MARK_MS],
        )  # fmt: skip

    def _take_call(
        self, queue: str, result: Result, what: str, mark: str, kept_ms: int
    ) -> tuple[list[bytes | str], list[Any]]:
        keys = Keys.of(self._access.source, queue, result.id, what)
        return (
            [moves.mark_key(mark), self._failure_key(result.id, captured=result.captured), keys.kept, keys.left],
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
                self._give_back(
                    queue, [Kept(each.id, "", 0.0, None, {}) for each in sent], "requeued", "", captured=False
                )
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
        gone = [letter for letter, reply in zip(letters, withdrawn, strict=True) if reply == 1]
        given = dict(zip([each.id for each in gone], self._give_back(queue, gone, "requeued", mark, captured=False),
                         strict=True))  # fmt: skip
        return [given.get(letter.id, False) for letter in letters]

    def _give_back(self, queue: str, letters: Sequence[Kept], what: str, mark: str, *, captured: bool) -> list[bool]:
        calls: list[tuple[list[bytes | str], list[Any]]] = []
        for letter in letters:
            keys = Keys.of(self._access.source, queue, letter.id, what)
            failure = self._failure_key(letter.id, captured=captured)
            calls.append(([moves.mark_key(mark), failure, keys.kept, keys.left], [letter.id, int(bool(mark)), MARK_MS]))
        return [reply == 1 for reply in self._access.ask_each(self._home(captured=captured), "give_back", calls)]

    def _by_home(
        self, queue: str, letters: Sequence[Kept], what: str, move: Callable[[list[Kept], bool], list[bool]]
    ) -> list[bool]:
        """Move failures that were captured, and those that had results, each where they lay."""
        of_captures = self._captured(queue, letters, what)
        moved: dict[str, bool] = {}
        for captured in (False, True):
            some = [each for each, is_one in zip(letters, of_captures, strict=True) if is_one == captured]
            moved |= dict(zip([each.id for each in some], move(some, captured) if some else [], strict=True))
        return [moved[each.id] for each in letters]

    def _captured(self, queue: str, letters: Sequence[Kept], what: str) -> list[bool]:
        """Which are failures without a result, by the form in which they are kept; where that is gone, or at the other
        server, as was noted of them. Nothing is noted of one that no look had found yet."""
        with self._access.errors():
            pipeline = self._access.broker.pipeline(transaction=False)
            for letter in letters:
                pipeline.type(Keys.of(self._access.source, queue, letter.id, what).kept)
            kinds = pipeline.execute() if letters else []
        known = {b"list": True, b"string": False}
        return [
            known.get(kind, letter.memo.get("captured") is True) for letter, kind in zip(letters, kinds, strict=True)
        ]

    def _near(self, *, captured: bool) -> bool:
        """Whether failures lie at the server of the messages: what is captured always does."""
        return captured or self._access.one_server

    def _home(self, *, captured: bool) -> Client:
        return self._access.broker if captured else self._access.backend

    def _databases(self, *, captured: bool) -> tuple[int, int]:
        broker, backend = self._access.databases
        return broker, broker if captured else backend

    def _failure_key(self, job_id: str, *, captured: bool) -> bytes:
        return self._access.captured.key(job_id) if captured else self._access.names.result(job_id)

    def _or_before(self, letters: Sequence[Kept], mark: str, moved: list[bool], *clients: Client) -> list[bool]:
        """True also for those that this very move has moved before, as it is noted at a server."""
        left = [letter.id for letter, done in zip(letters, moved, strict=True) if not done]
        if not mark or not left:
            return moved
        before: set[str] = set()
        for client in dict.fromkeys(clients):
            with self._access.errors():
                marked: Any = client.smismember(moves.mark_key(mark), list(map(raw, left)))
            before |= {job_id for job_id, known in zip(left, marked, strict=True) if known}
        return [done or letter.id in before for letter, done in zip(letters, moved, strict=True)]
