"""What stands around every page: navigation with counts, firing alerts in the title, banners, toasts, appearance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import __version__, shortcuts, toast
from dashboard.adapters.contract import AdapterError
from dashboard.adapters.snapshot import Snapshot
from dashboard.alerts.records import Alert, AlertState
from dashboard.appearance import Appearance
from dashboard.language import gettext, ngettext
from dashboard.navigation import Entry
from dashboard.once import once
from dashboard.palette import finding
from dashboard.palette.contract import Command, Place
from dashboard.web import is_fragment, render, services

blueprint = Blueprint("shell", __name__)
MOST_ANNOUNCED = 100


class Shell:
    """Reads what the frame of a page shows, each at most once a request; nothing here raises when Redis is down."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._alerts: Sequence[Alert] | None = None

    @property
    def snapshot(self) -> Snapshot:
        """All sources, as last read."""
        return services().sources.snapshot()

    @property
    def alerts(self) -> Sequence[Alert]:
        """Alerts that are not inactive; none when they cannot be read."""
        if self._alerts is None:
            try:
                self._alerts = once("alerts", services().alerts.alerts)
            except AdapterError:
                self._alerts = ()
        return self._alerts

    @property
    def firing(self) -> int:
        """Number of firing alerts."""
        return sum(alert.state == AlertState.FIRING for alert in self.alerts)

    def navigation(self) -> list[tuple[Entry, int | None, bool]]:
        """Every entry with its number, and whether it is the current page."""
        at = request.args.get("at") if request.endpoint == "shell.navigation" else request.blueprint
        bundle = services()
        return [
            (entry, self.firing if entry.tone == "bad" else entry.counted(bundle), entry.current(at))
            for entry in self._entries
        ]

    @property
    def deaths(self) -> dict[str, int]:
        """How many jobs each queue has ever seen die, for who wants new ones announced; the hundred with the most."""
        found: Counter[str] = Counter()
        for queue in self.snapshot.queues:
            found[queue.name] += queue.totals.get("failed", 0)
        return dict(found.most_common(MOST_ANNOUNCED))

    def sources_words(self) -> str:
        """How many sources there are and how many answer."""
        snapshot = self.snapshot
        count, missing = len(snapshot.sources), len(snapshot.missing)
        if not count:
            return gettext("no source configured")
        if missing:
            return ngettext(
                "%(num)s source, %(missing)s not answering", "%(num)s sources, %(missing)s not answering",
                count, missing=missing,
            )  # fmt: skip
        if count == 2:
            return gettext("2 sources, both answering")
        return ngettext("%(num)s source, answering", "%(num)s sources, all answering", count)

    def palette(self) -> dict[str, list[Command]]:
        """The first list of the command palette, by heading."""
        return finding.found(services(), "", Place() if g.get("shows_error") else finding.here())

    def here(self) -> str:
        """The address of the page shown, by which the palette knows what can be done there; the start for an error."""
        return request.script_root + ("/" if g.get("shows_error") else request.full_path)

    def toasts(self) -> list[toast.Toast]:
        """The message of the change that led here."""
        kept = toast.kept()
        if kept:
            g.toast_shown = True
        return [kept] if kept else []

    def notices(self) -> list[str]:
        """Lines about parameters that were not understood."""
        found: list[str] = g.get("notices", [])
        return found


def register(app: Flask, brand: str, entries: Sequence[Entry]) -> None:
    """Give every template the frame's context."""
    app.register_blueprint(blueprint)
    ordered = sorted(entries, key=lambda entry: entry.place)
    app.extensions["navigation"] = ordered

    @app.context_processor
    def context() -> dict[str, Any]:
        settings = services().settings
        if "shell" not in g:
            g.shell = Shell(ordered)
        return {
            "brand": brand,
            "version": __version__,
            "environment": settings.environment,
            "read_only": settings.read_only,
            "appearance": Appearance.from_cookie(),
            "shell": g.shell,
            "shortcuts": shortcuts.listed(ordered),
        }

    @app.after_request
    def forget_toast(response: Response) -> Response:
        if g.get("toast_shown"):
            response.delete_cookie(toast.COOKIE, path="/")
        return response


@blueprint.get("/navigation")
def navigation() -> ResponseReturnValue:
    """The navigation with its counts, and the banners; only a fragment, so a person is led to the overview."""
    if not is_fragment():
        return redirect(url_for("overview.index"), 303)
    regions = {"navigation": "layouts/_navigation.html", "banners": "layouts/_banners.html"}
    return render("layouts/_navigation.html", regions=regions)
