"""Why an operation does not go on: stored as a kind and its values, said in the language of who reads it."""

from __future__ import annotations

import json

from dashboard.language import N_, gettext, number

_SAID = {
    "limit": N_("it stopped when %(first)s had failed again the same way; the limit is %(second)s"),
    "trial": N_("it stopped when %(first)s of the first %(second)s had failed again"),
    "silent": N_("%(first)s; it goes on by itself when the source answers"),
    "broken": N_("it could not go on: %(first)s: %(second)s"),
}


def stored(kind: str, first: str | int, second: str | int = "") -> str:
    """A problem as it is stored; `kind` is one of `limit`, `trial`, `silent` and `broken`."""
    return json.dumps([kind, first, second], ensure_ascii=False)


def in_words(text: str) -> str:
    """A stored problem as a sentence; any other text as it is."""
    try:
        kind, first, second = json.loads(text)
        said = _SAID[kind]
    except (ValueError, TypeError, KeyError):
        return text
    return gettext(said, first=_shown(first), second=_shown(second))


def _shown(value: object) -> str:
    return number(value) if isinstance(value, int) else str(value)
