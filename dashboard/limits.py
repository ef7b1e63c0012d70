"""Thresholds of alert rules: which one applies to a queue, as charts and tables mark it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from dashboard.adapters.contract import AdapterError, Queue
from dashboard.alerts.records import Rule
from dashboard.durations import duration_words
from dashboard.figures import failure_share
from dashboard.language import gettext
from dashboard.once import once
from dashboard.services import Services


def rules_here(bundle: Services) -> list[Rule]:
    """Every rule, for a page: they come with the alerts, which its frame reads anyway."""
    with suppress(AdapterError):
        once("alerts", bundle.alerts.alerts)
    return bundle.alerts.rules()


def tightest(rules: Sequence[Rule], metric: str, source: str, queue: str) -> Rule | None:
    """The rule with the lowest threshold on a metric of one queue, None when no rule watches it.

    A rule on `failed` that names no queue is about a whole source, and so about none of its queues.
    """
    watching = [
        rule
        for rule in rules
        if rule.enabled
        and rule.metric == metric
        and rule.source in ("", source)
        and rule.queue in ("", queue)
        and (rule.queue or metric != "failed")
    ]
    return min(watching, key=lambda rule: rule.above, default=None)


def wait_limit_words(rule: Rule) -> str:
    """`limit 2 min (billing-waits)`."""
    return gettext("limit %(value)s (%(rule)s)", value=duration_words(rule.above), rule=rule.name)


def waits_too_long(rules: Sequence[Rule], queue: Queue) -> Rule | None:
    """The rule whose threshold the longest wait of a queue is above, None when it is above none."""
    rule = tightest(rules, "oldest_pending_seconds", queue.source, queue.name)
    return rule if rule and (queue.oldest_pending_seconds or 0.0) > rule.above else None


def fails_too_often(rules: Sequence[Rule], queue: Queue) -> Rule | None:
    """The rule whose threshold the share of failed attempts is above, where enough of them ended to judge."""
    rule = tightest(rules, "failure_rate", queue.source, queue.name)
    share = failure_share(queue.succeeded_per_minute, queue.failed_per_minute)
    ended = (queue.succeeded_per_minute or 0.0) + (queue.failed_per_minute or 0.0)
    return rule if rule and share is not None and ended >= rule.minimum and 100 * share > rule.above else None
