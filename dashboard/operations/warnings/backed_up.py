"""Warns when a target queue has more to do already than it should."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.durations import duration_words
from dashboard.language import N_, gettext, number
from dashboard.operations.facts import Facts
from dashboard.operations.records import Caution, Weight

WHAT = N_("whether the target queues are backed up")


def check(facts: Facts) -> Iterator[Caution]:
    """One caution for each queue over a limit."""
    longest, most = facts.limits.backed_up_seconds, facts.limits.backed_up_pending
    for place in facts.places:
        queue = facts.queue(place)
        reasons = []
        if queue.oldest_pending_seconds is not None and queue.oldest_pending_seconds > longest:
            waits = duration_words(queue.oldest_pending_seconds)
            reasons.append(
                gettext(
                    "its oldest pending job waits %(time)s, limit %(limit)s", time=waits, limit=duration_words(longest)
                )
            )
        if queue.pending is not None and queue.pending > most:
            reasons.append(
                gettext("%(num)s jobs are pending, limit %(limit)s", num=number(queue.pending), limit=number(most))
            )
        if reasons:
            yield Caution(
                "backed_up",
                gettext("%(queue)s is backed up: %(reasons)s", queue=queue.name, reasons="; ".join(reasons)),
                gettext("Requeued jobs go to its end: choose a low speed, or wait until it has caught up."),
                Weight.WAIT,
            )
