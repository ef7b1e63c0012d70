"""The command palette: what it finds, in what order, for how little, and that it works without JavaScript."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.palette.contract import Command
from dashboard.palette.ranking import ranked
from dashboard.settings import Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.conftest import PARTIAL, words
from tests.web.pages import FINGERPRINT

FRAGMENT = {**PARTIAL, "HX-Target": "div#palette-list", "HX-Source": "input#palette-q"}


def options(client: FlaskClient, text: str, at: str = "/dead") -> list[tuple[str, str]]:
    """Title and address of what is found."""
    answer = client.get("/palette", query_string={"q": text, "at": at}, headers=FRAGMENT)
    assert answer.status_code == 200
    return re.findall(r'role="option".*?href="([^"]*)".*?class="t">([^<]*)<', answer.text)


def order(titles: list[str], text: str) -> list[str]:
    found = ranked([Command("Any", title, f"/{title}", "list") for title in titles], text)
    return [command.title for command in found.get("Any", [])]


@pytest.fixture(autouse=True)
def jobs(seeder: Seeder) -> None:
    seeder.failed("mail", 3, fingerprint=FINGERPRINT)


def test_the_start_of_a_name_comes_before_the_start_of_a_word_and_that_before_the_rest() -> None:
    titles = ["a mail", "email", "mail", "mailing", "m-a-i-l", "other"]
    assert order(titles, "mail") == ["mail", "mailing", "a mail", "email", "m-a-i-l"]


def test_every_word_typed_has_to_be_found() -> None:
    assert order(["billing invoices", "billing", "invoices"], "bill inv") == ["billing invoices"]


def test_a_queue_is_found_by_its_name(client: FlaskClient) -> None:
    assert options(client, "mail")[0] == ("/queues/main/mail", "mail")


def test_a_page_is_found_by_its_letters(client: FlaskClient) -> None:
    assert ("/dead", "Dead letters") in options(client, "dletters")


def test_a_job_is_found_by_its_id(client: FlaskClient) -> None:
    assert options(client, "mail-1")[0][0] == "/jobs/main/mail/mail-1"


def test_a_group_is_found_by_its_fingerprint(client: FlaskClient) -> None:
    assert any(url.startswith(f"/dead/{FINGERPRINT}") for url, _ in options(client, FINGERPRINT))


def test_the_actions_of_a_page_lead_to_their_question(client: FlaskClient) -> None:
    found = options(client, "requeue this group", at=f"/dead/{FINGERPRINT}")
    assert found[0] == (f"/operations/new?action=requeue&amp;fingerprint={FINGERPRINT}", "Requeue this group…")
    assert "Requeue 3 jobs?" in words(client.get(found[0][0].replace("&amp;", "&")))


def test_anything_else_leads_to_the_search_last(client: FlaskClient) -> None:
    assert options(client, "mail")[-1] == ("/jobs?q=mail", "Search jobs for “mail”")


@pytest.mark.parametrize(
    "at", ["", "//elsewhere.example/dead", "https://elsewhere.example/", "/%00", "nonsense", "/no"]
)
def test_a_strange_place_finds_what_is_found_everywhere(client: FlaskClient, at: str) -> None:
    assert options(client, "mail", at=at)[0][0] == "/queues/main/mail"


def test_markup_that_is_typed_stays_text(client: FlaskClient) -> None:
    assert "<script>alert" not in client.get("/palette", query_string={"q": "<script>alert(1)</script>"}).text


def test_without_javascript_it_is_a_page_with_a_form(client: FlaskClient) -> None:
    page = client.get("/palette?q=mail&at=/dead")
    assert page.status_code == 200
    assert '<a class="link" href="/queues/main/mail">' in page.text


def test_read_only_offers_no_change(redis_url: str) -> None:
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), read_only=True)
    client = create_app(settings).test_client()
    assert options(client, "mail")
    assert all("/operations/new" not in url for url, _ in options(client, "group", at=f"/dead/{FINGERPRINT}"))


@pytest.mark.parametrize("text", ["mail", "mail-1", "nothing at all"])
def test_a_question_costs_at_most_ten_commands(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    options(client, text)
    client.application.extensions["redrive"].sources.forget()
    sent = record_commands(monkeypatch)
    options(client, text)
    assert len(sent) <= 10, sent
