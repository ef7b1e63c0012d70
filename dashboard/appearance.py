"""How a viewer wants pages to look: kept in one cookie, rendered by the server, so that nothing flashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from flask import Response, request

COOKIE = "appearance"
LANGUAGES = (
    ("", "As the browser"), ("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"),
    ("ja", "日本語"), ("zh_Hans", "简体中文"),
)  # fmt: skip
CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "theme": (("", "As the system"), ("light", "Light"), ("dark", "Dark")),
    "density": (("", "Comfortable"), ("compact", "Compact")),
    "refresh": (("2", "Every 2 s"), ("5", "Every 5 s"), ("15", "Every 15 s"), ("60", "Every minute"), ("0", "Off")),
    "shortcuts": (("on", "On"), ("off", "Off")),
    "language": LANGUAGES,
    "clock": (("utc", "UTC"), ("local", "This device's time zone")),
}


@dataclass(frozen=True, slots=True)
class Appearance:
    """Each field is one of its CHOICES; refresh is in seconds, 0 for off."""

    theme: str = ""
    density: str = ""
    refresh: str = "5"
    shortcuts: str = "on"
    language: str = ""
    clock: str = "utc"

    @classmethod
    def chosen(cls, values: Mapping[str, str]) -> Appearance:
        """From a form or cookie; what is no choice is the default."""
        known = {
            name: values[name] for name, choices in CHOICES.items() if name in values and values[name] in dict(choices)
        }
        return cls(**known)

    @classmethod
    def from_cookie(cls) -> Appearance:
        """The viewer's choice."""
        return cls.chosen({name: each[-1] for name, each in parse_qs(request.cookies.get(COOKIE, "")[:400]).items()})

    def keep(self, response: Response) -> None:
        """Remember it for a year; scripts may read and change it, since the theme button does."""
        value = urlencode({name: getattr(self, name) for name in CHOICES})
        response.set_cookie(COOKIE, value, max_age=365 * 86_400, samesite="Lax", secure=request.is_secure, path="/")
