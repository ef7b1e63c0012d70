"""Several regions of a page in one answer: what changed, nothing else, and no list that someone is at work on."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.adapters.memo import Memo
from dashboard.adapters.shared_reading import SharedReading
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.sent_commands import record_commands
from tests.web.conftest import PARTIAL
from tests.web.pages import FINGERPRINT, REGIONS, furnish, live_regions

LIVE = [path for path, regions in REGIONS.items() if regions]
_PARTIALS = re.compile(r'<hx-partial hx-target="#([^"]*)" hx-swap="([^"]*)">(.*?)</hx-partial>', re.DOTALL)


def together(client: FlaskClient, address: str, tags: dict[str, str], *, held: str = "") -> TestResponse:
    """Ask as the script does: regions of one address, each with the tag of what it shows."""
    headers = {**PARTIAL, "Live-Regions": " ".join(f"{region}={tag}" for region, tag in tags.items())}
    return client.get(address, headers=headers | ({"Live-Hold": held} if held else {}))


def tags_of(answer: TestResponse) -> dict[str, str]:
    return dict(pair.split("=") for pair in answer.headers.get("Live-Tags", "").split())


def parts(answer: TestResponse) -> dict[str, str]:
    return {target: body for target, _, body in _PARTIALS.findall(answer.text)}


def by_address(page: TestResponse) -> dict[str, list[str]]:
    """The regions of a page by the address that they ask."""
    found: dict[str, list[str]] = {}
    for region, address in live_regions(page.text).items():
        found.setdefault(address, []).append(region)
    return found


def forget(client: FlaskClient) -> None:
    client.application.extensions["redrive"].sources.forget()


@pytest.mark.parametrize("path", LIVE)
def test_a_tick_of_a_page_is_at_most_four_requests_and_an_unchanged_one_is_answered_with_nothing(
    client: FlaskClient, seeder: Seeder, path: str
) -> None:
    addresses = by_address(client.get(path.format(operation=furnish(client, seeder))))
    assert len(addresses) <= 4
    for address, regions in addresses.items():
        first = together(client, address, dict.fromkeys(regions, ""))
        assert first.status_code == 200
        assert first.headers["Cache-Control"] == "no-store"
        assert parts(first).keys() == tags_of(first).keys() == set(regions)
        for region, body in parts(first).items():
            assert re.match(rf'\s*<[a-z]+ [^>]*\bid="{region}"', body), region
        again = together(client, address, tags_of(first))
        assert (again.status_code, again.data) == (304, b""), parts(again).keys()


def test_only_what_changed_is_sent(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 3, fingerprint=FINGERPRINT)
    tags = tags_of(together(client, "/", dict.fromkeys(REGIONS["/"], "")))
    client.application.extensions["redrive"].sources.get("main").pause("mail")
    news = together(client, "/", tags)
    assert {"attention", "queues"} <= parts(news).keys()
    assert "top" not in parts(news)
    assert tags_of(news).keys() == parts(news).keys()


def test_another_filter_is_another_content_although_it_looks_the_same(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 3, fingerprint=FINGERPRINT)
    tags = tags_of(together(client, "/dead", {"groups": ""}))
    assert together(client, "/dead", tags).status_code == 304
    assert "groups" in parts(together(client, "/dead?queue=mail", tags))


def test_a_list_that_someone_works_on_stays_and_is_told_which_rows_it_would_have(
    client: FlaskClient, seeder: Seeder
) -> None:
    seeder.failed("mail", 1, fingerprint=FINGERPRINT)
    tags = tags_of(together(client, "/jobs", {"jobs": ""}))
    assert together(client, "/jobs", tags, held="jobs").status_code == 304
    seeder.failed("mail", 2, fingerprint=FINGERPRINT)
    forget(client)
    held = together(client, "/jobs", tags, held="jobs")
    assert parts(held).keys() == {"news"}
    assert tags_of(held) == {}
    found = re.search(r"data-region=\"jobs\" data-rows='([^']*)'", parts(held)["news"])
    assert found
    assert len(json.loads(unescape(found[1]))) == 3
    assert parts(together(client, "/jobs", tags)).keys() == {"jobs"}


def test_a_region_that_breaks_takes_no_other_with_it(
    client: FlaskClient, seeder: Seeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeder.failed("mail", 1, fingerprint=FINGERPRINT)
    monkeypatch.setitem(client.application.jinja_env.globals, "spark", None)
    answer = together(client, "/", {"figures": "", "top": "", "queues": ""})
    assert answer.status_code == 200
    assert answer.headers["Live-Failed"] == "top"
    assert parts(answer).keys() == {"figures", "queues"}


def test_a_region_that_the_page_does_not_have_is_left_out_and_none_at_all_is_refused(client: FlaskClient) -> None:
    assert parts(together(client, "/", {"figures": "", "nothing-such": ""})).keys() == {"figures"}
    refused = together(client, "/", {"nothing-such": ""})
    assert (refused.status_code, refused.mimetype) == (400, "text/plain")


def test_ten_viewers_cost_redis_the_same_as_one(
    client: FlaskClient, seeder: Seeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = furnish(client, seeder)
    bundle: Services = client.application.extensions["redrive"]
    kept = (*vars(bundle.sources).values(), *vars(bundle.history).values(), *bundle.sources._readings.values())
    memos = [memo for memo in kept if isinstance(memo, Memo | SharedReading)]
    assert memos
    for path in (*LIVE, "/jobs?since=24h"):
        addresses = by_address(client.get(path.format(operation=operation)))
        for memo in memos:
            memo._monotonic = lambda: 0.0  # all within one second, however slow this machine is
        forget(client)
        with monkeypatch.context() as patch:
            sent = record_commands(patch)
            costs = []
            for _ in range(10):
                sent.clear()
                for address, regions in addresses.items():
                    assert together(client, address, dict.fromkeys(regions, "")).status_code == 200
                costs.append(len(sent))
        assert costs[0] > 0, path
        assert costs[1:] == [0] * 9, path


def test_what_a_viewer_changed_is_seen_at_the_next_tick(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 2, fingerprint=FINGERPRINT)
    tags = tags_of(together(client, "/jobs", {"jobs": ""}))
    assert client.post("/jobs/main/mail/mail-1/requeue").status_code == 303
    assert "mail-1" not in parts(together(client, "/jobs", tags))["jobs"]
