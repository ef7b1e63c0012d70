"""Warns when nothing changed in the workers since the selected jobs' errors last happened."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from dashboard.adapters.contract import ErrorGroup, Worker
from dashboard.durations import duration_words
from dashboard.language import N_, gettext, listed, ngettext
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight
from dashboard.operations.wording import error_name

WHAT = N_("whether the workers changed since the last failure")
SHOWN = 3


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for each queue whose workers all run what failed, since before it failed; at most three."""
    yield from itertools.islice(_unchanged(facts), SHOWN)


def _unchanged(facts: Facts) -> Iterator[Caution]:
    for place in facts.places:
        workers = facts.workers(place)
        same = [group for group in facts.groups(place) if workers and not _changed(group, workers)]
        if same:
            names = listed(list(dict.fromkeys(error_name(group.error_type) for group in same)), SHOWN)
            since = gettext(
                "Not fixed since: no worker of %(queue)s has started or changed its version since %(errors)s last"
                " happened, %(time)s ago.",
                queue=place[1],
                errors=names,
                time=_span(facts.now - same[0].last_seen),
            )
            advice = gettext("Deploy the fix first, or try a few jobs and look at their outcome.")
            yield Caution("not_fixed_since", f"{since} {_running(workers, facts.now)}", advice, Weight.FAIL)


def _changed(group: ErrorGroup, workers: Sequence[Worker]) -> bool:
    """Whether a worker started since, or reports another version; one that does not say when may have."""
    return any(
        worker.started_at is None
        or worker.started_at > group.last_seen
        or bool(group.version and worker.version and worker.version != group.version)
        for worker in workers
    )


def _running(workers: Sequence[Worker], now: float) -> str:
    versions = sorted({worker.version for worker in workers if worker.version})
    newest = max(worker.started_at or 0.0 for worker in workers)
    count, time = len(workers), _span(now - newest)
    if not versions:
        return ngettext(
            "It has run a version they do not report for %(time)s.",
            "They have run a version they do not report for %(time)s.",
            count,
            time=time,
        )
    return ngettext(
        "It has run version %(versions)s for %(time)s.",
        "They have run version %(versions)s for %(time)s.",
        count,
        versions=listed(versions, SHOWN),
        time=time,
    )


def _span(seconds: float) -> str:
    return duration_words(max(1, round(seconds)))
