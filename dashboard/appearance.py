"""How a viewer wants pages to look: kept in one cookie, rendered by the server, so that nothing flashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo, available_timezones

from flask import Response, g, has_request_context, request

from dashboard.language import N_

COOKIE = "appearance"
LANGUAGES = (
    ("", N_("As the browser")), ("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"),
    ("ja", "日本語"), ("zh_Hans", "简体中文"),
)  # fmt: skip
_NO_PLACES = ("Etc/", "posix/", "right/", "SystemV/")
CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "theme": (("", N_("As the system")), ("light", N_("Light")), ("dark", N_("Dark"))),
    "density": (("", N_("Comfortable")), ("compact", N_("Compact"))),
    "refresh": (
        ("2", N_("Every 2 s")), ("5", N_("Every 5 s")), ("15", N_("Every 15 s")), ("60", N_("Every minute")),
        ("0", N_("Off")),
    ),
    "shortcuts": (("on", N_("On")), ("off", N_("Off"))),
    "announcements": (("off", N_("Off")), ("on", N_("On"))),
    "language": LANGUAGES,
    "clock": (("utc", "UTC"), ("device", N_("This device’s time zone"))),
}  # fmt: skip
"""What can be chosen; for `clock` any IANA name besides."""


@cache
def zones() -> tuple[str, ...]:
    """The IANA names of time zones that are places, in order."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACES)))


@lru_cache(maxsize=64)
def is_zone(name: str) -> bool:
    """Whether a name is one of these."""
    return name in zones()


@dataclass(frozen=True, slots=True)
class Appearance:
    """Each field is one of its CHOICES; refresh is in seconds, 0 for off.

    clock: `utc`, `device` or the IANA name of a zone. device: the zone that the browser last said to be in.
    """

    theme: str = ""
    density: str = ""
    refresh: str = "5"
    shortcuts: str = "on"
    announcements: str = "off"
    language: str = ""
    clock: str = "utc"
    device: str = ""

    @property
    def zone(self) -> tzinfo:
        """The time zone of exact times."""
        name = self.zone_name
        return UTC if name == "UTC" else ZoneInfo(name)

    @property
    def zone_name(self) -> str:
        """Its IANA name, or UTC."""
        name = self.device if self.clock == "device" else self.clock
        return name if is_zone(name) else "UTC"

    @classmethod
    def chosen(cls, values: Mapping[str, str]) -> Appearance:
        """From a form or cookie; what is no choice is the default."""
        known: dict[str, Any] = {
            name: values[name] for name, choices in CHOICES.items() if name in values and values[name] in dict(choices)
        }
        known |= {name: values[name] for name in ("clock", "device") if values.get(name) in zones()}
        return cls(**known)

    @classmethod
    def from_cookie(cls) -> Appearance:
        """The viewer's choice; the defaults outside a request."""
        if not has_request_context():
            return cls()
        if "appearance" not in g:
            cookie = parse_qs(request.cookies.get(COOKIE, "")[:400])
            g.appearance = cls.chosen({name: each[-1] for name, each in cookie.items()})
        return g.appearance  # type: ignore[no-any-return]

    def keep(self, response: Response) -> None:
        """Remember it for a year; scripts may read and change it, since the theme button does."""
        value = urlencode({name: getattr(self, name) for name in (*CHOICES, "device")})
        response.set_cookie(COOKIE, value, max_age=365 * 86_400, samesite="Lax", secure=request.is_secure, path="/")
