"""The form of a rule: which fields a metric has, and what was entered as a rule of the settings has it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.adapters.contract import AdapterError
from dashboard.alerts.metrics.contract import Metric
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Rule
from dashboard.alerts.rulebook import InvalidRule
from dashboard.alerts.rules import written
from dashboard.language import N_, gettext

SPANS = ("for", "keep_firing_for", "window", "no_data_for")
NUMBERS = ("above", "clear", "minimum", "objective")
TEXTS = ("name", "metric", "severity", "source", "queue", "type", "fingerprint")
_ONLY = {
    "minimum": ("failure_rate", "burn_rate"),
    "objective": ("burn_rate",),
    "window": ("backlog_growth", "new_group", "burn_rate"),
}
NO_NUMBER = "no number"
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,9}|,(?!\d{3}$)\d{1,9})?")
LABELS = {
    "name": N_("Name"),
    "metric": N_("What is watched"),
    "above": N_("Fires above"),
    "for": N_("Fires after"),
    "clear": N_("Clears at or below"),
    "keep_firing_for": N_("Clears after"),
    "window": N_("Window"),
    "minimum": N_("Attempts a minute at least"),
    "objective": N_("Percent that succeeds"),
    "no_data_for": N_("Tell of no data after"),
    "source": N_("Source"),
    "queue": N_("Queue"),
    "type": N_("Job type"),
    "fingerprint": N_("Error group"),
    "severity": N_("Severity"),
    "channels": N_("Tells"),
    "enabled": N_("Turned on"),
}
"""What stands beside each field, in the order of the form."""


def fields_of(name: str) -> frozenset[str]:
    """The fields that a metric's rules have besides those of every rule."""
    metric = metrics().get(name)
    own = {field for field, names in _ONLY.items() if name in names}
    narrowing = set(metric.narrowed_by) if metric else {"queue"}
    limits = set() if metric and metric.unit == "yes" else {"above", "clear"}
    return frozenset(own | narrowing | limits)


def own_window(name: str) -> str:
    """The window of a metric when a rule gives none."""
    metric = metrics().get(name)
    return written(metric.lead(Rule("", name, 0.0))) if metric else ""


def choices() -> list[tuple[str, str]]:
    """Metrics by name, with what they measure, in words and in order."""
    found: dict[str, Metric] = metrics()
    return sorted(((name, metric.words()) for name, metric in found.items()), key=lambda each: each[1])


def labels() -> dict[str, str]:
    """What stands beside each field."""
    return {field: gettext(text) for field, text in LABELS.items()}


def known(names: Sequence[str], chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Sources or channels that can be chosen, with their words: those there are, and what a rule names that is gone."""
    gone = [(each, gettext("%(name)s (not configured)", name=each)) for each in chosen if each and each not in names]
    return [*((each, each) for each in names), *gone]


def given(form: Mapping[str, str], channels: Sequence[str]) -> dict[str, Any]:
    """What was entered, as a rule of `redrive.toml`; empty fields are left out."""
    shown = fields_of(form.get("metric", "")) | {"name", "metric", "severity", "source", *SPANS}
    made: dict[str, Any] = {}
    for field in (*TEXTS, *SPANS):
        if field in shown | {"for"} and form.get(field, "").strip():
            made[field] = form[field].strip()[:200]
    for field in NUMBERS:
        if field in shown and form.get(field, "").strip():
            made[field] = _number(form[field].strip())
    if form.get("tell", "all") == "some":
        made["channels"] = tuple(channels)
    return made | ({"enabled": False} if form.get("enabled", "1") == "0" else {})


def entered(rule: Rule) -> dict[str, str]:
    """A rule as the form shows it."""
    spans = {"for": rule.for_seconds, "keep_firing_for": rule.keep_firing_seconds, "window": rule.window_seconds,
             "no_data_for": rule.no_data_seconds}  # fmt: skip
    numbers = {"above": rule.above, "clear": rule.clear, "minimum": rule.minimum or None, "objective": rule.objective}
    texts = {"name": rule.name, "metric": rule.metric, "severity": rule.severity, "source": rule.source,
             "queue": rule.queue, "type": rule.type, "fingerprint": rule.group}  # fmt: skip
    return {
        **texts,
        **{name: written(value) for name, value in spans.items() if value},
        **{name: _written(value) for name, value in numbers.items() if value is not None},
        "tell": "all" if rule.channels is None else "some",
        "enabled": "1" if rule.enabled else "0",
    }


def problems(error: AdapterError) -> dict[str, str]:
    """What is wrong, by field; under an empty one what is about none alone."""
    return error.problems if isinstance(error, InvalidRule) else {"": str(error)}


def places(metric: str, *, new: bool) -> list[str]:
    """The fields that the form shows for a metric, in its order; the name is asked for once."""
    always = {"metric", "for", "keep_firing_for", "no_data_for", "source", "severity", "channels", "enabled"}
    shown = fields_of(metric) | always | ({"name"} if new else set())
    return [field for field in LABELS if field in shown]


def _number(text: str) -> float | int | str:
    """A comma may stand before decimals, never before three digits: `10,000` is ten to some, ten thousand to others.

    What is no number is given on as something that is refused as one, together with what else is wrong.
    """
    if not _NUMBER.fullmatch(text):
        return NO_NUMBER
    value = float(text.replace(",", "."))
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _written(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
