"""Addresses and values that are wrong: the right status, and a page that says what is wrong and what to do."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.errors import ADVICE, TITLES
from dashboard.web import VARY
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, words
from tests.web.pages import FINGERPRINT

NOT_THERE = [
    ("/nowhere", "There is nothing here"),
    ("/queues/nope/mail", "nope"),
    ("/queues/main/nope", "nope"),
    ("/queues/main/nope/jobs", "nope"),
    ("/queues/nope/mail/jobs", "nope"),
    ("/queues/main/no%20such%20queue", "no such queue"),
    ("/jobs/nope/mail/mail-1", "nope"),
    ("/jobs/main/nope/mail-1", "nope"),
    ("/jobs/main/mail/gone", "gone"),
    ("/jobs/main/mail/gone/edit", "gone"),
    ("/jobs/main/mail/gone/job.json", "gone"),
    ("/jobs/main/mail/gone/arguments", "gone"),
    ("/jobs/main/mail/gone/call", "gone"),
    ("/jobs/main/mail/%2e%2e", ""),
    ("/jobs/main/mail/" + "x" * 3_000, ""),
    ("/dead/" + "f" * 16, "f" * 16),
    ("/dead/nonsense", "nonsense"),
    ("/dead/" + "x" * 400, "x" * 64),
    ("/operations/gone", "gone"),
    ("/operations/" + "x" * 3_000, ""),
    ("/alerts/rules/nope", "nope"),
    ("/operations/new?action=requeue&source=nope", "nope"),
]
FILTERS = [
    ("/jobs?source=nope", 404, "nope"),
    ("/dead?source=nope", 404, "nope"),
    ("/jobs?state=dead", 400, "state 'dead': use one of"),
    ("/jobs?state=FAILED", 400, "use one of"),
    ("/jobs?since=soon", 400, "since 'soon': use a time such as 24h"),
    ("/jobs?until=0x10", 400, "until '0x10'"),
    ("/jobs?cursor=x", 400, "cursor"),
    ("/jobs?cursor=%00", 400, "cursor"),
    ("/jobs?cursor=" + "9" * 500, 400, "cursor"),
    ("/jobs?q=%22open", 400, "is not closed"),
    ("/jobs?q=queue:a%20queue:b", 400, "queue is given twice"),
    ("/jobs?queue=" + "x" * 501, 400, "at most 500 characters"),
    ("/queues/main/mail/jobs?since=-1h", 400, "since"),
    ("/dead?state=pending", 400, "dead letters are failed jobs"),
    ("/dead?sort=colour", 400, "sort 'colour': use one of count, last"),
    ("/dead?cursor=..", 400, "cursor"),
]
NOT_UNDERSTOOD = [
    ("/queues/main/mail?state=dead", "use one of"),
    ("/queues/main/mail?cursor=x", "cursor"),
    (f"/dead/{FINGERPRINT}?cursor=x", "cursor"),
    (f"/dead/{FINGERPRINT}?state=dead", "use one of"),
    ("/operations?cursor=..", "cursor"),
    ("/operations/new?action=explode&queue=mail", "use one of requeue, purge, restore"),
]
IGNORED = [
    ("/?range=9y", "range '9y' is not known, so the usual one is shown; there are 15m, 1h, 6h, 24h, 7d, 30d."),
    ("/queues/main/mail?range=%3Cb%3E", "range '<b>' is not known"),
    ("/?sort=colour", "sort 'colour' is not known"),
    ("/queues?sort=-colour", "sort 'colour' is not known"),
]


def _keys(seeder: Seeder) -> list[bytes]:
    """All keys but the audit log, which knows of refused changes too."""
    return sorted(key for key in seeder.client.keys("*") if key != b"{redrive}:audit")


@pytest.fixture(autouse=True)
def some_jobs(seeder: Seeder) -> None:
    seeder.failed("mail", 2, fingerprint=FINGERPRINT)


@pytest.mark.parametrize(("path", "said"), NOT_THERE)
def test_what_is_not_there_is_404_and_says_what_is_missing(client: FlaskClient, path: str, said: str) -> None:
    page = client.get(path)
    assert page.status_code == 404
    assert said in words(page)
    assert ADVICE[404] in words(page)
    assert 'href="/"' in page.text
    assert len(page.data) < 20_000


@pytest.mark.parametrize(("path", "said"), NOT_UNDERSTOOD)
def test_what_is_not_understood_is_400_and_says_what_is_possible(client: FlaskClient, path: str, said: str) -> None:
    page = client.get(path)
    assert page.status_code == 400
    assert "This request is not understood" in words(page)
    assert said in words(page)
    assert ADVICE[400] in words(page)


@pytest.mark.parametrize(("path", "status", "said"), FILTERS)
def test_a_filter_that_means_nothing_keeps_its_bar_and_says_why_and_lists_nothing(
    client: FlaskClient, path: str, status: int, said: str
) -> None:
    page = client.get(path)
    assert page.status_code == status
    assert said in words(page)
    assert 'role="alert"' in page.text
    assert '<form class="filters"' in page.text
    assert "mail-1" not in page.text
    region = "groups" if path.startswith("/dead") else "jobs"
    part = client.get(path, headers={**PARTIAL, "HX-Target": f"section#{region}"})
    assert part.status_code == 200, "a fragment with another status would not be shown"
    assert said in words(part)
    assert "mail-1" not in part.text


@pytest.mark.parametrize(("path", "said"), IGNORED)
def test_a_look_that_is_not_known_is_the_usual_one_and_a_line_says_so(
    client: FlaskClient, path: str, said: str
) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert said in words(page)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/jobs/main/mail/gone/requeue", 404), ("/jobs/main/nope/mail-1/purge", 404),
     ("/jobs/nope/mail/mail-1/purge", 404),
     ("/jobs/main/mail/mail-1/explode", 404), ("/jobs/main/mail/mail-1/cancel", 409), ("/queues/main/nope/pause", 404),
     ("/queues/nope/mail/resume", 404), ("/operations/gone/pause", 404), ("/operations/gone/undo", 404),
     ("/operations/gone/explode", 404), ("/operations", 400)],
)  # fmt: skip
def test_a_change_to_what_is_not_there_says_so_and_makes_nothing(
    client: FlaskClient, seeder: Seeder, path: str, status: int
) -> None:
    before = _keys(seeder)
    answer = client.post(path)
    assert answer.status_code == status
    assert TITLES[status] in words(answer)
    assert "Set-Cookie" not in answer.headers
    assert _keys(seeder) == before


@pytest.mark.parametrize(
    "path",
    [
        path
        for path, _ in [*NOT_THERE, *NOT_UNDERSTOOD]
        if len(path) < 100 and "/operations/new" not in path and not path.startswith("/dead/")
    ],  # a group that vanished while its page was open is no error: the page says so
)
def test_with_htmx_an_error_is_a_sentence_for_a_toast(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={**PARTIAL, "HX-Target": "section#jobs"})
    assert answer.status_code in (400, 404)
    assert answer.mimetype == "text/plain"
    title, _, detail = answer.text.partition("\n")
    assert title == TITLES[answer.status_code]
    assert detail
    assert answer.headers["Vary"] == VARY
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/dead/ffffffffffffffff", "/dead/nonsense"])
def test_a_part_of_a_group_that_is_not_there_says_so_and_shows_nothing(client: FlaskClient, path: str) -> None:
    assert "No dead letters left" in words(client.get(path, headers={**PARTIAL, "HX-Target": "div#group"}))
    assert words(client.get(path, headers={**PARTIAL, "HX-Target": "section#jobs"})).strip() == ""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/jobs/main/mail/<script>alert(1)<", "/dead/<script>alert(1)<", "/<script>alert(1)<",
                                  "/jobs?state=<script>alert(1)<", "/?range=<script>alert(1)<"])  # fmt: skip
def test_what_an_address_says_is_repeated_as_text(client: FlaskClient, path: str) -> None:
    assert "<script>alert" not in client.get(path).text


@pytest.mark.parametrize("headers", [{}, PARTIAL], ids=["page", "htmx"])
def test_a_fault_of_the_dashboard_is_a_page_without_its_insides(
    app: Flask, client: FlaskClient, headers: dict[str, str]
) -> None:
    def broken() -> str:
        raise RuntimeError("hunter2")

    app.view_functions["workers.index"] = broken
    answer = client.get("/workers", headers=headers)
    assert answer.status_code == 500
    assert "Something broke inside the dashboard" in words(answer)
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text


def test_an_error_page_stands_even_when_the_frame_is_broken(app: Flask, client: FlaskClient) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError("hunter2")

    app.jinja_env.globals["time_ago"] = broken
    app.context_processor(lambda: {"shell": None})
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in words(answer)
    assert re.search(r"<title>There is nothing here</title>", answer.text)


def test_the_api_answers_in_its_own_way(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
