"""What the process under test sends to Redis, counted where it is sent."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from redis.connection import AbstractConnection

from dashboard.adapters.memo import Memo
from dashboard.adapters.shared_reading import SharedReading


def record_commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list to which the name of every command is added as it is sent, pipelined ones included.

    What a connection sends for itself, when it is made or looks whether it lives, is left out: how many connections the
    threads of a page need is a matter of luck.
    """
    names: list[str] = []
    one, many = AbstractConnection.send_command, AbstractConnection.pack_commands
    own = threading.local()

    def send_command(self: AbstractConnection, *args: Any, **options: Any) -> Any:
        if not getattr(own, "depth", 0):
            names.append(str(args[0]))
        return one(self, *args, **options)

    def pack_commands(self: AbstractConnection, commands: Any) -> Any:
        listed = list(commands)
        names.extend(str(args[0]) for args in listed)
        return many(self, listed)

    def of_its_own(method: Any) -> Any:
        def marked(self: AbstractConnection, *args: Any, **options: Any) -> Any:
            own.depth = getattr(own, "depth", 0) + 1
            try:
                return method(self, *args, **options)
            finally:
                own.depth -= 1

        return marked

    monkeypatch.setattr(AbstractConnection, "send_command", send_command)
    monkeypatch.setattr(AbstractConnection, "pack_commands", pack_commands)
    for name in ("connect", "check_health"):
        monkeypatch.setattr(AbstractConnection, name, of_its_own(getattr(AbstractConnection, name)))
    return names


def keep_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is made from now on share its readings for good, however slow this machine is."""
    for each in (Memo, SharedReading):
        monkeypatch.setattr(each, "__init__", _standing_still(each.__init__))


def _standing_still(init: Any) -> Any:
    def made(self: Any, *args: Any, **options: Any) -> None:
        init(self, *args, **options)
        self._monotonic = lambda: 0.0

    return made
