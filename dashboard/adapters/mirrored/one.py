"""One job, complete: as the product has it, with what the mirror knows besides."""

from __future__ import annotations

import json
from dataclasses import replace

from dashboard.adapters.contract import Action, Attempt, Frame, Job, JobError, NotFound, Offer, Payload, State
from dashboard.adapters.mirrored import names, tracebacks
from dashboard.adapters.mirrored.letters import type_name
from dashboard.adapters.mirrored.mirror import Mirror
from dashboard.adapters.mirrored.product import Product
from dashboard.adapters.mirrored.translation import Translation
from dashboard.redaction import Redaction


class One:
    """Reads single jobs of one source."""

    def __init__(self, product: Product, mirror: Mirror, redaction: Redaction, translation: Translation) -> None:
        self._product = product
        self._mirror = mirror
        self._redaction = redaction
        self._translation = translation

    def job(self, queue: str, job_id: str) -> Job:
        """See `Adapter.job`; a job that only the mirror has any more is shown from there."""
        known = self._mirrored(queue, job_id)
        try:
            found = self._product.job(queue, job_id)
        except NotFound:
            if known is None:
                raise
            return replace(known, actions=known.actions if known.in_trash else ())
        shown = self.shown(found)
        if known is None:
            return shown
        error = shown.error and known.error and replace(shown.error, fingerprint=known.error.fingerprint)
        return replace(
            shown, error=error or shown.error, history=shown.history or known.history, requeues=known.requeues,
            changes=known.changes, edits=known.edits,
            revision=known.revision, in_trash=known.in_trash, type=shown.type or known.type,
            payload=known.payload if shown.payload.undecodable and known.payload.data is not None else shown.payload,
            actions=self._actions(queue, shown, known),
        )  # fmt: skip

    def _actions(self, queue: str, shown: Job, known: Job) -> tuple[Offer, ...]:
        if shown.state == State.FAILED:
            ((_, reason),) = self._mirror.with_reasons(queue, [shown.id])
            return self._product.offers(reason) if reason else shown.actions
        undo = tuple(offer for offer in known.actions if offer.action == Action.UNDO)
        return (*undo, *shown.actions)

    def _mirrored(self, queue: str, job_id: str) -> Job | None:
        try:
            return self._translation.each([self._mirror.adapter.job(names.queue(queue), names.job(job_id))])[0]
        except NotFound:
            return None

    def shown(self, job: Job) -> Job:
        """With secrets hidden, and its error's frames."""
        return replace(
            job,
            payload=self._payload(job.payload),
            error=job.error and self._error(job.type, job.error),
            history=tuple(map(self._attempt, job.history)),
            result=self._redaction.text(job.result)[0],
        )

    def _payload(self, payload: Payload) -> Payload:
        hidden = self._redaction.value(payload.data)
        size = payload.size or (len(json.dumps(payload.data, default=str)) if payload.data is not None else 0)
        raw, more = self._redaction.text(payload.raw)
        return replace(
            payload, data=hidden.value, size=size, raw=raw, redacted=payload.redacted + hidden.hidden + more,
            truncated=payload.truncated or hidden.too_deep,
        )  # fmt: skip

    def _error(self, job_type: str, error: JobError) -> JobError:
        told = tracebacks.parse(error.traceback)
        type_, message = error.type or told.type, error.message or told.message
        frames = tuple(
            Frame(each.path, each.line, each.function, self._redaction.text(each.source)[0], each.own)
            for each in told.frames
        )
        return JobError(
            type_, self._redaction.text(message)[0], self._redaction.text(error.traceback)[0],
            error.fingerprint or tracebacks.fingerprint(type_name(job_type), type_, message, told.frames),
            frames, error.reason,
        )  # fmt: skip

    def _attempt(self, attempt: Attempt) -> Attempt:
        return replace(attempt, message=self._redaction.text(attempt.message)[0])
