"""Pages of lists lead forwards and back, although cursors only know the way forwards."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard import paging
from dashboard.adapters.contract import Action, Selector
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL
from tests.web.test_live_regions import parts, together


def url(**place: str) -> str:
    kept = {name: value for name, value in place.items() if value}
    return f"/list?{urlencode(kept)}" if kept else "/list"


def at(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def walked(pages: int, letters: int) -> list[dict[str, str]]:
    """The links of the first pages of a list whose cursors have so many letters."""
    found, query = [], dict[str, str]()
    for number in range(pages):
        found.append(paging.links(url, query, f"c{number + 2}".ljust(letters, "x")))
        query = at(found[-1]["next_url"])
    return found


def test_every_page_leads_back_to_the_one_before_it() -> None:
    pages = walked(30, 8)
    assert (pages[0]["previous_url"], pages[0]["first_url"]) == ("", "")
    assert (pages[1]["previous_url"], pages[1]["first_url"]) == ("/list", "")
    for before, page in pairwise(pages):
        assert page["previous_url"] == before["here_full"]
    assert {page["first_url"] for page in pages[2:]} == {"/list"}


def test_an_address_stays_short_and_then_the_way_back_ends_at_the_first_page() -> None:
    pages = walked(60, 100)
    assert max(len(page["next_url"]) for page in pages) < 2_000
    page, steps = pages[-1], 0
    while page["previous_url"]:
        assert page["first_url"] == "/list"
        page, steps = paging.links(url, at(page["previous_url"]), "next"), steps + 1
        assert at(page["here_full"])["cursor"] == at(pages[-1 - steps]["here_full"])["cursor"]
    assert steps > 10
    assert at(page["here_full"])["cursor"]
    assert page["first_url"] == "/list", "what lies before is not known, so it is not said to be the first page"


def test_a_place_without_its_way_leads_to_the_first_page() -> None:
    page = paging.links(url, {"cursor": "c9"}, None)
    assert (page["previous_url"], page["next_url"]) == ("/list", "")
    assert paging.links(url, {"before": "c2"}, "c2")["here_full"] == "/list"


def link(page: TestResponse, rel: str) -> str:
    """Where a link to another page leads; empty when there is none."""
    found = page.text.partition(f'rel="{rel}"')
    return found[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&") if found[1] else ""


def rows(page: TestResponse) -> list[str]:
    return [each.partition('"')[0] for each in page.text.split('<tr id="')[1:]]


@pytest.fixture
def long_lists(seeder: Seeder, bundle: Services) -> None:
    """More than three pages of jobs, groups, purged jobs and operations."""
    for number in range(160):
        seeder.failed("mail", 1, fingerprint=f"{number:016x}")
    purged = seeder.failed("trash", 160)
    for job_id in purged[:101]:
        bundle.operations.start(action=Action.PURGE, selector=Selector(source="main", queue="trash", ids=(job_id,)))
    for job_id in purged:
        seeder.engine("trash").control_job("purge", job_id)
    for number in range(101):
        seeder.schedule("mail", f"every-{number}")
    bundle.sources.forget()


@pytest.mark.parametrize("path", ["/jobs", "/queues/main/mail/jobs", "/dead", "/trash", "/operations", "/schedules"])
def test_lists_are_walked_to_their_end_and_back(client: FlaskClient, long_lists: None, path: str) -> None:
    pages = [client.get(path)]
    while following := link(pages[-1], "next"):
        pages.append(client.get(following))
    assert len(pages) >= 3
    shown = [rows(page) for page in pages]
    assert len({row for page in shown for row in page}) == sum(map(len, shown)), "no row twice"
    page = pages[-1]
    for before in reversed(shown[:-1]):
        page = client.get(link(page, "prev"))
        assert rows(page) == before
    assert link(page, "prev") == link(page, "first") == ""


def test_a_filter_begins_at_the_first_page_and_news_keep_the_way_back(client: FlaskClient, long_lists: None) -> None:
    second = link(client.get("/dead"), "next")
    third = client.get(link(client.get(second), "next"))
    here = third.text.partition('id="groups"')[2].partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    news = together(client, here, {"groups": ""})
    assert 'rel="prev"' in parts(news)["groups"]
    assert "before" in parse_qs(urlsplit(here).query)
    narrowed = client.get("/dead?queue=mail", headers={**PARTIAL, "HX-Target": "section#groups"})
    assert 'rel="prev"' not in narrowed.text
