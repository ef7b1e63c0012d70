"""A job as Sidekiq stores it, in JSON, as the contract's records."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.contract import Job, JobError, Payload, State
from dashboard.adapters.mirrored.product import DeadLetter
from dashboard.adapters.mirrored.values import SHOWN, number, payload, record, text, whole

UNNAMED = "unknown"
"""The queue of a dead job that names none."""

RETRIES = 25
"""How often a job is retried that only says that it is."""

MOST_BACKTRACE = 200_000
MILLISECONDS = 1e11
"""Greater times are milliseconds, which Sidekiq writes since version 8."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One job: its bytes, and what of them is JSON."""

    raw: bytes
    fields: dict[str, Any]

    @classmethod
    def of(cls, raw: bytes) -> Stored:
        """Read one; of what is not JSON there are no fields."""
        return cls(raw, record(raw))

    @property
    def queue(self) -> str:
        """The queue that it names."""
        return str(self.fields.get("queue") or UNNAMED)

    @property
    def id(self) -> str:
        """Its `jid`, or a digest of its bytes."""
        known = self.fields.get("jid")
        return known if isinstance(known, str) and known else hashlib.sha1(self.raw, usedforsecurity=False).hexdigest()

    @property
    def sign(self) -> str:
        """A part of its text that tells it from others."""
        known = self.fields.get("jid")
        return json.dumps(known) if isinstance(known, str) and known else ""

    def again(self, now: float) -> bytes | None:
        """What is enqueued when it is put back at that time; None when it cannot be."""
        if not isinstance(self.fields.get("class"), str) or not isinstance(self.fields.get("args"), list):
            return None
        job = {name: value for name, value in self.fields.items() if name != "at"}
        if isinstance(job.get("retry_count"), int):
            job["retry_count"] -= 1
        known = number(job.get("enqueued_at")) or number(job.get("created_at")) or 0.0
        job["enqueued_at"] = int(now * 1000) if known > MILLISECONDS else now
        try:
            return json.dumps(job, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
        except (ValueError, RecursionError):
            return None

    def letter(self, score: float, unable: str) -> DeadLetter:
        """A dead one, with when it died; `unable`: why it cannot be put back."""
        shown, error = self.payload(), self.error()
        return DeadLetter(
            self.queue, self.id, self.type, score, error.type, error.message, error.traceback, shown.data,
            shown.undecodable, self.attempts, self.most_retries, enqueued_at=_time(self.fields.get("enqueued_at")),
            requeueable=unable if self.again(0.0) is None else "", memo={"score": repr(score), "sign": self.sign},
        )  # fmt: skip

    def job(self, source: str, state: State, *, at: float | None = None, complete: bool = False) -> Job:
        """One in a state; at: when it is due, started or died."""
        return Job(
            self.id, source, self.queue, self.type, state, self.payload() if complete else Payload(size=len(self.raw)),
            attempts=self.attempts, max_retries=self.most_retries, created_at=_time(self.fields.get("created_at")),
            enqueued_at=_time(self.fields.get("enqueued_at")),
            started_at=at if state == State.PROCESSING else None, finished_at=at if state == State.FAILED else None,
            scheduled_for=at if state in (State.SCHEDULED, State.RETRYING) else None,
            error=self.error() if state in (State.FAILED, State.RETRYING) else None,
        )  # fmt: skip

    @property
    def type(self) -> str:
        """The class that runs; that of Active Job, not the one that wraps it."""
        return str(self.fields.get("wrapped") or self.fields.get("class") or "")[:1_000]

    @property
    def attempts(self) -> int:
        """How often it ran and failed."""
        return whole(self.fields.get("retry_count")) + 1 if "failed_at" in self.fields else 0

    @property
    def most_retries(self) -> int:
        """How often it is retried at most."""
        told = self.fields.get("retry")
        return RETRIES if told is True else max(0, whole(told))

    def payload(self) -> Payload:
        """Its arguments, by their places; those of Active Job, not what wraps them."""
        if len(self.raw) > SHOWN:
            return payload(None, len(self.raw))
        if not self.fields:
            return payload(self.raw) if record(self.raw) else Payload(
                size=len(self.raw), undecodable=payload(b"{").undecodable, raw=text(self.raw)
            )  # fmt: skip
        args = self.fields.get("args")
        if "wrapped" in self.fields and isinstance(args, list) and args and isinstance(args[0], dict):
            args = args[0].get("arguments", args)
        return Payload({"args": args}, len(self.raw))

    def error(self) -> JobError:
        """Its last error, with the backtrace where the job keeps one."""
        type_, message = text(self.fields.get("error_class")), text(self.fields.get("error_message"))
        lines = self._backtrace()
        return JobError(type_, message, "\n".join([f"{type_}: {message}", *lines]) if lines else "")

    def _backtrace(self) -> list[str]:
        kept = self.fields.get("error_backtrace")
        if isinstance(kept, str):
            try:
                inflated = zlib.decompressobj().decompress(base64.b64decode(kept), MOST_BACKTRACE)
                kept = json.loads(inflated)
            except (binascii.Error, zlib.error, ValueError, RecursionError):
                return []
        return [str(line)[:1_000] for line in kept[:200]] if isinstance(kept, list) else []


def _time(raw: Any) -> float | None:
    value = number(raw)
    if not value or value < 0:
        return None
    return value / 1000 if value > MILLISECONDS else value
