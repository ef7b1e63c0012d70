"""JSON as escaped, coloured HTML: job arguments are hostile text, so every piece is escaped on its own."""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup, escape

LIMIT = 64 * 1024
_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]++|\\.)*+"?)(?P<colon>:)?|(?P<literal>-?\d[\d.eE+-]*|true|false|null)|(?P<bracket>[{}\[\]])|'
    r"(?P<other>[^\"{}\[\]\dtfn-]+|.)",
    re.DOTALL,
)
_REDACTED = '"[redacted]"'


def pretty(data: Any) -> str:
    """JSON text, indented by two, with readable non-ASCII characters."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=str)


def highlighted(text: str) -> Markup:
    """JSON text as spans: `k` keys, `s` strings, `d` numbers and words, `x` brackets and hidden values."""
    return Markup("").join(_span(token) for token in _TOKEN.finditer(text))


def _span(token: re.Match[str]) -> Markup:
    text = token[0]
    if token["string"] is not None:
        if token["colon"]:
            return Markup('<span class="k">{}</span>:').format(token["string"])
        if text == _REDACTED:
            return Markup('<span class="x">[redacted]</span>')
        return Markup('<span class="s">{}</span>').format(text)
    if token["literal"] is not None:
        return Markup('<span class="d">{}</span>').format(text)
    if token["bracket"] is not None:
        return Markup('<span class="x">{}</span>').format(text)
    return escape(text)
