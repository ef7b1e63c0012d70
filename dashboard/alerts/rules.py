"""Alert rules: those of the settings and the built-in one. No input or output here."""

from __future__ import annotations

import re
from dataclasses import replace

from dashboard.alerts.metrics.discovery import built_in_rules
from dashboard.alerts.records import Origin, Rule
from dashboard.settings import AlertSettings, RuleSettings

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(duration: str) -> float:
    """Seconds of a duration such as `90s`, `5m` or `1.5h`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", duration)
    if not match:
        raise ValueError(f"duration {duration!r}: write a number and ms, s, m, h or d, such as 5m")
    return float(match[1]) * _UNITS[match[2]]


def written(length: float) -> str:
    """Seconds as such a duration, in its largest whole unit."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if length >= size and length % size == 0:
            return f"{length / size:.0f}{unit}"
    return f"{length:.0f}s" if length == int(length) else f"{length}s"


def rules_of(settings: AlertSettings) -> tuple[Rule, ...]:
    """The built-in rules, except those whose name the settings give to one of theirs, then those of the settings."""
    own = tuple(rule_from(rule) for rule in settings.rules)
    taken = {rule.name for rule in own}
    return (*(rule for rule in built_in_rules() if rule.name not in taken), *own)


def rule_from(given: RuleSettings) -> Rule:
    """A rule as it was written down; a built-in one without its metric is changed only in what was written.

    Raises:
        ValueError: it has no metric, and none is built in under its name.
    """
    if not given.metric:
        return _changed(given)
    return _whole(given)


def _changed(given: RuleSettings) -> Rule:
    default = next((rule for rule in built_in_rules() if rule.name == given.name), None)
    if default is None:
        raise ValueError("metric is missing")
    whole = _whole(given)
    names = {"for_": "for_seconds", "keep_firing_for": "keep_firing_seconds", "window": "window_seconds",
             "fingerprint": "group", "no_data_for": "no_data_seconds"}  # fmt: skip
    written = {names.get(name, name) for name in given.model_fields_set}
    return replace(default, origin=Origin.FILE, **{name: getattr(whole, name) for name in written})


def _whole(given: RuleSettings) -> Rule:
    return Rule(
        given.name, given.metric, given.above, seconds(given.for_), given.severity, given.source, given.queue,
        given.channels, given.minimum, clear=given.clear, keep_firing_seconds=seconds(given.keep_firing_for),
        window_seconds=seconds(given.window), type=given.type, group=given.fingerprint, objective=given.objective,
        no_data_seconds=seconds(given.no_data_for), enabled=given.enabled,
    )  # fmt: skip
