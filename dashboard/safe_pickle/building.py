"""Rebuilds values of the standard library from decoded parts, and describes every other call."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from dashboard.safe_pickle.budget import Budget
from dashboard.safe_pickle.values import Global, Opaque, UnsafePickle, Zoned

LONGEST_NUMBER = 1_000
"""Characters of a decimal number that is rebuilt."""

_ODDITIES = (ValueError, TypeError, IndexError, OverflowError, InvalidOperation, AttributeError)
_OLD_NAMES = {"__builtin__": "builtins", "copy_reg": "copyreg"}

Builder = Callable[[Budget, tuple[Any, ...]], Any]


def call(budget: Budget, what: Any, args: Any, kwargs: Any = None) -> Any:
    """What calling it would have given, where that is known; else its description. Raises UnsafePickle."""
    if not isinstance(args, tuple) or not (kwargs is None or isinstance(kwargs, dict)):
        raise UnsafePickle("arguments are no tuple, or named ones no dict")
    if isinstance(what, Global) and not kwargs:
        build = _KNOWN.get((_OLD_NAMES.get(what.module, what.module), what.name))
        if build is not None:
            try:
                value = build(budget, args)
            except UnsafePickle:
                raise
            except _ODDITIES:
                value = None
            if value is not None:
                return value
    return Opaque(what, args, kwargs)


def with_state(made: Any, state: Any) -> Any:
    """An object after it was given its state."""
    if not isinstance(made, Opaque):
        return made
    if made.what == Global("uuid", "UUID") and isinstance(state, dict):
        number = state.get("int")
        if type(number) is int and 0 <= number < 1 << 128:
            return UUID(int=number)
    made.state = state
    return made


def _bytes(value: Any) -> bytes:
    """Ten bytes or fewer; those pickled by Python 2 are text."""
    if len(value) > 16:
        raise ValueError
    return value.encode("latin-1") if isinstance(value, str) else bytes(value)


def _datetime(_: Budget, args: tuple[Any, ...]) -> Any:
    raw = _bytes(args[0])
    if len(raw) != 10 or len(args) > 2:
        raise ValueError
    zone = args[1] if len(args) > 1 else None
    naive = dt.datetime(  # noqa: DTZ001 - the zone comes next
        raw[0] << 8 | raw[1], raw[2] & 0x7F, raw[3], raw[4], raw[5], raw[6], raw[7] << 16 | raw[8] << 8 | raw[9],
        fold=raw[2] >> 7,
    )  # fmt: skip
    if zone is None or isinstance(zone, dt.tzinfo):
        return naive.replace(tzinfo=zone)
    return Zoned(naive, zone)


def _date(_: Budget, args: tuple[Any, ...]) -> dt.date:
    high, low, month, day = _bytes(args[0])
    return dt.date(high << 8 | low, month, day)


def _time(_: Budget, args: tuple[Any, ...]) -> dt.time | None:
    if len(args) != 1:
        return None
    hour, minute, second, high, middle, low = _bytes(args[0])
    return dt.time(hour & 0x7F, minute, second, high << 16 | middle << 8 | low)


def _timedelta(_: Budget, args: tuple[Any, ...]) -> dt.timedelta:
    if len(args) > 3 or not all(type(each) is int and each.bit_length() < 64 for each in args):
        raise ValueError
    return dt.timedelta(*args)


def _timezone(_: Budget, args: tuple[Any, ...]) -> dt.timezone:
    offset, *name = args
    if not isinstance(offset, dt.timedelta) or not all(isinstance(each, str) and len(each) < 100 for each in name):
        raise ValueError
    return dt.timezone(offset, *name)


def _decimal(_: Budget, args: tuple[Any, ...]) -> Decimal:
    (text,) = args
    if not isinstance(text, str) or len(text) > LONGEST_NUMBER:
        raise ValueError
    return Decimal(text)


def _complex(_: Budget, args: tuple[Any, ...]) -> complex:
    real, imaginary = args
    if not isinstance(real, float) or not isinstance(imaginary, float):
        raise TypeError
    return complex(real, imaginary)


def _set(budget: Budget, args: tuple[Any, ...]) -> set[Any]:
    return set(budget.keys(budget.copying(_items(args))))


def _frozenset(budget: Budget, args: tuple[Any, ...]) -> frozenset[Any]:
    return frozenset(budget.keys(budget.copying(_items(args))))


def _ordered(budget: Budget, args: tuple[Any, ...]) -> OrderedDict[Any, Any]:
    return OrderedDict((budget.key(key), value) for key, value in budget.copying(_items(args)))


def _deque(budget: Budget, args: tuple[Any, ...]) -> deque[Any]:
    return deque(budget.copying(_items(args[:1])))


def _items(args: tuple[Any, ...]) -> Sequence[Any]:
    if not args:
        return ()
    (items,) = args
    if not isinstance(items, (list, tuple)):
        raise TypeError
    return items


def _bytearray(budget: Budget, args: tuple[Any, ...]) -> bytearray:
    if not args:
        return bytearray()
    value = budget.copying(args[0]) if isinstance(args[0], (str, bytes)) else b""
    return bytearray(value.encode("latin-1") if isinstance(value, str) else value)


def _empty_bytes(_: Budget, args: tuple[Any, ...]) -> bytes | None:
    return None if args else b""


def _encode(budget: Budget, args: tuple[Any, ...]) -> bytes | None:
    text, encoding = args
    return budget.copying(text).encode("latin-1") if isinstance(text, str) and encoding == "latin1" else None


def _attribute(budget: Budget, args: tuple[Any, ...]) -> Global | None:
    owner, name = args
    if not isinstance(owner, Global) or not isinstance(name, str):
        return None
    return Global(owner.module, f"{budget.copying(owner.name)}.{budget.copying(name)}")


def _reconstructed(_: Budget, args: tuple[Any, ...]) -> Opaque:
    made, _base, value = args
    return Opaque(made, () if value is None else (value,))


def _zone(_: Budget, args: tuple[Any, ...]) -> dt.timezone | None:
    return dt.UTC if args[:1] == ("UTC",) else None


def _utc(_: Budget, _args: tuple[Any, ...]) -> dt.timezone:
    return dt.UTC


_KNOWN: dict[tuple[str, str], Builder] = {
    ("datetime", "datetime"): _datetime,
    ("datetime", "date"): _date,
    ("datetime", "time"): _time,
    ("datetime", "timedelta"): _timedelta,
    ("datetime", "timezone"): _timezone,
    ("decimal", "Decimal"): _decimal,
    ("builtins", "complex"): _complex,
    ("builtins", "set"): _set,
    ("builtins", "frozenset"): _frozenset,
    ("builtins", "bytearray"): _bytearray,
    ("builtins", "bytes"): _empty_bytes,
    ("builtins", "getattr"): _attribute,
    ("collections", "OrderedDict"): _ordered,
    ("collections", "deque"): _deque,
    ("copyreg", "_reconstructor"): _reconstructed,
    ("pytz", "_UTC"): _utc,
    ("zoneinfo", "ZoneInfo._unpickle"): _zone,
    ("_codecs", "encode"): _encode,
}
