"""Charts on pages: out of the history, honest where there is none, the same as a table and as a file."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.history.history import RANGES, History
from dashboard.services import Services, build_services
from dashboard.settings import Settings, SourceSettings
from dashboard.store import Store
from dashboard.traffic.csv_file import COLUMNS
from tests.background import Clock
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import remember, words

NOW = 1_900_000_235.0
PAGES = ("/", "/queues/main/mail")
CHARTS = {
    "/": ("chart-succeeded", "chart-failed-attempts", "chart-failed"),
    "/queues/main/mail": ("chart-wait", "chart-run", "chart-failed-attempts"),
}


@pytest.fixture
def bundle(settings: Settings) -> Services:
    """At a clock that stands still, so that two requests show the same buckets."""
    return build_services(settings, Clock(NOW))


@pytest.fixture(autouse=True)
def mail(seeder: Seeder) -> None:
    seeder.succeeded("mail", 3)
    seeder.pending("mail", 2)


def charts(page: TestResponse) -> dict[str, list[str]]:
    """The buckets of each chart as the read-out says them."""
    found = re.findall(r'<figure class="chart" id="([^"]*)"[^>]* data-said="([^"]*)"', page.text)
    return {name: unescape(said).split("|") for name, said in found}


def file(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("path", PAGES)
def test_without_a_collector_a_page_says_that_there_is_no_history(client: FlaskClient, path: str) -> None:
    page = client.get(path)
    assert charts(page) == {}
    assert "No history: no collector is running. Start one with redrive collector" in words(page)


@pytest.mark.parametrize("path", PAGES)
def test_charts_show_what_the_recorder_kept(client: FlaskClient, bundle: Services, path: str) -> None:
    remember(bundle, minutes=40)
    found = charts(client.get(path))
    assert tuple(found) == CHARTS[path]
    for said in found.values():
        assert len(said) == 60
        assert said[0] == "", "nothing was read an hour ago"
        assert any(row and not row.endswith("*") for row in said)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_when_its_history_begins(client: FlaskClient, bundle: Services, path: str) -> None:
    remember(bundle, minutes=40)
    assert re.search(r"History begins at \d\d:\d\d UTC\.", words(client.get(path)))
    assert "History begins" not in words(client.get(f"{path}?range=15m"))


def test_a_young_history_is_shown_closely_until_it_is_older(client: FlaskClient, bundle: Services) -> None:
    remember(bundle, minutes=5)
    page = client.get("/")
    assert 'aria-current="true">15m</a>' in page.text
    assert {len(said) for said in charts(page).values()} == {90}
    assert 'aria-current="true">1h</a>' in client.get("/?range=1h").text


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_range_is_an_address_and_draws_at_most_360_buckets(
    client: FlaskClient, bundle: Services, path: str, name: str
) -> None:
    remember(bundle, minutes=20)
    page = client.get(f"{path}?range={name}&sort=name&as=&cursor=")
    assert f'aria-current="true">{name}</a>' in page.text
    assert all(0 < len(said) <= 360 for said in charts(page).values())
    links = [unescape(url) for url in re.findall(r'href="([^"]*)#traffic"', page.text)]
    assert {f"range={each}" for each in RANGES} <= {part for url in links for part in url.partition("?")[2].split("&")}
    assert all("sort=name" in url for url in links), "the rest of the address stays"


@pytest.mark.parametrize("path", PAGES)
def test_the_same_is_there_as_a_table(client: FlaskClient, bundle: Services, path: str) -> None:
    remember(bundle, minutes=20)
    shown = charts(client.get(path))
    page = client.get(f"{path}?as=table")
    assert charts(page) == {}
    rows = re.findall(r'<tr id="t-(\d+)">(.*?)</tr>', page.text, re.DOTALL)
    assert [int(at) for at, _ in rows] == sorted((int(at) for at, _ in rows), reverse=True), "the newest first"
    assert len(rows) == sum(any(each) for each in zip(*shown.values(), strict=True))
    assert "incomplete" in rows[0][1]
    assert "Show as charts" in words(page)
    assert "as=table" not in re.findall(r'href="([^"]*)#traffic"[^>]*><svg', page.text)[-1]


@pytest.mark.parametrize(("page", "address"), [("/", "/overview.csv"), ("/queues/main/mail", "/queues/main/mail.csv")])
def test_the_series_are_a_file(client: FlaskClient, bundle: Services, page: str, address: str) -> None:
    remember(bundle, minutes=20)
    assert f'href="{address}?range=1h" download' in client.get(page).text
    rows = file(client, f"{address}?range=1h")
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 60
    assert (rows[0]["succeeded"], rows[0]["unread_seconds"]) == ("", "60")
    known = [row for row in rows if row["succeeded"]]
    assert 18 <= len(known) <= 21
    assert {row["succeeded"] for row in known} == {"0"}
    assert {row["pending"] for row in known} == {"2"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z", rows[0]["start"])


def test_a_queue_whose_name_ends_in_csv_has_its_page(client: FlaskClient, seeder: Seeder) -> None:
    seeder.pending("report.csv")
    page = client.get("/queues/main/report.csv")
    assert page.mimetype == "text/html"
    assert "<h1>report.csv</h1>" in page.text
    assert client.get("/queues/main/nothing.csv").status_code == 404


def test_the_limit_of_a_rule_is_drawn_in_the_queue_it_watches(settings: Settings, seeder: Seeder) -> None:
    rules = [{"name": "mail-waits", "metric": "oldest_pending_seconds", "above": 120, "queue": "mail"}]
    watched = build_services(Settings(**(settings.model_dump() | {"alerts": {"rules": rules}})))
    client = create_app(watched.settings, watched).test_client()
    seeder.pending("bills")
    remember(watched, minutes=3)
    assert "limit 2 min (mail-waits)" in client.get("/queues/main/mail").text
    assert "limit 2 min" not in client.get("/queues/main/bills").text


def test_a_queue_beyond_those_that_are_kept_says_so(settings: Settings, seeder: Seeder) -> None:
    few = build_services(Settings(**(settings.model_dump() | {"history": {"queues": 1}})))
    client = create_app(few.settings, few).test_client()
    seeder.pending("bills")
    remember(few, minutes=1)
    told = "only the first one of a source by name has its own (history.queues)"
    assert told in words(client.get("/queues/main/mail"))
    assert told not in words(client.get("/queues/main/bills"))


@pytest.mark.parametrize("path", PAGES)
def test_a_store_that_does_not_answer_costs_the_charts_alone(redis_url: str, path: str) -> None:
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),))
    bundle = build_services(settings)
    gone = History(Store("redis://127.0.0.1:1/0", timeout=0.5), bundle.clock)
    page = create_app(settings, replace(bundle, history=gone)).test_client().get(path)
    assert page.status_code == 200
    assert "The history can’t be read" in words(page)


@pytest.mark.parametrize("path", PAGES)
def test_a_range_that_is_not_known_is_said_once(client: FlaskClient, path: str) -> None:
    assert words(client.get(f"{path}?range=9y")).count("range '9y' is not known") == 1
