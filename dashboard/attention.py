"""What needs attention, worst first: alerts, silent sources, lost workers, queues that nobody serves, paused ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from dashboard.adapters.contract import AdapterError
from dashboard.adapters.snapshot import Snapshot
from dashboard.alerts.records import Alert, AlertState
from dashboard.once import once
from dashboard.services import Services

MOST = 5


@dataclass(frozen=True, slots=True)
class Note:
    """One line. resume: address of a POST that resumes the paused queue."""

    icon: str
    kind: str
    title: str
    text: str
    since: float | None = None
    link: str = ""
    resume: str = ""


def notes(bundle: Services, snapshot: Snapshot, source: str = "", queue: str = "") -> list[Note]:
    """At most five lines, of everything or of one queue."""
    found = [*_alerts(bundle, source, queue), *_sources(snapshot, source), *_workers(snapshot, source, queue)]
    found += [*_unserved(snapshot, source, queue), *_paused(snapshot, source, queue)]
    return found[:MOST]


def _alerts(bundle: Services, source: str, queue: str) -> Iterator[Note]:
    try:
        alerts = once("alerts", bundle.alerts.alerts)
    except AdapterError as error:
        yield Note("triangle-alert", "warn", "Alerts can’t be read", str(error))
        return
    shown = (AlertState.FIRING, AlertState.NO_DATA)
    for alert in sorted(alerts, key=lambda alert: (alert.state != AlertState.FIRING, alert.since)):
        if alert.state in shown and source in ("", alert.source) and queue in ("", alert.queue):
            yield _alert(alert)


def alert_link(alert: Alert) -> str:
    """Where the cause of an alert is seen: the queue that waits, or the dead letters meant."""
    if alert.metric == "oldest_pending_seconds" and alert.queue:
        return url_for("queue.show", source=alert.source, queue=alert.queue)
    return url_for("dead.index", source=alert.source or None, queue=alert.queue or None)


def _alert(alert: Alert) -> Note:
    if alert.state == AlertState.NO_DATA:
        title = f"{alert.rule} has no data"
        return Note("circle-help", "warn", title, alert.summary, alert.since, url_for("alerts.rule", name=alert.rule))
    link = alert_link(alert)
    icon, kind = ("octagon-alert", "bad") if alert.severity == "page" else ("triangle-alert", "warn")
    return Note(icon, kind, alert.rule, alert.summary, alert.starts_at or alert.since, link)


def _sources(snapshot: Snapshot, only: str) -> Iterator[Note]:
    for source in snapshot.sources:
        if not source.up and only in ("", source.name):
            yield Note("server", "bad", f"{source.name} does not answer", source.error, source.down_since)


def _workers(snapshot: Snapshot, source: str, queue: str) -> Iterator[Note]:
    lost = [
        worker
        for worker in snapshot.workers
        if worker.lost and source in ("", worker.source) and (not queue or queue in worker.queues)
    ]
    if lost:
        title = f"{len(lost)} worker{'s' if len(lost) > 1 else ''} lost"
        latest = max((worker.heartbeat_at or 0.0) for worker in lost)
        names = ", ".join(f"{worker.host} ({worker.pid})" for worker in lost[:3])
        text = f"No heartbeat from {names}{' and others' if len(lost) > 3 else ''}. Their jobs went back to the queue."
        yield Note("cpu", "warn", title, text, latest or None, url_for("workers.index"))


def _unserved(snapshot: Snapshot, source: str, queue: str) -> Iterator[Note]:
    """A queue whose workers are not known (None) is not said to have none."""
    for each in snapshot.queues:
        if each.pending and each.workers == 0 and source in ("", each.source) and queue in ("", each.name):
            jobs = f"{each.pending:,} job{'' if each.pending == 1 else 's'}"
            since = None if each.oldest_pending_seconds is None else snapshot.taken_at - each.oldest_pending_seconds
            link = "" if queue else url_for("queue.show", source=each.source, queue=each.name)
            yield Note("cpu", "warn", f"No worker serves {each.name}", f"{jobs} waiting; start a worker.", since, link)


def _paused(snapshot: Snapshot, source: str, queue: str) -> Iterator[Note]:
    for each in snapshot.queues:
        if each.paused and source in ("", each.source) and queue in ("", each.name):
            waiting = "An unknown number of" if each.pending is None else f"{each.pending:,}"
            text = f"{waiting} job{'' if each.pending == 1 else 's'} waiting."
            link = "" if queue else url_for("queue.show", source=each.source, queue=each.name)
            resume = url_for("queue.resume", source=each.source, queue=each.name)
            yield Note("pause", "mute", f"{each.name} is paused", text, link=link, resume=resume)
