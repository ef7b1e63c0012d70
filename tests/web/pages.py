"""Every page of the dashboard, with the regions that it keeps up to date by itself."""

from __future__ import annotations

import re
import time
from html import unescape

from flask.testing import FlaskClient
from pydantic import TypeAdapter

from dashboard.alerts.records import Alert, AlertState, Told
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import form_to

FINGERPRINT = "a" * 16
INCIDENT = "0123456789abcdef"
REGIONS: dict[str, set[str]] = {
    "/": {"attention", "figures", "traffic", "queues", "top", "workers"},
    "/queues": {"queues"},
    "/queues/main/mail": {"state", "attention", "figures", "traffic", "jobs", "types"},
    "/queues/main/mail/jobs": {"jobs"},
    "/jobs": {"jobs"},
    "/jobs/main/mail/mail-1": {"job"},
    "/jobs/main/mail/mail-1/edit": set(),
    "/dead": {"groups", "running"},
    f"/dead/{FINGERPRINT}": {"group", "splits", "jobs", "running"},
    "/trash": {"jobs", "running"},
    "/operations": {"operations"},
    "/operations/{operation}": {"operation"},
    "/operations/new?action=requeue&queue=mail": set(),
    "/workers": {"workers"},
    "/schedules": {"schedules"},
    "/schedules/main/mail:nightly": {"schedule", "schedule-acts"},
    "/alerts": {"alerts"},
    "/alerts/rules/too-many-failed": {"rule"},
    "/alerts/silences": {"silences"},
    "/alerts/silences/new": set(),
    "/alerts/rules/new": set(),
    "/alerts/rules/too-many-failed/edit": set(),
    "/alerts/deliveries": {"deliveries"},
    "/alerts/channels/new": set(),
    f"/alerts/incidents/{INCIDENT}": {"incident"},
    "/alerts/windows/new": set(),
    "/audit": {"audit"},
    "/settings": {"sources"},
}
PAGES = tuple(REGIONS)
_LIVE = re.compile(r"<[a-z]+ [^>]*hx-trigger=\"live:tick[^>]*>")


def furnish(client: FlaskClient, seeder: Seeder) -> str:
    """Jobs in several states and an operation under way, so that every page has something to show; its id."""
    seeder.failed("mail", 3, fingerprint=FINGERPRINT)
    seeder.pending("mail", 2)
    seeder.processing("billing", 1)
    seeder.schedule("mail")
    alert = Alert(
        "too-many-failed", "page", "failed", AlertState.FIRING, "main", "", 412.0, 100.0, 0.0, INCIDENT,
        time.time() - 600, time.time() - 600, told={"ops": Told(AlertState.FIRING, time.time() - 590)},
        value_at_start=101.0, worst=412.0,
    )  # fmt: skip
    store = client.application.extensions["redrive"].store
    store.client.hset(store.alerts, INCIDENT, TypeAdapter(Alert).dump_json(alert))
    form = form_to(client.get("/operations/new?action=requeue&queue=mail"), "/operations")
    return client.post(form.action, data=dict(form.fields)).location.rpartition("/")[2]


def live_regions(page: str) -> dict[str, str]:
    """Each part of a page that asks for news by itself: its id and the address it asks."""
    found = {}
    for tag in _LIVE.findall(page):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        found[given["id"]] = unescape(given["hx-get"])
    return found
