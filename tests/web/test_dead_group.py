"""The page of a group: figures that lead to what they count, splits, the comparison with successes, and its end."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.adapters.contract import Action, Selector, State
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, form_to, words
from tests.web.pages import live_regions

A = "a" * 16
AT_ONCE = {"rate_per_second": "", "canary": ""}


def fail(seeder: Seeder, count: int, data: Callable[[int], Any], queue: str = "mail", version: str = "2.0") -> None:
    for number in range(count):
        seeder.failed(queue, 1, data=data(number), fingerprint=A, app_version=version)


def succeed(seeder: Seeder, count: int, data: Callable[[int], Any], queue: str = "mail") -> None:
    for number in range(count):
        seeder.processing(queue, 1, data=data(number))
    seeder.finish(queue)


def region(client: FlaskClient, name: str, query: str = "") -> str:
    answer = client.get(f"/dead/{A}{query}", headers={**PARTIAL, "HX-Target": f"section#{name}"})
    assert answer.status_code == 200
    return answer.text


def link(page: str, text: str) -> str:
    found = re.search(rf'<a[^>]*href="([^"]*)"[^>]*>{re.escape(text)}</a>', page)
    assert found, f"no link called {text}"
    return unescape(found[1])


def test_every_count_leads_to_the_jobs_it_counts(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 3, lambda i: {"tenant": 42, "id": i})
    fail(seeder, 2, lambda i: {"tenant": i, "id": i}, version="2.1")
    fail(seeder, 4, lambda i: {"id": i}, queue="bulk")
    page = client.get(f"/dead/{A}").text
    for text, count in (("42", 3), ("2.1", 2), ("test-worker", 9), ("send", 9)):
        listed = client.get(link(page, text)).text
        assert listed.count('name="job"') == count, text
    assert client.get(link(page, "9")).text.count('name="job"') == 9
    assert client.get(link(page, "bulk")).text.count('name="job"') == 4


def test_the_hours_add_up_and_each_leads_to_its_jobs(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 3, lambda i: {"id": i})
    page = client.get(f"/dead/{A}").text
    hours = re.findall(r'<li><span>[^<]*UTC</span>(?:<a class="link" href="([^"]*)">(\d+)</a>)?', page)
    assert len(hours) == 24
    (address,) = [unescape(url) for url, count in hours if count == "3"]
    assert client.get(address).text.count('name="job"') == 3


def test_own_code_comes_first_and_libraries_are_folded(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 1, lambda i: {"id": i})
    sample = region(client, "sample")
    assert "/app/mail.py" in sample
    assert "hunter2" not in sample
    assert "/jobs/main/mail/mail-1" in sample


def test_a_large_group_says_that_it_was_sampled(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 250, data={"tenant": 42}, fingerprint=A)
    text = " ".join(region(client, "splits").split())
    assert "Of 200 jobs sampled of 250" in text
    seeder.failed("bulk", 1, fingerprint=A)
    assert "Of all 1 jobs" in region(client, "splits", "?queue=bulk")


def test_what_stands_out_is_told_with_both_sample_sizes(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 20, lambda i: {"tenant": 42, "id": i})
    succeed(seeder, 30, lambda i: {"tenant": i, "id": 100 + i})
    text = words(client.get(f"/dead/{A}?compare=1"))
    assert "tenant = 42 100 % 20 of 20 0 % 0 of 30" in text
    assert "Compared all 20 dead letters of send with all 30 succeeded jobs" in text


def test_without_javascript_a_link_compares_and_with_it_the_region_loads_by_itself(
    client: FlaskClient, seeder: Seeder
) -> None:
    fail(seeder, 1, lambda i: {"id": i})
    page = client.get(f"/dead/{A}?queue=mail").text
    section = re.search(r'<section id="contrast"[^>]*>', page)
    assert section
    assert 'hx-trigger="load"' in section[0]
    assert link(page, "Compare") == f"/dead/{A}?queue=mail&compare=1#contrast"
    waiting = page.partition('<section id="contrast"')[2].partition("</section>")[0]
    assert 'aria-busy="true"' in waiting
    assert waiting.count('class="sk ') == 4
    loaded = region(client, "contrast", "?queue=mail&compare=1")
    assert 'hx-trigger="load"' not in loaded
    assert "aria-busy" not in loaded


@pytest.mark.parametrize(
    ("failed", "succeeded", "title"),
    [
        (12, 0, "No succeeded jobs to compare with"),
        (3, 30, "Too few jobs to say"),
        (12, 5, "Too few jobs to say"),
        (12, 12, "No value stands out"),
    ],
)
def test_when_nothing_can_be_told_it_says_why(
    client: FlaskClient, seeder: Seeder, failed: int, succeeded: int, title: str
) -> None:
    fail(seeder, failed, lambda i: {"tenant": i % 2})
    succeed(seeder, succeeded, lambda i: {"tenant": i % 2})
    assert title in words(client.get(f"/dead/{A}?compare=1"))


def test_arguments_that_are_not_kept_are_said_not_to_be(client: FlaskClient, seeder: Seeder) -> None:
    for job in seeder.failed("mail", 12, fingerprint=A):
        seeder.client.delete(seeder.engine("mail").keys.payload(job))
    succeed(seeder, 12, lambda i: {"id": i})
    page = words(client.get(f"/dead/{A}?compare=1"))
    assert "No arguments to compare" in page
    assert "The arguments of these jobs are not kept" in page


def test_secrets_are_not_compared_and_not_shown(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 15, lambda i: {"password": "hunter2", "id": i})
    succeed(seeder, 15, lambda i: {"password": f"other{i}", "id": 50 + i})
    page = client.get(f"/dead/{A}?compare=1").text
    assert "hunter2" not in page
    assert "No value stands out" in page


def test_markup_in_arguments_stays_text(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 12, lambda i: {"<script>x": "<img src=x>", "id": i}, version="<b>2")
    succeed(seeder, 12, lambda i: {"id": i})
    page = client.get(f"/dead/{A}?compare=1").text
    assert "<script>x" not in page
    assert "<img src=x" not in page
    assert "<b>2" not in page


def test_ten_viewers_cost_one_comparison(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    fail(seeder, 12, lambda i: {"tenant": 42, "id": i})
    succeed(seeder, 12, lambda i: {"tenant": i})
    group = Selector(fingerprint=A)
    first = bundle.samples.contrast(group)
    assert all(bundle.samples.contrast(group) is first for _ in range(9))
    assert bundle.samples.splits(group) is bundle.samples.splits(group)


def test_an_emptied_group_says_when_and_by_what(client: FlaskClient, seeder: Seeder, drive: Callable[[], None]) -> None:
    fail(seeder, 3, lambda i: {"id": i})
    start = form_to(client.get(f"/operations/new?action=purge&fingerprint={A}"), "/operations")
    operation = client.post(start.action, data={**dict(start.fields), **AT_ONCE}).location
    drive()
    page = client.get(f"/dead/{A}")
    assert page.status_code == 404
    assert "No dead letters left" in words(page)
    assert "3 jobs were purged" in words(page)
    assert f'href="{operation}"' in page.text
    assert "No dead letters left" in region(client, "group")


def live(client: FlaskClient, region: str, address: str = f"/dead/{A}") -> TestResponse:
    return client.get(address, headers={**PARTIAL, "HX-Target": f"div#{region}", "HX-Source": f"div#{region}"})


def test_a_group_that_vanishes_while_its_page_is_open_says_so_and_may_come_back(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    (job_id,) = seeder.failed("mail", fingerprint=A)
    page = client.get(f"/dead/{A}")
    regions = [region for region, address in live_regions(page.text).items() if address.startswith("/dead/")]
    assert set(regions) >= {"group", "splits", "jobs", "running"}
    for region in regions:
        assert live(client, region).status_code == 200, region
    bundle.sources.get("main").act(Action.PURGE, "mail", job_id)
    bundle.sources.forget()
    assert "No dead letters left" in words(live(client, "group"))
    for region in regions:
        answer = live(client, region)
        assert answer.status_code == 200, region
        assert job_id not in answer.text
        assert f'id="{region}"' in answer.text
        assert 'hx-trigger="live:tick from:body"' in answer.text
    assert client.get(f"/dead/{A}").status_code == 404
    bundle.sources.get("main").act(Action.RESTORE, "mail", job_id)
    bundle.sources.forget()
    assert job_id in live(client, "jobs").text
    assert "No dead letters left" not in words(live(client, "group"))


def test_a_group_in_many_queues_names_the_largest_first_and_folds_the_rest(client: FlaskClient, seeder: Seeder) -> None:
    for number in range(11):
        seeder.failed(f"queue-{number}", number + 1, fingerprint=A)
    page = client.get(f"/dead/{A}")
    assert "3 more" in words(page)
    shown = page.text[page.text.index('id="splits"') :]
    assert shown.index("queue-10<") < shown.index("queue-3<") < shown.index("3 more") < shown.index("queue-2<")


def test_a_filter_that_leaves_nothing_of_a_group_leads_to_the_whole(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 3, lambda i: {"id": i})
    seeder.pending("bulk", 1)
    page = client.get(f"/dead/{A}?queue=bulk")
    assert page.status_code == 404
    assert "It has 3 dead letters, but none that match queue:bulk" in words(page)
    assert link(page.text, "Show the whole group") == f"/dead/{A}"


def test_what_narrows_the_list_leaves_the_figures_of_the_group(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 3, lambda i: {"id": i})
    fail(seeder, 2, lambda i: {"id": i}, version="2.1")
    page = client.get(f"/dead/{A}?version=2.1").text
    assert page.count('name="job"') == 2
    assert '<span class="tag num">5</span>' in page


def test_the_arrivals_are_a_csv_file(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 3, lambda i: {"id": i})
    answer = client.get(f"/dead/{A}/arrivals.csv")
    assert answer.mimetype == "text/csv"
    assert answer.text.splitlines()[-1].endswith(",3,2.0")
    assert client.get("/dead/" + "f" * 16 + "/arrivals.csv").status_code == 404


def test_the_comparison_is_in_the_api(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 20, lambda i: {"tenant": 42, "id": i})
    succeed(seeder, 30, lambda i: {"tenant": i, "id": 100 + i})
    found = client.get(f"/api/v1/dead/groups/{A}/contrast").get_json()
    assert found["verdict"] == "found"
    assert found["failed"] == {"total": 20, "read": 20, "compared": 20}
    (row,) = found["rows"]
    assert (row["path"], row["kind"], row["value"], row["failed"], row["succeeded"]) == ("tenant", "is", "42", 20, 0)
    assert client.get("/api/v1/dead/groups/" + "f" * 16 + "/contrast").status_code == 404
    assert client.get(f"/api/v1/dead/groups/{A}/contrast?quue=mail").status_code == 400


def test_groups_tell_version_and_rate_and_their_counts_lead_on(client: FlaskClient, seeder: Seeder) -> None:
    fail(seeder, 5, lambda i: {"id": i}, version="2.1")
    page = client.get("/dead?since=24h").text
    assert "version at the last failure: 2.1" in page
    assert f'<a href="/dead/{A}?source=main&amp;queue=mail&amp;since=24h" tabindex="-1">5</a>' in page
    assert "1/min" in page
    everything = client.get("/dead").text
    assert client.get(link(everything, "5 jobs")).text.count('name="job"') == 5


def test_the_jobs_of_a_group_are_still_acted_on_as_a_whole(
    client: FlaskClient, seeder: Seeder, bundle: Services, drive: Callable[[], None]
) -> None:
    fail(seeder, 3, lambda i: {"id": i})
    page = client.get(f"/dead/{A}").text
    plan = re.search(r'href="(/operations/new\?action=requeue[^"]*)"', page)
    assert plan
    question = client.get(unescape(plan[1]))
    assert "Requeue 3 jobs?" in words(question)
    start = form_to(question, "/operations")
    client.post(start.action, data={**dict(start.fields), **AT_ONCE})
    drive()
    assert bundle.sources.snapshot().queue("main", "mail").count(State.FAILED) == 0
