"""Channels made on the page: add, change, remove, enable again; and a test message to any channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import channel_words
from dashboard.adapters.contract import ActionRefused, AdapterError
from dashboard.alerts.channels.discovery import kinds
from dashboard.alerts.page_channels import InvalidChannel
from dashboard.alerts.records import Origin
from dashboard.language import N_, gettext
from dashboard.security import check_writable
from dashboard.settings import ChannelSettings
from dashboard.web import Toast, changed, dialog, services

blueprint = Blueprint("channels", __name__)
_AT = "/alerts/channels/<channel>"
_LABELS = {
    "name": N_("Name"), "group_by": N_("One message for"), "group_wait": N_("Wait for others"),
    "repeat": N_("Repeat after"), "options": N_("Options"),
}  # fmt: skip
_TEXTS = ("name", "kind", "url", "secret", "group_by", "group_wait", "repeat")


@blueprint.get("/alerts/channels/new")
def new() -> ResponseReturnValue:
    """An empty form, for the kind that is asked for."""
    check_writable(services().settings)
    chosen = request.args.get("kind", "webhook")
    return _ask({"kind": chosen if chosen in kinds() else "webhook", "send_resolved": "1", "group_wait": "10s"})


@blueprint.post("/alerts/channels")
def create() -> ResponseReturnValue:
    """Keep the channel."""
    form = request.form
    try:
        made = services().channels.add(_given(form))
    except AdapterError as error:
        return _ask(form, error)
    test = url_for("channels.edit", channel=made.name)
    note = gettext("Send it a test message to see whether it works.")
    return changed(Toast(gettext("Added channel %(name)s.", name=made.name), note, link=test,
                         link_words=gettext("See it")), url_for("alerts.index"), close_dialog=True)  # fmt: skip


@blueprint.get(f"{_AT}/edit")
def edit(channel: str) -> ResponseReturnValue:
    """The form, filled in; address and secret are not shown."""
    check_writable(services().settings)
    book = services().channels
    revision = book.channel(channel).revision  # before the form, so that a change in between is not taken for seen
    return _ask(_shown(book.entered(channel)), name=channel, revision=revision)


@blueprint.post(f"{_AT}/edit")
def save(channel: str) -> ResponseReturnValue:
    """Change it, unless somebody else did meanwhile."""
    form = request.form
    try:
        services().channels.update(channel, _given(form), form.get("revision", ""))
    except (InvalidChannel, ActionRefused) as error:
        return _ask(form, error, name=channel, revision=form.get("revision", ""))
    return changed(Toast(gettext("Changed channel %(name)s.", name=channel)), url_for("alerts.index"),
                   close_dialog=True)  # fmt: skip


@blueprint.get(f"{_AT}/remove")
def ask(channel: str) -> ResponseReturnValue:
    """What removing it means."""
    check_writable(services().settings)
    found = services().channels.channel(channel)
    if found.origin != Origin.PAGE:
        services().channels.entered(channel)
    return dialog("channels/remove.html", "channels/_remove.html", channel=found)


@blueprint.post(f"{_AT}/remove")
def remove(channel: str) -> ResponseReturnValue:
    """Remove it; what waits for it is given up."""
    services().channels.remove(channel, request.form.get("revision", ""))
    return changed(Toast(gettext("Removed channel %(name)s.", name=channel)), url_for("alerts.index"),
                   close_dialog=True)  # fmt: skip


@blueprint.post(f"{_AT}/test")
def test(channel: str) -> ResponseReturnValue:
    """Send it a test message now."""
    sent = services().channels.test(channel)
    link = url_for("deliveries.show", delivery=sent.id)
    if sent.result == "sent":
        told = Toast(gettext("%(name)s accepted the test message.", name=channel), link=link)
    else:
        told = Toast(
            gettext("%(name)s did not take the test message.", name=channel), sent.error[:200], "bad", link=link
        )
    return changed(told, url_for("alerts.index"))


@blueprint.post(f"{_AT}/enable")
def enable(channel: str) -> ResponseReturnValue:
    """Let it have messages again."""
    services().channels.enable(channel)
    note = gettext("It is told of what fires.")
    return changed(Toast(gettext("Enabled channel %(name)s again.", name=channel), note), url_for("alerts.index"))


def _problem(error: AdapterError) -> str:
    """What is wrong, after the name of the field that it is about."""
    label = _LABELS.get(error.field) if isinstance(error, InvalidChannel) else None
    return f"{gettext(label)}: {error}" if label else str(error)


def _given(form: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {name: form[name].strip()[:2_000] for name in _TEXTS if form.get(name, "").strip()}
    pairs = (line.partition("=") for line in form.get("options", "").splitlines() if line.strip())
    options = {name.strip(): value.strip() for name, _, value in pairs}
    return given | {"send_resolved": "send_resolved" in form, "options": options}


def _shown(entered: ChannelSettings) -> dict[str, str]:
    known = {name: str(getattr(entered, name)) for name in _TEXTS}
    options = "\n".join(f"{name}={value}" for name, value in entered.options.items())
    return known | {"options": options} | ({"send_resolved": "1"} if entered.send_resolved else {})


def _ask(
    form: Mapping[str, str], error: AdapterError | None = None, *, name: str = "", revision: str = ""
) -> ResponseReturnValue:
    kind = form.get("kind", "webhook")
    on_pages = [known for known, each in sorted(kinds().items()) if each.TARGET_CHECKED]
    return dialog(
        "channels/form.html", "channels/_form.html", status=422 if error else 200, form=form, name=name,
        revision=revision, problem=_problem(error) if error else "",
        wrong=error.field if isinstance(error, InvalidChannel) else "", hint=channel_words.hint(kind),
        kinds=[(each, channel_words.kind(each)) for each in on_pages],
    )  # fmt: skip
