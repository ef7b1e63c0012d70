"""The language and the time zone of a page: the viewer's choice, else what the browser asks for and UTC.

What machines read (API, metrics, files) is English whatever is asked for.
"""

from __future__ import annotations

import flask_babel
from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from dashboard import assets, language, script_words
from dashboard.appearance import LANGUAGES, Appearance
from dashboard.language import ENGLISH, Tongue

_FOR_MACHINES = ("api", "metrics", "exports", "job_text", "health", "assets")
_CODES = frozenset(code for code, _ in LANGUAGES if code)
_TRADITIONAL = frozenset(("hant", "tw", "hk", "mo"))


def chosen() -> str:
    """Code of the language to answer in: the cookie's, the best of `Accept-Language`, else English."""
    if not has_request_context() or (request.blueprint or "").startswith(_FOR_MACHINES):
        return "en"
    return Appearance.from_cookie().language or _asked_for()


def _asked_for() -> str:
    """The first language that the browser asks for and we have, of any country: `de-AT` is answered in German."""
    for wanted in request.accept_languages.values():
        words = wanted.lower().split("-")
        if words[0] == "zh" and _TRADITIONAL.isdisjoint(words):
            return "zh_Hans"
        if words[0] in _CODES:
            return words[0]
    return "en"


def use(appearance: Appearance) -> None:
    """Go on with other choices in this request."""
    g.appearance = appearance
    g.pop("tongue", None)
    flask_babel.refresh()


def tongue() -> Tongue:
    """The language of this request, looked for once; English outside of one."""
    if not has_request_context():
        return ENGLISH
    found: Tongue | None = g.get("tongue")
    if found is None:
        found = Tongue(flask_babel.get_locale() or ENGLISH.locale, flask_babel.get_domain().get_translations())
        g.tongue = found
    return found


def tag() -> str:
    """The language of this page for `lang`: `de`, `zh-Hans`."""
    return str(language.locale()).replace("_", "-")


def words_script() -> str:
    """Address of the script with the words of scripts in this language; empty for English."""
    file = script_words.name(str(language.locale()))
    return assets.static_url(file) if file else ""


def direction() -> str:
    """`ltr` or `rtl`."""
    return str(language.locale().text_direction)


def register(app: Flask) -> None:
    """Translate templates and the words of this package."""
    flask_babel.Babel(app, locale_selector=chosen, default_translation_directories=str(assets.folder("translations")))
    language.asks(tongue)
    # Instead of those of Jinja and flask-babel, which look for the language anew with every word.
    app.jinja_env.globals.update(_=_words, gettext=_words, pgettext=_words_of, ngettext=_words_for)
    app.jinja_env.globals.update(language_tag=tag, text_direction=direction, words_script=words_script)


def _words(message: str, /, **values: object) -> Markup:
    return language.filled(language.gettext(message), values)


def _words_of(context: str, message: str, /, **values: object) -> Markup:
    return language.filled(language.pgettext(context, message), values)


def _words_for(one: str, many: str, count: int, /, **values: object) -> Markup:
    """`num` is the number as the reader writes it."""
    return language.filled(language.plural(one, many, count), {"num": language.number(count), **values})
