"""The pages of the navigation."""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app, url_for

from dashboard.language import gettext
from dashboard.navigation import Entry
from dashboard.palette.contract import Asked, Command


def entries(_: Asked) -> Iterator[Command]:
    """Every page, in the order of the navigation."""
    known: list[Entry] = current_app.extensions["navigation"]
    for entry in known:
        keys = f"g {entry.key}" if entry.key else ""
        yield Command(
            gettext("Pages"),
            gettext(entry.words),
            url_for(entry.endpoint),
            entry.icon,
            note=keys,
            weight=100,
            keep=True,
        )
    yield Command(gettext("Pages"), gettext("Trash"), url_for("trash.index"), "trash", weight=90, keep=True)
