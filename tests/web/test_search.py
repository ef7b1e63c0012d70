"""The search box and what stands below a list: chips, completion, nearest values, and how much was searched."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from dashboard import state_words
from dashboard.adapters.contract import Page
from dashboard.app import create_app
from dashboard.search.results import result
from dashboard.settings import LimitSettings, Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, form_to, words


def offered(client: FlaskClient, q: str, **more: str) -> list[str]:
    page = client.get("/search/values", query_string={"q": q, "at": str(len(q)), **more})
    return [html.unescape(text) for text in re.findall(r'data-text="([^"]*)"', page.text)]


def test_names_of_fields_and_known_values_are_offered(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", type="send", data={"customer": {"id": 42}}, error="SMTPError: no")
    seeder.failed("billing", type="capture", error="KeyError: tax", fingerprint="b" * 16)
    assert offered(client, "qu") == ["queue:"]
    assert offered(client, "queue:") == ["queue:billing", "queue:mail"]
    assert offered(client, "tax -queue:ma") == ["-queue:mail"]
    assert offered(client, "type:", queue="mail") == ["type:send"]
    assert offered(client, "error:key") == ["error:KeyError"]
    assert offered(client, "args.cust") == ["args.customer.id:"]
    assert "state:pending" in offered(client, "state:")
    assert offered(client, "source:") == ["source:main"]


@pytest.mark.parametrize("q", ["", " ", "queue:nothing-like-it", "http://x", '"open', "args.nothing.like", "\0"])
def test_nothing_is_offered_where_nothing_is_known(client: FlaskClient, seeder: Seeder, q: str) -> None:
    seeder.failed("mail")
    assert offered(client, q) == []


def test_what_jobs_hold_is_no_markup_in_the_offers(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", type="<script>alert(1)</script>")
    assert "<script>" not in client.get("/search/values?q=type:&at=5").text


def test_what_is_chosen_stands_as_chips_that_can_be_taken_away(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 2, type="send")
    seeder.failed("mail", 1, type="sync")
    page = client.get('/jobs?q=-type:sync type:send "bad address"')
    form = dict(form_to(page, "/jobs").fields)
    assert form["type"] == "send"
    assert form_to(page, "/jobs").fields.count(("q", "-type:sync")) == 1
    assert ("q", '"bad address"') in form_to(page, "/jobs").fields
    assert "Remove filter: not type sync" in page.text
    taken = re.search(r'href="([^"]*)" aria-label="Remove filter: not type sync"', page.text)
    assert taken
    assert "sync" not in taken[1]


@pytest.mark.parametrize("path", ["/jobs", "/dead"])
def test_a_filter_without_result_offers_the_nearest_known_value(client: FlaskClient, seeder: Seeder, path: str) -> None:
    seeder.failed("billing", type="capture")
    page = client.get(f"{path}?type=captrue")
    assert "Did you mean type:capture ?" in words(page)
    assert "Clear filter" in words(page)
    misspelt = client.get(f"{path}?q=queue:biling")
    assert misspelt.status_code == 404
    assert "Did you mean queue:billing ?" in words(misspelt)


@pytest.mark.parametrize("path", ["/jobs", "/dead"])
def test_a_search_that_is_not_understood_shows_no_jobs_and_says_why(
    client: FlaskClient, seeder: Seeder, path: str
) -> None:
    seeder.failed("mail")
    page = client.get(f"{path}?q=-quue:mail")
    assert page.status_code == 400
    assert "did you mean queue:?" in words(page)
    assert ("q", "-quue:mail") in form_to(page, path).fields
    region = "jobs" if path == "/jobs" else "groups"
    part = client.get(f"{path}?q=-quue:mail", headers={**PARTIAL, "HX-Target": f"section#{region}"})
    assert part.status_code == 200
    assert "did you mean queue:?" in words(part)
    assert '<tr id="' not in part.text


def test_a_bounded_search_says_how_much_it_read_and_goes_on(redis_url: str, seeder: Seeder) -> None:
    (wanted,) = seeder.failed("mail", 1, data={"to": "ann"})
    seeder.failed("mail", 450, data={"to": "bob"})
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), limits=LimitSettings(scan=200))
    client = create_app(settings).test_client()
    page, steps = client.get("/jobs?q=args.to:ann"), 0
    assert re.search(r"Searched the newest 2\d\d of 451 failed jobs , 0 match", words(page))
    while wanted not in page.text:
        following = re.search(r'href="([^"]*)" rel="next">Continue', page.text)
        assert following, words(page)
        page, steps = client.get(html.unescape(following[1])), steps + 1
    assert 0 < steps < 5


def test_numbers_on_tabs_are_those_of_the_list_they_lead_to(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    seeder.pending("mail", 2)
    assert "Pending 2" in words(client.get("/jobs?queue=mail"))
    assert "Pending 2" not in words(client.get("/jobs?queue=mail&q=tax"))


@pytest.mark.parametrize(
    ("page", "says"),
    [(Page(("a",) * 37, "c", 214_803, 5_000, complete=False),
      "Searched the newest 5,000 of 214,803 failed jobs, 37 match."),
     (Page(("a",) * 50, "c", 214_803, 700), "Searched the newest 700 of 214,803 failed jobs, 50 match so far."),
     (Page(("a",), None, 214, 214), "Searched 214 failed jobs, 1 matches."),
     (Page((), None, 0), "0 failed jobs"), (Page(("a",) * 50, "c", 3_209), "50 of 3,209 failed jobs")],
)  # fmt: skip
def test_the_result_line_counts_exactly(page: Page[str], says: str) -> None:
    assert str(result(page, state_words.jobs("failed"))) == says
