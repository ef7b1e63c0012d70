"""Finds an application by `module:attribute`."""

from __future__ import annotations

import importlib

from queue_core.app import App
from queue_core.errors import QueueError


class AppNotFound(QueueError, LookupError):
    """There is no App at that place."""


def load_app(path: str) -> App:
    """The App that `module:attribute` names; the attribute may be left out when it is `app`.

    Raises:
        AppNotFound: no such module or attribute, or it is no App. What the module itself raises is not caught.
    """
    name, _, attribute = path.partition(":")
    try:
        module = importlib.import_module(name) if name else None
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        raise AppNotFound(f"no module {error.name!r}; start in the folder it lies in, or install it") from error
    found = getattr(module, attribute or "app", None)
    if not isinstance(found, App):
        raise AppNotFound(f"{path!r} is no queue_core App: give MODULE:ATTRIBUTE, such as shop.jobs:app")
    return found
