"""The table of rules: each with its worst alert, its value now, and how that was in the last hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard import alert_words
from dashboard.alerts.courses import Hour
from dashboard.alerts.records import BY_URGENCY, Alert, AlertState, Rule
from dashboard.charts.small import limited_spark
from dashboard.durations import duration_words
from dashboard.language import gettext

QUIET = (AlertState.INACTIVE, AlertState.RESOLVED)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with its worst alert. value: the worst one now, None where there is none. spark: empty without a past."""

    rule: Rule
    worst: Alert | None
    state: AlertState | None
    instances: int
    value: float | None
    spark: Markup


def rows(
    rules: Sequence[Rule],
    alerts: Sequence[Alert],
    *,
    evaluating: bool,
    values: Mapping[str, float],
    hours: Mapping[str, Hour],
) -> list[RuleRow]:
    """One for each rule, the most urgent first.

    Args:
        rules: all of them.
        alerts: as they stand.
        evaluating: whether a collector evaluates the rules.
        values: by rule the worst value of the last evaluation.
        hours: by rule its worst value in each of the last 60 minutes.
    """
    now = values if evaluating else {}
    made = (_row(rule, alerts, evaluating, now.get(rule.name), hours.get(rule.name, ())) for rule in rules)
    return sorted(made, key=lambda row: BY_URGENCY.index(row.state) if row.state else len(BY_URGENCY))


def _row(rule: Rule, alerts: Sequence[Alert], evaluating: bool, now: float | None, hour: Hour) -> RuleRow:
    """A rule that is checked and has no alert is inactive; one that nobody checks has no state."""
    own = sorted((alert for alert in alerts if alert.rule == rule.name), key=lambda each: BY_URGENCY.index(each.state))
    worst = own[0] if own else None
    quiet = AlertState.INACTIVE if evaluating and rule.enabled else None
    state = worst.state if worst else quiet
    value = worst.value if worst and worst.state not in QUIET else now
    return RuleRow(rule, worst, state, len(own), value, _spark(rule, state, hour))


def _spark(rule: Rule, state: AlertState | None, hour: Hour) -> Markup:
    known = [value for value in hour if value is not None]
    if not known:
        return Markup()
    highest, limit = (alert_words.amount(rule.metric, value) for value in (max(known), rule.above))
    label = gettext("Last hour: highest %(value)s, limit %(limit)s", value=highest, limit=limit)
    if missing := len(hour) - len(known):
        label += ". " + gettext("No data for %(time)s", time=duration_words(60 * missing))
    look = alert_words.state_words(state, rule.severity)[0] if state == AlertState.FIRING else ""
    return limited_spark(hour, rule.above, label, look)
