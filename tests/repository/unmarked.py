"""Finds text in templates that no translation can reach: outside of `_()`, `ngettext()` and `pgettext()`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import Environment, nodes

SPOKEN = ("title", "aria-label", "placeholder", "alt")
"""Attributes that are read to people."""
SILENT = ("code", "kbd", "script", "style")
"""Elements that hold what is typed, not what is said."""
MARKED = ("_", "gettext", "ngettext", "pgettext")
SAID = {
    "st": (1, "text"), "th": (0, "label"), "n0": (1, "reason"), "key": (1, "words"), "post": (1, "words"),
    "banner": (2, "title"), "empty": (1, "title"), "pager": (0, "words"), "button": (1, "words"), "one": (1, "words"),
    "chart": (0, "title"), "events": (0, "title"), "meter": (1, "label"),
}  # fmt: skip
"""Which argument of a macro is text that is shown: its place and its name."""

_LETTERS = re.compile(r"[^\W\d_]{2}")
_WORDS = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]|^[A-Z][a-z]+$")


@dataclass
class Page:
    """Where in the HTML the walk is: in text, in a tag, or in the value of an attribute."""

    allowed: frozenset[str]
    found: list[str] = field(default_factory=list)
    tag: str = ""
    inside: str = ""
    attribute: str = ""
    buffer: str = ""
    silent: str = ""

    @property
    def spoken(self) -> bool:
        """Whether what comes here is read to people."""
        if self.tag:
            return self.attribute in SPOKEN
        return not self.silent

    def text(self, text: str) -> None:
        """Text that stands here and is marked by nobody."""
        bare = re.sub(r"&\w+;", "", text).strip()
        if self.spoken and _LETTERS.search(bare) and bare not in self.allowed:
            self.found.append(bare)

    def data(self, data: str) -> None:
        """A stretch of HTML."""
        for piece in re.findall(r"<[!/]?[A-Za-z][\w-]*|[^\s=\"'<>]+=[\"']|[\"'>]|[^\"'<>=\s]+|\s+|.", data, re.DOTALL):
            self._piece(piece)
        self._said()

    def _piece(self, piece: str) -> None:
        if self.attribute:
            if piece == self.inside:
                self._said()
                self.attribute = ""
            else:
                self.buffer += piece
        elif self.tag:
            if piece == ">":
                self._closed()
            elif piece[-2:] in ('="', "='"):
                self.attribute, self.inside = piece[:-2].lower(), piece[-1]
        elif piece[0] == "<" and len(piece) > 1:
            self._said()
            self.tag = piece[1:].lower()
        else:
            self.buffer += piece

    def _closed(self) -> None:
        name, self.tag = self.tag, ""
        if name in SILENT:
            self.silent = name
        elif self.silent and name == f"/{self.silent}":
            self.silent = ""

    def _said(self) -> None:
        self.text(self.buffer)
        self.buffer = ""


def unmarked(source: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Every text of a template that is not marked, in the order of the template.

    Args:
        source: the template.
        allowed: texts that are the same in every language.
    """
    page = Page(allowed)
    _walk(Environment(extensions=["jinja2.ext.i18n"]).parse(source), page)
    return page.found


def _walk(node: nodes.Node, page: Page) -> None:
    if isinstance(node, nodes.TemplateData):
        page.data(node.data)
    elif isinstance(node, nodes.Output):
        for child in node.nodes:
            _shown(child, page)
    elif isinstance(node, nodes.CallBlock):
        page.found += [text for text in _said_by(node.call) if _LETTERS.search(text)]
        for child in node.body:
            _walk(child, page)
    elif isinstance(node, nodes.Assign):
        page.found += [text for text in _constants(node.node) if _WORDS.search(text) and text not in page.allowed]
    else:
        for child in node.iter_child_nodes():
            _walk(child, page)


def _shown(node: nodes.Node, page: Page) -> None:
    """An expression whose value is shown."""
    if isinstance(node, nodes.TemplateData):
        page.data(node.data)
    elif page.spoken:
        for text in _constants(node):
            page.text(text)
    else:
        calls = [node] if isinstance(node, nodes.Call) else list(node.find_all(nodes.Call))
        page.found += [text for call in calls for text in _said_by(call) if _LETTERS.search(text)]


def _constants(node: nodes.Node) -> Iterator[str]:
    """The texts among the values that an expression can have."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from _constants(node.expr1)
        yield from _constants(node.expr2) if node.expr2 else ()
    elif isinstance(node, nodes.Concat | nodes.Or | nodes.And | nodes.Add | nodes.List | nodes.Tuple):
        for child in node.iter_child_nodes():
            yield from _constants(child)
    elif isinstance(node, nodes.Filter) and node.node is not None and node.name in ("shortened", "capitalize", "trim"):
        yield from _constants(node.node)
    elif isinstance(node, nodes.Call):
        yield from _said_by(node)


def _said_by(call: nodes.Call) -> Iterator[str]:
    name = getattr(call.node, "name", "")
    if name in MARKED:
        return
    place, word = SAID.get(name, (None, ""))
    if place is not None and place < len(call.args):
        yield from _constants(call.args[place])
    yield from (text for each in call.kwargs if each.key in (word, "label") for text in _constants(each.value))
