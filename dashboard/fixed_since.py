"""Whether anything was changed since a group's last failure, as far as its workers tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.adapters.contract import ErrorGroup, Worker
from dashboard.arrivals import serving
from dashboard.language import gettext, listed, ngettext, number

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """kind: `good` when every worker is new since the failure, `warn` when some or none are, `off` when not known."""

    kind: Literal["good", "warn", "off"]
    title: str
    words: str


def fixed_since(rows: Sequence[ErrorGroup], workers: Iterable[Worker], *, told: bool = True) -> Verdict:
    """Compare the workers that serve the group's queues with the last failure.

    Args:
        rows: the group in each queue, at least one.
        workers: of all sources.
        told: whether any of the group's sources tells of its workers.
    """
    last = max(rows, key=lambda row: row.last_seen)
    there = serving(rows, workers)
    queues = _names({row.queue for row in rows})
    if not there and not told:
        return _unknown(gettext("Which workers serve %(queues)s is not reported.", queues=queues))
    if not there:
        return _unknown(gettext("No worker serves %(queues)s now.", queues=queues))
    known = [worker for worker in there if worker.started_at is not None]
    if not known:
        return _unknown(gettext("The workers of %(queues)s do not say when they started.", queues=queues))
    newer = [worker for worker in known if (worker.started_at or 0.0) > last.last_seen]
    if not newer:
        return Verdict("warn", gettext("Nothing changed"), _unchanged(there, last, queues))
    if len(newer) < len(there):
        words = gettext(
            "%(newer)s of %(all)s workers of %(queues)s started since the last failure%(versions)s.",
            newer=number(len(newer)), all=number(len(there)), queues=queues, versions=_now(newer, last),
        )  # fmt: skip
        return Verdict("warn", gettext("Not everywhere"), words)
    return _all_newer(newer, last, queues)


def _unknown(why: str) -> Verdict:
    return Verdict("off", gettext("Not known"), why)


def _unchanged(there: Sequence[Worker], last: ErrorGroup, queues: str) -> str:
    other = sorted({worker.version for worker in there if last.version and worker.version not in ("", last.version)})
    values = {"queues": queues, "version": last.version, "others": _names(other)}
    if other:
        return gettext(
            "No worker of %(queues)s has started since the last failure, which was on %(version)s; %(others)s runs"
            " beside it.",
            **values,
        )
    if last.version:
        return gettext("No worker of %(queues)s has started since the last failure; it was on %(version)s.", **values)
    return gettext("No worker of %(queues)s has started since the last failure.", **values)


def _all_newer(newer: Sequence[Worker], last: ErrorGroup, queues: str) -> Verdict:
    versions, count = {worker.version for worker in newer}, len(newer)
    if last.version and versions == {last.version}:
        words = ngettext(
            "The only worker of %(queues)s has started since the last failure, and still runs %(version)s.",
            "All %(num)s workers of %(queues)s have started since the last failure, and still run %(version)s.",
            count, queues=queues, version=last.version,
        )  # fmt: skip
        return Verdict("warn", gettext("Restarted, same version"), words)
    words = ngettext(
        "The only worker of %(queues)s has started since the last failure%(versions)s.",
        "All %(num)s workers of %(queues)s have started since the last failure%(versions)s.",
        count, queues=queues, versions=_now(newer, last),
    )  # fmt: skip
    if last.version and last.version not in versions and "" not in versions:
        return Verdict("good", gettext("New version since"), words)
    return Verdict("good", gettext("Restarted since"), words)


def _now(newer: Sequence[Worker], last: ErrorGroup) -> str:
    """The versions that run now, as the end of a sentence; empty when they are not reported."""
    versions = sorted({worker.version for worker in newer if worker.version})
    if not versions:
        return ""
    if last.version and last.version not in versions:
        return gettext(", now with %(versions)s, after %(before)s", versions=_names(versions), before=last.version)
    return gettext(", now with %(versions)s", versions=_names(versions))


def _names(names: Iterable[str]) -> str:
    """`billing, emails and 2 more`."""
    return listed(sorted(names), MOST_NAMES)
