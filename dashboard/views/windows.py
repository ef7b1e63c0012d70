"""Maintenance windows made on the page: the form, and the question before one is deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.adapters.contract import AdapterError, InvalidRequest
from dashboard.alerts.records import Origin
from dashboard.alerts.rules import seconds
from dashboard.alerts.windows import UnknownWindow, Window
from dashboard.appearance import zones
from dashboard.filters import zone_name
from dashboard.language import N_, gettext, locale
from dashboard.security import check_writable
from dashboard.services import Services
from dashboard.web import Toast, changed, dialog, services

blueprint = Blueprint("windows", __name__)
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_DAYS = "0123456"


@blueprint.get("/alerts/windows/new")
def new() -> ResponseReturnValue:
    """An empty form."""
    check_writable(services().settings)
    return _ask({"time": "02:00", "for": "2h", "zone": zone_name()}, list(_DAYS))


@blueprint.post("/alerts/windows")
def create() -> ResponseReturnValue:
    """Keep the window."""
    bundle, form = services(), request.form
    try:
        made = _made(bundle, form, form.getlist("day"))
        bundle.windows.add(made)
    except AdapterError as error:
        return _ask(form, form.getlist("day"), problem=str(error), status=422)
    note = gettext("It is listed with the silences.")
    return changed(Toast(gettext("Added window %(name)s.", name=made.name), note), url_for("silences.index"),
                   close_dialog=True)  # fmt: skip


@blueprint.get("/alerts/windows/<window>/delete")
def ask(window: str) -> ResponseReturnValue:
    """What deleting it means."""
    check_writable(services().settings)
    return dialog("silences/delete.html", "silences/_delete.html", window=_own(services(), window))


@blueprint.post("/alerts/windows/<window>/delete")
def delete(window: str) -> ResponseReturnValue:
    """Forget it."""
    services().windows.delete(window)
    return changed(Toast(gettext("Deleted window %(name)s.", name=window)), url_for("silences.index"),
                   close_dialog=True)  # fmt: skip


def _own(bundle: Services, name: str) -> Window:
    for each in bundle.windows.listed():
        if each.name == name and each.origin == Origin.PAGE:
            return each
    raise UnknownWindow(N_("no window made on a page is called %(name)s"), name=name[:64])


def _made(bundle: Services, form: Mapping[str, str], days: list[str]) -> Window:
    name = form.get("name", "").strip()
    if not _NAME.fullmatch(name):
        raise InvalidRequest(N_("the name: letters, digits, dots, hyphens and underscores, at most 64"))
    clock = _CLOCK.fullmatch(form.get("time", "").strip())
    if clock is None or not days or not set(days) <= set(_DAYS):
        raise InvalidRequest(N_("choose at least one day, and a time such as 02:00"))
    try:
        lasts = seconds(form.get("for", "").strip())
    except ValueError:
        raise InvalidRequest(N_("say how long, such as 90m or 2h")) from None
    cron = f"{int(clock[2])} {int(clock[1])} * * {'*' if len(set(days)) == 7 else ','.join(sorted(set(days)))}"
    return bundle.windows.made(name, form.get("match", "").splitlines(), cron, lasts, zone=form.get("zone", "UTC"),
                               comment=form.get("comment", "").strip()[:300])  # fmt: skip


def _ask(form: Mapping[str, str], days: list[str], problem: str = "", status: int = 200) -> ResponseReturnValue:
    names = get_day_names("abbreviated", locale=locale())
    named = [(str(number), names[(number - 1) % 7]) for number in (1, 2, 3, 4, 5, 6, 0)]
    known: dict[str, Any] = {"form": form, "problem": problem, "days": [(*each, each[0] in days) for each in named]}
    return dialog("silences/window.html", "silences/_window.html", status=status, zones=("UTC", *zones()), **known)
