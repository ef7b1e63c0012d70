"""Checks rules and channels against each other before anything starts."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import replace

from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.channels.posting import checked_url
from dashboard.alerts.metrics.discovery import metric_of, metrics
from dashboard.alerts.metrics.judged import NARROWED
from dashboard.alerts.problems import Problem
from dashboard.alerts.records import Rule
from dashboard.alerts.rules import rule_from
from dashboard.language import N_
from dashboard.settings import ChannelSettings, RuleSettings, Settings, SettingsError

_NEAR = {
    "metric": N_("no metric is called %(name)s; did you mean %(near)s?"),
    "channels": N_("no channel is called %(name)s; did you mean %(near)s?"),
    "source": N_("no source is called %(name)s; did you mean %(near)s?"),
}
_UNKNOWN = {
    "metric": N_("no metric is called %(name)s; there are: %(known)s"),
    "channels": N_("no channel is called %(name)s; there are: %(known)s"),
    "source": N_("no source is called %(name)s; there are: %(known)s"),
}


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


class WrongRule(SettingsError):
    """A rule cannot be as it was written down.

    Args:
        name: of the rule.
        problem: what is wrong.
    """

    def __init__(self, name: str, problem: Problem) -> None:
        super().__init__(f"alert rule {name}: {problem.field}: {problem.english}")
        self.problem = problem


def check_rule(given: RuleSettings, channels: Collection[str], sources: Collection[str]) -> Rule:
    """One rule as it was written down, made.

    Raises:
        WrongRule: a metric, channel or source is not there, or the metric cannot be narrowed so.
    """
    try:
        rule = rule_from(given)
    except ValueError as error:
        raise WrongRule(given.name, Problem("metric", N_("this is missing"))) from error
    problem = _problem(rule, channels, sources)
    if problem:
        raise WrongRule(given.name, problem)
    return rule


def _problem(rule: Rule, channels: Collection[str], sources: Collection[str]) -> Problem | None:
    named = [("channels", channel, channels) for channel in rule.channels or ()]
    named += [("source", rule.source, sources)] if rule.source else []
    return (
        _missing("metric", rule.metric, metrics())
        or _narrowed(rule)
        or next(filter(None, (_missing(*each) for each in named)), None)
    )


def _narrowed(rule: Rule) -> Problem | None:
    problem = metric_of(rule).problem(rule)
    if problem is None or problem.text != NARROWED:
        return problem
    able = [name for name, metric in sorted(metrics().items()) if problem.field in metric.narrowed_by]
    return replace(
        problem,
        text=N_("%(metric)s cannot be narrowed by it; metrics that take a %(field)s: %(able)s"),
        values={**problem.values, "able": ", ".join(able)},
    )


def _missing(what: str, name: str, known: Collection[str]) -> Problem | None:
    if name in known:
        return None
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return Problem(what, _NEAR[what], {"name": name, "near": near[0]})
    return Problem(what, _UNKNOWN[what], {"name": name, "known": ", ".join(sorted(known)) or "–"})
