"""What a provider is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.services import Services


@dataclass(frozen=True, slots=True)
class Place:
    """The page that is shown: its endpoint, the values in its address, and its query."""

    endpoint: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    address: str = "/"


@dataclass(frozen=True, slots=True)
class Asked:
    """text: what was typed, at most 200 characters; empty for the first list. place: the page that is shown."""

    text: str
    place: Place
    services: Services


@dataclass(frozen=True, slots=True)
class Command:
    """One entry.

    group: its heading. title, note: its words. url: where it leads, also without JavaScript. icon: name of a symbol.
    words: more to find it by. weight: among equals, more comes first. key: pressed on the page shown, if anything there
    answers it. asks: the address is a question, shown in the dialog. keep: may be remembered by the browser, because
    it says nothing about jobs. rate: fixed place among what is found, 0 first and 8 last; None to go by its words.
    """

    group: str
    title: str
    url: str
    icon: str
    note: str = ""
    words: str = ""
    weight: float = 0
    key: str = ""
    asks: bool = False
    keep: bool = False
    rate: int | None = None
