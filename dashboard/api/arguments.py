"""Reads what a call was given; whatever is not understood is an error, so no filter is ever silently dropped."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from dashboard import selectors
from dashboard.adapters import merge
from dashboard.adapters.contract import InvalidRequest, Page, Selector
from dashboard.api.problems import Unprocessable

T = TypeVar("T")
Body = TypeVar("Body", bound=BaseModel)

PAGING = ("cursor", "limit")
FILTERS = ("source", "queue", "type", "error", "fingerprint", "worker", "version", "q", "since", "until")
MAX_LIMIT = 200


def allow(*names: str) -> None:
    """Refuse query parameters other than these.

    Raises:
        InvalidRequest: one is not known; a misspelt filter must not widen an answer.
    """
    for name in request.args:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(names) or 'none'}"
            raise InvalidRequest(f"parameter {name!r} is not known; {hint}")
        if len(request.args.getlist(name)) > 1:
            raise InvalidRequest(f"parameter {name!r} is given more than once")


def limit() -> int:
    """`limit`, 1 to 200, default 50. Raises InvalidRequest."""
    text = request.args.get("limit", "50")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MAX_LIMIT:
        raise InvalidRequest(f"limit {text!r}: use a whole number from 1 to {MAX_LIMIT}")
    return int(text)


def cursor() -> str:
    """`cursor`, as a page before gave it."""
    return request.args.get("cursor", "")


def selector(now: float) -> Selector:
    """The filter parameters as a selector. Raises InvalidRequest."""
    return selectors.parse(request.args, now)


def body(model: type[Body]) -> Body:
    """The JSON body.

    Raises:
        UnsupportedMediaType, BadRequest: it is no JSON.
        Unprocessable: a field is missing, unknown or invalid.
    """
    try:
        return model.model_validate(request.get_json())
    except ValidationError as error:
        errors = [
            {"field": ".".join(map(str, each["loc"])), "message": each["msg"]}
            for each in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        detail = "; ".join(f"{each['field'] or 'body'}: {each['message']}" for each in errors)
        raise Unprocessable(detail, errors) from error


def sliced(items: Iterable[T], key: Callable[[T], tuple[Any, ...]]) -> Page[T]:
    """One page of a complete list, by a key that is unique; the cursor is the last key shown."""
    after = merge.decode_cursor(cursor()) if cursor() else None
    size = limit()
    try:
        rest = sorted((each for each in items if after is None or list(key(each)) > after), key=key)
    except TypeError as error:
        raise InvalidRequest("cursor is not one of this list; start again without a cursor") from error
    shown = tuple(rest[:size])
    return Page(shown, merge.encode_cursor(list(key(shown[-1]))) if len(rest) > size else None)
