"""A key of the wrong kind costs the part of a page that reads it, never the page."""

from __future__ import annotations

import pytest
import redis
from flask.testing import FlaskClient

from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import words
from tests.web.pages import FINGERPRINT, furnish

LISTS = ("/queues/main/mail", "/queues/main/mail/jobs", "/jobs", f"/dead/{FINGERPRINT}")


def damage(redis_url: str, bundle: Services, key: str) -> None:
    """Put a string where another kind of value belongs, as a stray SET does."""
    server = redis.Redis.from_url(redis_url)
    assert server.exists(key), key
    server.set(key, "damaged")
    server.close()
    bundle.sources.forget()


@pytest.mark.parametrize("path", LISTS)
def test_a_damaged_job_costs_the_list_alone_and_is_named(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder, path: str
) -> None:
    furnish(client, seeder)
    assert "Jobs can’t be read" not in words(client.get(path))
    damage(redis_url, bundle, "{q:mail}:j:mail-1")
    page = client.get(path)
    assert page.status_code == 200
    listed = page.text.partition('<section id="jobs"')[2].partition("</section>")[0]
    assert "Jobs can’t be read" in listed
    assert "source main: WRONGTYPE" in listed
    assert "Try again</a>" in listed
    assert "No failed jobs" not in listed


def test_a_damaged_list_of_dead_letters_leaves_the_rest_of_the_queue_page(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder
) -> None:
    furnish(client, seeder)
    damage(redis_url, bundle, "{q:mail}:dead")
    page = client.get("/queues/main/mail")
    assert page.status_code == 200
    assert "Jobs can’t be read" in words(page)
    assert 'id="figures"' in page.text
