"""Which jobs and groups a selector means; what no index describes is matched here, field by field, never widened."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.adapters import terms
from dashboard.adapters.contract import InvalidRequest, Job, Selector, State
from dashboard.adapters.queue_core import arguments
from queue_core.replies import GroupHead

ARGUMENT = "args."
_OF_GROUPS = ("type", "error", "fingerprint")
_OF_JOBS = ("q", "worker", "version", "id", "ids")
_WORDS = (*_OF_GROUPS, *_OF_JOBS, "source", "queue", "state")


def check(selector: Selector) -> None:
    """Refuse what cannot be kept: a word to leave out that is none, free text with an open quotation mark.

    Raises:
        InvalidRequest: see above; nothing may be shown or done as if it were not there.
    """
    terms.split(selector.q)
    for word, _ in selector.excluded:
        if word not in _WORDS and not word.startswith(ARGUMENT):
            raise InvalidRequest(f"{word[:60]!r} cannot be left out; there are {', '.join(_WORDS)} and args.PATH")


def excluded(selector: Selector, *words: str) -> tuple[str, ...]:
    """The values that are left out under these words."""
    return tuple(value for word, value in selector.excluded if word in words)


def by_group(selector: Selector) -> bool:
    """Whether error groups decide about their dead letters: by type, error or fingerprint, wanted or left out."""
    return any(getattr(selector, name) for name in _OF_GROUPS) or bool(excluded(selector, *_OF_GROUPS))


def by_job(selector: Selector) -> bool:
    """Whether a filter is about what only the single jobs know: worker, version or arguments."""
    own = any(word in ("worker", "version") or word.startswith(ARGUMENT) for word, _ in selector.excluded)
    return bool(selector.worker or selector.version or selector.args) or own


def by_arguments(selector: Selector) -> bool:
    """Whether the jobs' arguments have to be read."""
    return bool(selector.args) or any(word.startswith(ARGUMENT) for word, _ in selector.excluded)


def by_text(selector: Selector) -> bool:
    """Whether the text of an error is asked for."""
    return bool(selector.q or selector.error or excluded(selector, "q", "error"))


def needs_scan(selector: Selector, state: State) -> bool:
    """Whether jobs have to be looked at one by one."""
    if by_job(selector) or selector.q or selector.ids or excluded(selector, "q", "id", "ids", "state"):
        return True
    if state == State.FAILED:
        return False
    timed = selector.since is not None or selector.until is not None
    return by_group(selector) or (timed and state in (State.PENDING, State.PROCESSING))


def matches(selector: Selector, job: Job, described: str = "") -> bool:
    """Whether a job is meant; with `args`, its payload must have been read.

    Args:
        described: the text of its error group, which decides about the error of a dead letter.
    """
    fingerprint = job.error.fingerprint if job.error else ""
    return (
        (not selector.type or job.type == selector.type)
        and (not selector.fingerprint or fingerprint == selector.fingerprint)
        and (not selector.ids or job.id in selector.ids)
        and (not selector.version or job.version == selector.version)
        and job.worker.startswith(selector.worker)
        and contains(selector.error, *_error_texts(job, described))
        and all(contains(term, *_texts(job, described)) for term in terms.split(selector.q))
        and within(selector, moment(job))
        and all(arguments.holds(job.payload, path, value) for path, value in selector.args)
        and not any(_left_out(word, value, job, described) for word, value in selector.excluded)
    )


def _left_out(word: str, value: str, job: Job, described: str) -> bool:
    if word.startswith(ARGUMENT):
        # What cannot be read may be so: it is never acted on for not being so.
        return not arguments.readable(job.payload) or arguments.holds(job.payload, word.removeprefix(ARGUMENT), value)
    if word == "q":
        return contains(value, *_texts(job, described))
    if word == "error":
        return contains(value, *_error_texts(job, described))
    if word == "worker":
        return job.worker.startswith(value)
    known = {
        "source": job.source, "queue": job.queue, "state": job.state.value, "type": job.type, "version": job.version,
        "fingerprint": job.error.fingerprint if job.error else "",
    }  # fmt: skip
    return known.get(word, job.id) == value


def _texts(job: Job, described: str) -> Iterable[str]:
    return job.id, job.type, error_text(job), described


def _error_texts(job: Job, described: str) -> Iterable[str]:
    return (described,) if described and job.state == State.FAILED else (error_text(job), described)


def contains(wanted: str, *texts: str) -> bool:
    """Whether one of the texts has `wanted` in it, whatever the case; an empty one is in every text."""
    return not wanted or any(wanted.casefold() in text.casefold() for text in texts)


def within(selector: Selector, at: float | None) -> bool:
    """Whether a time lies within the selector's bounds; an unknown time lies in none."""
    if selector.since is None and selector.until is None:
        return True
    if at is None:
        return False
    return (selector.since is None or at >= selector.since) and (selector.until is None or at <= selector.until)


def moment(job: Job) -> float | None:
    """The time by which a job's state is bounded: its run, its start, its end, or when it was enqueued."""
    if job.state in (State.SCHEDULED, State.RETRYING):
        return job.scheduled_for
    if job.state == State.PROCESSING:
        return job.started_at
    return job.enqueued_at if job.state == State.PENDING else job.finished_at


def error_text(job: Job) -> str:
    """Type and message of a job's error."""
    return f"{job.error.type}: {job.error.message}" if job.error else ""


def group_matches(selector: Selector, group: GroupHead, text: str, *, free_text: bool = True) -> bool:
    """Whether an error group is meant, its times and what only its jobs know aside.

    Args:
        text: of its error, with secrets hidden.
        free_text: False where free text is asked of the single jobs.
    """
    texts = (group.type, text, group.fingerprint)
    return (
        (not selector.type or group.type == selector.type)
        and (not selector.fingerprint or group.fingerprint == selector.fingerprint)
        and contains(selector.error, text)
        and group.type not in excluded(selector, "type")
        and group.fingerprint not in excluded(selector, "fingerprint")
        and not any(contains(value, text) for value in excluded(selector, "error"))
        and (not free_text or all(contains(term, *texts) for term in terms.split(selector.q)))
        and (not free_text or not any(contains(value, *texts) for value in excluded(selector, "q")))
    )
