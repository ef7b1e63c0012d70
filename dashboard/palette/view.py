"""How the page looks and moves: theme, refresh, pause, the list of keys."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from dashboard.language import N_, gettext
from dashboard.palette.contract import Asked, Command
from dashboard.shortcuts import SHORTCUTS

_OFFERED = {"refresh": "refresh-cw", "theme": "sun-moon", "pause-live": "pause", "keys": "keyboard"}
_TITLES = {"pause-live": N_("Pause or resume live updates"), "keys": N_("Keyboard shortcuts")}


def entries(asked: Asked) -> Iterator[Command]:
    """Each as its key does it; without JavaScript they lead to the settings, or to the page anew."""
    for each in SHORTCUTS:
        if icon := _OFFERED.get(each.name):
            url = asked.place.address if each.name == "refresh" else url_for("settings.index")
            title = gettext(_TITLES.get(each.name, each.words))
            words = gettext("dark light") if each.name == "theme" else ""
            yield Command(gettext("View"), title, url, icon, each.key, words, key=each.key)
