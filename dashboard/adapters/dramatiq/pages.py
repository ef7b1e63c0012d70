"""Lists of Dramatiq's messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import redis

from dashboard.adapters.contract import Job, Page, State
from dashboard.adapters.dramatiq import messages
from dashboard.adapters.dramatiq.messages import LARGEST, Read
from dashboard.adapters.dramatiq.names import Names
from dashboard.adapters.merge import decode_cursor, encode_cursor
from dashboard.adapters.mirrored import paging, values
from dashboard.adapters.server import Server
from dashboard.adapters.vocabulary import InvalidRequest
from dashboard.language import N_

MOST_BROKERS = 50
MOST_FETCHED = 500
SCANNED = 200
PARTS = 5
"""How many parts of a hash one page reads at most."""


class Pages:
    """Lists of one source.

    Args:
        server: where they are.
        names: of the keys.
    """

    def __init__(self, server: Server, names: Names) -> None:
        self._server = server
        self._names = names

    def page(self, queue: str, state: State, cursor: str, limit: int) -> Page[Job]:
        """Jobs in one state; of those that run later, the ones that were tried before are the retrying ones."""
        if state == State.PENDING:
            return self._waiting(queue, cursor, limit)
        if state == State.PROCESSING:
            return self._fetched(queue, cursor, limit)
        if state in (State.SCHEDULED, State.RETRYING):
            return self._delayed(queue, state, cursor, limit)
        return Page((), total=None)

    def read(self, key: str, ids: Sequence[str]) -> list[Read | None]:
        """Messages of a hash."""
        found: Any = self._server.run("read", [key], [LARGEST, *ids]) if ids else []
        return [(int(size), raw) if int(size) >= 0 else None for size, raw in found]

    def _waiting(self, queue: str, cursor: str, limit: int) -> Page[Job]:
        members = paging.listed(self._server, self._names.queue(queue), cursor, limit)
        ids = [values.text(each.raw) for each in members]
        jobs = [
            None if read is None else messages.job(self._server.source, queue, job_id, read, State.PENDING)
            for job_id, read in zip(ids, self.read(self._names.messages(queue), ids), strict=True)
        ]
        return paging.page(members, limit, jobs)

    def _fetched(self, queue: str, cursor: str, limit: int) -> Page[Job]:
        """What brokers hold, by id; those of many brokers are not all shown."""
        argv = [self._names.fetched(), queue, MOST_BROKERS, MOST_FETCHED]
        flat: Any = self._server.run("fetched", [self._names.heartbeats()], argv)
        pairs = [(values.text(flat[i]), values.text(flat[i + 1])) for i in range(0, len(flat), 2)]
        shown, cursors = paging.ordered(pairs, lambda pair: [pair[0]], cursor, limit)
        read = self.read(self._names.messages(queue), [job_id for job_id, _ in shown])
        jobs = [
            (replace(messages.job(self._server.source, queue, job_id, one, State.PROCESSING), worker=broker), place)
            for (job_id, broker), one, place in zip(shown, read, cursors, strict=True)
            if one is not None
        ]
        more = cursors[-1] if len(shown) == limit else None
        return Page(tuple(job for job, _ in jobs), more, cursors=tuple(place for _, place in jobs))

    def _delayed(self, queue: str, state: State, cursor: str, limit: int) -> Page[Job]:
        """From a hash, some of it at a time; each part is ordered by the time its messages are to run."""
        at, after = _place(cursor)
        jobs: list[Job] = []
        places: list[str] = []
        for _ in range(PARTS):
            following, found = self._part(queue, state, at)
            rest, cursors = paging.ordered(found, partial(_key, at), after, limit - len(jobs))
            jobs += rest
            places += cursors
            if len(jobs) == limit or not following:
                break
            at, after = following, ""
        more = places[-1] if len(jobs) == limit else encode_cursor([at, -1.0, ""]) if following else None
        return Page(tuple(jobs), more, cursors=tuple(places))

    def _part(self, queue: str, state: State, at: int) -> tuple[int, list[Job]]:
        key = self._names.delayed(queue)
        with self._server.errors():
            try:
                reply: Any = self._server.client.hscan(key, at, count=SCANNED)
            except redis.ResponseError as error:
                if "WRONGTYPE" in str(error):
                    return 0, []
                raise
        following, found = reply
        jobs = []
        for field, raw in found.items():
            job = messages.job(self._server.source, queue, values.text(field), (len(raw), raw[:LARGEST]), state)
            if state == State.SCHEDULED or job.attempts:
                jobs.append(job)
        return int(following), jobs


def _key(at: int, job: Job) -> list[Any]:
    return [at, job.scheduled_for or 0.0, job.id]


def _place(cursor: str) -> tuple[int, str]:
    if not cursor:
        return 0, ""
    match decode_cursor(cursor):
        case [int(at), float() | int(), str()] if 0 <= at < 2**64:
            return at, cursor
    raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor"))
