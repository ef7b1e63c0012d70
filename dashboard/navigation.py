"""The entries of the navigation: each page's module offers its own as `navigation`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.adapters.contract import AdapterError
from dashboard.services import Services

Count = Callable[[Services], "int | None"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One link.

    endpoint: of the page. place: order, 50 and above stand under “Operate”. icon: name of a symbol.
    count: number shown beside it, None when not known. tone: class of the number.
    count_words: what the number counts, for screen readers. pages: further blueprints it stands for.
    key: the letter that leads there after `g`; empty for none.
    """

    endpoint: str
    words: str
    icon: str
    place: int
    count: Count | None = None
    tone: str = ""
    count_words: str = ""
    pages: tuple[str, ...] = ()
    key: str = ""

    @property
    def operate(self) -> bool:
        """Whether it stands under “Operate”."""
        return self.place >= 50

    def current(self, blueprint: str | None) -> bool:
        """Whether it leads to the page shown."""
        return blueprint is not None and blueprint in (self.endpoint.partition(".")[0], *self.pages)

    def counted(self, bundle: Services) -> int | None:
        """The number, None when there is none or it cannot be read."""
        try:
            return self.count(bundle) if self.count else None
        except AdapterError:
            return None
