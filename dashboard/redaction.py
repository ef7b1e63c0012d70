"""Hides values of fields that hold secrets, in decoded arguments and in text, before anything leaves an adapter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dashboard.language import gettext

HIDDEN = "[redacted]"
TOO_DEEP = "[nested too deeply to be shown]"
MAX_DEPTH = 60

_NO_WORD = re.compile(r"[^a-z0-9]")
_CREDENTIALS = re.compile(r"(://[^\s:/@]{0,128}):[^\s/@]{1,256}@")
_BEARER = re.compile(r"\b(Bearer|Basic) +[\w.~+/=-]{8,}")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A value with its secrets hidden: how many were, and whether deep parts were left out."""

    value: Any
    hidden: int = 0
    too_deep: bool = False


class Redaction:
    """What is hidden.

    Args:
        fields: parts of field names; case, `-` and `_` do not matter, so `api_key` also hides `X-Api-Key` and `apiKey`.
    """

    def __init__(self, fields: Iterable[str]) -> None:
        self.fields = tuple(sorted({part for part in map(_plain, fields) if part}))

    def hides(self, name: str) -> bool:
        """Whether a field of that name is hidden."""
        plain = _plain(name)
        return any(part in plain for part in self.fields)

    def value(self, value: Any) -> Redacted:
        """A copy of decoded JSON with secrets hidden, at most 60 levels deep, that can be sent as UTF-8."""
        walk = _Walk(self)
        return Redacted(walk.copy(value, 0), walk.hidden, walk.too_deep)

    def put_back(self, edited: Any, original: Any) -> Any:
        """The edited copy of a shown value, with hidden values that were left alone taken from the original.

        Raises:
            ValueError: it is not certain which original a hidden value stands for, or a part too deep to be shown was
                sent back.
        """
        if edited == TOO_DEEP:
            raise ValueError(gettext("a part is nested too deeply to be edited here"))
        if isinstance(edited, list):
            items = original if isinstance(original, list) else []
            self._check_order(edited, items)
            return [self._put_back("", item, items[i : i + 1], 0) for i, item in enumerate(edited)]
        if not isinstance(edited, dict):
            return edited
        before = original if isinstance(original, dict) else {}
        return {name: self._put_back(name, item, before, name) for name, item in edited.items()}

    def _put_back(self, name: str, item: Any, before: Any, key: Any) -> Any:
        known = key in before if isinstance(before, dict) else bool(before)
        if item != HIDDEN or (known and before[key] == HIDDEN):
            return self.put_back(item, before[key] if known else None)
        if not name or not self.hides(name):
            raise ValueError(
                gettext(
                    "%(name)s is %(hidden)s, but nothing was hidden there; enter the value",
                    name=name or gettext("an item"), hidden=HIDDEN,
                )
            )  # fmt: skip
        if not known:
            raise ValueError(
                gettext(
                    "%(name)s is %(hidden)s, and there is no original value there; enter the value",
                    name=name, hidden=HIDDEN,
                )
            )  # fmt: skip
        return before[key]

    def _check_order(self, edited: list[Any], original: list[Any]) -> None:
        """Refuse a list of which it is not known what its hidden values were: its items came, went or moved."""
        asking = [index for index, item in enumerate(edited) if self._asks(item)]
        if not asking:
            return
        if len(edited) != len(original):
            raise ValueError(
                gettext("a list with hidden values has more or fewer items than before; enter the hidden values")
            )
        shown = self.value(original).value
        if any(edited[index] != shown[index] and edited[index] in shown for index in asking):
            raise ValueError(
                gettext("a list with hidden values is in another order than before; enter the hidden values")
            )

    def _asks(self, value: Any) -> bool:
        """Whether it holds a hidden value that was left alone."""
        if isinstance(value, list):
            return any(map(self._asks, value))
        if not isinstance(value, dict):
            return False
        return any((item == HIDDEN and self.hides(name)) or self._asks(item) for name, item in value.items())

    def text(self, text: str) -> tuple[str, int]:
        """Text with `name=value`, `"name": value` and passwords in addresses hidden, and how many were."""
        text, addresses = encodable(text), 0
        if "@" in text:
            text, addresses = _CREDENTIALS.subn(rf"\1:{HIDDEN}@", text)
        text, headers = _BEARER.subn(rf"\1 {HIDDEN}", text)
        text, named = self._named.subn(rf"\g<name>{HIDDEN}", text) if self._may_name(text) else (text, 0)
        return text, addresses + headers + named

    def _may_name(self, text: str) -> bool:
        """Whether the pattern, which is slow, can match: cheap, and never False where it would."""
        if not text.isascii():  # a letter may be another one's other case there
            return bool(self.fields)
        plain = text.lower().replace("-", "").replace("_", "")
        return any(part in plain for part in self.fields)

    @cached_property
    def _named(self) -> re.Pattern[str]:
        parts = "|".join(r"[-_]?".join(map(re.escape, part)) for part in self.fields)
        word = rf"[\w-]{{0,40}}(?:{parts})[\w-]{{0,40}}"
        value = r"""(?:\\?"(?:[^"\\]|\\.)*\\?"?|'(?:[^'\\]|\\.)*'?|[^\s,;&}\]'"]+)"""
        return re.compile(
            rf"""(?P<name>(?<![\w-])(?:{word}=|\\?["']{word}\\?["']\s{{0,8}}[:=]\s{{0,8}})){value}""", re.IGNORECASE
        )


class _Walk:
    """One copy of one value."""

    def __init__(self, redaction: Redaction) -> None:
        self.redaction = redaction
        self.hidden = 0
        self.too_deep = False

    def copy(self, value: Any, depth: int) -> Any:
        if isinstance(value, str):
            return encodable(value)
        if not isinstance(value, (dict, list)):
            return value
        if depth >= MAX_DEPTH:
            self.too_deep = True
            return TOO_DEEP
        if isinstance(value, list):
            return [self.copy(item, depth + 1) for item in value]
        return {encodable(str(key)): self._field(key, item, depth + 1) for key, item in value.items()}

    def _field(self, key: Any, item: Any, depth: int) -> Any:
        if item is not None and self.redaction.hides(str(key)):
            self.hidden += 1
            return HIDDEN
        return self.copy(item, depth)


def encodable(text: str) -> str:
    """Text that can be sent as UTF-8: half surrogate pairs, which JSON can hold, become question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _plain(name: str) -> str:
    return _NO_WORD.sub("", name.lower())
