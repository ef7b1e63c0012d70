"""The words of the contract: states, actions, capabilities, and what an adapter raises."""

from __future__ import annotations

from enum import Flag, StrEnum, auto

from dashboard.language import N_, gettext


class State(StrEnum):
    """States of a job, as every page, metric and call names them."""

    SCHEDULED = "scheduled"
    PENDING = "pending"
    PROCESSING = "processing"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done to jobs."""

    REQUEUE = "requeue"
    PURGE = "purge"
    RESTORE = "restore"
    CANCEL = "cancel"
    EDIT = "edit"
    UNDO = "undo"


class Exactness(StrEnum):
    """How surely an action does what it says."""

    EXACT = "exact"
    BEST_EFFORT = "best effort"
    IMPOSSIBLE = "impossible"


class Capability(Flag):
    """What a source can do; pages ask for these, never for a product's name."""

    NONE = 0
    REQUEUE = auto()
    PURGE = auto()
    RESTORE = auto()
    CANCEL = auto()
    EDIT = auto()
    PAUSE = auto()
    GROUPS = auto()
    WORKERS = auto()
    SCHEDULES = auto()
    HISTORY = auto()
    SCHEDULE_PAUSE = auto()
    SCHEDULE_RUN = auto()
    SCHEDULE_DELETE = auto()
    MOVE = auto()
    PURGE_WAITING = auto()

    def names(self) -> list[str]:
        """Lower-case names of the single capabilities contained."""
        return [flag.name.lower() for flag in Capability if flag in self and flag.name]


class Word(str):
    """A word of an error's text that has a translation of its own."""

    __slots__ = ()


class AdapterError(Exception):
    """Base of what an adapter raises; the text says what is wrong and what to do.

    Args:
        text: in English, marked for the catalogue with `N_` where it has placeholders.
        values: for the placeholders `%(name)s`.
    """

    def __init__(self, text: str = "", /, **values: object) -> None:
        super().__init__(text % values if values else text)
        self._text = text
        self._values = values

    @property
    def english(self) -> str:
        """The text as it is written down."""
        return str(self.args[0])

    def __str__(self) -> str:
        """The text in the language of who reads it."""
        if not self._values:
            return gettext(self._text) if self._text else ""
        said = {name: gettext(value) if isinstance(value, Word) else value for name, value in self._values.items()}
        return gettext(self._text, **said)


class SourceUnavailable(AdapterError):
    """The source's server did not answer."""


def unavailable(source: str, error: Exception) -> SourceUnavailable:
    """What a server's silence is to the pages, `Redis does not answer: connection refused`, in words of the reader."""
    what, _, detail = str(error).partition(": ")
    return SourceUnavailable(
        N_("source %(source)s: %(problem)s: %(detail)s"), source=source, problem=Word(what), detail=detail
    )


_SILENCE = (N_("Redis does not answer"), N_("Redis is not ready"))
"""What `queue_core.connection` says of a server, for the catalogue."""


class NotFound(AdapterError, LookupError):
    """Base of the unknown source, queue, job, group, schedule and operation."""


class UnknownSource(NotFound):
    """No source of that name is configured."""


class UnknownQueue(NotFound):
    """The source has no queue of that name."""


class UnknownJob(NotFound):
    """The queue has no job of that id, or no longer."""


class UnknownSchedule(NotFound):
    """The source has no schedule of that id, or no longer."""


class UnknownGroup(NotFound):
    """No dead letter has that fingerprint, or no longer."""


class InvalidRequest(AdapterError, ValueError):
    """A cursor, filter or value is not understood; nothing was changed."""


class ActionRefused(AdapterError):
    """The job or queue is in a state in which the action is not possible; nothing was changed."""
