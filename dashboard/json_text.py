"""JSON that a person types: what is wrong with it, and where."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dashboard.language import N_, gettext, number
from dashboard.redaction import MAX_DEPTH as MOST_DEPTH

MOST_TEXT = 4 * 1024 * 1024
_EXCERPT = 60
_COMMA = "Illegal trailing"
_PYTHON = (("True", "true"), ("False", "false"), ("None", "null"))
_WORDS = {
    "Expecting value": N_("a value is missing here"),
    "Expecting property name enclosed in double quotes": N_("a name in double quotes is missing here"),
    "Expecting ':' delimiter": N_("a colon is missing here"),
    "Expecting ',' delimiter": N_("a comma or a closing bracket is missing here"),
    "Unterminated string starting at": N_("this text has no closing quote"),
    "Invalid control character at": N_("a text holds a line break or a tab; write \\n or \\t"),
    "Extra data": N_("there is more text after the end"),
    "Illegal trailing": N_("a comma stands before the closing bracket"),
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a text is no JSON that can be stored.

    line, column: from 1, 0 when the place is not known. before, after: the text of the line around it.
    """

    words: str
    line: int = 0
    column: int = 0
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """The whole sentence."""
        if not self.line:
            return self.words
        return gettext(
            "Line %(line)s, column %(column)s: %(what)s", line=self.line, column=self.column, what=self.words
        )


class NotJSON(ValueError):
    """The text is not understood; `mistake` says where."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


def read(text: str) -> Any:
    """The value of a text; a name twice in one object and numbers that are none are refused too.

    Raises:
        NotJSON: it is not understood.
    """
    if len(text) > MOST_TEXT:
        raise NotJSON(
            Mistake(
                gettext("%(num)s characters; at most %(most)s are taken", num=number(len(text)), most=number(MOST_TEXT))
            )
        )
    if not text.strip():
        raise NotJSON(Mistake(gettext("there is nothing; write null for no arguments")))
    value = _parsed(text)
    if _deeper_than(MOST_DEPTH, value):
        raise NotJSON(Mistake(gettext("this is nested too deeply; at most %(num)s levels are taken", num=MOST_DEPTH)))
    return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except NotJSON:
        raise
    except RecursionError as error:
        raise NotJSON(Mistake(gettext("this is nested too deeply"))) from error
    except json.JSONDecodeError as error:
        raise NotJSON(_located(text, error)) from error
    except ValueError as error:
        raise NotJSON(Mistake(gettext("a number has more digits than can be read; write it as text"))) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for name, item in pairs:
        if name in value:
            shown = json.dumps(name[:_EXCERPT], ensure_ascii=False)
            raise NotJSON(Mistake(gettext("%(name)s stands twice in one object", name=shown)))
        value[name] = item
    return value


def _deeper_than(most: int, value: Any) -> bool:
    level = [value]
    for _ in range(most):
        level = [inner for each in level if isinstance(each, (dict, list)) for inner in _items(each)]
    return any(isinstance(each, (dict, list)) for each in level)


def _items(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _no_number(word: str) -> Any:
    raise NotJSON(Mistake(gettext("%(word)s is no JSON; write null, or the word in double quotes", word=word)))


def _located(text: str, error: json.JSONDecodeError) -> Mistake:
    line = text[text.rfind("\n", 0, error.pos) + 1 :].partition("\n")[0].rstrip("\r")
    at = error.colno - 1
    before = line[max(0, at - _EXCERPT) : at].lstrip()
    known = _WORDS.get(_COMMA if error.msg.startswith(_COMMA) else error.msg)
    words = _hint(text, error.pos) or (gettext(known) if known else error.msg)
    return Mistake(words, error.lineno, error.colno, before, line[at : at + _EXCERPT])


def _hint(text: str, at: int) -> str:
    """What people mean who write Python for JSON."""
    if text.startswith("'", at):
        return gettext("use double quotes for text and names")
    if text[at : at + 1] in ("}", "]") and text[:at].rstrip().endswith(","):
        return gettext(_WORDS[_COMMA])
    meant = next(((python, word) for python, word in _PYTHON if text.startswith(python, at)), None)
    return gettext("write %(word)s for %(python)s", word=meant[1], python=meant[0]) if meant else ""
