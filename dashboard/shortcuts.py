"""The single keys: one table for what templates write on their controls and for the list behind “?”.

A control says which key works it by `{{ key("requeue") }}`; the script looks for the control when the key is pressed,
and the list shows the lines whose control, or rows, are on the page. So neither can say more than the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask
from markupsafe import Markup

from dashboard.appearance import Appearance
from dashboard.language import N_, gettext
from dashboard.navigation import Entry


@dataclass(frozen=True, slots=True)
class Shortcut:
    """name: for templates. key: what is pressed, as browsers name it. words: what it does. group: its heading."""

    name: str
    key: str
    words: str
    group: str


ROWS, ACTIONS, PAGE, GO = N_("Rows"), N_("Actions, each asks first"), N_("Page"), N_("Go to")
SHORTCUTS = (
    Shortcut("next", "j", N_("Next row"), ROWS),
    Shortcut("previous", "k", N_("Previous row"), ROWS),
    Shortcut("open", "Enter", N_("Open the row"), ROWS),
    Shortcut("tick", "x", N_("Select the row"), ROWS),
    Shortcut("tick-range", "X", N_("Select up to the row"), ROWS),
    Shortcut("tick-all", "a", N_("Select all rows on the page"), ROWS),
    Shortcut("next-page", "]", N_("Next page"), ROWS),
    Shortcut("previous-page", "[", N_("Previous or first page"), ROWS),
    Shortcut("requeue", "e", N_("Requeue"), ACTIONS),
    Shortcut("purge", "#", N_("Purge"), ACTIONS),
    Shortcut("hold", "h", N_("Pause or resume"), ACTIONS),
    Shortcut("run", "n", N_("Run now"), ACTIONS),
    Shortcut("cancel", "c", N_("Cancel"), ACTIONS),
    Shortcut("undo", "u", N_("Undo or restore"), ACTIONS),
    Shortcut("edit", "i", N_("Edit and requeue"), ACTIONS),
    Shortcut("move", "m", N_("Move to another queue"), ACTIONS),
    Shortcut("copy", "y", N_("Copy as Python call"), ACTIONS),
    Shortcut("download", "d", N_("Download"), ACTIONS),
    Shortcut("filter", "/", N_("Filter"), PAGE),
    Shortcut("refresh", "r", N_("Refresh now"), PAGE),
    Shortcut("pause-live", "p", N_("Pause live updates"), PAGE),
    Shortcut("theme", "t", N_("Change theme"), PAGE),
    Shortcut("escape", "Escape", N_("Close, then clear the selection"), PAGE),
    Shortcut("keys", "?", N_("This list"), PAGE),
)
_BY_NAME = {shortcut.name: shortcut for shortcut in SHORTCUTS}
CAPS = {"Escape": "Esc", "X": "Shift x"}


def key(name: str, words: str = "") -> Markup:
    """The attributes of a control that a key works, with the key in its tooltip.

    Args:
        name: of a shortcut.
        words: what the tooltip says; the shortcut's own words when left out.

    Raises:
        KeyError: there is no shortcut of that name.
    """
    shortcut = _BY_NAME[name]
    attributes = Markup('data-key="{}"').format(shortcut.key)
    if Appearance.from_cookie().shortcuts == "off":
        return attributes
    tip = f"{words or gettext(shortcut.words)} ({shortcut.key})"
    return attributes + Markup(' aria-keyshortcuts="{}" title="{}"').format(shortcut.key, tip)


def listed(entries: Sequence[Entry]) -> dict[str, list[tuple[str, str, str]]]:
    """The list by heading: what is pressed, the caps it is drawn as, and what it does."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for each in SHORTCUTS:
        found.setdefault(gettext(each.group), []).append((each.key, CAPS.get(each.key, each.key), gettext(each.words)))
    found[gettext(GO)] = [("g", f"g {entry.key}", gettext(entry.words)) for entry in entries if entry.key]
    return found


def register(app: Flask) -> None:
    """Give templates `key`."""
    app.jinja_env.globals["key"] = key
