"""RQ as a product whose failures are mirrored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.contract import Capability, Job, Load, Offer, Page, Queue, Schedule, Selector, State, Worker
from dashboard.adapters.mirrored.product import Fate, Kept, Sighting
from dashboard.adapters.rq import numbers, offers, sampling, schedules, workers
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.failures import Failures
from dashboard.adapters.rq.moves import ORPHAN, Moves
from dashboard.adapters.rq.pages import Pages
from dashboard.adapters.rq.single import Single
from dashboard.adapters.rq.whole import Inspection
from dashboard.redaction import Redaction

KIND = "rq"
PREFIX = "rq"


class RQProduct:
    """One RQ; see `dashboard.adapters.mirrored.product.Product`.

    Args:
        source: the source's name.
        url: Redis URL.
        options: `namespace` (RQ_KEY_PREFIX of its processes, `rq` when empty), `redact` (parts of field names),
            `timeout` (seconds), `clock` (gives unix seconds).
    """

    kind = KIND

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        self.source = source
        clock: Callable[[], float] = options.get("clock") or time.time
        redaction = Redaction(options.get("redact", ()))
        self._redaction = redaction
        self._access = Access(source, url, options.get("namespace") or PREFIX, options.get("timeout", 3.0))
        self._pages = Pages(self._access)
        self._inspection = Inspection(self._access, clock)
        self._failures = Failures(self._access)
        self._moves = Moves(self._access, clock)
        self._single = Single(self._access, clock)

    def capabilities(self) -> Capability:
        return numbers.CAPABILITIES

    def ping(self) -> None:
        self._access.server.ping()

    def load(self) -> Load:
        return self._access.server.load()

    def queues(self) -> list[Queue]:
        return numbers.queues(self._access, self.kind, self.workers())

    def workers(self) -> list[Worker]:
        return workers.workers(self._access)

    def page(self, queue: str, state: State, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        return self._pages.page(queue, state, cursor, limit)

    def job(self, queue: str, job_id: str) -> Job:
        return self._inspection.job(queue, job_id)

    def sample(self, selector: Selector, limit: int) -> Page[Job]:
        """Jobs that finished well, of one queue."""
        if selector.state != State.SUCCEEDED or not selector.queue:
            return Page((), total=0)
        self._access.check_queue(selector.queue)
        return sampling.sample(self._access, selector.queue, selector.type, limit)

    def offers(self, requeueable: str) -> tuple[Offer, ...]:
        return offers.of_failure(requeueable)

    def look(self, place: str, limit: int) -> Sighting:
        return self._failures.look(place, limit)

    def still_failed(self, queue: str, ids: Sequence[str]) -> Sequence[bool]:
        found = self._moves.still_failed(queue, ids)
        self._failures.known.forget(queue, [job_id for job_id, still in zip(ids, found, strict=True) if not still])
        return found

    def fates(self, queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:
        found = self._moves.fates(queue, letters)
        failed = [letter.id for letter, fate in zip(letters, found, strict=True) if fate == Fate.FAILED]
        self._failures.again(queue, failed)
        return found

    def requeue(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        self._failures.known.forget(queue, [letter.id for letter in letters])
        meant = letters if mark else [self._orphan(letter) for letter in letters]
        return self._moves.requeue(queue, meant, mark)

    def _orphan(self, letter: Kept) -> Kept:
        """A single job may be a running one whose worker is lost; operations act on failures alone."""
        lost = self._inspection.lost_run(letter.id)
        return letter if lost is None else replace(letter, memo={ORPHAN: lost})

    def purge(self, queue: str, letters: Sequence[Kept], mark: str, keep_seconds: float) -> Sequence[bool]:
        self._failures.known.forget(queue, [letter.id for letter in letters])
        return self._moves.purge(queue, letters, mark, keep_seconds)

    def restore(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.restore(queue, letters, mark)

    def take_back(self, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        return self._moves.take_back(queue, letters, mark)

    def cancel(self, queue: str, job_id: str) -> State:
        return self._single.cancel(queue, job_id)

    def discard(self, queue: str, job_id: str) -> None:
        self._single.discard(queue, job_id)

    def enqueue_edited(self, queue: str, letter: Kept, data: Any) -> None:
        self._failures.known.forget(queue, [letter.id])
        self._single.enqueue_edited(queue, letter, data)

    def pause(self, queue: str) -> None:
        self._access.check_queue(queue)
        self._single.pause()

    def resume(self, queue: str) -> None:
        self._access.check_queue(queue)
        self._single.resume()

    def schedules(self) -> list[Schedule]:
        return schedules.schedules(self._access, self._redaction)

    def pause_schedule(self, schedule_id: str) -> None:
        raise self._refusal(schedule_id)

    def resume_schedule(self, schedule_id: str) -> None:
        raise self._refusal(schedule_id)

    def run_now(self, schedule_id: str) -> str:
        raise self._refusal(schedule_id)

    def delete_schedule(self, schedule_id: str) -> None:
        raise self._refusal(schedule_id)

    def _refusal(self, schedule_id: str) -> Exception:
        known = any(each.id == schedule_id for each in self.schedules())
        return schedules.refusal(self.source, schedule_id, known=known)
