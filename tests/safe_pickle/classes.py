"""Classes that the tests pickle."""

from __future__ import annotations

import os
from typing import Any


class Money:
    def __init__(self, amount: int, currency: str) -> None:
        self.amount = amount
        self.currency = currency


class Named(dict):  # type: ignore[type-arg]
    """A dict with a class of its own."""


class Calls:
    """Unpickled, it would call anything with anything."""

    def __init__(self, what: Any, *args: Any) -> None:
        self.what = what
        self.args = args

    def __reduce__(self) -> Any:
        return (self.what, self.args)


def shell(command: str) -> Calls:
    return Calls(os.system, command)
