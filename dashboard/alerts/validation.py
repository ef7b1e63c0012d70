"""Checks rules and channels against each other before anything starts."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.channels.posting import checked_url
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Rule
from dashboard.alerts.rules import rule_from
from dashboard.settings import ChannelSettings, RuleSettings, Settings, SettingsError


def check_alerts(settings: Settings) -> None:
    """Raises SettingsError when a rule names a channel or source that is not there, or a name is used twice."""
    channels = open_channels(settings.channels)
    if settings.alerts.heartbeat_url:
        checked_url(ChannelSettings(name="heartbeat", url=settings.alerts.heartbeat_url))
    sources = [source.name for source in settings.sources]
    names = [rule.name for rule in settings.alerts.rules]
    for rule in settings.alerts.rules:
        if names.count(rule.name) > 1:
            raise SettingsError(f"alert rule {rule.name}: the name is used twice; give each rule its own")
        check_rule(rule, channels, sources)


def check_rule(given: RuleSettings, channels: Collection[str], sources: Collection[str]) -> Rule:
    """One rule as it was written down, made.

    Raises:
        SettingsError: a metric, channel or source is not there, or the metric cannot be narrowed so.
    """
    where = f"alert rule {given.name}"
    try:
        rule = rule_from(given)
    except ValueError as error:
        raise SettingsError(f"{where}: {error}") from error
    _check(where, "metric", rule.metric, metrics())
    _check_narrowing(where, rule)
    for channel in rule.channels or ():
        _check(where, "channel", channel, channels)
    if rule.source:
        _check(where, "source", rule.source, sources)
    return rule


def _check_narrowing(where: str, rule: Rule) -> None:
    problem = metrics()[rule.metric].problem(rule)
    if problem:
        word = problem.partition(":")[0]
        able = [name for name, metric in sorted(metrics().items()) if word in metric.narrowed_by]
        hint = f"; metrics that take a {word}: {', '.join(able)}" if "cannot be narrowed" in problem else ""
        raise SettingsError(f"{where}: {problem}{hint}")


def _check(where: str, what: str, name: str, known: Collection[str]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known)) or 'none'}"
    raise SettingsError(f"{where}: no {what} is called {name}; {hint}")
