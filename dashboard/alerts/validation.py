"""Checks rules and channels against each other before anything starts."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.channels.posting import checked_url
from dashboard.alerts.metrics.discovery import metrics
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
        _check(f"alert rule {rule.name}", "metric", rule.metric, metrics())
        _check_narrowing(rule)
        for channel in rule.channels or ():
            _check(f"alert rule {rule.name}", "channel", channel, channels)
        if rule.source:
            _check(f"alert rule {rule.name}", "source", rule.source, sources)


def _check_narrowing(given: RuleSettings) -> None:
    problem = metrics()[given.metric].problem(rule_from(given))
    if problem:
        word = problem.partition(":")[0]
        able = [name for name, metric in sorted(metrics().items()) if word in metric.narrowed_by]
        hint = f"; metrics that take {word}: {', '.join(able)}" if "cannot be narrowed" in problem else ""
        raise SettingsError(f"alert rule {given.name}: {problem}{hint}")


def _check(where: str, what: str, name: str, known: Collection[str]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known)) or 'none'}"
    raise SettingsError(f"{where}: no {what} is called {name}; {hint}")
