"""The adapter of `queue_core`: reads and moves its jobs through its own scripts alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.adapters.contract import (
    Action,
    AdapterError,
    Aged,
    Capability,
    ErrorGroup,
    Held,
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
    SourceUnavailable,
    State,
    Step,
    Worker,
)
from dashboard.adapters.queue_core import inspecting, numbers, sampling, whole, workers
from dashboard.adapters.queue_core.access import TRASH_MINUTES, Access
from dashboard.adapters.queue_core.bulk import Bulk
from dashboard.adapters.queue_core.filters import by_job
from dashboard.adapters.queue_core.groups import Groups
from dashboard.adapters.queue_core.listing import Listing
from dashboard.adapters.queue_core.looked_groups import LookedGroups
from dashboard.adapters.queue_core.moves import Moves
from dashboard.adapters.queue_core.rows import Rows
from dashboard.adapters.queue_core.schedules import ScheduleList
from dashboard.adapters.queue_core.selecting import Selecting
from dashboard.adapters.queue_core.trash_list import TrashList
from dashboard.redaction import Redaction

KIND = "queue_core"


class QueueCoreAdapter:
    """One source of kind `queue_core`; see `dashboard.adapters.contract.Adapter`.

    Args:
        source: the source's name.
        url: Redis URL.
        options: `namespace`, `redact` (parts of field names), `scan` (jobs a filter may look at), `timeout` (seconds),
            `trash_minutes` (how long purged jobs can be restored).
        access: to its server, when there is one already.
    """

    kind = KIND

    def __init__(self, source: str, url: str, options: dict[str, Any], access: Access | None = None) -> None:
        self.source = source
        self.url = url
        self._access = access or Access(
            source, url, options.get("namespace", ""), options.get("timeout", 3.0),
            trash_minutes=options.get("trash_minutes", TRASH_MINUTES),
        )  # fmt: skip
        self._redaction = Redaction(options.get("redact", ()))
        self._groups = Groups(self._access, self._redaction)
        self._rows = Rows(self._access, self._redaction)
        self._listing = Listing(self._access, self._groups.heads, self._rows, options.get("scan", 5_000))
        self._looked = LookedGroups(self._listing, self._groups)
        self._selecting = Selecting(self._access, self._groups.heads, self._rows, self._listing)
        self._trash = TrashList(self._selecting.trashes, options.get("scan", 5_000))
        self._moves = Moves(self._access, self._redaction)
        self._bulk = Bulk(self._access)
        self._schedules = ScheduleList(self._access, self._redaction)

    def capabilities(self) -> Capability:
        return numbers.CAPABILITIES

    def ping(self) -> None:
        with self._access.errors():
            self._access.client.ping()

    def queues(self) -> list[Queue]:
        return numbers.queues(self._access, self.kind, self._workers_if_readable())

    def queue(self, name: str) -> Queue:
        return numbers.queue(self._access, self.kind, name, self._workers_if_readable())

    def _workers_if_readable(self) -> list[Worker] | None:
        try:
            return self.workers()
        except SourceUnavailable:
            raise
        except AdapterError:
            return None

    def jobs(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        return self._listing.jobs(selector, cursor=cursor, limit=limit)

    def trash(self, selector: Selector, *, cursor: str = "", limit: int = 50) -> Page[Job]:
        return self._trash.jobs(selector, cursor=cursor, limit=limit)

    def job(self, queue: str, job_id: str) -> Job:
        return whole.read(self._access, self._redaction, queue, job_id)

    def groups(self, selector: Selector, *, order: str = "last", cursor: str = "", limit: int = 50) -> Page[ErrorGroup]:
        asked = self._looked.groups if by_job(selector) else self._groups.groups
        return asked(selector, order=order, cursor=cursor, limit=limit)

    def sample(self, selector: Selector, *, limit: int = 200, counts: Mapping[str, int] | None = None) -> Page[Job]:
        return sampling.sample(self._access, self._redaction, selector, limit, counts)

    def load(self) -> Load:
        return self._access.load()

    def workers(self) -> list[Worker]:
        return workers.workers(self._access)

    def schedules(self, queue: str = "", *, cursor: str = "", limit: int = 50) -> Page[Schedule]:
        return self._schedules.page(queue, cursor, limit)

    def schedule(self, schedule_id: str) -> Schedule:
        return self._schedules.one(schedule_id)

    def pause_schedule(self, schedule_id: str) -> None:
        self._schedules.pause(schedule_id)

    def resume_schedule(self, schedule_id: str) -> None:
        self._schedules.resume(schedule_id)

    def run_now(self, schedule_id: str) -> str:
        return self._schedules.run_now(schedule_id)

    def delete_schedule(self, schedule_id: str) -> None:
        self._schedules.delete(schedule_id)

    def types(self, queue: str) -> JobTypes:
        return numbers.types(self._access, queue)

    def pause(self, queue: str) -> None:
        self._moves.pause(queue)

    def resume(self, queue: str) -> None:
        self._moves.resume(queue)

    def act(self, action: Action, queue: str, job_id: str) -> State | None:
        return self._moves.act(action, queue, job_id)

    def edit(self, queue: str, job_id: str, data: Any, seen: str = "") -> State:
        return self._moves.edit(queue, job_id, data, seen)

    def move(self, queue: str, job_id: str, target: str) -> State:
        return self._moves.move(queue, job_id, target)

    def select(self, action: Action, selector: Selector) -> Selection:
        return self._selecting.select(action, selector)

    def unable(self, parts: Sequence[Part]) -> dict[str, int]:  # noqa: ARG002 - all of them can be put back
        return {}

    def aged(self, parts: Sequence[Part], before: float) -> Aged:
        return inspecting.aged(self._access, parts, before)

    def held(self, parts: Sequence[Part], *, limit: int = 200) -> Held:
        return inspecting.held(self._access, parts, limit)

    def begin(self, operation: str, action: Action, part: Part, *, rate: float | None = None) -> None:
        self._bulk.begin(operation, action, part, rate=rate)

    def step(self, operation: str, action: Action, part: Part, limit: int) -> Step:
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
        """Promote due jobs and take back lost ones when no worker does; True when there is more to do at once."""
        more = False
        for engine in self._access.engines():
            with self._access.errors():
                more = engine.tick(100, 1_000).more or more
        return more
