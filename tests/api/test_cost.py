"""A page costs at most ten Redis commands besides the jobs it shows, whatever its queue holds."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands

MOST = 10
ONE_JOB = 5
FINGERPRINT = "a" * 16

PAGES = {
    "/": 0,
    "/queues": 0,
    "/queues/main/mail": 0,
    "/queues/main/mail/jobs?state=pending": 0,
    "/jobs": 0,
    "/dead": 0,
    f"/dead/{FINGERPRINT}": ONE_JOB,
    "/jobs/main/mail/mail-1": ONE_JOB,
    "/workers": 0,
    "/alerts": 0,
    "/operations": 0,
    "/metrics": 0,
    "/api/v1/stats": 0,
    "/api/v1/schedules": 0,
    "/api/v1/workers": 0,
    "/api/v1/jobs": 0,
    "/api/v1/dead/groups": 0,
}


@pytest.mark.parametrize(("path", "shown"), PAGES.items())
def test_a_page_sends_at_most_ten_commands(
    client: FlaskClient, seeder: Seeder, monkeypatch: pytest.MonkeyPatch, path: str, shown: int
) -> None:
    seeder.failed("mail", 300, fingerprint=FINGERPRINT)
    seeder.pending("mail", 600)
    assert client.get(path).status_code == 200  # connected, scripts loaded
    client.application.extensions["redrive"].sources.forget()
    sent = record_commands(monkeypatch)
    assert client.get(path).status_code == 200
    assert len(sent) <= MOST + shown, sent
