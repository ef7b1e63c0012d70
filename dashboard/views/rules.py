"""The rule editor: rules made on pages, built-in ones in other words or turned off; with a preview before saving."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from dashboard import rule_form
from dashboard.adapters.contract import ActionRefused, AdapterError
from dashboard.alerts.metrics.discovery import metrics
from dashboard.alerts.records import Origin, Rule
from dashboard.language import gettext
from dashboard.rule_page import name_of
from dashboard.rule_preview import looked
from dashboard.security import check_writable
from dashboard.services import Services
from dashboard.web import Toast, changed, dialog, render, services, target

blueprint = Blueprint("rules", __name__)
PREFILLED = ("metric", "source", "queue", "type", "fingerprint", "name", "above")
_DEFAULT = {"metric": "failed", "for": "0s", "severity": "ticket", "tell": "all"}
_USUAL = {"percent": 10.0, "seconds": 300.0, "ratio": 14.4, "jobs/min": 10.0}
"""By unit, a limit to begin with for metrics without a built-in rule."""


@blueprint.get("/alerts/rules/new")
def new() -> ResponseReturnValue:
    """An empty form, narrowed to what the address says."""
    check_writable(services().settings)
    asked = {name: request.args[name].strip()[:200] for name in PREFILLED if request.args.get(name)}
    entered = {**_DEFAULT, **asked}
    return _page(MultiDict({"above": _usual_limit(entered["metric"]), **entered}))


def _usual_limit(name: str) -> str:
    metric = metrics().get(name)
    if metric is None:
        return "0"
    return f"{metric.defaults[0].above if metric.defaults else _USUAL.get(metric.unit, 0.0):g}"


@blueprint.post("/alerts/rules")
def create() -> ResponseReturnValue:
    """Keep a new rule."""
    return _saved("")


@blueprint.get("/alerts/rules/<name>/edit")
def edit(name: str) -> ResponseReturnValue:
    """The rule as it is; a built-in one becomes one of the page when it is saved."""
    bundle = services()
    check_writable(bundle.settings)
    revision = _revision(bundle, name)  # before the rule, so that a change in between is not taken for seen
    found = _editable(bundle, name)
    form = MultiDict(rule_form.entered(found))
    form.setlist("channel", list(found.channels or ()))
    return _page(form, name=name, revision=revision)


@blueprint.post("/alerts/rules/<name>/edit")
def save(name: str) -> ResponseReturnValue:
    """Change it, unless somebody else did meanwhile."""
    _editable(services(), name)
    return _saved(name)


@blueprint.post("/alerts/rules/preview")
def look() -> ResponseReturnValue:
    """What the rule would have done; also the form anew, when another metric was chosen."""
    form = request.form
    name, revision = form.get("saved_name", ""), form.get("revision", "")
    if target() == "preview":
        return render("rules/page.html", regions={"preview": "rules/_preview.html"}, **_previewed(services(), form))
    return _page(form, name=name, revision=revision, regions=True, **_previewed(services(), form))


@blueprint.get("/alerts/rules/<name>/delete")
def ask(name: str) -> ResponseReturnValue:
    """What deleting it means, also of one that cannot be read."""
    bundle = services()
    check_writable(bundle.settings)
    broken = next((each for each in bundle.alerts.unreadable() if each.name == name), None)
    found = broken or _editable(bundle, name)
    revision = broken.revision if broken else _revision(bundle, name)
    return dialog("rules/delete.html", "rules/_delete.html", rule=found, revision=revision, broken=broken)


@blueprint.post("/alerts/rules/<name>/delete")
def delete(name: str) -> ResponseReturnValue:
    """Forget it; a built-in rule of its name holds again."""
    services().rulebook.delete(name, request.form.get("revision", ""))
    return changed(Toast(gettext("Deleted rule %(name)s.", name=name)), url_for("alerts.index"), close_dialog=True)


@blueprint.post("/alerts/rules/<name>/off")
def off(name: str) -> ResponseReturnValue:
    """Turn a built-in rule off: by one of the page with its name that is not evaluated."""
    bundle = services()
    revision = _revision(bundle, name)
    found = _editable(bundle, name)
    form = MultiDict({**rule_form.entered(found), "enabled": "0"})
    _write(bundle, rule_form.given(form, found.channels or ()), revision)
    note = gettext("Delete the change on its page to have it back.")
    return changed(Toast(gettext("Turned off %(name)s.", name=name), note), url_for("alerts.rule", name=name))


def _saved(name: str) -> ResponseReturnValue:
    bundle, form = services(), request.form
    revision = form.get("revision", "")
    try:
        entered = rule_form.given(form, form.getlist("channel")) | ({"name": name} if name else {})
        made = _write(bundle, entered, revision)
    except AdapterError as error:
        return _page(form, name=name, revision=revision, error=error)
    text = gettext("Saved rule %(name)s.", name=made)
    return changed(Toast(text, gettext("It is checked within five seconds.")), url_for("alerts.rule", name=made))


def _write(bundle: Services, entered: dict[str, Any], revision: str) -> str:
    book = bundle.rulebook
    return (book.change(entered["name"], entered, revision) if revision else book.add(entered)).name


def _editable(bundle: Services, name: str) -> Rule:
    found = bundle.alerts.rule(name)
    if found.origin == Origin.FILE:
        raise ActionRefused(gettext("%(name)s stands in the settings file; change it there.", name=name))
    return found


def _revision(bundle: Services, name: str) -> str:
    """Of the rule made on a page; empty when there is none, or a built-in one of that name."""
    own = bundle.rulebook.made().get(name)
    return own.revision if own else ""


def _previewed(bundle: Services, form: MultiDict[str, str]) -> dict[str, Any]:
    try:
        entered = {"name": "preview", **rule_form.given(form, form.getlist("channel"))}
        made = bundle.rulebook.checked(entered, form.get("saved_name", ""))[1]
        found, left_out = looked(bundle, made)
    except AdapterError as error:
        return {"previews": None, "preview_problem": str(error), "left_out": 0, "name_of": name_of}
    return {"previews": found, "preview_problem": "", "left_out": left_out, "name_of": name_of}


def _page(
    form: MultiDict[str, str], *, name: str = "", revision: str = "", error: AdapterError | None = None,
    regions: bool = False, **more: Any,
) -> ResponseReturnValue:  # fmt: skip
    bundle = services()
    wrong = rule_form.problems(error) if error else {}
    parts = {"rule-form": "rules/_form.html"} if regions else None
    shown: dict[str, Any] = {"previews": None, "preview_problem": "", "left_out": 0, "name_of": name_of, **more}
    return render(
        "rules/page.html", regions=parts, status=422 if error else 200, form=form, name=name, revision=revision,
        wrong=wrong, places=rule_form.places(form.get("metric", ""), new=not name), labels=rule_form.labels(),
        own_window=rule_form.own_window(form.get("metric", "")),
        metrics=rule_form.choices(), chosen=form.getlist("channel"),
        sources=[("", gettext("all")), *rule_form.known(bundle.sources.names(), form.getlist("source"))],
        channels=rule_form.known([each.name for each in bundle.channels.channels()], form.getlist("channel")), **shown,
    )  # fmt: skip
