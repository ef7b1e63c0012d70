"""A whole adapter of a product whose failures are mirrored."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.contract import (
    Action,
    ActionRefused,
    Aged,
    Capability,
    ErrorGroup,
    Held,
    InvalidRequest,
    Job,
    JobTypes,
    Load,
    Outcome,
    Page,
    Part,
    Queue,
    Schedule,
    Selection,
    Selector,
    State,
    Step,
    UnknownQueue,
    UnknownSchedule,
    Worker,
)
from dashboard.adapters.mirrored import numbers
from dashboard.adapters.mirrored.bulk import Bulk
from dashboard.adapters.mirrored.follower import Follower
from dashboard.adapters.mirrored.listing import Listing
from dashboard.adapters.mirrored.mirror import Mirror
from dashboard.adapters.mirrored.one import One
from dashboard.adapters.mirrored.pace import Pace, per_second
from dashboard.adapters.mirrored.product import Product
from dashboard.adapters.mirrored.single import Single
from dashboard.adapters.mirrored.translation import Translation
from dashboard.language import N_, gettext
from dashboard.redaction import Redaction

KEPT_DAYS = 30


class MirroredAdapter:
    """One source of a product; see `dashboard.adapters.contract.Adapter`.

    Args:
        product: reads and moves its jobs.
        url: its Redis URL.
        options: `store_url` (Redis URL of the dashboard's own data; the source's own when left out), `redact`, `scan`,
            `timeout`, `trash_minutes`, `clock`.
    """

    def __init__(self, product: Product, url: str, options: dict[str, Any]) -> None:
        self.source = product.source
        self.kind = product.kind
        self.url = url
        keep_seconds = options.get("trash_minutes", 60) * 60.0
        self._clock: Callable[[], float] = options.get("clock", time.time)
        redaction = Redaction(options.get("redact", ()))
        self._product = product
        self._mirror = Mirror(product.source, options.get("store_url") or url, options)
        self._translation = Translation(self._mirror.originals, product.offers)
        self._listing = Listing(product, options.get("scan", 5_000))
        self._one = One(product, self._mirror, redaction, self._translation)
        self._single = Single(product, self._mirror, redaction, keep_seconds, self._clock)
        self._bulk = Bulk(product, self._mirror, keep_seconds)
        pace = Pace(per_second(url, options.get("store_url") or url), self._clock)
        self._follower = Follower(product, self._mirror, self._clock, KEPT_DAYS * 86_400.0, pace)

    def capabilities(self) -> Capability:
        return self._product.capabilities()

    def ping(self) -> None:
        self._product.ping()

    def load(self) -> Load:
        return self._product.load()

    def searching(self) -> bool:
        """Whether the product's queues are still looked for, so that some may be missing."""
        asked = getattr(self._product, "searching", None)
        return bool(asked()) if asked else False

    def queues(self) -> list[Queue]:
        return numbers.joined(self._product, self._mirror, self._follower)

    def queue(self, name: str) -> Queue:
        found = next((queue for queue in self.queues() if queue.name == name), None)
        if found is None:
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self.source, queue=name,
            )  # fmt: skip
        return found

    def workers(self) -> list[Worker]:
        return self._product.workers()

    def jobs(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        state = selector.state or State.FAILED
        if state != State.FAILED:
            return self._others(selector, state, cursor, limit)
        meant = self._meant(selector)
        if meant is None:
            return Page((), total=0 if self._follower.whole() else None, complete=self._follower.whole())
        page = self._translation.jobs(self._mirror.adapter.jobs(meant, cursor=cursor, limit=limit))
        return replace(page, complete=page.complete and self._follower.whole())

    def trash(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        meant = self._meant(selector)
        if meant is None:
            return Page((), total=0)
        return self._translation.jobs(self._mirror.adapter.trash(meant, cursor=cursor, limit=limit))

    def job(self, queue: str, job_id: str) -> Job:
        return self._one.job(queue, job_id)

    def groups(self, selector: Selector, *, order: str = "last", cursor: str = "", limit: int = 50) -> Page[ErrorGroup]:
        meant = self._meant(selector)
        if meant is None:
            return Page((), total=0, complete=self._follower.whole(), jobs=0)
        page = self._mirror.adapter.groups(meant, order=order, cursor=cursor, limit=limit)
        return self._translation.groups(page, complete=self._follower.whole())

    def sample(self, selector: Selector, *, limit: int = 200, counts: Mapping[str, int] | None = None) -> Page[Job]:  # noqa: ARG002 - the mirror counts itself
        if selector.state not in (None, State.FAILED):
            sampled = getattr(self._product, "sample", None)
            page: Page[Job] = sampled(selector, limit) if sampled else Page((), total=0)
            return replace(page, items=tuple(map(self._one.shown, page.items)))
        meant = self._meant(selector)
        if meant is None:
            return Page((), total=0)
        return self._translation.jobs(self._mirror.adapter.sample(meant, limit=limit))

    def schedules(self, queue: str = "", *, cursor: str = "", limit: int = 50) -> Page[Schedule]:
        found = [each for each in self._product.schedules() if not queue or each.queue == queue]
        try:
            start = max(0, int(cursor or 0))
        except ValueError as error:
            raise InvalidRequest(N_("cursor is not one of this list; start again without a cursor")) from error
        shown = found[start : start + limit]
        cursors = tuple(str(start + i + 1) for i in range(len(shown)))
        further = cursors[-1] if start + limit < len(found) and cursors else None
        return Page(tuple(shown), further, total=len(found), cursors=cursors)

    def schedule(self, schedule_id: str) -> Schedule:
        found = next((each for each in self._product.schedules() if each.id == schedule_id), None)
        if found is None:
            raise UnknownSchedule(
                N_("source %(source)s has no schedule %(schedule)s, or no longer"),
                source=self.source, schedule=schedule_id,
            )  # fmt: skip
        return found

    def pause_schedule(self, schedule_id: str) -> None:
        self._product.pause_schedule(schedule_id)

    def resume_schedule(self, schedule_id: str) -> None:
        self._product.resume_schedule(schedule_id)

    def run_now(self, schedule_id: str) -> str:
        return self._product.run_now(schedule_id)

    def delete_schedule(self, schedule_id: str) -> None:
        self._product.delete_schedule(schedule_id)

    def types(self, queue: str) -> JobTypes | None:
        self.queue(queue)
        return None

    def pause(self, queue: str) -> None:
        self._product.pause(queue)

    def resume(self, queue: str) -> None:
        self._product.resume(queue)

    def act(self, action: Action, queue: str, job_id: str) -> State | None:
        self._follower.notice()
        return self._single.act(action, queue, job_id)

    def edit(self, queue: str, job_id: str, data: Any, seen: str = "") -> State:
        return self._single.edit(queue, job_id, data, seen)

    def move(self, queue: str, job_id: str, target: str) -> State:  # noqa: ARG002 - the contract's
        raise ActionRefused(N_("jobs of this source cannot be put into another queue; requeue it where it was"))

    def select(self, action: Action, selector: Selector) -> Selection:
        if selector.state not in (None, State.FAILED):
            if selector.source != self.source and not selector.queue:
                return Selection((), self._clock(), warnings=(self._left_out(),))
            raise InvalidRequest(N_("only failed jobs of this source can be chosen for an operation"))
        meant = self._meant(selector)
        if meant is None:
            return Selection((), self._clock())
        return self._translation.selection(self._mirror.adapter.select(action, meant))

    def unable(self, parts: Sequence[Part]) -> dict[str, int]:
        return dict(self._mirror.unable(parts))

    def aged(self, parts: Sequence[Part], before: float) -> Aged | None:
        return self._mirror.adapter.aged([self._mirror.part(part) for part in parts], before)

    def held(self, parts: Sequence[Part], *, limit: int = 200) -> Held | None:  # noqa: ARG002 - no unique keys
        return None

    def begin(self, operation: str, action: Action, part: Part, *, rate: float | None = None) -> None:
        self._bulk.begin(operation, action, part, rate=rate)

    def step(self, operation: str, action: Action, part: Part, limit: int) -> Step:
        self._follower.notice()
        return self._bulk.step(operation, action, part, limit)

    def progress(self, operation: str, part: Part) -> Step:
        return self._bulk.progress(operation, part)

    def finish(self, operation: str, part: Part) -> None:
        self._bulk.finish(operation, part)

    def outcome(self, parts: Sequence[tuple[str, Part]]) -> Outcome:
        return self._bulk.outcome(parts)

    def reverse(self, operation: str, action: Action, part: Part) -> Part | None:
        return self._bulk.reverse(operation, action, part)

    def maintain(self) -> bool:
        """Take up new failures and follow requeued jobs; True when there is more to do at once."""
        upkeep = getattr(self._product, "maintain", None)
        more = bool(upkeep()) if upkeep else False
        return self._follower.turn() or more

    def _left_out(self) -> str:
        return gettext(
            "Jobs of source %(source)s are left out: only failed ones can be chosen there.", source=self.source
        )

    def _others(self, selector: Selector, state: State, cursor: str, limit: int) -> Page[Job]:
        """Jobs that are no failures; a queue that only failures have is known, and has none."""
        try:
            return self._listing.jobs(selector, state, cursor=cursor, limit=limit)
        except UnknownQueue:
            if not self._mirror.has(selector.queue):
                raise
            return Page((), total=0)

    def _meant(self, selector: Selector) -> Selector | None:
        """The selector for the mirror; None when the queue is the product's but has had no failure."""
        if selector.queue and not self._mirror.has(selector.queue):
            self.queue(selector.queue)
            return None
        return self._mirror.selector(selector)
