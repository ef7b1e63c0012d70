"""The adapter of APScheduler 3: schedules alone, since its job store keeps neither runs nor failures."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from dashboard.adapters.apscheduler import showing
from dashboard.adapters.apscheduler.actions import Actions
from dashboard.adapters.apscheduler.jobless import Jobless
from dashboard.adapters.apscheduler.listing import Listing
from dashboard.adapters.apscheduler.store import Store
from dashboard.adapters.contract import (
    Capability,
    Load,
    Page,
    Queue,
    Schedule,
    UnknownQueue,
    UnknownSchedule,
)
from dashboard.language import N_
from dashboard.redaction import Redaction

KIND = "apscheduler"
CAPABILITIES = (
    Capability.SCHEDULES | Capability.SCHEDULE_PAUSE | Capability.SCHEDULE_RUN | Capability.SCHEDULE_DELETE
)  # fmt: skip


class APSchedulerAdapter(Jobless):
    """One job store of APScheduler 3; see `dashboard.adapters.contract.Adapter`.

    Args:
        source: the source's name.
        url: Redis URL.
        options: `redact` (parts of field names), `timeout` (seconds), `clock`, and in `options` the store's keys, see
            `Store`.
    """

    kind = KIND

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        self.source = source
        self.url = url
        self.now = options.get("clock", time.time)
        self._store = Store(source, url, options.get("timeout", 3.0), options.get("options", {}))
        self._redaction = Redaction(options.get("redact", ()))
        self._listing = Listing(self._store, KIND)
        self._actions = Actions(self._store, self._listing, self.now)

    def capabilities(self) -> Capability:
        return CAPABILITIES

    def ping(self) -> None:
        self._store.ping()

    def load(self) -> Load:
        return self._store.load()

    def queues(self) -> list[Queue]:
        return [replace(self._listing.queue(self.now()), capabilities=CAPABILITIES)]

    def queue(self, name: str) -> Queue:
        (found,) = self.queues()
        if name != found.name:
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; its job store is called %(name)s"),
                source=self.source, queue=name[:120], name=found.name,
            )  # fmt: skip
        return found

    def schedules(self, queue: str = "", *, cursor: str = "", limit: int = 50) -> Page[Schedule]:
        if queue:
            self.queue(queue)
        page, whole = self._listing.page(cursor, limit)
        items = tuple(showing.schedule(self.source, self._store.name, job) for job in page.items)
        return Page(items, page.next_cursor, total=page.total, complete=whole, cursors=page.cursors)

    def schedule(self, schedule_id: str) -> Schedule:
        job = self._listing.one(schedule_id)
        if job is None:
            raise UnknownSchedule(
                N_("source %(source)s has no schedule %(id)s"), source=self.source, id=schedule_id[:120]
            )
        now = self.now()
        return replace(
            showing.schedule(self.source, self._store.name, job),
            heard_at=self._listing.queue(now).scheduler_heard_at,
            upcoming=showing.upcoming(job, now),
            payload=showing.payload(job, self._redaction),
        )

    def pause_schedule(self, schedule_id: str) -> None:
        self._actions.pause(schedule_id)

    def resume_schedule(self, schedule_id: str) -> None:
        self._actions.resume(schedule_id)

    def run_now(self, schedule_id: str) -> str:
        return self._actions.run_now(schedule_id)

    def delete_schedule(self, schedule_id: str) -> None:
        self._actions.delete(schedule_id)

    def maintain(self) -> bool:
        """Look after what was changed a moment ago; True when there is more to do at once, which there never is."""
        self._actions.look_again()
        return False
