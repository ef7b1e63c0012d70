"""The words that channels for people share; receivers are told in English."""

from __future__ import annotations

from collections import Counter

from dashboard.alerts.channels.contract import Message
from dashboard.alerts.channels.event import Event

STATES = {
    "alert.firing": "Firing", "alert.resolved": "Resolved", "alert.nodata": "No data", "alert.error": "Error",
    "alert.test": "Test",
}  # fmt: skip
COLORS = {
    "alert.firing": "#C42B1C", "alert.resolved": "#1A7F37", "alert.nodata": "#9A6700", "alert.error": "#9A6700",
    "alert.test": "#57606A",
}  # fmt: skip
MOST_EVENTS = 10
MOST_GROUPS = 3


def state(type: str) -> str:
    """`Firing`, `Resolved`, …"""
    return STATES.get(type, type)


def color(type: str) -> str:
    """Of a message or event, as `#RRGGBB`."""
    return COLORS.get(type, COLORS["alert.test"])


def title(message: Message) -> str:
    """What a message says at a glance: the alert, or how many there are."""
    if len(message.events) == 1:
        return event_title(message.events[0])
    counts = Counter(event.type for event in message.events)
    parts = ", ".join(f"{count} {state(type).lower()}" for type, count in sorted(counts.items()))
    rules = {event.rule for event in message.events}
    return f"{parts}: {rules.pop() if len(rules) == 1 else f'{len(rules)} rules'}"


def event_title(event: Event) -> str:
    """One alert at a glance."""
    return f"{state(event.type)}: {event.summary or event.rule}"


def facts(event: Event) -> list[tuple[str, str]]:
    """What else is known of an alert, as pairs of name and value; nothing empty."""
    found = [("Rule", event.rule), ("Severity", event.severity), ("Source", event.source), ("Queue", event.queue)]
    found += [("Since", event.starts_at or ""), ("Until", event.ends_at or "")]
    return [(name, value) for name, value in found if value]


def errors(event: Event) -> list[str]:
    """The most frequent errors, one line each."""
    return [f"{each.count} × {each.error_type}: {cut(each.message, 200)}" for each in event.groups[:MOST_GROUPS]]


def shown(message: Message) -> tuple[tuple[Event, ...], int]:
    """The events that are written out, and how many are left out."""
    return message.events[:MOST_EVENTS], max(0, len(message.events) - MOST_EVENTS)


def cut(text: str, most: int) -> str:
    """The text, shortened to so many characters with an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"
