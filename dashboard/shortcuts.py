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
from dashboard.navigation import Entry


@dataclass(frozen=True, slots=True)
class Shortcut:
    """name: for templates. key: what is pressed, as browsers name it. words: what it does. group: its heading."""

    name: str
    key: str
    words: str
    group: str


ROWS, ACTIONS, PAGE, GO = "Rows", "Actions, each asks first", "Page", "Go to"
SHORTCUTS = (
    Shortcut("next", "j", "Next row", ROWS),
    Shortcut("previous", "k", "Previous row", ROWS),
    Shortcut("open", "Enter", "Open the row", ROWS),
    Shortcut("tick", "x", "Select the row", ROWS),
    Shortcut("tick-range", "X", "Select up to the row", ROWS),
    Shortcut("tick-all", "a", "Select all rows on the page", ROWS),
    Shortcut("next-page", "]", "Next page", ROWS),
    Shortcut("previous-page", "[", "Previous or first page", ROWS),
    Shortcut("requeue", "e", "Requeue", ACTIONS),
    Shortcut("purge", "#", "Purge", ACTIONS),
    Shortcut("hold", "h", "Pause or resume", ACTIONS),
    Shortcut("cancel", "c", "Cancel", ACTIONS),
    Shortcut("undo", "u", "Undo or restore", ACTIONS),
    Shortcut("edit", "i", "Edit and requeue", ACTIONS),
    Shortcut("move", "m", "Move to another queue", ACTIONS),
    Shortcut("copy", "y", "Copy as Python call", ACTIONS),
    Shortcut("download", "d", "Download", ACTIONS),
    Shortcut("filter", "/", "Filter", PAGE),
    Shortcut("refresh", "r", "Refresh now", PAGE),
    Shortcut("pause-live", "p", "Pause live updates", PAGE),
    Shortcut("theme", "t", "Change theme", PAGE),
    Shortcut("escape", "Escape", "Close, then clear the selection", PAGE),
    Shortcut("keys", "?", "This list", PAGE),
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
    tip = f"{words or shortcut.words} ({shortcut.key})"
    return attributes + Markup(' aria-keyshortcuts="{}" title="{}"').format(shortcut.key, tip)


def listed(entries: Sequence[Entry]) -> dict[str, list[tuple[str, str, str]]]:
    """The list by heading: what is pressed, the caps it is drawn as, and what it does."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for each in SHORTCUTS:
        found.setdefault(each.group, []).append((each.key, CAPS.get(each.key, each.key), each.words))
    found[GO] = [("g", f"g {entry.key}", entry.words) for entry in entries if entry.key]
    return found


def register(app: Flask) -> None:
    """Give templates `key`."""
    app.jinja_env.globals["key"] = key
