"""What pages show of the past as time goes by."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from tests.history.conftest import START, Recording
from tests.history.test_reading import deployed


@pytest.fixture
def client(recording: Recording) -> FlaskClient:
    return create_app(recording.world.settings, recording.world.services).test_client()


def shown(client: FlaskClient, recording: Recording, address: str) -> str:
    recording.world.services.history.forget()
    recording.world.services.sources.forget()
    page = client.get(address)
    assert page.status_code == 200
    return unescape(page.text)


def said(page: str, chart: str) -> list[str]:
    found = re.search(rf'<figure class="chart" id="{chart}"[^>]* data-said="([^"]*)"', page)
    assert found
    return found[1].split("|")


def test_what_happened_is_counted_once(client: FlaskClient, recording: Recording) -> None:
    recording.tick()
    recording.world.jobs.dead(4)
    recording.tick()
    recording.tick()
    page = shown(client, recording, "/queues/main/mail?range=15m")
    assert [row for row in said(page, "chart-failed-attempts") if row] == ["4", "0"]
    assert "4 in the whole range" in page
    assert "Above" not in page


def test_minutes_in_which_no_job_ended_are_told_from_those_that_were_not_read(
    client: FlaskClient, recording: Recording
) -> None:
    for number in range(18):
        if number == 5:
            recording.world.jobs.pending(3)
            recording.world.jobs.run("s")
        recording.tick()
    rows = said(shown(client, recording, "/queues/main/mail?range=1h"), "chart-run")
    assert rows[0] == ""
    assert any(row.startswith("~;~;~") for row in rows)
    assert any(row and "ms" in row for row in rows)


def test_a_silence_of_the_collector_is_drawn_as_a_gap_and_told(client: FlaskClient, recording: Recording) -> None:
    for pause in (10, 10, 10, 600, 10, 10):
        recording.tick(pause)
    page = shown(client, recording, "/queues/main/mail?range=15m")
    assert "Nothing was read from" in page
    rows = said(page, "chart-failed-attempts")
    assert rows[:-1].count("") > 60


def test_a_new_version_is_marked_in_the_charts_and_in_the_file(client: FlaskClient, recording: Recording) -> None:
    deployed(recording, "shop 4.2.0", START - 100)
    recording.tick()
    deployed(recording, "=cmd()", START + 60)
    recording.tick(90)
    recording.tick()
    page = shown(client, recording, "/queues/main/mail?range=15m")
    assert page.count('class="mark-at"') == 3, "in each of the three charts"
    assert "=cmd() came into use at" in page
    assert "shop 4.2.0 came into use" not in page
    rows = csv.DictReader(
        io.StringIO(shown(client, recording, "/queues/main/mail.csv?range=15m").replace("&#39;", "'"))
    )
    assert [row["versions_started"] for row in rows if row["versions_started"]] == ["'=cmd()"]


def test_the_figures_compare_with_an_hour_ago_and_with_the_last_minutes(
    client: FlaskClient, recording: Recording
) -> None:
    recording.world.jobs.pending(7)
    for _ in range(70):
        recording.tick(60)
    recording.world.jobs.run("p", most=3)
    recording.tick(60)
    recording.tick(60)
    page = re.sub(r"<[^>]*>", " ", shown(client, recording, "/"))
    assert "−3 in the last hour" in page
    assert "+3 in the last 15 min" in page


def test_every_queue_shows_its_last_hour(client: FlaskClient, recording: Recording) -> None:
    assert 'title="no history yet"' in shown(client, recording, "/queues")
    recording.world.jobs.pending(2)
    for _ in range(4):
        recording.tick(60)
    page = shown(client, recording, "/queues")
    assert re.search(r'<td class="p4"><svg class="spark" ', page)


def test_settings_say_what_the_history_takes(client: FlaskClient, recording: Recording) -> None:
    before = " ".join(re.sub(r"<[^>]*>", " ", shown(client, recording, "/settings")).split())
    assert "every 10 s for 2 h, every 1 min for 2 d, every 10 min for 30 d, of at most 200 queues" in before
    assert "is not known: nothing is recorded yet" in before
    for _ in range(10):
        recording.tick()
    after = " ".join(re.sub(r"<[^>]*>", " ", shown(client, recording, "/settings")).split())
    assert re.search(r"about [\d.,]+ KiB now and about [\d.,]+ (KiB|MiB) when it is complete", after)
    assert "reckoned for 2 series from 2 that were measured" in after
