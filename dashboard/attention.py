"""What needs attention, worst first: alerts, silent sources, damaged keys, failures that nobody looks for, lost
workers, queues that nobody serves, late schedules, paused queues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from dashboard.adapters.contract import AdapterError, Selector
from dashboard.adapters.snapshot import Snapshot
from dashboard.alert_words import summary
from dashboard.alerts.metrics.contract import Link, Target
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Alert, AlertState
from dashboard.alerts.states import BURNING, DARK
from dashboard.durations import length
from dashboard.freshness import stale
from dashboard.language import N_, gettext, ngettext
from dashboard.once import once
from dashboard.scheduler_watch import watch
from dashboard.services import Services

MOST = 5
_PLACES = {
    "dead": N_("Dead letters"), "workers": N_("Workers"), "schedules": N_("Schedules"), "settings": N_("Settings"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """One line. resume: address of a POST that resumes the paused `queue`. rank: the lower, the worse."""

    icon: str
    kind: str
    title: str
    text: str
    since: float | None = None
    link: str = ""
    resume: str = ""
    queue: str = ""
    rank: int = 2


@dataclass(frozen=True, slots=True)
class Notes:
    """At most five lines, the worst first. total: how many there are in all."""

    lines: tuple[Note, ...]
    total: int


def notes(bundle: Services, snapshot: Snapshot, source: str = "", queue: str = "") -> Notes:
    """What needs attention, of everything or of one queue: sources that are silent and pages before all else."""
    found = [*_sources(snapshot, source), *_damaged(snapshot, source, queue), *_alerts(bundle, source, queue)]
    found += [*_stale(bundle.clock(), snapshot, source, queue), *_workers(bundle.clock(), snapshot, source, queue)]
    found += [*_unserved(snapshot, source, queue), *_schedules(bundle.clock(), snapshot, source, queue)]
    found += [*_paused(snapshot, source, queue), *_lacking(snapshot, source, queue)]
    found.sort(key=lambda note: note.rank)
    return Notes(tuple(found[:MOST]), len(found))


def _alerts(bundle: Services, source: str, queue: str) -> Iterator[Note]:
    try:
        alerts = once("alerts", bundle.alerts.alerts)
    except AdapterError as error:
        yield Note("triangle-alert", "warn", gettext("Alerts can’t be read"), str(error), rank=1)
        return
    for alert in sorted(alerts, key=lambda alert: (alert.state not in BURNING, alert.since)):
        if alert.state in (*BURNING, *DARK) and source in ("", alert.source) and queue in ("", alert.queue):
            yield _alert(alert)


def alert_link(alert: Alert) -> str:
    """Where the cause of an alert is seen: the queue that waits, or the dead letters meant."""
    metric = metrics().get(alert.metric)
    link = metric.link(Target.of(alert)) if metric else Link("dead", Selector(alert.source, alert.queue))
    chosen = link.selector
    if link.page == "queue":
        return url_for("queue.show", source=chosen.source, queue=chosen.queue)
    if link.page == "dead":
        return url_for(
            "dead.index", source=chosen.source or None, queue=chosen.queue or None, type=chosen.type or None,
            fingerprint=chosen.fingerprint or None,
        )  # fmt: skip
    return url_for(f"{link.page}.index")


def alert_place(alert: Alert) -> str:
    """The page that `alert_link` leads to, by its name; empty for a queue."""
    metric = metrics().get(alert.metric)
    page = metric.link(Target.of(alert)).page if metric else "dead"
    return gettext(_PLACES[page]) if page in _PLACES else ""


def _alert(alert: Alert) -> Note:
    if alert.state == AlertState.NO_DATA:
        title = gettext("%(rule)s has no data", rule=alert.rule)
        return Note("circle-alert", "warn", title, summary(alert), alert.since, url_for("alerts.rule", name=alert.rule))
    if alert.state == AlertState.ERROR:
        link = url_for("incidents.show", incident=alert.fingerprint)
        return Note("circle-alert", "warn", summary(alert), alert.error, alert.since, link)
    link = alert_link(alert)
    icon, kind, rank = ("octagon-alert", "bad", 0) if alert.severity == "page" else ("triangle-alert", "warn", 1)
    return Note(icon, kind, alert.rule, summary(alert), alert.starts_at or alert.since, link, rank=rank)


def _sources(snapshot: Snapshot, only: str) -> Iterator[Note]:
    for source in snapshot.sources:
        if not source.up and only in ("", source.name):
            yield Note(
                "server",
                "bad",
                gettext("%(source)s does not answer", source=source.name)
                if source.silent
                else gettext("%(source)s can’t be read", source=source.name),
                source.problem,
                source.down_since,
                rank=0,
            )


def _stale(now: float, snapshot: Snapshot, source: str, queue: str) -> Iterator[Note]:
    """Failures that nobody looks for."""
    for each in stale(snapshot, now, source, queue):
        text = gettext("No collector runs that looks for them: start redrive collector.")
        yield Note("circle-alert", "warn", each.said(now), text, rank=1)


def _damaged(snapshot: Snapshot, source: str, queue: str) -> Iterator[Note]:
    """Queues and workers whose keys hold something else than they should."""
    for each in snapshot.queues:
        if each.problem and source in ("", each.source) and queue in ("", each.name):
            link = "" if queue else url_for("queue.show", source=each.source, queue=each.name)
            title = gettext("%(queue)s can’t be read", queue=each.name)
            yield Note("triangle-alert", "bad", title, each.problem, link=link, rank=0)
    for one in snapshot.sources:
        reports = [worker for worker in one.workers if worker.problem]
        problem = one.workers_problem or (reports[0].problem if reports else "")
        if problem and not queue and source in ("", one.name):
            title = gettext("Workers of %(source)s can’t be read", source=one.name)
            if reports and not one.workers_problem:
                title = ngettext("The report of %(num)s worker can’t be read",
                                 "The reports of %(num)s workers can’t be read", len(reports))  # fmt: skip
            yield Note("cpu", "warn", title, problem, link=url_for("workers.index"), rank=1)


def _workers(now: float, snapshot: Snapshot, source: str, queue: str) -> Iterator[Note]:
    lost = [
        worker
        for worker in snapshot.workers
        if worker.lost and source in ("", worker.source) and (not queue or queue in worker.queues)
    ]
    if lost:
        title = ngettext("%(num)s worker lost", "%(num)s workers lost", len(lost))
        latest = max((worker.heartbeat_at or 0.0) for worker in lost)
        names = ", ".join(f"{each.host} ({each.pid})" if each.host and each.pid else each.id for each in lost[:3])
        if len(lost) > 3:
            names = gettext("%(names)s and others", names=names)
        text = gettext("No heartbeat from %(workers)s.", workers=names)
        if all(each.jobs_back_at is not None and each.jobs_back_at <= now for each in lost):
            text = gettext("No heartbeat from %(workers)s. Their jobs went back to the queue.", workers=names)
        yield Note("cpu", "warn", title, text, latest or None, url_for("workers.index"))


def _unserved(snapshot: Snapshot, source: str, queue: str) -> Iterator[Note]:
    """A queue whose workers are not known (None) is not said to have none."""
    for each in snapshot.queues:
        if each.pending and each.workers == 0 and source in ("", each.source) and queue in ("", each.name):
            text = ngettext(
                "%(num)s job waiting; start a worker.", "%(num)s jobs waiting; start a worker.", each.pending
            )
            title = gettext("No worker serves %(queue)s", queue=each.name)
            since = None if each.oldest_pending_seconds is None else snapshot.taken_at - each.oldest_pending_seconds
            link = "" if queue else url_for("queue.show", source=each.source, queue=each.name)
            yield Note("cpu", "warn", title, text, since, link)


def _schedules(now: float, snapshot: Snapshot, source: str, queue: str) -> Iterator[Note]:
    """Schedules whose instant passed more than a minute ago, and whether a scheduler is there to run them."""
    for each in snapshot.sources:
        if not each.up or source not in ("", each.name):
            continue
        found = watch([one for one in each.scheduling if queue in ("", one.name)], now)
        if not found.late:
            continue
        title = ngettext("%(num)s schedule is late", "%(num)s schedules are late", found.late)
        text = gettext("A scheduler runs, but has not run what is due.")
        if found.heard_at is not None:
            text = gettext("No scheduler has been heard of for %(time)s; start one.", time=length(now - found.heard_at))
        link = url_for("schedules.index", source=source or None, queue=queue or None)
        yield Note("calendar-clock", "warn", title, text, found.late_since, link)


def _lacking(snapshot: Snapshot, source: str, queue: str) -> Iterator[Note]:
    """What the numbers of the queue that is shown lack, and how to have it."""
    for each in snapshot.queues:
        if each.hint and (each.source, each.name) == (source, queue):
            yield Note("info", "mute", gettext("Some failures are not known"), gettext(each.hint), rank=4)


def _paused(snapshot: Snapshot, source: str, queue: str) -> Iterator[Note]:
    for each in snapshot.queues:
        if each.paused and source in ("", each.source) and queue in ("", each.name):
            text = gettext("An unknown number of jobs waiting.")
            if each.pending is not None:
                text = ngettext("%(num)s job waiting.", "%(num)s jobs waiting.", each.pending)
            link = "" if queue else url_for("queue.show", source=each.source, queue=each.name)
            resume = url_for("queue.resume", source=each.source, queue=each.name)
            title = gettext("%(queue)s is paused", queue=each.name)
            yield Note("pause", "mute", title, text, link=link, resume=resume, queue=each.name, rank=3)
