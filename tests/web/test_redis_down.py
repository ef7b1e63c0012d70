"""While Redis does not answer, pages say so, show no number that was not read, and come back by themselves."""

from __future__ import annotations

import re
import signal

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.settings import LimitSettings, Settings, SourceSettings
from tests.conftest import RealServer
from tests.contract.seeders.queue_core import Seeder
from tests.waiting import until
from tests.web.conftest import PARTIAL, words
from tests.web.pages import PAGES, furnish, live_regions

ALWAYS = ("/", "/queues", "/workers", "/settings")


@pytest.fixture
def server(make_server: type[RealServer]) -> RealServer:
    return make_server().start()


@pytest.fixture
def settings(server: RealServer) -> Settings:
    """Here every test has a server of its own, which it may kill."""
    limits = LimitSettings(redis_timeout=0.3)
    return Settings(sources=(SourceSettings(name="main", url=server.url),), limits=limits)


@pytest.fixture
def seeder(server: RealServer) -> Seeder:
    return Seeder(server.url)


def forget(client: FlaskClient) -> None:
    client.application.extensions["redrive"].sources.forget()


def figures(page: TestResponse) -> dict[str, str]:
    """The figures above a page by their names."""
    found = re.findall(r'<dt>([^<]*)</dt><dd><span class="v">([^<]*)</span>', page.text)
    return dict(found)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_names_the_source_that_does_not_answer(
    server: RealServer, client: FlaskClient, seeder: Seeder, path: str
) -> None:
    address = path.format(operation=furnish(client, seeder))
    assert client.get(address).status_code == 200
    server.kill()
    forget(client)
    page = client.get(address)
    assert page.status_code == 200 if path in ALWAYS else page.status_code in (200, 503)
    assert "Redrive can’t reach main." in words(page)
    assert page.text.rstrip().endswith("</html>")


@pytest.mark.parametrize("path", PAGES)
def test_no_region_breaks_when_its_source_goes_away(
    server: RealServer, client: FlaskClient, seeder: Seeder, path: str
) -> None:
    page = client.get(path.format(operation=furnish(client, seeder)))
    server.kill()
    forget(client)
    for region, address in live_regions(page.text).items():
        headers = {**PARTIAL, "HX-Target": f"div#{region}", "HX-Source": f"div#{region}"}
        part = client.get(address, headers=headers)
        assert part.status_code in (200, 503), region
        assert "Traceback" not in part.text


def test_numbers_that_were_never_read_are_dashes(server: RealServer, client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    server.kill()
    shown = figures(client.get("/"))
    assert set(shown) >= {"Pending", "Processing", "Dead letters"}
    assert set(shown.values()) == {"–"}


def test_numbers_from_before_the_fall_are_kept_and_said_to_be_old(
    server: RealServer, client: FlaskClient, seeder: Seeder
) -> None:
    seeder.failed("mail", 3)
    seeder.pending("mail", 2)
    assert "with old numbers" not in words(client.get("/"))
    server.kill()
    forget(client)
    page = client.get("/")
    shown = figures(page)
    assert (shown["Pending"], shown["Dead letters"]) == ("2", "3")
    assert "with old numbers of main" in words(page)
    assert re.search(r"Its figures are from \d\d:\d\d:\d\d UTC", words(page))


@pytest.mark.parametrize("path", ["/", "/queues/main/mail", "/jobs", "/dead", "/operations", "/alerts"])
def test_every_page_recovers_by_itself(server: RealServer, client: FlaskClient, seeder: Seeder, path: str) -> None:
    furnish(client, seeder)
    server.kill()
    forget(client)
    assert "can’t reach" in words(client.get(path))
    server.start()
    furnish(client, Seeder(server.url))

    def well() -> bool:
        page = client.get(path)
        return page.status_code == 200 and "can’t reach" not in words(page)

    until(well, f"{path} did not recover")


def test_a_redis_that_hangs_does_not_hang_the_pages(server: RealServer, client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    assert client.get("/").status_code == 200
    assert server.process
    server.process.send_signal(signal.SIGSTOP)
    try:
        forget(client)
        page = client.get("/")
        assert page.status_code == 200
        assert "Redrive can’t reach main." in words(page)
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
    finally:
        server.process.send_signal(signal.SIGCONT)
    until(lambda: "can’t reach" not in words(client.get("/")), "no recovery")
    assert client.get("/readyz").status_code == 200


def test_a_source_that_is_down_hides_no_other(
    server: RealServer, make_server: type[RealServer], seeder: Seeder
) -> None:
    other = make_server().start()
    Seeder(other.url).failed("billing", 2)
    sources = (SourceSettings(name="main", url=server.url), SourceSettings(name="other", url=other.url))
    client = create_app(Settings(sources=sources, store=other.url)).test_client()
    seeder.failed("mail", 3)
    server.kill()
    page = client.get("/")
    assert "Redrive can’t reach main." in words(page)
    assert "can’t reach other" not in words(page)
    assert "billing" in page.text
    rows = dict(re.findall(r'<tr id="q-([^"]*)"([^>]*)>', page.text))
    assert rows == {"other-billing": ""}  # main was never read
    for path in ("/jobs", "/dead", "/queues/other/billing", "/operations/new?action=requeue&source=other"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert "Redrive can’t reach main." in words(page)
    assert "billing" in client.get("/dead").text


def test_rows_of_a_source_that_is_down_keep_their_last_numbers_with_their_age_and_totals_are_without_it(
    server: RealServer, make_server: type[RealServer], seeder: Seeder
) -> None:
    other = make_server().start()
    Seeder(other.url).pending("billing", 2)
    sources = (SourceSettings(name="main", url=server.url), SourceSettings(name="other", url=other.url))
    client = create_app(Settings(sources=sources, store=other.url)).test_client()
    seeder.pending("mail", 3)
    both = client.get("/")
    assert figures(both)["Pending"] == "5"
    assert 'class="old"' not in both.text
    server.kill()
    forget(client)
    page = client.get("/")
    assert figures(page)["Pending"] == "2"
    assert "without main" in words(page)
    assert "without main" not in words(both)
    rows = dict(re.findall(r'<tr id="q-([^"]*)"([^>]*)>', page.text))
    assert rows == {"main-mail": ' class="old"', "other-billing": ""}
    assert re.search(r"mail .{0,40}As of \d\d:\d\d", words(page))


@pytest.mark.parametrize("headers", [{}, PARTIAL], ids=["form", "htmx"])
def test_a_change_that_cannot_be_made_is_said_not_to_be(
    server: RealServer, client: FlaskClient, seeder: Seeder, headers: dict[str, str]
) -> None:
    seeder.failed("mail", 3)
    server.kill()
    for path in ("/queues/main/mail/pause", "/jobs/main/mail/mail-1/requeue", "/operations"):
        answer = client.post(path, data={"plan_token": "x"}, headers=headers)
        assert answer.status_code == 503
        assert "Redis does not answer" in answer.text
        assert "Set-Cookie" not in answer.headers


def test_what_is_wrong_is_said_to_each_viewer_in_the_own_language(
    server: RealServer, client: FlaskClient, seeder: Seeder
) -> None:
    seeder.failed("mail", 3)
    server.kill()
    german = client.get("/", headers={"Accept-Language": "de"})
    assert "Quelle main: Redis antwortet nicht:" in words(german)
    assert "source main: Redis does not answer:" in words(client.get("/"))
    told = client.get("/api/v1/jobs/main/mail/mail-1", headers={"Accept-Language": "de"}).get_json()
    assert told["detail"].startswith("source main: Redis does not answer:")
