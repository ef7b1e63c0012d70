"""What became of requeued jobs, and where to look at them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from dashboard.adapters.contract import AdapterError, Selector
from dashboard.language import gettext
from dashboard.operations.records import Operation
from dashboard.operations.wording import error_name
from dashboard.services import Services


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the outcome; `url` leads to the list that holds these jobs, empty when no list tells them apart.

    new: these failed in a way that they had not failed in before.
    """

    words: str
    count: int
    kind: str
    note: str
    url: str = ""
    new: bool = False


@dataclass(frozen=True, slots=True)
class NewError:
    """An error that requeued jobs failed with, other than before."""

    name: str
    message: str
    count: int
    url: str


def rows(operation: Operation) -> list[Row]:
    """The outcome, line by line."""
    outcome = operation.outcome
    return [
        Row(gettext("Succeeded"), outcome.succeeded, "good", "", _jobs(operation, "succeeded")),
        Row(
            gettext("Failed again"), outcome.refailed_same, "bad", gettext("the same error as before"), _dead(operation)
        ),
        Row(
            gettext("Failed in a new way"), outcome.refailed_new, "bad", gettext("another error than before"), new=True
        ),
        Row(gettext("Cancelled"), outcome.cancelled, "off", "", _jobs(operation, "cancelled")),
        Row(
            gettext("Processing"), outcome.processing, "info", gettext("running, or between attempts"),
            _jobs(operation, "processing"),
        ),
        Row(gettext("Still waiting"), outcome.pending, "", gettext("not started yet"), _jobs(operation, "pending")),
    ]  # fmt: skip


def new_errors(bundle: Services, operation: Operation) -> list[NewError]:
    """Each new error with its name, most jobs first; one that is no longer kept is named by its fingerprint."""
    return [_new_error(bundle, fingerprint, count) for fingerprint, count in operation.outcome.new_errors]


def _new_error(bundle: Services, fingerprint: str, count: int) -> NewError:
    try:
        found = bundle.sources.groups(Selector(fingerprint=fingerprint), limit=1).items
    except AdapterError:
        found = ()
    name = error_name(found[0].error_type) if found else fingerprint
    return NewError(name, found[0].message if found else "", count, url_for("dead.group", fingerprint=fingerprint))


def _jobs(operation: Operation, state: str) -> str:
    """The list of a state in the operation's queue, when it is one; ended jobs since the operation began."""
    queues = {(part.source, part.queue) for part in operation.parts}
    if len(queues) != 1:
        return ""
    source, queue = queues.pop()
    since = f"{operation.created_at:.3f}" if state in ("succeeded", "cancelled") else None
    return url_for("jobs.queue", source=source, queue=queue, state=state, since=since)


def _dead(operation: Operation) -> str:
    """Dead letters of the operation's own errors that failed since it began."""
    since = f"{operation.created_at:.3f}"
    fingerprints = {part.fingerprint for part in operation.parts}
    if len(fingerprints) == 1 and (fingerprint := fingerprints.pop()):
        return url_for("dead.group", fingerprint=fingerprint, since=since)
    queues = {(part.source, part.queue) for part in operation.parts}
    source, queue = queues.pop() if len(queues) == 1 else (None, None)
    return url_for("dead.index", source=source, queue=queue, since=since)
