"""The page that messages link to: for an alert that fires, one that is over, and one that is forgotten."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask.testing import FlaskClient

from dashboard.alerts.messages import view_url
from dashboard.alerts.records import Period
from dashboard.app import create_app
from dashboard.services import Services
from dashboard.settings import AuthSettings, Settings, SourceSettings
from dashboard.traffic.annotations import bands
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import words
from tests.web.pages import FINGERPRINT
from tests.web.test_alerts import evaluate


def fire(seeder: Seeder, bundle: Services) -> tuple[str, list[str]]:
    """Let the built-in rule fire; the path of the message's link, and the jobs."""
    ids = seeder.failed("mail", 101, fingerprint=FINGERPRINT)
    evaluate(bundle)
    return urlsplit(view_url(bundle.settings, bundle.alerts.firing()[0])).path, ids


def resolve(seeder: Seeder, bundle: Services, ids: list[str]) -> None:
    """Take the dead letters away."""
    for job_id in ids:
        seeder.engine("mail").control_job("purge", job_id)
    evaluate(bundle)


def test_the_link_of_a_message_shows_count_then_and_now_the_error_and_what_can_be_done(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    page = client.get(fire(seeder, bundle)[0])
    text = words(page)
    assert page.status_code == 200
    assert "Then 101" in text
    assert "Now 101 limit 100" in text
    assert f"/operations/new?action=requeue&amp;source=main&amp;queue=mail&amp;fingerprint={FINGERPRINT}" in page.text
    assert "/alerts/silences/new?alert=" in page.text
    assert f"/dead/{FINGERPRINT}?source=main" in page.text


def test_it_says_that_the_alert_is_over_and_shows_what_is_there_now(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    path, ids = fire(seeder, bundle)
    resolve(seeder, bundle, ids)
    text = words(client.get(path))
    assert "Resolved" in text
    assert "No dead letter is left of what it is about." in text
    assert "Highest 101" in text


def test_charts_show_only_times_that_lie_in_them_and_lead_to_the_incident(client: FlaskClient) -> None:
    times = [(0.0, 50.0), (90.0, 110.0), (120.0, None), (300.0, None)]
    periods = [Period("r", "page", "failed", "main", "mail", f"{n:016x}", *each) for n, each in enumerate(times)]
    with client.application.test_request_context():
        shown = bands(periods, 100.0, 200.0)
    assert [(each.start, each.link) for each in shown] == [
        (90.0, f"/alerts/incidents/{1:016x}"), (120.0, f"/alerts/incidents/{2:016x}"),
    ]  # fmt: skip


def test_a_forgotten_alert_is_known_from_when_it_fired(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    path, ids = fire(seeder, bundle)
    resolve(seeder, bundle, ids)
    bundle.store.client.hdel(bundle.store.alerts, path.rpartition("/")[2])
    page = client.get(path)
    assert page.status_code == 200
    assert "This alert is over." in words(page)
    assert "too-many-failed fired on main." in words(page)


def test_an_alert_that_nothing_is_known_of_leads_on(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 1)
    page = client.get("/alerts/incidents/0123456789abcdef?source=main&queue=mail")
    assert page.status_code == 404
    assert "Nothing is known of this alert any more" in words(page)
    assert 'href="/dead?source=main&amp;queue=mail"' in page.text
    assert 'href="/queues/main/mail"' in page.text


def test_who_is_not_signed_in_comes_back_to_it_afterwards(redis_url: str) -> None:
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), auth=AuthSettings(mode="users"))
    reply = create_app(settings).test_client().get("/alerts/incidents/0123456789abcdef")
    assert (reply.status_code, reply.location) == (303, "/login?next=/alerts/incidents/0123456789abcdef")


def test_it_leads_on_without_a_place_too(client: FlaskClient) -> None:
    page = client.get("/alerts/incidents/0123456789abcdef")
    assert page.status_code == 404
    assert 'href="/dead"' in page.text
