"""What can be said of one job's arguments: a bounded number of facts, however large or strange they are."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import islice
from typing import Any

from dashboard.redaction import HIDDEN, TOO_DEEP

MOST_DEPTH, MOST_KEYS, MOST_ITEMS, MOST_NESTED, MOST_PATHS = 6, 50, 20, 3, 150
LONGEST = 80
ROOT = ""
"""The path of the arguments as a whole."""

_NUMBER = re.compile(r"[+-]?\d[\d.eE+-]{0,79}\Z")
_HOST = re.compile(r"[a-z][a-z0-9+.-]{0,15}://(?:[^/@\s]{0,128}@)?(?P<host>[^/:?#\s@]{1,80})", re.IGNORECASE)
_DOMAIN = re.compile(r"[^@\s]{1,128}@(?P<domain>[a-z0-9.-]{1,70})\Z", re.IGNORECASE)
_ENDING = re.compile(r"\.(?P<ending>[a-z][a-z0-9]{0,7})\Z", re.IGNORECASE)


class Kind(IntEnum):
    """How a fact describes what lies at a path; of facts that hold for the same jobs, the first kind is told."""

    IS = 0
    EMPTY = 1
    MISSING = 2
    HOLDS = 3
    DOMAIN = 4
    HOST = 5
    ENDING = 6
    LENGTH = 7
    AT_LEAST = 8
    AT_MOST = 9
    GIVEN = 10
    TYPE = 11


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so or not so of a job's arguments.

    value: as text; strings are cut to 80 characters. quoted: the value is a string that reads like something else.
    findable: whether a search for the path and the value finds it.
    """

    path: str
    kind: Kind
    value: str = ""
    quoted: bool = False
    findable: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    """One value of the arguments and where it lies; findable as in `Fact`."""

    path: str
    value: Any
    inside: str = ROOT
    depth: int = 0
    findable: bool = True

    def within(self, name: str, value: Any, findable: bool) -> Place:
        """The place of a field or an item of this value."""
        path = f"{self.path}.{name}" if self.path else name
        return Place(path, value, self.path, self.depth + 1, self.findable and findable)


class Seen:
    """What is so of one job's arguments; looks at 150 paths at most, 6 levels deep, the shallow ones first, and at the
    items of lists of 20 items at most.

    facts: what can be said. present: each path that holds something, with the path of what it lies in. objects: paths
    of objects all fields of which are known. numbers: the number at each path that has one.

    Args:
        data: decoded arguments. Values that redaction has hidden are known to be there, and nothing else.
    """

    def __init__(self, data: Any) -> None:
        self.facts: set[Fact] = set()
        self.present: dict[str, str] = {}
        self.objects: set[str] = set()
        self.numbers: dict[str, float] = {}
        waiting = deque([Place(ROOT, data)])
        while waiting and len(self.present) < MOST_PATHS:
            place = waiting.popleft()
            self.present[place.path] = place.inside
            if not _hidden(place.value):
                waiting += self._look(place)
        if waiting:  # a field that was not looked at is not a field that is missing
            self.objects.clear()

    def _look(self, place: Place) -> Iterator[Place]:
        if isinstance(place.value, dict):
            return self._object(place, place.value)
        if isinstance(place.value, list):
            return self._list(place, place.value)
        self._scalar(place)
        return iter(())

    def _object(self, place: Place, fields: dict[Any, Any]) -> Iterator[Place]:
        if place.path != ROOT:
            self.facts.add(Fact(place.path, Kind.TYPE, "object"))
            if not fields:
                self.facts.add(Fact(place.path, Kind.EMPTY))
        if place.depth >= MOST_DEPTH:
            return
        if len(fields) <= MOST_KEYS:
            self.objects.add(place.path)
        for key, value in islice(fields.items(), MOST_KEYS):
            name = str(key)
            plain = bool(name) and len(name) <= LONGEST and "." not in name
            yield place.within(name if len(name) <= LONGEST else f"{name[:LONGEST]}…", value, plain)

    def _list(self, place: Place, items: list[Any]) -> Iterator[Place]:
        self.facts.add(Fact(place.path, Kind.TYPE, "list"))
        self.facts.add(Fact(place.path, Kind.LENGTH, bucket(len(items))) if items else Fact(place.path, Kind.EMPTY))
        for item in items if len(items) <= MOST_ITEMS else ():
            if not isinstance(item, (dict, list)) and not _hidden(item):
                self.facts.add(_value(place, item, Kind.HOLDS))
        if place.depth < MOST_DEPTH:
            for index, item in enumerate(items[:MOST_NESTED]):
                if isinstance(item, (dict, list)):
                    yield place.within(str(index), item, findable=True)

    def _scalar(self, place: Place) -> None:
        path, value = place.path, place.value
        self.facts.add(Fact(path, Kind.TYPE, type_name(value)))
        self.facts.add(_value(place, value, Kind.IS) if value != "" else Fact(path, Kind.EMPTY))
        if isinstance(value, str):
            self.facts.update(_parts(path, value))
        elif not isinstance(value, bool) and isinstance(value, (int, float)) and abs(value) < 1e300:
            self.numbers[path] = float(value)


def bucket(count: int) -> str:
    """A length, from 4 on as a range that doubles: 5 is `4–7`."""
    if count < 4:
        return str(count)
    low = 1 << count.bit_length() - 1
    return f"{low}–{2 * low - 1}"


def type_name(value: Any) -> str:
    """The type of a scalar, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    return "text" if isinstance(value, str) else "a number"


def as_text(value: Any) -> tuple[str, bool]:
    """A scalar as the search shows it, at most 80 characters, and whether all of it is shown."""
    if isinstance(value, str):
        text = value[: LONGEST + 1]
    elif isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 4 * LONGEST:
        return "a number of more than 80 digits", False
    else:
        text = json.dumps(value, default=str)
    return (text, True) if len(text) <= LONGEST else (f"{text[:LONGEST]}…", False)


def _value(place: Place, value: Any, kind: Kind) -> Fact:
    text, whole = as_text(value)
    quoted = isinstance(value, str) and _reads_as_other(text)
    return Fact(place.path, kind, text, quoted, findable=whole and place.findable and place.path != ROOT and text != "")


def _reads_as_other(text: str) -> bool:
    """Whether a string looks like a number, true, false, null, or like nothing."""
    return not text.strip() or text in ("true", "false", "null") or bool(_NUMBER.match(text))


def _parts(path: str, text: str) -> Iterator[Fact]:
    """What a text that is hardly ever the same twice may share with others: a mail domain, a host, a file's ending."""
    if len(text) > LONGEST * 10:
        return
    for kind, pattern in ((Kind.DOMAIN, _DOMAIN), (Kind.HOST, _HOST), (Kind.ENDING, _ENDING)):
        if found := pattern.search(text) if kind == Kind.ENDING else pattern.match(text):
            yield Fact(path, kind, found[1].lower())
            return


def _hidden(value: Any) -> bool:
    return isinstance(value, str) and value in (HIDDEN, TOO_DEEP)
