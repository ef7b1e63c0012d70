"""An adapter whose changes of queues and single jobs are recorded, whoever makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from dashboard.adapters.contract import Adapter, AdapterError
from dashboard.audit.log import AuditLog, Entry


def audited(adapter: Adapter, log: AuditLog) -> Adapter:
    """The same adapter; what is done to queues, jobs and schedules is written down with how it ended."""
    source = adapter.source
    entries: dict[str, Callable[..., Entry]] = {
        "pause": lambda queue: Entry("pause", "queue", source, queue, queue),
        "resume": lambda queue: Entry("resume", "queue", source, queue, queue),
        "act": lambda action, queue, job_id: Entry(str(action), "job", source, queue, job_id),
        "edit": lambda queue, job_id, *_, **__: Entry("edit", "job", source, queue, job_id),
        "move": lambda queue, job_id, target: Entry("move", "job", source, queue, job_id, detail=f"to {target}"),
        "pause_schedule": lambda schedule_id: Entry("pause", "schedule", source, target=schedule_id),
        "resume_schedule": lambda schedule_id: Entry("resume", "schedule", source, target=schedule_id),
        "run_now": lambda schedule_id: Entry("run", "schedule", source, target=schedule_id),
        "delete_schedule": lambda schedule_id: Entry("delete", "schedule", source, target=schedule_id),
    }

    class Audited:
        def __getattr__(self, name: str) -> Any:
            value = getattr(adapter, name)
            if name not in entries:
                return value

            def call(*args: Any, **kwargs: Any) -> Any:
                entry = entries[name](*args, **kwargs)
                try:
                    answer = value(*args, **kwargs)
                except AdapterError as error:
                    log.record(replace(entry, result=error.english))
                    raise
                log.record(replace(entry, detail=f"as job {answer}") if name == "run_now" else entry)
                return answer

            return call

    return cast("Adapter", Audited())
