"""What a pickle describes that is not rebuilt: names of code, objects of unknown classes, zoned times."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any


class UnsafePickle(ValueError):
    """The bytes are no pickle, or one that would take too much to describe."""


@dataclass(frozen=True, slots=True)
class Global:
    """A reference to something in a module; never looked up."""

    module: str
    name: str

    @property
    def path(self) -> str:
        """`module.name`, cut to a length that can be shown."""
        return f"{self.module[:100]}.{self.name[:100]}"


@dataclass(eq=False, repr=False, slots=True)
class Opaque:
    """An object that unpickling would have made by running code: what was to be called, and with what.

    state: as the object would have been given it. items, pairs: appended to it, as to a list and to a dict.
    """

    what: Any
    args: tuple[Any, ...] = ()
    kwargs: dict[Any, Any] | None = None
    state: Any = None
    items: list[Any] = field(default_factory=list)
    pairs: list[tuple[Any, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Path of what would have been called, `?` when it is computed."""
        return self.what.path if isinstance(self.what, Global) else "?"


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Zoned:
    """A time whose zone is an object that is not rebuilt, such as one of zoneinfo or pytz."""

    naive: datetime
    zone: Any

    @property
    def zone_name(self) -> str:
        """Such as `Europe/Berlin`, empty when the zone does not tell."""
        return zone_name(self.zone)

    @property
    def text(self) -> str:
        """The time as its zone's clock shows it, and the zone."""
        return f"{self.naive.isoformat()} [{self.zone_name or '?'}]"


def zone_name(zone: Any) -> str:
    """Name of a decoded zone of zoneinfo, pytz or datetime, empty when it is not told."""
    if isinstance(zone, Opaque):
        return next((each[:60] for each in zone.args if isinstance(each, str)), "")
    return str(zone)[:60] if isinstance(zone, (tzinfo, str)) else ""
