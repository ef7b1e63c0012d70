"""What several parts of a page show is read once for it, and what live pages ask again and again once for all."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar, cast

from flask import Flask, Response, g, request

from dashboard.adapters.contract import AdapterError
from dashboard.alerts.records import Alert, Period
from dashboard.auth.permission import SAFE_METHODS
from dashboard.history.history import Past
from dashboard.services import Services
from dashboard.web import is_fragment, services

T = TypeVar("T")


def once(name: Hashable, read: Callable[[], T]) -> T:
    """The reading of that name in this request; an AdapterError that `read` raised is raised again."""
    kept: dict[Hashable, tuple[object, AdapterError | None]] = g.setdefault("read_once", {})
    if name not in kept:
        try:
            kept[name] = (shared(name, read), None)
        except AdapterError as error:
            kept[name] = (None, error)
    value, problem = kept[name]
    if problem is not None:
        raise problem
    return cast("T", value)


def shared(name: Hashable, read: Callable[[], T]) -> T:
    """The reading of that name: for a page that asks for news at most a second old and the same for all its viewers,
    for a page that is opened a new one.
    """
    return services().sources.shared(name, read) if is_fragment() else read()


def shared_here(name: str, read: Callable[[], T]) -> T:
    """The same for what depends on the address: its filter, its order, its place in a list."""
    return shared((name, request.full_path), read)


def past(bundle: Services, sources: Sequence[str], queue: str, seconds: int, size: int) -> Past:
    """The history of a queue, or of all queues of some sources; see `History.past`. Raises StoreUnavailable."""
    key = ("past", tuple(sources), queue, seconds, size)
    return shared(key, lambda: bundle.history.past(sources, queue, seconds, size))


MONTH = 30 * 86_400.0


def month(bundle: Services) -> tuple[list[Alert], list[Period]]:
    """All alerts, and when alerts fired in the last 30 days, the earliest first; read together.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    found = once("standing for a month", lambda: bundle.alerts.standing(bundle.clock() - MONTH))
    once("alerts", lambda: found[0])
    return found


def register(app: Flask) -> None:
    """What a request changed is seen at once, by every viewer of the process."""

    @app.after_request
    def forget(response: Response) -> Response:
        if request.method not in SAFE_METHODS:
            services().sources.forget()
        return response
