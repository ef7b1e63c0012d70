"""The language of pages: the viewer's choice, else what the browser asks for; one catalogue for all languages.

Words are marked where they stand: `{{ _("Pause") }}` in templates, `gettext` and `ngettext` of `flask_babel` in Python.
Outside a request (commands, the collector) they stay English.
"""

from __future__ import annotations

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale

from dashboard import assets
from dashboard.appearance import LANGUAGES, Appearance


def chosen() -> str:
    """Code of the language to answer in: the cookie's, the best of `Accept-Language`, else English."""
    if not has_request_context():
        return "en"
    known = [code for code, _ in LANGUAGES if code]
    asked = Appearance.from_cookie().language
    return asked or request.accept_languages.best_match([code.replace("_", "-") for code in known], "en").replace(
        "-", "_"
    )


def tag() -> str:
    """The language of this page for `lang`: `de`, `zh-Hans`."""
    return str(get_locale() or "en").replace("_", "-")


def register(app: Flask) -> None:
    """Translate templates and the words of this package."""
    Babel(app, locale_selector=chosen, default_translation_directories=str(assets.folder("translations")))
    app.jinja_env.globals["language_tag"] = tag


def N_(text: str) -> str:  # noqa: N802 - the customary name
    """Mark a constant for the catalogue; it is translated where it is shown."""
    return text
