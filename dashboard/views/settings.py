"""Settings of the viewer, and what this installation is made of."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.adapters.contract import AdapterError
from dashboard.appearance import CHOICES, Appearance, zones
from dashboard.assets import static_url
from dashboard.history.memory import Memory
from dashboard.history.places import places
from dashboard.history.resolutions import ALL
from dashboard.language import N_, gettext
from dashboard.localization import use
from dashboard.navigation import Entry
from dashboard.services import Services
from dashboard.web import Toast, changed, render, services

blueprint = Blueprint("settings", __name__)
navigation = Entry("settings.index", N_("Settings"), "settings", 90)
LABELS = {
    "theme": (N_("Theme"), N_("Light, dark, or what the system asks for.")),
    "density": (N_("Density"), N_("Compact shows more rows.")),
    "refresh": (N_("Live updates"), N_("How often pages ask for news; hidden tabs never do.")),
    "shortcuts": (N_("Keyboard shortcuts"), N_("Single keys such as “/” and “g d”; “?” lists them.")),
    "announcements": (N_("Announcements"), N_("Screen readers are told of new dead letters, at most twice a minute.")),
    "language": (N_("Language"), N_("Of words, numbers and times.")),
    "clock": (N_("Clock times"), N_("The zone of exact times; the others stay relative.")),
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
    fields = [(name, *map(gettext, LABELS[name]), _choices(name, getattr(appearance, name))) for name in CHOICES]
    return render(
        "settings/page.html",
        regions={"sources": "settings/_sources.html"},
        fields=fields,
        sources=bundle.sources.snapshot().sources,
        settings=bundle.settings,
        history=_history(bundle),
        resolutions=[(each.seconds, each.kept) for each in ALL],
        licenses=[(name, kind, static_url(path)) for name, kind, path in LICENSES],
        here_full=url_for("settings.index"),
    )


def _history(bundle: Services) -> Memory | None:
    """What the history takes; None when the store does not answer."""
    kept = places(bundle.sources.snapshot(), bundle.settings.history.queues)
    try:
        return bundle.history.memory(kept)
    except AdapterError:
        return None


def _choices(name: str, chosen: str) -> list[tuple[str, str, bool]]:
    """What can be chosen for a field: address value, words, and whether it is."""
    words = [(value, gettext(said) if said else said) for value, said in CHOICES[name]]
    places = [(zone, zone.replace("_", " ")) for zone in zones()] if name == "clock" else []
    return [(value, said, value == chosen) for value, said in (*words, *places)]


@blueprint.post("/settings")
def save() -> ResponseReturnValue:
    """Keep the viewer's choices in a cookie; a value that is no choice becomes the default."""
    new = Appearance.chosen({**request.form, "device": Appearance.from_cookie().device})
    use(new)
    response = cast("Response", changed(Toast(gettext("Saved for this browser.")), url_for("settings.index")))
    new.keep(response)
    return response
