"""Maintenance windows made on the page: the form with what it comes to, and the question before one is deleted."""

from __future__ import annotations

from collections.abc import Mapping

from babel.dates import get_day_names
from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import window_form
from dashboard.adapters.contract import AdapterError
from dashboard.appearance import zones
from dashboard.filters import zone_name
from dashboard.language import gettext, locale
from dashboard.security import check_writable
from dashboard.web import Toast, changed, dialog, render, services, target

blueprint = Blueprint("windows", __name__)
_AT = "/alerts/windows/<window>"


@blueprint.get("/alerts/windows/new")
def new() -> ResponseReturnValue:
    """An empty form."""
    check_writable(services().settings)
    return _ask({"by": "days", "time": "02:00", "for": "2h", "zone": zone_name()}, list(window_form.DAYS))


@blueprint.post("/alerts/windows")
def create() -> ResponseReturnValue:
    """Keep the window."""
    bundle, form, days = services(), request.form, request.form.getlist("day")
    try:
        made = window_form.made(bundle.windows, form, days)
        bundle.windows.add(made)
    except AdapterError as error:
        return _ask(form, days, problem=str(error), status=422)
    note = gettext("It is listed with the silences.")
    return _done(Toast(gettext("Added window %(name)s.", name=made.name), note))


@blueprint.get(f"{_AT}/edit")
def edit(window: str) -> ResponseReturnValue:
    """The form, filled in."""
    check_writable(services().settings)
    known = services().windows.one(window)
    form, days = window_form.entered(known)
    return _ask(form, days, name=window, revision=known.revision)


@blueprint.post(f"{_AT}/edit")
def save(window: str) -> ResponseReturnValue:
    """Change it, unless somebody else did meanwhile."""
    bundle, form, days = services(), request.form, request.form.getlist("day")
    try:
        made = window_form.made(bundle.windows, form, days, window)
        bundle.windows.change(window, made, form.get("revision", ""))
    except AdapterError as error:
        return _ask(form, days, name=window, revision=form.get("revision", ""), problem=str(error), status=422)
    return _done(Toast(gettext("Changed window %(name)s.", name=window)))


@blueprint.post("/alerts/windows/preview")
def look() -> ResponseReturnValue:
    """When it would open next; without JavaScript with the form, as it was filled in."""
    form, days = request.form, request.form.getlist("day")
    if target() == "window-next":
        return render("silences/window.html", regions={"window-next": "silences/_window_next.html"},
                      coming=_coming(form, days), zone=zone_name())  # fmt: skip
    return _ask(form, days, name=form.get("saved_name", ""), revision=form.get("revision", ""))


@blueprint.get(f"{_AT}/delete")
def ask(window: str) -> ResponseReturnValue:
    """What deleting it means."""
    check_writable(services().settings)
    return dialog("silences/delete.html", "silences/_delete.html", window=services().windows.one(window))


@blueprint.post(f"{_AT}/delete")
def delete(window: str) -> ResponseReturnValue:
    """Forget it, unless somebody changed it meanwhile."""
    services().windows.delete(window, request.form.get("revision", ""))
    return _done(Toast(gettext("Deleted window %(name)s.", name=window)))


def _done(toast: Toast) -> ResponseReturnValue:
    return changed(toast, url_for("silences.index"), close_dialog=True)


def _coming(form: Mapping[str, str], days: list[str]) -> window_form.Coming:
    return window_form.coming(services().windows, form, days, services().clock())


def _ask(
    form: Mapping[str, str], days: list[str], *, name: str = "", revision: str = "", problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    names = get_day_names("abbreviated", locale=locale())
    named = [(str(number), names[(number - 1) % 7], str(number) in days) for number in (1, 2, 3, 4, 5, 6, 0)]
    known = zones()
    zone = form.get("zone", "")
    more = () if zone in known or zone in ("", "UTC") else (zone,)
    return dialog(
        "silences/window.html", "silences/_window.html", status=status, zones=("UTC", *more, *known), form=form,
        days=named, name=name, revision=revision, problem=problem, coming=_coming(form, days), zone=zone_name(),
    )  # fmt: skip
