"""By which keys a kind of queues is recognised: `signs.toml` beside its adapter, and `others.toml` here for the rest.

One entry says how a key is called, of which type it is, and what else must be so: names alone are no proof.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import BaseModel, ConfigDict

from dashboard import adapters


class Sign(BaseModel):
    """One key that tells of a kind.

    kind, title: as sources are configured, and as the product is called.
    known: names to look up at once. name: expression for the whole name; its group `namespace` is what comes before.
    type: of the key, as Redis names it. member: expression for one of its members, fields or elements.
    value: expression that is in one of its values. related, related_type: another key that must be there for a member.
    In these, `{namespace}`, `{key}`, `{stem}` and `{tail}` stand for the groups of the name, `{member}` for a member.
    usual: a namespace that sources need not name. options: those of the source.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    title: str
    name: str
    type: str
    known: tuple[str, ...] = ()
    member: str = ""
    value: str = ""
    related: str = ""
    related_type: str = "string"
    usual: str = ""
    options: dict[str, str] = {}

    @cached_property
    def names(self) -> re.Pattern[str]:
        """The expression for its name."""
        return re.compile(self.name, re.DOTALL)

    def member_of(self, groups: Mapping[str, str]) -> re.Pattern[str]:
        """The expression for a member of a key that was found."""
        return re.compile(filled(self.member, {name: re.escape(text) for name, text in groups.items()}), re.DOTALL)


def filled(template: str, groups: Mapping[str, str]) -> str:
    """A template with what stands for its groups."""
    for name, text in groups.items():
        template = template.replace(f"{{{name}}}", text)
    return template


@cache
def all_signs() -> tuple[Sign, ...]:
    """The signs of every kind that is known, those with an adapter first."""
    beside = [each / "signs.toml" for each in sorted(files(adapters).iterdir(), key=lambda each: each.name)]
    return tuple(
        sign for file in (*beside, files(__package__) / "others.toml") if file.is_file() for sign in _read(file)
    )


def _read(file: Traversable) -> list[Sign]:
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    common = {name: found[name] for name in ("kind", "title", "usual") if name in found}
    return [Sign(**{**common, **sign}) for sign in found["signs"]]
