"""Settings of the viewer, and what this installation is made of."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.appearance import CHOICES, Appearance
from dashboard.assets import static_url
from dashboard.navigation import Entry
from dashboard.web import Toast, changed, render, services

blueprint = Blueprint("settings", __name__)
navigation = Entry("settings.index", "Settings", "settings", 90)
LABELS = {
    "theme": ("Theme", "Light, dark, or what the system asks for."),
    "density": ("Density", "Compact shows more rows."),
    "refresh": ("Live updates", "How often pages ask for news; hidden tabs never do."),
    "shortcuts": ("Keyboard shortcuts", "Single keys such as “/” and “g d”; “?” lists them."),
    "language": ("Language", "Of words, numbers and times."),
    "clock": ("Clock times", "The zone of exact times; the others stay relative."),
}
LICENSES = (
    ("htmx", "0BSD", "licenses/htmx.txt"),
    ("Inter", "OFL 1.1", "licenses/inter.txt"),
    ("JetBrains Mono", "OFL 1.1", "licenses/jetbrains-mono.txt"),
    ("Lucide icons", "ISC", "licenses/lucide.txt"),
)


@blueprint.get("/settings")
def index() -> ResponseReturnValue:
    """Appearance, sources and their health, what is kept how long, licences."""
    bundle = services()
    appearance = Appearance.from_cookie()
    fields = [
        (name, *LABELS[name], [(value, words, value == getattr(appearance, name)) for value, words in CHOICES[name]])
        for name in CHOICES
    ]
    return render(
        "settings/page.html",
        regions={"sources": "settings/_sources.html"},
        fields=fields,
        sources=bundle.sources.snapshot().sources,
        settings=bundle.settings,
        licenses=[(name, kind, static_url(path)) for name, kind, path in LICENSES],
        here_full=url_for("settings.index"),
    )


@blueprint.post("/settings")
def save() -> ResponseReturnValue:
    """Keep the viewer's choices in a cookie; a value that is no choice becomes the default."""
    response = cast("Response", changed(Toast("Saved for this browser."), url_for("settings.index")))
    Appearance.chosen(request.form).keep(response)
    return response
