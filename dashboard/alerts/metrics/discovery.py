"""Finds the metrics: every module here that offers `METRIC`."""

from __future__ import annotations

from functools import cache

from dashboard import discovery
from dashboard.alerts import metrics as package
from dashboard.alerts.metrics.contract import Metric
from dashboard.alerts.records import Rule


@cache
def metrics() -> dict[str, Metric]:
    """Every metric by the name that rules write."""
    found = (getattr(module, "METRIC", None) for module in discovery.modules(package))
    return {metric.name: metric for metric in found if metric is not None}


def metric_of(rule: Rule) -> Metric:
    """The metric of a rule. Raises ValueError when there is none of that name."""
    found = metrics().get(rule.metric)
    if found is None:
        raise ValueError(f"no metric is called {rule.metric}")
    return found


@cache
def built_in_rules() -> tuple[Rule, ...]:
    """The rules that are on from the start, the gravest first."""
    rules = (rule for metric in metrics().values() for rule in metric.defaults)
    return tuple(sorted(rules, key=lambda rule: (_GRADES.index(rule.severity), rule.name)))


_GRADES = ("page", "ticket", "info")
