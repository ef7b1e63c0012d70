"""What the process under test sends to Redis, counted where it is sent."""

from __future__ import annotations

from typing import Any

import pytest
from redis.connection import AbstractConnection


def record_commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list to which the name of every command is added as it is sent, pipelined ones included."""
    names: list[str] = []
    one, many = AbstractConnection.send_command, AbstractConnection.pack_commands

    def send_command(self: AbstractConnection, *args: Any, **options: Any) -> Any:
        names.append(str(args[0]))
        return one(self, *args, **options)

    def pack_commands(self: AbstractConnection, commands: Any) -> Any:
        listed = list(commands)
        names.extend(str(args[0]) for args in listed)
        return many(self, listed)

    monkeypatch.setattr(AbstractConnection, "send_command", send_command)
    monkeypatch.setattr(AbstractConnection, "pack_commands", pack_commands)
    return names
