"""Which exit code and which words an error gets."""

from __future__ import annotations

import redis

from dashboard.adapters.contract import AdapterError, SourceUnavailable
from dashboard.cli import FAILED, UNREACHABLE, WRONG_USAGE
from dashboard.settings import SettingsError
from queue_core.errors import QueueError, ServerUnavailable

_UNREACHABLE = (SourceUnavailable, ServerUnavailable, redis.ConnectionError, redis.TimeoutError)
_IN_THEIR_OWN_WORDS = (*_UNREACHABLE, AdapterError, QueueError, SettingsError, OSError)


def exit_code(error: Exception) -> int:
    """3 when a server was not reached, 2 when the settings are wrong, else 1."""
    if isinstance(error, _UNREACHABLE):
        return UNREACHABLE
    return WRONG_USAGE if isinstance(error, SettingsError) else FAILED


def in_words(error: Exception) -> str:
    """The error for people; what nobody expected names its type and how to see more."""
    if isinstance(error, _IN_THEIR_OWN_WORDS):
        return str(error) or type(error).__name__
    return f"{type(error).__name__}: {error} (run `redrive --traceback …` to see where)"
