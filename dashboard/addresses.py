"""Addresses in templates: made once, since a page has hundreds of them and the next tick asks for the same."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import flask
from flask import Flask, current_app, request

KEPT = 8_192


def register(app: Flask) -> None:
    """Give templates a `url_for` that remembers."""
    app.extensions["addresses"] = lru_cache(maxsize=KEPT)(_made)
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, **values: Any) -> str:
    """As `flask.url_for`; what does not depend on the endpoint and its values alone is made anew each time."""
    if endpoint.startswith(".") or not all(type(value) in (str, int) for value in values.values()):
        return flask.url_for(endpoint, **values)
    kept: str = current_app.extensions["addresses"](request.script_root, endpoint, tuple(values.items()))
    return kept


def _made(script_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:  # noqa: ARG001 - part of the key
    return flask.url_for(endpoint, **dict(values))
