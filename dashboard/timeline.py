"""What happened to one job, in order: when it was enqueued, requeued and edited, and each of its attempts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dashboard import json_difference
from dashboard.adapters.contract import Attempt, Job, State
from dashboard.json_difference import Difference
from dashboard.language import N_, gettext, ngettext

_OUTCOMES = {
    "permanent": N_("failed for good"), "timeout": N_("timed out"), "crash": N_("crashed"), "": N_("failed"),
    "running": N_("running"), "succeeded": N_("succeeded"),
}  # fmt: skip
_ENDS = {
    State.FAILED: ("circle-x", "bad-i", N_("Moved to dead letters")),
    State.SUCCEEDED: ("circle-check", "good-i", N_("Succeeded")),
    State.CANCELLED: ("ban", "mute-i", N_("Cancelled")),
}
_DUE = {State.RETRYING: N_("Next try"), State.SCHEDULED: N_("Runs")}
_BY_HAND = {
    "requeue": (N_("Requeued"), "requeue", "info-i"),
    "edit": (N_("Edited and requeued"), "square-pen", "info-i"),
    "move": (N_("Requeued to another queue"), "corner-down-right", "info-i"),
    "undo": (N_("Requeue taken back"), "undo-2", "mute-i"),
    "run": (N_("Run by hand, besides its schedule"), "play", "info-i"),
}


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt.

    tone: `bad`, `warn`, `good` or `info`. ran, waited: seconds, None when not known; waited is the time since the
    attempt before ended, or since the job was enqueued. share: of the longest attempt's length, 0 to 1.
    """

    attempt: Attempt
    tone: str
    words: str
    ran: float | None = None
    waited: float | None = None
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; at is unix seconds, None when it is not known. edit: what changed in the arguments.

    unknown: it is a requeue that is known only by the attempts around it.
    """

    words: str
    at: float | None
    icon: str = "requeue"
    tone: str = "mute-i"
    note: str = ""
    run: Run | None = None
    edit: Difference | None = None
    unknown: bool = False


def outcome_words(outcome: str) -> str:
    """How an attempt ended: `failed`, `timed out`."""
    return gettext(_OUTCOMES[outcome]) if outcome in _OUTCOMES else outcome


def timeline(job: Job, reason: str = "") -> list[Entry]:
    """Everything that is known of a job, the newest first.

    Args:
        job: complete, with its history.
        reason: why it failed for good, in words.
    """
    attempts = [*job.history, *_unrecorded(job)]
    entries = [Entry(gettext("Enqueued"), _enqueued(job), "plus"), *_forgotten(job, attempts), *_runs(job, attempts)]
    entries = _with_changes(entries, job)
    return [*_now(job, reason, attempts), *reversed(_with_shares(entries))]


def _enqueued(job: Job) -> float | None:
    """When it was enqueued first; not known of a job that was enqueued again and keeps the last time alone."""
    return job.created_at or (None if job.requeues else job.enqueued_at)


def edits(job: Job) -> list[tuple[float | None, Difference]]:
    """Each edit, oldest first: when it was, and what it changed; nothing where arguments cannot be compared."""
    kept = list(job.edits)
    after = [*(each.payload for each in kept), job.payload][1:]
    return [
        (each.at, json_difference.between(each.payload.data, new.data))
        for each, new in zip(kept, after, strict=True)
        if not each.payload.undecodable and not new.undecodable
    ]


def _unrecorded(job: Job) -> list[Attempt]:
    """The attempt that runs now, and the one that ended well: neither is among the failures."""
    if job.state == State.PROCESSING and job.back_at is None:
        return [Attempt(job.attempts, job.started_at, None, job.worker, "running")]
    if job.state == State.SUCCEEDED and job.started_at:
        return [Attempt(job.attempts, job.started_at, job.finished_at, job.worker, "succeeded")]
    return []


def _forgotten(job: Job, attempts: list[Attempt]) -> list[Entry]:
    """A line for attempts of which nothing is kept."""
    first = attempts[0].number if attempts else job.attempts + 1
    if first <= 1:
        return []
    words = ngettext("%(num)s earlier attempt", "%(num)s earlier attempts", first - 1)
    return [Entry(words, None, note=gettext("details are not kept"))]


def _runs(job: Job, attempts: list[Attempt]) -> Iterator[Entry]:
    before: Attempt | None = None
    for attempt in attempts:
        again = before is not None and attempt.number <= before.number
        if again:
            yield Entry(gettext("Requeued"), None, unknown=True)
        waited = _waited(job, attempt, before, alone=len(attempts) == 1)
        tone = _tone(job, attempt, last=attempt is attempts[-1])
        ran = _between(attempt.started_at, attempt.finished_at)
        run = Run(attempt, tone, outcome_words(attempt.outcome), ran, None if again else waited)
        words = gettext("Attempt %(num)s", num=attempt.number) if attempt.number else gettext("Attempt")
        yield Entry(words, attempt.started_at or attempt.finished_at, run=run)
        before = attempt


def _waited(job: Job, attempt: Attempt, before: Attempt | None, *, alone: bool) -> float | None:
    if before is not None:
        return _between(before.finished_at, attempt.started_at)
    if attempt.number > 1:
        return None
    known = job.enqueued_at if alone and not job.requeues and job.state != State.PENDING else None
    return _between(known or job.created_at, attempt.started_at)


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else max(end - start, 0.0)


def _tone(job: Job, attempt: Attempt, *, last: bool) -> str:
    if attempt.outcome in ("running", "succeeded"):
        return "info" if attempt.outcome == "running" else "good"
    return "bad" if last and job.state == State.FAILED else "warn"


def _with_shares(entries: list[Entry]) -> list[Entry]:
    longest = max((entry.run.ran for entry in entries if entry.run and entry.run.ran), default=0.0)
    if not longest:
        return entries
    return [
        replace(entry, run=replace(entry.run, share=entry.run.ran / longest)) if entry.run and entry.run.ran else entry
        for entry in entries
    ]


def _with_changes(entries: list[Entry], job: Job) -> list[Entry]:
    """Put what was done by hand in its place by time; it takes the place of a requeue whose time was not known."""
    for change in _changes(job):
        place = next((i for i, each in enumerate(entries) if (each.at or 0) > (change.at or 0)), len(entries))
        if place and entries[place - 1].unknown:
            entries[place - 1] = change
        else:
            entries.insert(place, change)
            place += 1
        if place < len(entries):
            entries[place] = _waiting_since(change.at, entries[place])
    return entries


def _waiting_since(at: float | None, entry: Entry) -> Entry:
    """An attempt with its wait since the requeue before it."""
    if entry.run is None or entry.run.waited is not None:
        return entry
    return replace(entry, run=replace(entry.run, waited=_between(at, entry.run.attempt.started_at)))


def _changes(job: Job) -> list[Entry]:
    """What was done by hand, oldest first; of the earlier edits only those whose arguments are kept."""
    edited = edits(job)
    found = []
    for change in job.changes:
        words, icon, tone = _by_hand(change.kind)
        difference = next((each for at, each in edited if change.kind == "edit" and _same_time(at, change.at)), None)
        moved = change.kind == "move" and change.note
        note = gettext("from %(from)s to %(to)s", **{"from": change.note, "to": job.queue}) if moved else ""
        found.append(Entry(words, change.at, icon, tone, note, edit=difference))
    known = [change.at for change in job.changes if change.kind == "edit"]
    earlier = [(at, each) for at, each in edited if not any(_same_time(at, one) for one in known)]
    words, icon, tone = _by_hand("edit")
    return [*(Entry(words, at, icon, tone, edit=each) for at, each in earlier), *found]


def _by_hand(kind: str) -> tuple[str, str, str]:
    """Words, icon and tone of a change."""
    if kind not in _BY_HAND:
        return kind.capitalize(), "requeue", "mute-i"
    words, icon, tone = _BY_HAND[kind]
    return gettext(words), icon, tone


def _now(job: Job, reason: str, attempts: list[Attempt]) -> list[Entry]:
    """What it is now; a state that an attempt shows already has no line of its own."""
    if job.in_trash:
        return [Entry(gettext("Purged"), job.purged_at, "trash", "warn-i")]
    if job.state in _ENDS:
        icon, tone, words = _ENDS[job.state]
        if job.state == State.SUCCEEDED and attempts:
            return []
        return [Entry(gettext(words), job.finished_at, icon, tone, reason if job.state == State.FAILED else "")]
    if job.state in _DUE:
        return [Entry(gettext(_DUE[job.state]), job.scheduled_for, "calendar-clock")]
    if job.state == State.PENDING and job.requeues and not job.changes:
        return [Entry(gettext("Requeued"), job.enqueued_at, "requeue", "info-i")]
    return []


def _same_time(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) < 1
