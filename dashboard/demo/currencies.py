"""How amounts of a currency are written; release 4.3.0 has an error in it that shows with one of the tenants."""

from __future__ import annotations

from dashboard.demo.application import RELEASE

_DECIMALS = {"EUR": 2, "GBP": 2, "JPY": 0, "USD": 2}
_FAULTY = "shop 4.3.0"


class UnknownMinorUnit(ValueError):
    """A currency without cents was given cents."""


def amount_words(amount_cents: int, currency: str) -> str:
    """The amount as the gateway wants it."""
    decimals = _DECIMALS[currency]
    if decimals == 0 and RELEASE == _FAULTY:
        raise UnknownMinorUnit(f"{currency} has no minor unit: {amount_cents / 100:.2f} cannot be captured")
    return f"{amount_cents / 100:.{decimals}f} {currency}"
