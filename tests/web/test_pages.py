"""What holds for every page: its regions come alone, unchanged ones not at all, and nothing is kept."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.settings import Settings
from dashboard.web import VARY
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, words
from tests.web.pages import FINGERPRINT, PAGES, REGIONS, furnish, live_regions

BUT_QUESTIONS = [path for path in PAGES if not path.partition("?")[0].endswith("/new")]  # a dialog has no regions
LISTS = ("/", "/queues", "/jobs", "/dead", "/operations", "/workers", "/alerts", "/settings")
UNCHANGING = (("/jobs", "jobs"), ("/dead", "groups"), ("/queues/main/mail/jobs", "jobs"))


def part_of(client: FlaskClient, address: str, region: str, **headers: str) -> TestResponse:
    """The answer to a region that asks for itself."""
    own = {"HX-Target": f"section#{region}", "HX-Source": f"section#{region}"}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(address, headers={**PARTIAL, **own, **more})


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_never_kept(client: FlaskClient, seeder: Seeder, path: str) -> None:
    page = client.get(path.format(operation=furnish(client, seeder)))
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert page.text.startswith("<!doctype html>")
    assert page.text.rstrip().endswith("</html>")
    assert page.text.count("<h1") == 1
    assert re.search(r"<title>[^<]+ · production · Redrive</title>", page.text)
    assert page.headers["Vary"] == VARY
    assert page.headers["Cache-Control"] == "no-store"
    ids = re.findall(r'<[a-z][^>]* id="([^"]*)"', page.text)
    assert len(ids) == len(set(ids)), [each for each in ids if ids.count(each) > 1]


@pytest.mark.parametrize("path", PAGES)
def test_every_region_comes_alone_under_the_address_it_asks(client: FlaskClient, seeder: Seeder, path: str) -> None:
    page = client.get(path.format(operation=furnish(client, seeder)))
    regions = live_regions(page.text)
    assert regions.keys() == REGIONS[path] | {"navigation", "banners"}
    for region, address in regions.items():
        part = part_of(client, address, region)
        assert part.status_code == 200, region
        assert re.match(rf'\s*<[a-z]+ [^>]*\bid="{region}"', part.text), region
        assert "<html" not in part.text
        assert part.headers["Vary"] == VARY
        assert part.headers["Cache-Control"] == "no-store"
        assert part.headers["HX-PTag"]
        assert "HX-Push-Url" not in part.headers


@pytest.mark.parametrize("path", BUT_QUESTIONS)
def test_a_region_that_a_page_does_not_have_is_refused(client: FlaskClient, seeder: Seeder, path: str) -> None:
    address = path.format(operation=furnish(client, seeder))
    answer = part_of(client, address, "nothing-such")
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert "no region 'nothing-such'" in answer.text
    for region in REGIONS[path]:
        assert region in answer.text


@pytest.mark.parametrize(("path", "region"), UNCHANGING)
def test_a_region_that_shows_the_same_already_is_not_sent_again(
    client: FlaskClient, seeder: Seeder, path: str, region: str
) -> None:
    seeder.failed("mail", 3, fingerprint=FINGERPRINT)
    tag = part_of(client, path, region).headers["HX-PTag"]
    same = part_of(client, path, region, HX_PTag=tag)
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["HX-PTag"] == tag
    by_a_form = part_of(client, path, region, HX_PTag=tag, HX_Source="form#filters")
    assert by_a_form.status_code == 200
    other_query = part_of(client, f"{path}?queue=mail&state=failed", region, HX_PTag=tag)
    assert other_query.status_code == 200
    seeder.failed("mail", 1, fingerprint="b" * 16)
    client.application.extensions["redrive"].sources.forget()
    news = part_of(client, path, region, HX_PTag=tag)
    assert news.status_code == 200
    assert news.headers["HX-PTag"] != tag


@pytest.mark.parametrize("path", BUT_QUESTIONS)
def test_going_back_in_the_history_gets_whole_pages(client: FlaskClient, seeder: Seeder, path: str) -> None:
    address = path.format(operation=furnish(client, seeder))
    for headers in ({**PARTIAL, "HX-History-Restore-Request": "true", "HX-Target": "section#jobs"},
                    {"HX-Request": "true", "HX-Request-Type": "full", "HX-Target": "body"}):  # fmt: skip
        assert client.get(address, headers=headers).text.startswith("<!doctype html>")


def test_a_filter_puts_its_address_into_the_address_bar(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail")
    part = part_of(client, "/dead?q=&queue=mail&since=", "groups", HX_Source="form#filters")
    assert part.headers["HX-Push-Url"] == "/dead?queue=mail"


def test_the_navigation_is_no_page_of_its_own(client: FlaskClient) -> None:
    answer = client.get("/navigation")
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize("path", LISTS)
def test_a_redis_without_any_queue_is_a_page_that_says_so(client: FlaskClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "can’t reach" not in words(page)
    for region, address in live_regions(page.text).items():
        assert part_of(client, address, region).status_code == 200, region


@pytest.mark.parametrize("path", LISTS)
def test_without_any_source_every_page_says_how_to_name_one(path: str) -> None:
    client = create_app(Settings(sources=())).test_client()
    page = client.get(path)
    assert page.status_code in (200, 503)
    assert "No source is configured." in words(page)
