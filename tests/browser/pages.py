"""Every page of the product, found in its URL map: a new page is visited because it is there.

A page whose address has a parameter that `World` does not know fails the tests until it is filled in there.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from werkzeug.routing import Rule

from dashboard.app import create_app
from dashboard.settings import Settings

NO_PAGES = ("api_", "assets.", "events.", "openapi")
"""Endpoints that answer programs, by how their name begins."""
_DOCTYPE = b"<!doctype html>"


@dataclass(frozen=True, slots=True)
class World:
    """What fills the parameters of addresses, by their names."""

    source: str
    queue: str
    job_id: str
    fingerprint: str
    operation_id: str
    schedule_id: str
    name: str = "too-many-failed"
    kind: str = "csv"
    incident: str = "0123456789abcdef"
    window: str = "nightly"
    silence_id: str = "01NOSUCH"
    delivery: str = "msg_01"
    channel: str = "ops"

    def queries(self) -> dict[str, dict[str, str]]:
        """Pages that show nothing without a query, by endpoint."""
        return {
            "plans.new": {"action": "requeue", "source": self.source, "queue": self.queue},
            "palette.index": {"q": self.queue},
            "search.values": {"q": "queue:", "at": "6"},
        }

    def more(self) -> list[str]:
        """Further faces of pages: filtered, empty, refused, not there."""
        return [
            f"/queues/{self.source}/{self.queue}/jobs?state=failed",
            f"/dead?queue={self.queue}&q=-error%3AOther",
            "/dead?queue=nothing-like-it",
            f"/schedules?queue={self.queue}",
            "/schedules?queue=elsewhere",
            "/workers?queue=elsewhere",
            "/jobs?q=-quue:x",
            f"/operations/new?action=purge&source={self.source}&queue={self.queue}",
            f"/jobs/{self.source}/{self.queue}/no-such-job",
            "/no-such-page",
        ]


def rules() -> list[Rule]:
    """What a person may open, as far as the URL map tells."""
    app = create_app(Settings())
    return [
        rule
        for rule in sorted(app.url_map.iter_rules(), key=str)
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(NO_PAGES)
    ]


def addresses(world: World) -> Iterator[str]:
    """The address of every rule, filled in. Raises KeyError for a parameter that `World` does not know."""
    known = asdict(world)
    app = create_app(Settings())
    for rule in rules():
        values = {each: known[each] for each in rule.arguments}
        path = app.url_map.bind("localhost").build(rule.endpoint, values)
        query = world.queries().get(rule.endpoint)
        yield f"{path}?{urlencode(query)}" if query else path
    yield from world.more()


def pages(base: str, world: World) -> list[str]:
    """All addresses that answer with a whole page, in place of a file, a fragment or the way to another page."""
    return [address for address in addresses(world) if _is_page(base + address)]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """Go nowhere."""


def _is_page(url: str) -> bool:
    try:
        reply = urllib.request.build_opener(_Stay).open(url, timeout=30)
    except urllib.error.HTTPError as error:
        reply = error
    with reply:
        return reply.headers.get_content_type() == "text/html" and reply.read(200).lstrip()[:15].lower() == _DOCTYPE
