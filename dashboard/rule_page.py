"""What the page of one rule shows besides its states: the value over time, and when it fired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from dashboard.adapters.contract import AdapterError
from dashboard.alerts.metrics.contract import Target
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Alert, Period, Rule
from dashboard.charts.chart import Chart
from dashboard.history.history import RANGES
from dashboard.language import gettext
from dashboard.once import month, once
from dashboard.services import Services
from dashboard.traffic.ranges import Range, asked
from dashboard.value_chart import course

MOST_TARGETS = 50


def context(bundle: Services, rule: Rule, query: Mapping[str, str]) -> dict[str, Any]:
    """The parts of the page that depend on which target is looked at, and on the range."""
    periods = _periods(bundle, rule)
    instances = [alert for alert in once("alerts", bundle.alerts.alerts) if alert.rule == rule.name]
    targets = _targets(bundle, rule, instances)
    chosen = _chosen(targets, query.get("at", ""))
    shown = asked(query.get("range", "")) or Range("24h")
    chart, problem = _chart(bundle, rule, chosen, shown, periods)
    return {
        "instances": instances,
        "by_queue": any(each.queue for each in targets),
        "chart": chart,
        "no_chart": problem,
        "target": chosen,
        "targets": [(each, name_of(each), _address(rule, each, shown), each == chosen) for each in targets],
        "many_sources": len(bundle.sources.names()) > 1,
        "ranges": [(name, _address(rule, chosen, Range(name)), name == shown.name) for name in RANGES],
        "shown": shown,
        "periods": periods[::-1][:10],
        "all_periods": len(periods),
        "amount": lambda value: _amount(rule, value),
    }


def last_fired(bundle: Services) -> dict[str, float]:
    """When each rule last began to fire in the last 30 days (unix seconds), by name."""
    return {period.rule: period.started for period in month(bundle)[1]}


def name_of(target: Target) -> str:
    """`mail`, `main`, with what it is narrowed to."""
    return " ".join(part for part in (target.queue or target.source, target.type, target.group) if part)


def _periods(bundle: Services, rule: Rule) -> list[Period]:
    return [period for period in month(bundle)[1] if period.rule == rule.name]


def _targets(bundle: Services, rule: Rule, instances: Sequence[Alert]) -> list[Target]:
    """What it watches: what has an alert first, the worst first."""
    metric = metrics().get(rule.metric)
    watched = metric.targets(rule, bundle.sources.snapshot()) if metric else ()
    return list(dict.fromkeys([*(Target.of(alert) for alert in instances), *watched]))[:MOST_TARGETS]


def _chosen(targets: Sequence[Target], asked_for: str) -> Target | None:
    named = (target for target in targets if _key(target) == asked_for)
    return next(named, targets[0] if targets else None)


def _chart(
    bundle: Services, rule: Rule, target: Target | None, shown: Range, periods: Sequence[Period]
) -> tuple[Chart | None, str]:
    """The chart, or why there is none."""
    if target is None:
        return None, gettext("It watches nothing now.")
    own = [each for each in periods if (each.source, each.queue) == (target.source, target.queue)]
    try:
        found = course(bundle, rule, target, shown, own)
    except AdapterError as error:
        return None, gettext("The history can’t be read: %(error)s.", error=str(error).rstrip("."))
    return found, "" if found else gettext("The values of this rule are not kept, or none has been read yet.")


def _key(target: Target) -> str:
    return f"{target.source}|{target.queue}"


def _address(rule: Rule, target: Target | None, shown: Range) -> str:
    query = {"at": _key(target) if target else "", "range": shown.name}
    text = urlencode({name: value for name, value in query.items() if value})
    return f"{url_for('alerts.rule', name=rule.name)}?{text}"


def _amount(rule: Rule, value: float | None) -> str:
    metric = metrics().get(rule.metric)
    return "–" if value is None or metric is None else metric.amount(value)
