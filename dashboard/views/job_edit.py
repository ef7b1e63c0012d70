"""Other arguments for a failed job: typed as JSON, checked, compared, and requeued."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import state_words
from dashboard.adapters.contract import Action, ActionRefused, InvalidRequest, Job
from dashboard.arguments_draft import Draft, changed_since, draft, fingerprint, first_text
from dashboard.json_text import Mistake
from dashboard.language import gettext, ngettext
from dashboard.redaction import Redaction
from dashboard.security import check_writable
from dashboard.web import Toast, changed, render, services

blueprint = Blueprint("job_edit", __name__)
REGIONS = {"check": "job/_check.html"}
_AT = "/jobs/<source>/<queue>/<job_id>/edit"


@blueprint.get(_AT)
def show(source: str, queue: str, job_id: str) -> ResponseReturnValue:
    """The arguments as text to change."""
    check_writable(services().settings)
    job = services().sources.get(source).job(queue, job_id)
    if not job.can(Action.EDIT):
        raise ActionRefused(
            gettext(
                "job %(id)s is %(state)s: only a failed job can be edited and requeued",
                id=job_id, state=state_words.within(job.state),
            )
        )  # fmt: skip
    return _form(job, draft(first_text(job), job, _redaction()), seen=fingerprint(job))


@blueprint.post(f"{_AT}/check")
def check(source: str, queue: str, job_id: str) -> ResponseReturnValue:
    """What is wrong with a text, or what it would change; nothing is changed."""
    job = services().sources.get(source).job(queue, job_id)
    seen = request.form.get("seen", "")
    return _form(job, draft(_text(), job, _redaction()), seen=seen, checked=True, stale=changed_since(job, seen))


@blueprint.post(_AT)
def save(source: str, queue: str, job_id: str) -> ResponseReturnValue:
    """Requeue the job with other arguments; text that is not understood changes nothing and is asked for again."""
    adapter = services().sources.get(source)
    job = adapter.job(queue, job_id)
    seen = request.form.get("seen", "")
    new = draft(_text(), job, _redaction())
    stale = changed_since(job, seen)
    if stale:
        return _form(job, new, seen=fingerprint(job), checked=True, stale=stale, refused=True, status=409)
    if new.mistake:
        return _form(job, new, seen=seen, checked=True, refused=True, status=422)
    try:
        adapter.edit(queue, job_id, new.data, job.revision)
    except InvalidRequest as problem:
        unfit = Draft(new.text, mistake=Mistake(str(problem)))
        return _form(job, unfit, seen=seen, checked=True, refused=True, status=422)
    except ActionRefused as problem:
        now = adapter.job(queue, job_id)
        return _form(now, new, seen=fingerprint(now), checked=True, stale=str(problem), refused=True, status=409)
    back = url_for("job.show", source=source, queue=queue, job_id=job_id)
    undo = url_for("job_actions.act", action=Action.UNDO, source=source, queue=queue, job_id=job_id)
    note = gettext("Undo brings it back with its new arguments")
    return changed(Toast(_words(job, new), note, undo=undo), back)


def _text() -> str:
    return request.form.get("data", "")


def _redaction() -> Redaction:
    return Redaction(services().settings.redact.fields)


def _words(job: Job, new: Draft) -> str:
    count = len(new.difference.changes)
    if not count:
        return gettext("Requeued %(job)s with the same arguments.", job=job.type)
    if new.difference.more:
        return gettext("Requeued %(job)s with more than %(num)s changes to its arguments.", job=job.type, num=count)
    return ngettext(
        "Requeued %(job)s with %(num)s change to its arguments.",
        "Requeued %(job)s with %(num)s changes to its arguments.",
        count, job=job.type,
    )  # fmt: skip


def _form(job: Job, new: Draft, *, seen: str, status: int = 200, **more: Any) -> ResponseReturnValue:
    """The editor.

    Args:
        job: as it is now.
        new: what was typed.
        seen: what `fingerprint` said when the text was first shown.
        status: HTTP status.
        more: checked, whether the text was sent; stale, what became of the job meanwhile; refused, whether the button
            was pressed and nothing was done.
    """
    more = {"checked": False, "stale": "", "refused": False, **more}
    job_url = url_for("job.show", source=job.source, queue=job.queue, job_id=job.id)
    return render("job/edit.html", REGIONS, status=status, job=job, job_url=job_url, draft=new, seen=seen, **more)
