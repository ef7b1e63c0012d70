"""Schedules as JSON."""

from __future__ import annotations

from dashboard.adapters.contract import Schedule, ScheduledRun
from dashboard.api.wire import JSON, moment, payload


def schedule(record: Schedule) -> JSON:
    """One schedule, as lists have it."""
    timing = record.timing
    return {
        "id": record.id,
        "source": record.source,
        "name": record.name,
        "queue": record.queue,
        "type": record.type,
        "cron": timing.expression or None,
        "timezone": timing.zone or None,
        "every_seconds": timing.seconds,
        "trigger": timing.text,
        "paused": record.paused,
        "paused_at": moment(record.paused_at),
        "next_at": moment(record.next_at),
        "last_instant": moment(record.last_instant),
        "last_at": moment(record.last_at),
        "lateness_seconds": record.lateness,
        "count": record.count,
        "missed": record.missed,
        "skipped": record.skipped,
        "registered_at": moment(record.seen_at),
        "scheduler_heard_at": moment(record.heard_at),
        "runs": None if record.runs is None else [run(each) for each in record.runs],
    }


def whole(record: Schedule) -> JSON:
    """One schedule with its arguments, options and next instants."""
    return {
        **schedule(record),
        "upcoming": [moment(at) for at in record.upcoming],
        "data": record.payload.data,
        "payload": payload(record.payload),
        "catch_up": record.catch_up or None,
        "overlap": record.overlap or None,
        "priority": record.priority,
        "max_retries": record.max_retries,
        "timeout_seconds": record.timeout,
        "facts": dict(record.facts),
    }


def run(record: ScheduledRun) -> JSON:
    """One of its last runs; a state that is no longer known is null."""
    return {
        "job": record.job_id,
        "instant": moment(record.instant),
        "at": moment(record.at),
        "by_hand": record.by_hand,
        "state": record.state.value if record.state else None,
        "ended_at": moment(record.ended_at),
    }
