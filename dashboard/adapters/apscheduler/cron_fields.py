"""The fields of a decoded cron trigger, as APScheduler writes them and, where that says the same, as cron does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.safe_pickle import Opaque

NAMES = frozenset(("year", "month", "day", "week", "day_of_week", "hour", "minute", "second"))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NTH = ("1st", "2nd", "3rd", "4th", "5th", "last")
MOST = 100

_PLAIN = re.compile(r"[\d*/,-]+|[a-z]{3}(?:-[a-z]{3})?(?:,[a-z]{3}(?:-[a-z]{3})?)*")


@dataclass(frozen=True, slots=True)
class Field:
    """One field, such as `day_of_week`; default when the application did not name it."""

    name: str
    text: str
    default: bool


def read(fields: Any) -> tuple[Field, ...]:
    """The fields of a decoded trigger. Raises LookupError, TypeError, ValueError, AttributeError for what is none."""
    return tuple(_field(each.state) for each in fields[:10])


def text(fields: Sequence[Field]) -> str:
    """`cron[hour='2', minute='0']`, as APScheduler writes it."""
    named = ", ".join(f"{field.name}='{field.text}'" for field in fields if not field.default)
    return f"cron[{named}]"[:300]


def expression(fields: Sequence[Field]) -> str:
    """Five fields that mean the same to cron; empty when there are none.

    APScheduler counts days of the week from Monday, and a day must match both fields where cron has it match either.
    """
    known = {field.name: field.text for field in fields}
    weekday, day = known.get("day_of_week", "*"), known.get("day", "*")
    if known.keys() != NAMES or known["second"] != "0" or (known["year"], known["week"]) != ("*", "*"):
        return ""
    if not (day.startswith("*") or weekday == "*"):
        return ""
    found = (known["minute"], known["hour"], day, known["month"], _weekday(weekday))
    return " ".join(found) if all(_PLAIN.fullmatch(each) for each in found) else ""


def _weekday(field: str) -> str:
    """A single day counted from Sunday, as cron does; several by their names."""
    numbers: list[int] = []
    for part in field.split(","):
        if part == "*":
            return "*"
        span, _, step = part.partition("/")
        first, dash, last = ("0", "-", "6") if span == "*" else span.partition("-")
        low, high = _day(first), _day(last) if dash else 6 if step else _day(first)
        numbers += range(low, high + 1, int(step or 1))
    if len(numbers) == 1:
        return str((numbers[0] + 1) % 7)
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{DAYS[numbers[0]]}-{DAYS[numbers[-1]]}"
    return ",".join(DAYS[number] for number in numbers)


def _day(text: str) -> int:
    return DAYS.index(text) if text in DAYS else int(text)


def _field(state: Any) -> Field:
    name, expressions = state["name"], state["expressions"][:MOST]
    if name not in NAMES:
        raise ValueError
    return Field(name, ",".join(map(_expression, expressions)), bool(state["is_default"]))


def _expression(found: Any) -> str:
    if not isinstance(found, Opaque):
        raise TypeError
    kind, state = found.name.rpartition(".")[2], found.state if isinstance(found.state, dict) else {}
    first, last, step = (_number(state.get(key)) for key in ("first", "last", "step"))
    if kind == "LastDayOfMonthExpression":
        return "last"
    if kind == "WeekdayPositionExpression":
        return f"{NTH[state['option_num']]} {DAYS[state['weekday']]}"
    if kind == "AllExpression":
        return f"*/{step}" if step else "*"
    if first is None:
        raise ValueError
    if kind in ("WeekdayRangeExpression", "MonthRangeExpression"):
        names = DAYS if kind.startswith("Week") else MONTHS
        return names[first] if last in (None, first) else f"{names[first]}-{names[last or 0]}"
    span = str(first) if last is None or (last == first and not step) else f"{first}-{last}"
    return f"{span}/{step}" if step else span


def _number(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 10_000 else None
