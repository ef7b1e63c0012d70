"""taskiq's messages and results: JSON or pickles, read without unpickling."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dashboard import safe_pickle
from dashboard.adapters.contract import Job, JobError, Payload, State
from dashboard.adapters.mirrored import reasons, values
from dashboard.adapters.mirrored.moves import digest
from dashboard.language import N_

LARGEST = 262_144
"""Bytes of a message or result that is read."""

UNKEPT = N_("its message is no longer in Redis; only streams keep the messages of tasks that ran")

_OF_RETRIES = ("_retries",)


@dataclass(frozen=True, slots=True)
class Message:
    """What was sent; empty with the reason when it cannot be read."""

    raw: bytes
    fields: dict[str, Any]
    undecodable: str = ""

    @property
    def id(self) -> str:
        """The task's id, or a digest of the message."""
        return values.text(self.fields.get("task_id")) or digest(self.raw) or "empty"

    @property
    def name(self) -> str:
        """Name of the task."""
        return values.text(self.fields.get("task_name"))[:200]

    @property
    def labels(self) -> dict[str, Any]:
        """What the application noted with it."""
        return _labels(self.fields)

    @property
    def data(self) -> dict[str, Any]:
        """The arguments as JSON values."""
        return {name: safe_pickle.plain(self.fields.get(name)) for name in ("args", "kwargs")}

    def payload(self) -> Payload:
        """The arguments, or why they are not shown."""
        if not self.undecodable:
            return Payload(self.data, len(self.raw))
        shown = values.text(self.raw[: values.SHOWN])
        return Payload(
            size=len(self.raw), undecodable=self.undecodable, raw=shown, truncated=len(self.raw) > len(shown)
        )

    def again(self) -> bytes:
        """The same as if it had never been retried; what is not JSON stays as it is."""
        if self.raw[:1] != b"{" or not any(name in self.labels for name in _OF_RETRIES):
            return self.raw
        fields = {
            name: {key: each for key, each in value.items() if key not in _OF_RETRIES}
            if name in ("labels", "labels_types") and isinstance(value, dict)
            else value
            for name, value in self.fields.items()
        }
        return json.dumps(fields).encode()

    def job(self, source: str, queue: str, state: State, *, whole: bool = False, **more: Any) -> Job:
        """It as a job; its arguments when `whole`."""
        tried = values.whole(self.labels.get("_retries"))
        return Job(
            self.id, source, queue, self.name, state, payload=self.payload() if whole else Payload(),
            attempts=tried + (state == State.PROCESSING),
            max_retries=values.told(self.labels.get("max_retries")), **more,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a task; without fields when it cannot be read."""

    raw: bytes
    fields: dict[str, Any]

    @property
    def failed(self) -> bool:
        """Whether it says that the task failed."""
        return self.fields.get("is_err") is True

    @property
    def labels(self) -> dict[str, Any]:
        """Those of the message."""
        return _labels(self.fields)

    @property
    def attempts(self) -> int:
        """How often the task ran."""
        return values.whole(self.labels.get("_retries")) + 1

    def error(self) -> JobError:
        """What was raised; taskiq stores no traceback."""
        told = self.fields.get("error")
        if not isinstance(told, dict):
            return JobError("", "")
        module, name = values.text(told.get("exc_module")), values.text(told.get("exc_type"))
        type_ = name if module in ("", "builtins") else f"{module}.{name}"
        said = told.get("exc_message")
        quoted = name == "KeyError"  # as Python itself shows it
        parts = [each if isinstance(each, str) and not quoted else safe_pickle.render(each) for each in _listed(said)]
        message = parts[0] if len(parts) == 1 else f"({', '.join(parts)})" if parts else ""
        return JobError(type_[:200], message[:2_000])


def message(raw: bytes) -> Message:
    """What bytes of a queue say."""
    if len(raw) > LARGEST:
        return Message(raw, {}, reasons.TOO_LARGE)
    fields = _decoded(raw)
    return Message(raw, fields) if "task_name" in fields else Message(raw, {}, reasons.UNREADABLE)


def result(raw: bytes) -> Result:
    """What bytes of a result say."""
    fields = _decoded(raw)
    return Result(raw, fields if "is_err" in fields else {})


def record(raw: bytes) -> dict[str, Any]:
    """Fields of a schedule; empty when it cannot be read."""
    fields = _decoded(raw) if len(raw) <= LARGEST else {}
    return fields if "task_name" in fields else {}


def _decoded(raw: bytes) -> dict[str, Any]:
    try:
        value = safe_pickle.decode(raw) if raw[:1] == b"\x80" else json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _labels(fields: dict[str, Any]) -> dict[str, Any]:
    found = fields.get("labels")
    return found if isinstance(found, dict) else {}


def _listed(value: Any) -> list[Any]:
    return list(value[:20]) if isinstance(value, list | tuple) else [] if value is None else [value]
