"""What the question before a bulk action shows: the share of each queue, the types, and some of the jobs."""

from __future__ import annotations

import json
from dataclasses import dataclass

from dashboard.adapters.contract import Action, AdapterError, Job, Payload, UnknownQueue
from dashboard.durations import duration_words
from dashboard.filters import shortened
from dashboard.language import gettext, ngettext, number
from dashboard.operations.records import Plan
from dashboard.services import Services

SHOWN_TYPES = 6
SHOWN_JOBS = 5
SHOWN_QUEUES = 12
WORTH_SAYING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One job of the sample; arguments are hidden as everywhere, and cut short."""

    job: Job
    arguments: str


def shares(bundle: Services, plan: Plan) -> list[tuple[str, str]]:
    """Each queue's share, with what it has to carry already; the largest first."""
    snapshot, rows = bundle.sources.snapshot(), []
    ordered = sorted(plan.by_queue.items(), key=lambda row: -row[1])
    for (source, name), matched in ordered[:SHOWN_QUEUES]:
        words = [_jobs(matched)]
        try:
            queue = snapshot.queue(source, name)
        except UnknownQueue:
            queue = None
        if plan.action == Action.REQUEUE and queue and queue.pending is not None:
            now = gettext("now %(num)s pending and paused") if queue.paused else gettext("now %(num)s pending")
            words.append(now % {"num": number(queue.pending)})
            if queue.pending and (queue.oldest_pending_seconds or 0) >= WORTH_SAYING_SECONDS:
                words.append(gettext("the oldest for %(time)s", time=duration_words(queue.oldest_pending_seconds)))
        rows.append((name if len(snapshot.sources) == 1 else f"{name} ({source})", ", ".join(words)))
    if rest := ordered[SHOWN_QUEUES:]:
        more = ngettext("%(num)s more queue", "%(num)s more queues", len(rest))
        rows.append((more, _jobs(sum(matched for _, matched in rest))))
    return rows


def types(plan: Plan) -> str:
    """`send_email 1,204, send_receipt 12 and 3 more types`; empty when the source does not tell."""
    ordered = sorted(plan.by_type.items(), key=lambda row: -row[1])
    words = ", ".join(f"{name} {number(count)}" for name, count in ordered[:SHOWN_TYPES])
    rest = len(ordered) - SHOWN_TYPES
    if rest <= 0:
        return words
    return ngettext("%(types)s and %(num)s more type", "%(types)s and %(num)s more types", rest, types=words)


def sample(bundle: Services, plan: Plan) -> list[SampleRow]:
    """A few of the jobs with their arguments; one that has gone meanwhile is left out."""
    rows = []
    for each in plan.selection.sample[:SHOWN_JOBS]:
        try:
            payload = bundle.sources.get(each.source).job(each.queue, each.id).payload
        except AdapterError:
            continue
        rows.append(SampleRow(each, _arguments(payload)))
    return rows


def _arguments(payload: Payload) -> str:
    if payload.undecodable:
        return gettext("arguments not readable")
    return shortened(json.dumps(payload.data, ensure_ascii=False, default=str), 120)


def _jobs(count: int) -> str:
    return ngettext("%(num)s job", "%(num)s jobs", count)
