"""Alert rules: those of the settings and the built-in one. No input or output here."""

from __future__ import annotations

import re

from dashboard.alerts.records import Origin, Rule
from dashboard.settings import AlertSettings, RuleSettings

BUILT_IN = Rule("too-many-failed", "failed", above=100, severity="page", built_in=True, origin=Origin.BUILT_IN)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(duration: str) -> float:
    """Seconds of a duration such as `90s`, `5m` or `1.5h`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", duration)
    if not match:
        raise ValueError(f"duration {duration!r}: write a number and ms, s, m, h or d, such as 5m")
    return float(match[1]) * _UNITS[match[2]]


def rules_of(settings: AlertSettings) -> tuple[Rule, ...]:
    """The built-in rule, unless the settings define one of its name, then those of the settings."""
    own = tuple(rule_from(rule) for rule in settings.rules)
    return own if any(rule.name == BUILT_IN.name for rule in own) else (BUILT_IN, *own)


def rule_from(given: RuleSettings) -> Rule:
    """A rule as it was written down."""
    return Rule(
        given.name, given.metric, given.above, seconds(given.for_), given.severity, given.source, given.queue,
        given.channels, given.minimum, clear=given.clear, keep_firing_seconds=seconds(given.keep_firing_for),
        window_seconds=seconds(given.window), type=given.type, group=given.fingerprint, objective=given.objective,
        no_data_seconds=seconds(given.no_data_for), enabled=given.enabled,
    )  # fmt: skip
