"""From a query string to the jobs it means, and back: every list and bulk action reads its filter here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime

from dashboard.adapters.contract import InvalidRequest, Selector, State

TEXT_FIELDS = ("source", "queue", "type", "fingerprint", "error")
_SEARCH_FIELDS = (*TEXT_FIELDS, "state", "since", "until")
_RELATIVE = re.compile(r"(\d{1,6})(s|m|h|d)\Z")
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LONGEST = 500


def parse(query: Mapping[str, str], now: float, *, default_state: State | None = None) -> Selector:
    """The selector a query string means; parameters that are no filters are ignored.

    Args:
        query: `source queue state type fingerprint error q since until`; `q` may hold `field:value` words.
        now: unix seconds, for times such as `24h`.
        default_state: the state when none is given.

    Raises:
        InvalidRequest: a value is not understood; nothing may be shown or done as if it were not there.
    """
    given = {name: query.get(name, "").strip() for name in (*_SEARCH_FIELDS, "q")}
    for name, value in given.items():
        if len(value) > _LONGEST:
            raise InvalidRequest(f"{name}: at most {_LONGEST} characters")
    text, searched = _search_words(given.pop("q"))
    for name, value in searched.items():
        if given[name] and given[name] != value and name != "state":  # a typed state wins over the open tab
            raise InvalidRequest(f"{name} is given twice, as {given[name]!r} and {value!r}; leave one out")
        given[name] = value
    return Selector(
        source=given["source"],
        queue=given["queue"],
        type=given["type"],
        fingerprint=given["fingerprint"],
        error=given["error"],
        state=state(given["state"]) or default_state,
        since=moment(given["since"], now, "since"),
        until=moment(given["until"], now, "until"),
        q=text,
    )


def _search_words(text: str) -> tuple[str, dict[str, str]]:
    """Split `queue:billing "timed out"` into its free text and its fields; unknown fields stay text."""
    try:
        words = shlex.split(text) if '"' in text else text.split()
    except ValueError as error:
        raise InvalidRequest(f"q: a quotation mark is not closed in {text!r}") from error
    free: list[str] = []
    found: dict[str, str] = {}
    for word in words:
        name, colon, value = word.partition(":")
        if colon and value and name in _SEARCH_FIELDS:
            if found.setdefault(name, value) != value:
                raise InvalidRequest(f"{name} is given twice in the search; leave one out")
        else:
            free.append(word)
    return " ".join(free), found


def state(text: str) -> State | None:
    """The state a word names; None for an empty one. Raises InvalidRequest."""
    if not text:
        return None
    try:
        return State(text)
    except ValueError as error:
        raise InvalidRequest(f"state {text!r}: use one of {', '.join(State)}") from error


def moment(text: str, now: float, name: str) -> float | None:
    """Unix seconds of `24h` (ago), `1764000000` or `2025-11-24T14:00:00Z`; None for an empty text.

    Raises:
        InvalidRequest: it is none of these.
    """
    if not text:
        return None
    if relative := _RELATIVE.match(text):
        return now - int(relative[1]) * _UNIT_SECONDS[relative[2]]
    try:
        if re.fullmatch(r"\d{1,11}(\.\d{1,6})?", text):
            return float(text)
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequest(f"{name} {text!r}: use a time such as 24h, 7d or 2025-11-24T14:00:00Z") from error
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def to_query(selector: Selector) -> dict[str, str]:
    """The query string of a selector without its ids; empty fields are left out."""
    query = {}
    for each in fields(selector):
        value = getattr(selector, each.name)
        if each.name != "ids" and value not in ("", None):
            query[each.name] = f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return query


def described(selector: Selector) -> str:
    """The selector in words as they are typed in the search: `queue:billing error:KeyError`."""
    words = [f"{name}:{value}" for name, value in to_query(selector).items() if name not in ("state", "q")]
    words += [f"“{selector.q}”"] if selector.q else []
    words += [f"{len(selector.ids):,} chosen jobs"] if selector.ids else []
    return " ".join(words) or "everything"
