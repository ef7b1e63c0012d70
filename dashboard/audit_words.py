"""Changes of the audit log in words; what is stored are names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.audit.log import Entry
from dashboard.language import N_, gettext, ngettext

_ACTIONS = {
    "requeue": N_("Requeue"), "purge": N_("Purge"), "restore": N_("Restore"), "cancel": N_("Cancel"),
    "edit": N_("Edit"), "undo": N_("Undo"), "move": N_("Move"), "pause": N_("Pause"), "resume": N_("Resume"),
    "run": N_("Run"), "delete": N_("Delete"), "add": N_("Add"),
    "unknown": N_("Unknown"),
}  # fmt: skip
_WHOLE = {
    "sign in": N_("Sign in"), "sign out": N_("Sign out"), "add user": N_("Add user"), "remove user": N_("Remove user"),
    "change password": N_("Change password"), "change role": N_("Change role"), "silence": N_("Silence alerts"),
    "end silence": N_("End silence"), "edit silence": N_("Edit silence"), "add channel": N_("Add channel"),
    "change channel": N_("Change channel"), "remove channel": N_("Remove channel"),
    "enable channel": N_("Enable channel"), "test channel": N_("Test channel"),
    "retry message": N_("Send message again"), "retry messages": N_("Send messages again"),
}  # fmt: skip
KNOWN = frozenset((*_ACTIONS, *_WHOLE))
KINDS = {
    "alert": N_("alert"),
    "channel": N_("channel"),
    "delivery": N_("message"),
    "job": N_("job"),
    "queue": N_("queue"),
    "operation": N_("operation"),
    "rule": N_("rule"),
    "schedule": N_("schedule"),
    "user": N_("user"),
    "window": N_("maintenance window"),
}
_ACTORS = {"operator": N_("operator"), "api": N_("API"), "command line": N_("command line"), "unknown": N_("unknown")}


def action(name: str) -> str:
    """What was done, in a word."""
    known = _ACTIONS.get(name) or _WHOLE.get(name)
    return gettext(known) if known else name.capitalize()


def kind(name: str) -> str:
    """What it was done to, in a word."""
    return gettext(KINDS[name]) if name in KINDS else name


def actor(name: str) -> str:
    """Who did it, where that is no name."""
    return gettext(_ACTORS[name]) if name in _ACTORS else name


def change(entry: Entry) -> str:
    """`Requeue 3 jobs`, `Pause queue`, `Sign in`, `Send 3 messages again`."""
    if entry.action == "retry messages" and entry.count is not None:
        return ngettext("Send %(num)s message again", "Send %(num)s messages again", entry.count)
    if entry.action in _WHOLE:
        return action(entry.action)
    if entry.count is not None:
        return ngettext("%(action)s %(num)s job", "%(action)s %(num)s jobs", entry.count, action=action(entry.action))
    return gettext("%(action)s %(kind)s", action=action(entry.action), kind=kind(entry.kind))


FILTERS: dict[str, Callable[..., Any]] = {"change_words": change, "changed_action": action, "actor_words": actor}
