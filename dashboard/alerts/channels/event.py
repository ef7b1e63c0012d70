"""One event of an alert as channels render it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ErrorCount:
    """One group of errors, and how many jobs failed with it."""

    fingerprint: str
    error_type: str
    message: str
    count: int


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to one alert.

    text: the JSON it was read from, which is the body of a webhook. type: `alert.firing`, `alert.resolved`,
    `alert.nodata`, `alert.error` or `alert.test`. timestamp, starts_at, ends_at: RFC 3339. fingerprint: the alert's.
    url: the view that shows it.
    """

    text: str
    type: str
    timestamp: str
    rule: str = ""
    severity: str = ""
    source: str = ""
    queue: str = ""
    value: float | None = None
    threshold: float | None = None
    for_seconds: float = 0.0
    starts_at: str | None = None
    ends_at: str | None = None
    summary: str = ""
    fingerprint: str = ""
    url: str = ""
    groups: tuple[ErrorCount, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Event:
        """Read one event; what is missing is empty. Raises ValueError when it is no JSON object."""
        try:
            given = json.loads(text)
            data = dict(given["data"])
        except (KeyError, TypeError) as error:
            raise ValueError("an event is an object with `data`") from error
        words = {name: str(data.get(name) or "") for name in ("rule", "severity", "source", "queue", "summary", "url")}
        return cls(
            text, str(given.get("type", "")), str(given.get("timestamp", "")), **words,
            value=_number(data.get("value")), threshold=_number(data.get("threshold")),
            for_seconds=_number(data.get("for_seconds")) or 0.0, starts_at=_text(data.get("starts_at")),
            ends_at=_text(data.get("ends_at")), fingerprint=str(data.get("fingerprint") or ""),
            groups=tuple(_group(each) for each in data.get("groups") or () if isinstance(each, dict)),
        )  # fmt: skip

    @property
    def resolved(self) -> bool:
        """Whether it is over."""
        return self.type == "alert.resolved"


def _group(given: Mapping[str, Any]) -> ErrorCount:
    name, kind, message = (str(given.get(word) or "") for word in ("fingerprint", "error_type", "message"))
    return ErrorCount(name, kind, message, int(_number(given.get("count")) or 0))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
