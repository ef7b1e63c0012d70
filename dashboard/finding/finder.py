"""Looks at a Redis in bounded steps and recognises kinds of queues by their signs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import redis

from dashboard.finding.signs import Sign, all_signs, filled
from queue_core.connection import Client

SLICES = 120
COUNT = 1_000
"""A look takes so many slices at most, of which most scan so many keys."""
MOST_FOUND = 50
LONGEST_NAME = 300
CONFIRMED_AT_ONCE = 5
REFUSALS = 20
"""Keys of one sign that turn out to be something else, after which it is not looked for any more."""
SAMPLE = 5
SAMPLE_BYTES = 4_096
OWN = ("{redrive}:", "redrive:")
"""Beginnings of the dashboard's own keys, among which are mirrors of other products' failures."""


@dataclass(frozen=True, slots=True)
class Found:
    """A kind of queues that is there.

    namespace: prefix of its keys, empty when it is the usual one. options: those that its source needs.
    key: by which it was recognised.
    """

    kind: str
    title: str
    namespace: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    @property
    def identity(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What makes it another one."""
        return self.kind, self.namespace, tuple(sorted(self.options.items()))


Candidate = tuple[Sign, str, dict[str, str]]


class Finder:
    """What was found at one Redis so far. It is read in slices, each of some twenty commands at most.

    Args:
        client: of the Redis; nothing is written.
        signs: of the kinds to look for; all that are known when left out.
    """

    def __init__(self, client: Client, signs: Sequence[Sign] | None = None) -> None:
        self._client = client
        self._signs = all_signs() if signs is None else tuple(signs)
        self._found: dict[Any, Found] = {}
        self._refused: Counter[str] = Counter()
        self._pending: list[Candidate] = []
        self._cursor: Any = 0
        self._begun = self._scanned = False

    @property
    def found(self) -> tuple[Found, ...]:
        """Every kind found so far, in the order of the signs."""
        order = [sign.kind for sign in self._signs]
        both = {(each.kind, each.namespace) for each in self._found.values()}
        # Celery puts `_` behind the prefix of its results alone, so that the same application seems to have two.
        kept = [each for each in self._found.values() if (each.kind, each.namespace.removesuffix("_")) not in both
                or not each.namespace.endswith("_")]  # fmt: skip
        return tuple(sorted(kept, key=lambda each: (order.index(each.kind), each.namespace, each.key)))

    def slice(self, count: int = COUNT) -> bool:
        """Look up known names first, then scan about `count` keys at a time; True when all have been looked at."""
        if self._pending:
            now, self._pending = self._pending[:CONFIRMED_AT_ONCE], self._pending[CONFIRMED_AT_ONCE:]
            self._confirm([each for each in now if self._open(*each)])
        elif not self._begun:
            self._begun = True
            self._pending = self._candidates({name for sign in self._signs for name in sign.known}, known=True)
        else:
            self._cursor, keys = self._client.scan(self._cursor, count=count)
            self._scanned = int(self._cursor) == 0
            names = {name for key in keys if len(name := _text(key)) <= LONGEST_NAME and not name.startswith(OWN)}
            self._pending = self._candidates(names)
        whole = self._scanned and not self._pending
        if whole:
            self._begun = self._scanned = False
        return whole

    def look(self, slices: int = SLICES) -> tuple[Found, ...]:
        """What is found in so many slices at most; what was found so far when the Redis does not answer, or forbids."""
        try:
            for _ in range(slices):
                if self.slice():
                    break
        except (redis.RedisError, OSError):
            return self.found
        return self.found

    def _open(self, sign: Sign, name: str, groups: Mapping[str, str]) -> bool:
        """Whether it is worth a look: not found yet, and not refused too often."""
        new = _made(sign, name, groups).identity not in self._found
        return new and self._refused[sign.name] < REFUSALS and len(self._found) < MOST_FOUND

    def _candidates(self, names: Iterable[str], *, known: bool = False) -> list[Candidate]:
        found: dict[Any, Candidate] = {}
        for name in sorted(names):
            for sign in self._signs:
                match = sign.names.fullmatch(name) if not known or name in sign.known else None
                if match is None:
                    continue
                groups = {**{group: text or "" for group, text in match.groupdict().items()}, "key": name}
                if self._open(sign, name, groups):
                    found.setdefault((sign.name, sign.type, _made(sign, name, groups).identity), (sign, name, groups))
        return list(found.values())

    def _confirm(self, candidates: Sequence[Candidate]) -> None:
        types = self._ask(("TYPE", name) for _, name, _ in candidates)
        typed = [each for each, kind in zip(candidates, types, strict=True) if _text(kind) == each[0].type]
        samples = self._ask(_sampling(sign, name) for sign, name, _ in typed)
        confirmed: list[Candidate] = []
        for candidate, sample in zip(typed, samples, strict=True):
            members, values = _members(candidate[0], sample)
            if self._fits(candidate, members, values):
                confirmed.append(candidate)
                made = _made(*candidate)
                self._found.setdefault(made.identity, made)
        for candidate in candidates:
            if candidate not in confirmed:
                self._refused[candidate[0].name] += 1

    def _fits(self, candidate: Candidate, members: list[str], values: list[bytes]) -> bool:
        sign, _, groups = candidate
        if sign.member:
            members = [each for each in members if sign.member_of(groups).fullmatch(each)]
            if not members:
                return False
        if sign.value and not any(sign.value.encode() in each for each in values):
            return False
        if sign.related:
            wanted = [filled(sign.related, {**groups, "member": each}) for each in members[:2]]
            return any(_text(kind) == sign.related_type for kind in self._ask(("TYPE", name) for name in wanted))
        return True

    def _ask(self, commands: Iterable[Sequence[Any]]) -> list[Any]:
        pipe: Any = self._client.pipeline(transaction=False)
        count = 0
        for command in commands:
            pipe.execute_command(*command)
            count += 1
        return list(pipe.execute(raise_on_error=False)) if count else []


def _made(sign: Sign, name: str, groups: Mapping[str, str]) -> Found:
    namespace = groups.get("namespace", "")
    options = {option: filled(value, groups) for option, value in sign.options.items()}
    return Found(sign.kind, sign.title, "" if namespace == sign.usual else namespace, options, name)


def _sampling(sign: Sign, name: str) -> tuple[Any, ...]:
    return {
        "set": ("SRANDMEMBER", name, SAMPLE),
        "hash": ("HRANDFIELD", name, SAMPLE, "WITHVALUES"),
        "list": ("LRANGE", name, 0, SAMPLE - 1),
        "zset": ("ZRANGE", name, 0, SAMPLE - 1),
        "string": ("GETRANGE", name, 0, SAMPLE_BYTES),
        "stream": ("XREVRANGE", name, "+", "-", "COUNT", 1),
    }[sign.type]


def _members(sign: Sign, sample: Any) -> tuple[list[str], list[bytes]]:
    """Members, fields or elements as text, and values as they are; of a list both are its elements."""
    if isinstance(sample, bytes):
        return [], [sample]
    if not isinstance(sample, list):
        return [], []
    flat = list(_flat(sample))
    members, values = (flat[::2], flat[1::2]) if sign.type == "hash" else (flat, flat)
    return [_text(each) for each in members], values


def _flat(reply: Iterable[Any]) -> Iterator[bytes]:
    for each in reply:
        if isinstance(each, dict):
            yield from _flat(each.values())
        elif isinstance(each, list | tuple):
            yield from _flat(each)
        elif isinstance(each, bytes):
            yield each


def _text(reply: Any) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
