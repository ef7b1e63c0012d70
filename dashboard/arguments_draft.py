"""New arguments for a failed job, before they are stored: what is wrong with them, and what they change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from dashboard import highlight, json_difference, json_text, state_words
from dashboard.adapters.contract import Action, Job
from dashboard.json_difference import Difference
from dashboard.json_text import Mistake
from dashboard.language import gettext
from dashboard.redaction import HIDDEN, Redaction


@dataclass(frozen=True, slots=True)
class Draft:
    """A text typed for a job's arguments.

    mistake: why it cannot be stored; None when it can. kept: hidden values that stay as they are.
    """

    text: str
    data: Any = None
    mistake: Mistake | None = None
    difference: Difference = field(default_factory=Difference)
    kept: int = 0


def draft(text: str, job: Job, redaction: Redaction) -> Draft:
    """Check a text against a job; nothing is changed."""
    try:
        data = json_text.read(text)
        redaction.put_back(data, job.payload.data)
    except json_text.NotJSON as error:
        return Draft(text, mistake=error.mistake)
    except ValueError as error:
        return Draft(text, mistake=Mistake(str(error)))
    kept = json.dumps(data, ensure_ascii=False).count(json.dumps(HIDDEN))
    difference = Difference() if job.payload.undecodable else json_difference.between(job.payload.data, data)
    return Draft(text, data, None, difference, kept)


def first_text(job: Job) -> str:
    """What to begin with: the arguments as they are, or nothing in particular when they cannot be shown."""
    return "{}" if job.payload.undecodable else highlight.pretty(job.payload.data)


def fingerprint(job: Job) -> str:
    """Of a job's arguments and failure as they were shown: another one means that someone changed the job since."""
    if job.revision:
        return job.revision
    shown = [job.payload.data, job.payload.raw, job.payload.size, job.requeues, job.attempts, job.finished_at]
    return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()[:16]


def changed_since(job: Job, seen: str) -> str:
    """What became of a job since its arguments were shown, as a sentence; empty when nothing did."""
    if job.in_trash:
        return gettext("It was purged meanwhile. Restore it first, then edit it.")
    if not job.can(Action.EDIT):
        now = state_words.within(job.state)
        return gettext("It was requeued meanwhile and is %(state)s now. Only a failed job can be edited.", state=now)
    if seen and seen != fingerprint(job):
        return gettext(
            "It ran again meanwhile, or someone else edited it, and it failed again. Compare with its arguments now."
        )
    return ""
