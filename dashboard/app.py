"""The composition root: start reading here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import TypeVar

from flask import Blueprint, Flask
from jinja2 import StrictUndefined

from dashboard import (
    addresses,
    api,
    assets,
    charts,
    compression,
    discovery,
    errors,
    filters,
    guard,
    localization,
    metrics,
    name_converter,
    once,
    security,
    shell,
    shortcuts,
    state_words,
    views,
)
from dashboard.json_answers import JSONAnswers
from dashboard.navigation import Entry
from dashboard.prefix import Prefixed
from dashboard.services import Services, build_services
from dashboard.settings import Settings

BRAND = "Redrive"
T = TypeVar("T")


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """Make the web application.

    Args:
        settings: the one Settings object.
        services: the parts to work with; made from the settings when left out.
    """
    app = Flask("dashboard", static_folder=None, template_folder=str(assets.folder("templates")))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
    app.json = JSONAnswers(app)
    app.extensions["redrive"] = services or build_services(settings)
    compression.register(app)
    security.register(app, settings)
    guard.register(app, settings)
    for part in (
        name_converter,
        localization,
        addresses,
        assets,
        filters,
        charts,
        errors,
        once,
        shortcuts,
        state_words,
    ):
        part.register(app)
    modules = [*discovery.modules(views), *discovery.modules(api), metrics]
    for blueprint in _offered(modules, "blueprint", Blueprint):
        app.register_blueprint(blueprint)
    shell.register(app, BRAND, list(_offered(modules, "navigation", Entry)))
    app.wsgi_app = Prefixed(app.wsgi_app, settings.prefix)  # type: ignore[method-assign]
    return app


def _offered(modules: Iterable[ModuleType], name: str, kind: type[T]) -> Iterator[T]:
    for module in modules:
        offered = getattr(module, name, None)
        if isinstance(offered, kind):
            yield offered
