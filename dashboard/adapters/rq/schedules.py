"""Cron schedules, as RQ's CronSchedulers (2.6 and later) write them into their records; read, never changed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard.adapters.contract import ActionRefused, Payload, Schedule, Timing, UnknownSchedule
from dashboard.adapters.rq.access import Access
from dashboard.adapters.rq.values import moment, number, text, whole
from dashboard.language import N_
from dashboard.redaction import Redaction

MOST_SCHEDULERS = 50
MOST_SCHEDULES = 500
MOST_RECORD = 262_144
READ_ONLY = N_("schedule %(schedule)s lives in the program that runs it; change it there")

_UNFIT = re.compile(r"[^\w.:-]")


def schedules(access: Access, redaction: Redaction) -> list[Schedule]:
    """Recurring jobs of all cron schedulers, those of one that is heard of before those of others."""
    found: dict[str, Schedule] = {}
    for heard_at, record in _records(access):
        for job in _jobs(record):
            made = _schedule(access.source, job, heard_at, redaction)
            if made is not None and len(found) < MOST_SCHEDULES:
                known = found.get(made.id)
                found[made.id] = made if known is None else _newer(known, made)
    return sorted(found.values(), key=lambda schedule: schedule.id)


def refusal(source: str, schedule_id: str, *, known: bool) -> Exception:
    """Why nothing can be done to a schedule."""
    if known:
        return ActionRefused(READ_ONLY, schedule=schedule_id)
    return UnknownSchedule(
        N_("source %(source)s has no schedule %(schedule)s, or no longer"), source=source, schedule=schedule_id
    )


def _records(access: Access) -> list[tuple[float | None, bytes]]:
    """When schedulers were last heard of, latest first, and their lists of jobs."""
    client, keys = access.client, access.keys
    with access.errors():
        named: Any = client.zrange(keys.cron_schedulers, 0, MOST_SCHEDULERS - 1, desc=True, withscores=True)
        records = [(keys.cron_scheduler(name), number(score)) for raw, score in named if (name := text(raw))]
        if not records:
            return []
        sizes = _all(client.pipeline(transaction=False), "hstrlen", [key for key, _ in records])
        fit = [each for each, size in zip(records, sizes, strict=True) if isinstance(size, int) and size <= MOST_RECORD]
        texts = _all(client.pipeline(transaction=False), "hget", [key for key, _ in fit])
    return [(heard, raw) for (_, heard), raw in zip(fit, texts, strict=True) if isinstance(raw, bytes)]


def _all(pipeline: Any, command: str, keys: Sequence[str]) -> list[Any]:
    for key in keys:
        getattr(pipeline, command)(key, "cron_jobs")
    return list(pipeline.execute(raise_on_error=False)) if keys else []


def _jobs(record: bytes) -> list[dict[str, Any]]:
    try:
        found = json.loads(record)
    except (ValueError, RecursionError):
        return []
    return [each for each in found[:MOST_SCHEDULES] if isinstance(each, dict)] if isinstance(found, list) else []


def _schedule(source: str, job: dict[str, Any], heard_at: float | None, redaction: Redaction) -> Schedule | None:
    function, queue = job.get("func_name"), job.get("queue_name")
    if not isinstance(function, str) or not isinstance(queue, str):
        return None
    name = str(job.get("name") or function)
    return Schedule(
        id=_UNFIT.sub("_", f"{queue}:{name}:{_timing(job).text}")[:200],
        source=source,
        name=name[:200],
        queue=queue,
        type=function[:200],
        timing=_timing(job),
        paused=False,
        next_at=moment(job.get("next_enqueue_time")),
        last_at=moment(job.get("latest_enqueue_time")),
        heard_at=heard_at,
        seen_at=heard_at,
        timeout=number(job.get("job_timeout")),
        payload=_payload(job, redaction),
    )


def _timing(job: dict[str, Any]) -> Timing:
    cron, interval = job.get("cron"), whole(job.get("interval"))
    if isinstance(cron, str) and cron:
        return Timing(cron[:200], expression=cron[:200] if len(cron.split()) == 5 else "", zone="UTC")
    return Timing(f"every {interval} s", seconds=float(interval)) if interval else Timing("–")


def _payload(job: dict[str, Any], redaction: Redaction) -> Payload:
    written = [job.get("args"), job.get("kwargs")]
    try:
        args, kwargs = (json.loads(each) if isinstance(each, str) and each else None for each in written)
    except (ValueError, RecursionError):
        return Payload(undecodable=N_("RQ could not write its arguments as JSON"))
    safe = redaction.value({"args": args or [], "kwargs": kwargs or {}})
    return Payload(safe.value, sum(len(str(each or "")) for each in written), redacted=safe.hidden)


def _newer(known: Schedule, other: Schedule) -> Schedule:
    """One schedule of several schedulers: what happens next and what happened last of them."""
    instants = [each.next_at for each in (known, other) if each.next_at is not None]
    last = [each.last_at for each in (known, other) if each.last_at is not None]
    return replace(known, next_at=min(instants, default=None), last_at=max(last, default=None))
