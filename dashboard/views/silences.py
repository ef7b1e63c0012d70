"""Silences: the question before one is made, all that are kept, their change and their early end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import silence_words
from dashboard.adapters.contract import AdapterError
from dashboard.alerts.matchers import Matcher, exactly, parse_all
from dashboard.alerts.records import Alert
from dashboard.alerts.silences import Silence
from dashboard.filters import date_time, zone_name
from dashboard.language import gettext
from dashboard.once import once
from dashboard.security import check_writable
from dashboard.services import Services
from dashboard.web import Toast, changed, dialog, render, services

blueprint = Blueprint("silences", __name__)
HOUR = 3_600.0
for _name, _filter in silence_words.FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)


@blueprint.get("/alerts/silences")
def index() -> ResponseReturnValue:
    """Silences that hold, that are to come and that ended lately, and the maintenance windows."""
    return render("silences/page.html", regions={"silences": "silences/_all.html"},
                  here_full=url_for("silences.index"), **context(services()))  # fmt: skip


@blueprint.get("/alerts/silences/new")
def new() -> ResponseReturnValue:
    """What is to be silenced, and for how long."""
    bundle = services()
    check_writable(bundle.settings)
    alert = _alert(bundle, request.args.get("alert", ""))
    written = [str(each) for each in exactly(alert)] if alert else _narrowed(request.args)
    return _ask(alert, {"match": "\n".join(written), "for": "30m"})


@blueprint.post("/alerts/silences")
def create() -> ResponseReturnValue:
    """Silence what was said."""
    bundle, form = services(), request.form
    alert = _alert(bundle, form.get("alert", ""))
    try:
        matchers = meant(alert, form.get("match", ""))
        ends_at = silence_words.end_of(form, bundle.clock())
        made = bundle.silences.create(matchers, form.get("comment", ""), ends_at=ends_at)
    except AdapterError as error:
        return _ask(alert, form, problem=str(error), status=422)
    return changed(_made(made), url_for("alerts.index"), close_dialog=True)


def meant(alert: Alert | None, text: str) -> Sequence[Matcher]:
    """What was written; when it is still what the alert gave, just that, since a name may have what ends a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    given = exactly(alert) if alert else ()
    if given and lines == [line.strip() for each in given for line in str(each).splitlines() if line.strip()]:
        return given
    return parse_all(lines)


@blueprint.post("/alerts/silences/<silence_id>/end")
def end(silence_id: str) -> ResponseReturnValue:
    """End one now."""
    ended = services().silences.end(silence_id)
    text = gettext("Ended the silence of %(what)s.", what=silence_words.means(ended.matchers))
    return changed(Toast(text, gettext("What still fires is told again.")), _back(request.form))


@blueprint.post("/alerts/silences/<silence_id>/extend")
def extend(silence_id: str) -> ResponseReturnValue:
    """Let one hold for an hour more."""
    longer = services().silences.extend(silence_id, HOUR, request.form.get("revision", ""))
    text = gettext("The silence of %(what)s ends %(time)s.", what=silence_words.means(longer.matchers),
                   time=date_time(longer.ends_at))  # fmt: skip
    return changed(Toast(text), _back(request.form))


@blueprint.get("/alerts/silences/<silence_id>/edit")
def edit(silence_id: str) -> ResponseReturnValue:
    """Its end and its reason."""
    bundle = services()
    check_writable(bundle.settings)
    known = bundle.silences.get(silence_id)
    form = {"for": "resolved" if known.until_resolved else "until", "until": silence_words.typed(known.ends_at),
            "comment": known.comment}  # fmt: skip
    return _change(known, form, known.revision)


@blueprint.post("/alerts/silences/<silence_id>/edit")
def save(silence_id: str) -> ResponseReturnValue:
    """Give it another end and reason, unless somebody else did meanwhile."""
    bundle, form = services(), request.form
    known = bundle.silences.get(silence_id)
    revision = form.get("revision", "")
    try:
        ends_at = silence_words.end_of(form, bundle.clock(), known.ends_at)
        bundle.silences.change(silence_id, form.get("comment", ""), ends_at=ends_at, seen=revision)
    except AdapterError as error:
        return _change(known, form, revision, problem=str(error), status=422)
    text = gettext("Changed the silence of %(what)s.", what=silence_words.means(known.matchers))
    return changed(Toast(text), _back(form), close_dialog=True)


def context(bundle: Services) -> dict[str, Any]:
    """What the lists of silences and windows show; read once for a page."""
    now = bundle.clock()
    silences = once("silences", bundle.silences.listed)
    windows = once("windows", bundle.windows.listed)
    return {
        "silences": [each for each in silences if now < each.ends_at],
        "ended": [each for each in silences if now >= each.ends_at],
        "windows": windows,
        "now": now,
        "mutes": silence_words.Mutes(silences, windows, now),
    }


def _back(form: Mapping[str, str]) -> str:
    return url_for("silences.index") if form.get("from") == "silences" else url_for("alerts.index")


def _change(
    known: Silence, form: Mapping[str, str], revision: str, problem: str = "", status: int = 200
) -> ResponseReturnValue:  # fmt: skip
    return dialog("silences/edit.html", "silences/_edit.html", status=status, silence=known, form=form,
                  revision=revision, problem=problem, zone=zone_name())  # fmt: skip


def _alert(bundle: Services, fingerprint: str) -> Alert | None:
    found = once("alerts", bundle.alerts.alerts) if fingerprint else ()
    return next((alert for alert in found if alert.fingerprint == fingerprint), None)


def _narrowed(given: Mapping[str, str]) -> list[str]:
    return [f"{name}={given[name][:200]}" for name in ("rule", "source", "queue") if given.get(name)]


def _ask(alert: Alert | None, form: Mapping[str, str], problem: str = "", status: int = 200) -> ResponseReturnValue:
    name = silence_words.alert_name(alert) if alert else ""
    return dialog(
        "silences/new.html", "silences/_new.html", status=status, alert=alert, form=form, problem=problem,
        question=gettext("Silence %(alert)s?", alert=name) if alert else gettext("New silence"), zone=zone_name(),
    )  # fmt: skip


def _made(silence: Silence) -> Toast:
    text = gettext("Silenced %(what)s.", what=silence_words.means(silence.matchers))
    note = gettext("Checked and shown as before; nobody is told.")
    return Toast(text, note, undo=url_for("silences.end", silence_id=silence.id))
