"""The overview, the list of queues and a queue's page: worst first, limits in words, job types with their times."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.contract import Queue
from dashboard.alerts.records import Rule
from dashboard.app import create_app
from dashboard.limits import fails_too_often, tightest, waits_too_long
from dashboard.queue_list import ordered
from dashboard.services import Services, build_services
from dashboard.settings import Settings
from queue_core import keys
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import words


def names(client: FlaskClient, address: str) -> list[str]:
    """The queues that a page lists, in their order."""
    return re.findall(r'<tr id="q-main-([^"]*)"', client.get(address).text)


def cells(page: str, row: str) -> list[str]:
    """The cells of one row of a table, as text."""
    found = re.search(rf"<tr[^>]*>\s*<th[^>]*>(?:(?!</th>).)*{row}.*?</tr>", page, re.DOTALL)
    assert found, row
    each = re.findall(r"<td.*?</td>", found[0], re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", cell)).split()) for cell in each]


def rule(above: float, metric: str = "oldest_pending_seconds", **more: str) -> Rule:
    return Rule("limit", metric, above, **more)


def test_the_tightest_rule_that_watches_a_queue_is_its_limit() -> None:
    rules = [rule(300), rule(120, queue="mail"), rule(10, queue="bills"), rule(5, source="other"), rule(1, "failed")]
    found = tightest(rules, "oldest_pending_seconds", "main", "mail")
    assert found is not None
    assert found.above == 120
    assert tightest(rules, "failure_rate", "main", "mail") is None
    assert tightest(rules, "failed", "main", "mail") is None, "it is about the source as a whole"
    assert tightest([rule(9, "failed", queue="mail")], "failed", "main", "mail") is not None


@pytest.mark.parametrize(("waits", "late"), [(None, False), (0.0, False), (120.0, False), (120.5, True)])
def test_a_queue_waits_too_long_above_its_limit(waits: float | None, late: bool) -> None:
    queue = Queue("main", "mail", "queue_core", oldest_pending_seconds=waits)
    assert bool(waits_too_long([rule(120)], queue)) is late


@pytest.mark.parametrize(
    ("succeeded", "failed", "minimum", "often"),
    [(90.0, 10.0, 0, True), (99.0, 1.0, 0, False), (None, 5.0, 0, False), (0.0, 0.0, 0, False), (0.0, 4.0, 5, False)],
)
def test_a_queue_fails_too_often_above_its_limit_when_there_is_enough_to_judge(
    succeeded: float | None, failed: float, minimum: int, often: bool
) -> None:
    watching = Rule("limit", "failure_rate", 5, minimum=minimum)
    queue = Queue("main", "mail", "queue_core", succeeded_per_minute=succeeded, failed_per_minute=failed)
    assert bool(fails_too_often([watching], queue)) is often


def queue_of(name: str, waits: float | None = None, dead: int | None = None, **more: Any) -> Queue:
    return Queue("main", name, "queue_core", oldest_pending_seconds=waits, failed=dead, **more)


def test_the_most_urgent_queues_come_first() -> None:
    stopped = queue_of("stopped", paused=True, pending=3)
    late, slow, broken = queue_of("late", waits=900.0), queue_of("slow", waits=40.0), queue_of("broken", dead=500)
    few, unread, fine = queue_of("few", dead=2), queue_of("unread"), queue_of("fine", waits=0.0, dead=0)
    shown = [each.name for each in ordered([unread, few, fine, broken, slow, late, stopped], "")]
    assert shown == ["stopped", "late", "slow", "broken", "few", "fine", "unread"]


def test_queues_do_not_change_places_with_every_job_that_comes_or_fails() -> None:
    before = [
        queue_of("a", waits=0.0, dead=130),
        queue_of("b", waits=4.0, dead=131),
        queue_of("c", waits=0.2, dead=129),
    ]
    after = [queue_of("a", waits=3.0, dead=133), queue_of("b", waits=0.0, dead=132), queue_of("c", waits=9.0, dead=134)]
    assert [each.name for each in ordered(before, "")] == [each.name for each in ordered(after, "")] == ["a", "b", "c"]
    assert [each.name for each in ordered(after, "dead")] == ["c", "a", "b"], "a column that was asked for is exact"


@pytest.fixture
def several(seeder: Seeder) -> None:
    """`dead` has dead letters, `waits` a pending job, `stopped` is paused, a worker serves `served`."""
    seeder.failed("dead", 2)
    seeder.pending("waits", 1)
    seeder.succeeded("stopped", 1)
    seeder.engine("stopped").pause()
    seeder.succeeded("served", 1)
    seconds = float(seeder.client.time()[0])
    seeder.client.zadd(keys.workers(), {"worker": seconds + 600})
    seeder.client.hset(keys.worker("worker"), mapping={"queues": json.dumps(["served"]), "host": "here", "pid": 1})


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"dead", "waits", "stopped", "served"}),
        ("show=waiting", {"waits"}),
        ("show=dead", {"dead"}),
        ("show=paused", {"stopped"}),
        ("show=unserved", {"dead", "waits", "stopped"}),
        ("show=dead&q=WAI", set()),
        ("q=sE", {"served"}),
    ],
)
@pytest.mark.usefixtures("several")
def test_queues_are_narrowed_by_what_is_the_matter_with_them(client: FlaskClient, query: str, shown: set[str]) -> None:
    assert set(names(client, f"/queues?{query}")) == shown


@pytest.mark.usefixtures("several")
def test_a_matter_that_is_not_known_is_said_and_shows_all(client: FlaskClient) -> None:
    said = "show 'colour' is not known, so all queues are shown; there are waiting, dead, paused, unserved."
    assert said in words(client.get("/queues?show=colour"))
    assert len(names(client, "/queues?show=colour")) == 4


@pytest.mark.usefixtures("several")
def test_a_filter_keeps_the_order(client: FlaskClient) -> None:
    assert names(client, "/queues?sort=-name") == ["waits", "stopped", "served", "dead"]
    assert '<input type="hidden" name="sort" value="-name">' in client.get("/queues?sort=-name").text


def test_a_wait_above_its_limit_stands_out_in_words_too(settings: Settings, seeder: Seeder) -> None:
    rules = [{"name": "waits", "metric": "oldest_pending_seconds", "above": 120, "queue": "mail"}]
    bundle = build_services(Settings(**(settings.model_dump() | {"alerts": {"rules": rules}})))
    (job,) = seeder.pending("mail")
    engine = seeder.engine("mail")
    seeder.client.zincrby(engine.keys.pending, -300 * 1_000_000, job)
    seeder.client.hincrby(engine.keys.job(job), "ca", -300_000)
    client = create_app(bundle.settings, bundle).test_client()
    assert "over the limit of 2m" in cells(client.get("/queues").text, "mail")[1]
    overview = client.get("/")
    assert "in mail, limit 2m" in words(overview)
    assert 'class="fig bad"' in overview.text
    assert "limit 2m" in words(client.get("/queues/main/mail"))


def test_job_types_show_attempts_failures_and_run_times(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 1, type="letters.send")
    for job in seeder.pending("mail", 3, type="letters.send"):
        claims = seeder.engine("mail").settle("test-worker", claim=1).claims
        assert claims[0].id == job
        seeder.client.hincrby(seeder.engine("mail").keys.job(job), "cl", -2_000)
        seeder.finish("mail")
    seeder.pending("mail", 2, type="letters.print")
    page = client.get("/queues/main/mail").text
    types = page[page.index('id="types"') :]
    pending, dead, attempts, failed, half, most = cells(types, "letters.send")
    assert (pending, dead, attempts, failed) == ("0", "1", "4", "25 %")
    assert re.fullmatch(r"\d+(\.\d)?s", half)
    assert re.fullmatch(r"\d+(\.\d)?s", most)
    assert cells(types, "letters.print") == ["2", "0", "0", "–", "–", "–"]
    assert re.search(r"since \d\d:\d\d UTC", types)


def test_more_types_than_a_table_has_rows_are_counted(client: FlaskClient, seeder: Seeder) -> None:
    for number in range(53):
        seeder.pending("mail", 1, type=f"type-{number:02}")
    assert "3 more types" in words(client.get("/queues/main/mail"))


def test_at_most_five_lines_need_attention_and_the_others_are_counted(client: FlaskClient, seeder: Seeder) -> None:
    for number in range(7):
        seeder.pending(f"queue-{number}")
        seeder.engine(f"queue-{number}").pause()
    page = client.get("/")
    attention = page.text[page.text.index('id="attention"') : page.text.index('id="figures"')]
    assert attention.count("<li>") == 5
    assert "No worker serves queue-0" in attention, "before queues that were paused on purpose"
    assert "9 more need attention; the worst are shown." in words(page)


def test_a_source_that_is_silent_comes_before_all_else(settings: Settings, seeder: Seeder) -> None:
    seeder.pending("mail")
    sources = [*settings.model_dump()["sources"], {"name": "gone", "url": "redis://127.0.0.1:1/0"}]
    bundle: Services = build_services(Settings(sources=sources))
    page = create_app(bundle.settings, bundle).test_client().get("/").text
    attention = page[page.index('id="attention"') : page.index('id="figures"')]
    assert attention.index("gone does not answer") < attention.index("No worker serves mail")


def test_a_queue_leads_to_its_purge_and_to_the_rules(client: FlaskClient, seeder: Seeder) -> None:
    seeder.pending("mail")
    page = unescape(client.get("/queues/main/mail").text)
    assert "/operations/new?action=purge&state=pending&source=main&queue=mail" in page
    assert "/alerts/rules/new?metric=oldest_pending_seconds&above=300&source=main&queue=mail" in page
    assert client.get("/alerts?source=main&queue=mail").status_code == 200
