"""Other arguments for a failure: written as RQ's serializers write them, of plain values alone."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import zlib
from decimal import Decimal
from typing import Any
from uuid import UUID

from dashboard import safe_pickle
from dashboard.adapters.contract import ActionRefused, InvalidRequest
from dashboard.adapters.rq.calls import MOST_PLAIN, Call
from dashboard.language import N_

UNREAD = N_("its arguments could not be read")
METHOD = N_("it calls a method of an object, which is not rebuilt here")
OBJECTS = N_("its arguments hold objects that are not rebuilt here")
SHAPE = N_("data: give args, a list, and kwargs, an object; nothing else")
PROTOCOL = 4
"""Of pickles: read by every Python that RQ 1.16 runs on."""

_SCALARS = (
    type(None), bool, int, float, str, bytes, dt.datetime, dt.date, dt.time, dt.timedelta, dt.timezone, Decimal, UUID,
)  # fmt: skip
_MOST_PARTS = 20_000


def refusal(call: Call | None) -> str:
    """Why the arguments of a job cannot be edited, empty when they can."""
    if call is None:
        return UNREAD
    if call.instance is not None:
        return METHOD
    shown = safe_pickle.as_json(list(call.args) if isinstance(call.args, tuple) else call.args)
    named = safe_pickle.as_json(call.kwargs)
    if not (shown.whole and named.whole and _shaped(call.args, call.kwargs)):
        return UNREAD
    return "" if _rebuildable([call.args, call.kwargs]) else OBJECTS


def stored(call: Call, data: Any) -> tuple[bytes, str]:
    """The field `data` of a job with other arguments, and its description; values that were left as they are shown
    stay what they were, times and tuples among them.

    Raises:
        ActionRefused: the job's arguments cannot be edited.
        InvalidRequest: the new ones have another form, or are too large.
    """
    refused = refusal(call)
    if refused:
        raise ActionRefused(N_("the arguments cannot be edited: %(reason)s"), reason=refused)
    if not isinstance(data, dict) or set(data) != {"args", "kwargs"} or not _shaped(data["args"], data["kwargs"]):
        raise InvalidRequest(SHAPE)
    args, kwargs = list(_merged(data["args"], list(call.args))), _merged(data["kwargs"], call.kwargs)
    plain = _written(call, args, kwargs)
    if len(plain) > MOST_PLAIN:
        raise InvalidRequest(N_("data: too large to be stored"))
    return zlib.compress(plain), description(call.function, args, kwargs)


def description(function: str, args: list[Any], kwargs: dict[str, Any]) -> str:
    """The text that RQ makes of a call, cut as RQ cuts it."""
    parts = [safe_pickle.render(each, characters=100) for each in args[:20]]
    parts += [f"{name}={safe_pickle.render(each, characters=100)}" for name, each in sorted(kwargs.items())[:20]]
    return f"{function}({', '.join(parts)})"[:500]


def _written(call: Call, args: list[Any], kwargs: Any) -> bytes:
    try:
        if call.serializer == "json":
            return json.dumps([call.function, None, args, kwargs], allow_nan=False, ensure_ascii=True).encode()
        return pickle.dumps((call.function, None, tuple(args), kwargs), protocol=PROTOCOL)
    except (ValueError, TypeError, RecursionError, pickle.PicklingError) as error:
        raise InvalidRequest(f"data cannot be stored: {error}"[:200]) from error


def _shaped(args: Any, kwargs: Any) -> bool:
    return isinstance(args, list | tuple) and isinstance(kwargs, dict) and all(isinstance(name, str) for name in kwargs)


def _merged(edited: Any, original: Any) -> Any:
    """The edited value, with what was left as it is shown taken from the original."""
    if _same(edited, safe_pickle.plain(original)):
        return original
    if isinstance(edited, list) and isinstance(original, list | tuple):
        before = list(original) + [None] * len(edited)
        items = [_merged(item, before[i]) if i < len(original) else item for i, item in enumerate(edited)]
        return tuple(items) if isinstance(original, tuple) else items
    if isinstance(edited, dict) and isinstance(original, dict):
        return {name: _merged(item, original[name]) if name in original else item for name, item in edited.items()}
    return edited


def _same(one: Any, other: Any) -> bool:
    """Equal, and of equal types: 1 is not True here, nor 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    return bool(one == other)


def _rebuildable(value: Any) -> bool:
    """Whether it holds nothing but values of Python's own, each once, so that pickling it is harmless and bounded."""
    todo, parts = [value], 0
    while todo:
        part = todo.pop()
        parts += 1
        if parts > _MOST_PARTS:
            return False
        if type(part) in (list, tuple, set, frozenset):
            todo.extend(part)
        elif type(part) is dict:
            todo.extend(part.keys())
            todo.extend(part.values())
        elif type(part) not in _SCALARS:
            return False
    return True
