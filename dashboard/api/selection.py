"""Which jobs a body means: the filter as JSON."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dashboard import selectors
from dashboard.adapters.contract import Selector
from dashboard.search import grammar
from dashboard.search.grammar import ARGUMENT, Term
from dashboard.search.moments import seconds

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Value = Annotated[str, StringConstraints(max_length=500)]
MOST_IDS = 10_000


class SelectorBody(BaseModel):
    """Which jobs are meant; a field that is given must say something, so that no filter widens by being blank.

    args: values of arguments by path, `{"customer.id": 42}`. excluded: what is left out, by word,
    `{"type": ["sync"], "args.plan": ["free"]}`. q: as it is typed in the search.
    """

    model_config = ConfigDict(extra="forbid")

    source: Word | None = None
    queue: Word | None = None
    state: Literal["failed", "pending", "scheduled", "retrying"] | None = None
    type: Word | None = None
    fingerprint: Word | None = None
    error: Word | None = None
    worker: Word | None = None
    version: Word | None = None
    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)] | None = None
    since: Word | float | None = None
    until: Word | float | None = None
    args: Annotated[dict[Word, Value | bool | int | float | None], Field(min_length=1, max_length=20)] | None = None
    excluded: (
        Annotated[dict[Word, Annotated[list[Word], Field(min_length=1, max_length=20)]], Field(min_length=1)] | None
    ) = None
    ids: Annotated[list[Word], Field(min_length=1, max_length=MOST_IDS)] | None = None

    def selector(self, now: float) -> Selector:
        """The selector. Raises InvalidRequest when a field is not understood."""
        given = self.model_dump(exclude_none=True, exclude={"ids", "args", "excluded"})
        query = {name: seconds(value) if isinstance(value, float) else str(value) for name, value in given.items()}
        terms = [Term(f"{ARGUMENT}{path}", _text(value)) for path, value in (self.args or {}).items()]
        terms += [Term(name, value, negated=True) for name, many in (self.excluded or {}).items() for value in many]
        found = selectors.read(query, more=[grammar.checked(term) for term in terms])
        return selectors.meant(found, now).narrowed(ids=tuple(self.ids or ()))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
