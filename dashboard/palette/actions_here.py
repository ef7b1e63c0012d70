"""What can be done to what is shown: the same buttons as on the page, reached by name. Each asks first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for

from dashboard import visitor
from dashboard.adapters.contract import Capability, Queue, UnknownQueue
from dashboard.language import N_, gettext
from dashboard.palette.contract import Asked, Command

GROUP = N_("On this page")
_LISTS = ("dead.index", "dead.group", "jobs.index", "jobs.queue")


def entries(asked: Asked) -> Iterator[Command]:
    """The actions of the page shown; of those that change something, only what who asks may use."""
    place, settings = asked.place, asked.services.settings
    if place.endpoint in _LISTS:
        yield _press(asked, "d", gettext("Export this list…"), "download")
    if settings.read_only or not visitor.may():
        return
    if place.endpoint == "dead.group":
        yield from _group(asked, "source", "queue")
    elif place.endpoint in ("queue.show", "jobs.queue"):
        yield from _queue(asked)
    elif place.endpoint == "job.show":
        yield _press(asked, "e", gettext("Requeue this job…"), "requeue")
        yield _press(asked, "i", gettext("Edit and requeue this job…"), "square-pen")
        yield _press(asked, "#", gettext("Purge this job…"), "trash")
        yield _press(asked, "y", gettext("Copy as Python call"), "copy")
    elif place.endpoint == "schedules.show":
        yield _press(asked, "n", gettext("Run this schedule now…"), "play")
        yield _press(asked, "h", gettext("Pause or resume this schedule…"), "pause")
    elif place.endpoint == "operations.show":
        yield _press(asked, "h", gettext("Pause or resume this operation…"), "pause")
        yield _press(asked, "c", gettext("Cancel this operation…"), "ban")
        yield _press(asked, "u", gettext("Undo this operation…"), "history")


def _group(asked: Asked, *narrowing: str) -> Iterator[Command]:
    place = asked.place
    query: dict[str, Any] = {name: place.query[name] for name in narrowing if place.query.get(name)}
    titles = {"requeue": gettext("Requeue this group…"), "purge": gettext("Purge this group…")}
    for action, icon in (("requeue", "requeue"), ("purge", "trash")):
        url = url_for("plans.new", action=action, fingerprint=place.values["fingerprint"], **query)
        yield Command(gettext(GROUP), titles[action], url, icon, words=gettext("dead letters error"), asks=True)


def _queue(asked: Asked) -> Iterator[Command]:
    values = asked.place.values
    try:
        queue = asked.services.sources.snapshot().queue(values["source"], values["queue"])
    except UnknownQueue:
        return
    at: dict[str, Any] = {"source": queue.source, "queue": queue.name}
    if asked.place.endpoint == "queue.show" and Capability.PAUSE in queue.capabilities:
        yield _press(asked, "h", *_hold(queue))
    if queue.failed:
        url = url_for("plans.new", action="requeue", state="failed", **at)
        yield Command(gettext(GROUP), gettext("Requeue its dead letters…"), url, "requeue", asks=True)
    if queue.pending and Capability.PURGE_WAITING in queue.capabilities:
        url = url_for("plans.new", action="purge", state="pending", **at)
        yield Command(gettext(GROUP), gettext("Purge its pending jobs…"), url, "trash", asks=True)


def _hold(queue: Queue) -> tuple[str, str]:
    """Words and icon of what pauses or resumes a queue."""
    if queue.pauses_source:
        return (gettext("Resume all queues"), "play") if queue.paused else (gettext("Pause all queues"), "pause")
    return (gettext("Resume this queue…"), "play") if queue.paused else (gettext("Pause this queue…"), "pause")


def _press(asked: Asked, key: str, title: str, icon: str) -> Command:
    return Command(gettext(GROUP), title, asked.place.address, icon, key=key)
