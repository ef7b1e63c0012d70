"""Lists of taskiq's messages, single tasks, numbers of queues, and workers of streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from dashboard import safe_pickle
from dashboard.adapters.contract import (
    Action,
    Capability,
    Exactness,
    InvalidRequest,
    Job,
    Offer,
    Page,
    Payload,
    Queue,
    State,
    UnknownJob,
    Worker,
)
from dashboard.adapters.mirrored import paging, reasons, values
from dashboard.adapters.taskiq import messages
from dashboard.adapters.taskiq.access import Access, Found, Line, message_of
from dashboard.language import N_

MOST_WORKERS = 200
MOST_READERS = 5_000
"""Readers of a stream, beyond which they are not asked for: Redis tells of all of them at once."""

LOST_SECONDS = 60.0
"""A worker asks for messages every two seconds, unless its application says otherwise."""

FORGOTTEN_SECONDS = 900.0


class Pages:
    """Lists of one source.

    Args:
        access: where the messages are.
        clock: gives unix seconds.
    """

    def __init__(self, access: Access, clock: Callable[[], float]) -> None:
        self._access = access
        self._clock = clock

    def queues(self, able: Capability) -> list[Queue]:
        """All queues; `processing` is what workers have fetched from a stream. Of lists only their length is known."""
        now, source = self._clock(), self._access.server.source
        return [
            Queue(
                source, each.name, "taskiq", pending=each.pending, processing=each.processing, stalled=each.stalled,
                paused=False, scheduled=None, capabilities=able,
                oldest_pending_seconds=None if each.oldest is None else max(0.0, now - each.oldest),
            )
            for each in self._access.lines()
        ]  # fmt: skip

    def workers(self) -> list[Worker]:
        """Those that read streams, lost ones first; one that is not heard of for long is left out unless it holds
        messages, since taskiq never takes it off its list. Of each stream at most MOST_WORKERS, those heard of last."""
        streams = [each for each in self._access.lines() if each.group and each.readers <= MOST_READERS]
        pipeline = self._access.server.pipeline()
        for each in streams:
            pipeline.xinfo_consumers(each.name, each.group)
        replies = self._access.server.replies(pipeline) if streams else []
        found = [
            self._worker(line, told)
            for line, reply in zip(streams, replies, strict=True)
            for told in _heard_of(reply if isinstance(reply, list) else ())
        ]
        return sorted(found, key=lambda each: (not each.lost, each.id))

    def page(self, queue: str, state: State, cursor: str, limit: int) -> Page[Job]:
        """Jobs in one state. taskiq tells neither what runs from a list, nor what has ended."""
        line = self._access.line(queue)
        if line.is_stream and state in (State.PENDING, State.PROCESSING):
            return self._streamed(line, state, cursor, limit)
        if state != State.PENDING:
            return Page(())
        members = paging.listed(self._access.server, queue, cursor, limit, tail=True)
        source = self._access.server.source
        jobs = [messages.message(each.raw).job(source, queue, state) for each in members]
        return paging.page(members, limit, jobs, total=line.pending)

    def job(self, queue: str, task_id: str, failed: tuple[Offer, ...]) -> Job:
        """One job, complete; `failed`: what can be done to one that failed. Raises UnknownJob."""
        source, line = self._access.server.source, self._access.line(queue)
        found = self._access.find(line, task_id)
        if found is not None:
            state = State.PROCESSING if found.running else State.PENDING
            actions = () if found.running else _DELETE
            return self._entry(line, found, state, whole=True, actions=actions)
        (ended,) = self._access.stored([task_id])
        if ended is None:
            raise UnknownJob(N_("queue %(queue)s has no job %(job)s, or no longer"), queue=queue, job=task_id)
        if not ended.failed:
            shown = safe_pickle.render(ended.fields.get("return_value"))
            return Job(task_id, source, queue, "", State.SUCCEEDED, attempts=ended.attempts, result=shown)
        return Job(
            task_id, source, queue, "", State.FAILED, payload=Payload(undecodable=messages.UNKEPT),
            attempts=ended.attempts, error=ended.error(), actions=failed,
        )  # fmt: skip

    def _streamed(self, line: Line, state: State, cursor: str, limit: int) -> Page[Job]:
        after = _place(cursor)
        found = self._held(line, after, limit) if state == State.PROCESSING else self._waiting(line, after, limit)
        jobs = tuple(self._entry(line, each, state) for each in found)
        cursors = tuple(each.entry for each in found)
        total = line.processing if state == State.PROCESSING else line.pending
        return Page(jobs, cursors[-1] if len(found) == limit else None, total=total, cursors=cursors)

    def _waiting(self, line: Line, after: str, limit: int) -> list[Found]:
        start = after if after and _number(after) > _number(line.last) else line.last
        with self._access.server.errors():
            rows: Any = self._access.server.client.xrange(line.name, f"({start}", "+", count=limit)
        return [Found(False, entry.decode(), message_of(fields)) for entry, fields in rows]

    def _held(self, line: Line, after: str, limit: int) -> list[Found]:
        if not line.group:
            return []
        with self._access.server.errors():
            rows: Any = self._access.server.client.xpending_range(
                line.name, line.group, f"({after}" if after else "-", "+", limit
            )
        sent = self._access.entries([(line.name, values.text(row["message_id"])) for row in rows])
        return [
            Found(
                True, values.text(row["message_id"]), message or messages.message(b""), values.text(row["consumer"]),
                float(row["time_since_delivered"]),
            )
            for row, message in zip(rows, sent, strict=True)
        ]  # fmt: skip

    def _entry(self, line: Line, found: Found, state: State, **more: Any) -> Job:
        job = found.message.job(self._access.server.source, line.name, state, **more)
        job = replace(job, enqueued_at=values.seconds(found.entry.partition("-")[0]))
        if state != State.PROCESSING:
            return job
        return replace(job, worker=found.consumer, started_at=self._clock() - found.idle / 1000)

    def _worker(self, line: Line, told: dict[str, Any]) -> Worker:
        idle = values.whole(told.get("idle")) / 1000
        return Worker(
            values.text(told.get("name")), self._access.server.source, "", None, "", (line.name,), None,
            values.whole(told.get("pending")), None, self._clock() - idle, lost=idle > LOST_SECONDS,
        )  # fmt: skip


_DELETE = (Offer(Action.PURGE, Exactness.BEST_EFFORT, reasons.FOR_GOOD),)


def _heard_of(readers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that hold messages or were heard of lately, the last ones first."""
    idle = sorted((values.whole(told.get("idle")) / 1000, number, told) for number, told in enumerate(readers))
    shown = [told for since, _, told in idle if told.get("pending") or since < FORGOTTEN_SECONDS]
    return shown[:MOST_WORKERS]


def _place(cursor: str) -> str:
    if cursor and not all(part.isdigit() and len(part) < 21 for part in cursor.split("-", 1)):
        raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))
    return cursor


def _number(entry: str) -> list[int]:
    return [int(part) for part in entry.split("-", 1)]
