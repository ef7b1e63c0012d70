"""Lists as files: whole, harmless, read as they are written, and honest when something was missing."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server as make_web_server
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.export import columns
from dashboard.settings import LimitSettings, Settings, SourceSettings
from queue_core.connection import connect
from tests.contract.seeders.queue_core import Seeder
from tests.waiting import PATIENCE
from tests.web.conftest import words


def table(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def items(answer: TestResponse) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_list_is_exported_beyond_its_page_with_its_filter(client: FlaskClient, seeder: Seeder) -> None:
    mails = seeder.failed("mail", 250)
    seeder.failed("billing", 3, error="KeyError: tax", fingerprint="b" * 16)
    assert sorted(row["id"] for row in table(client.get("/jobs.csv?queue=mail"))) == sorted(mails)
    assert [row["error.message"] for row in table(client.get("/jobs.csv?q=-queue:mail"))] == ["tax"] * 3
    assert len(table(client.get("/queues/main/billing/jobs.csv"))) == 3
    assert len(table(client.get("/dead/" + "b" * 16 + ".csv"))) == 3
    assert [(row["count"], row["queue"]) for row in table(client.get("/dead.csv"))] == [
        ("250", "mail"),
        ("3", "billing"),
    ]


def test_json_lines_are_the_items_of_the_api(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    assert items(client.get("/jobs.jsonl")) == client.get("/api/v1/jobs").get_json()["items"]
    assert items(client.get("/dead.jsonl")) == client.get("/api/v1/dead/groups").get_json()["items"]


def test_columns_are_named_as_in_the_api(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail")
    (job,) = client.get("/api/v1/jobs").get_json()["items"]
    (group,) = client.get("/api/v1/dead/groups").get_json()["items"]
    for item, names in ((job, columns.JOBS), (group, columns.GROUPS)):
        for name in names:
            outer, _, inner = name.partition(".")
            assert outer in item
            assert not inner or inner in item[outer]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\N{FULLWIDTH EQUALS SIGN}1"])
def test_no_cell_is_run_by_a_spreadsheet(text: str) -> None:
    assert columns.harmless(text) == f"'{text}"
    assert columns.harmless(-1) == -1


def test_a_formula_as_a_job_type_is_harmless_in_the_file(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", type='=HYPERLINK("http://x")')
    assert table(client.get("/jobs.csv"))[0]["type"] == '\'=HYPERLINK("http://x")'


def test_secrets_are_hidden_as_on_the_pages(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", error="ValueError: password=hunter2")
    assert "hunter2" not in client.get("/jobs.csv").text + client.get("/jobs.jsonl").text + client.get("/dead.csv").text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/jobs.csv?q=-quue:x", 400), ("/jobs.csv?queue=nope", 404), ("/jobs.xml", 404), ("/dead.csv?sort=x", 400),
     ("/jobs.csv?since=soon", 400), ("/dead.csv?state=pending", 400), ("/queues/main/nope/jobs.csv", 404)],
)  # fmt: skip
def test_a_mistake_is_an_answer_and_no_file(client: FlaskClient, seeder: Seeder, path: str, status: int) -> None:
    seeder.failed("mail")
    answer = client.get(path)
    assert answer.status_code == status
    assert "Content-Disposition" not in answer.headers


def test_a_file_that_ends_at_its_bound_says_so(redis_url: str, seeder: Seeder) -> None:
    seeder.failed("mail", 5)
    source = SourceSettings(name="main", url=redis_url)
    client = create_app(Settings(sources=(source,), limits=LimitSettings(export=4))).test_client()
    lines = client.get("/jobs.csv").text.splitlines()
    assert len(lines) == 1 + 4 + 1
    assert "# INCOMPLETE: 4 rows are the most (limits.export)" in lines[-1]
    assert items(client.get("/jobs.jsonl"))[-1]["rows"] == 4
    whole = create_app(Settings(sources=(source,), limits=LimitSettings(export=5))).test_client()
    assert "INCOMPLETE" not in whole.get("/jobs.csv").text


@pytest.mark.parametrize(
    ("kind", "mark"), [("csv", "# INCOMPLETE: the reading failed after"), ("jsonl", '{"incomplete":')]
)
def test_a_source_that_fails_midway_ends_the_file_with_a_visible_line(make_server: type, kind: str, mark: str) -> None:
    server = make_server()
    server.start()
    Seeder(server.url).failed("mail", 1_000)
    client = create_app(Settings(sources=(SourceSettings(name="main", url=server.url),))).test_client()
    pieces: Iterator[bytes] = iter(client.get(f"/jobs.{kind}", buffered=False).response)
    read = next(pieces) + next(pieces)
    server.kill()
    lines = (read + b"".join(pieces)).decode().splitlines()
    assert mark in lines[-1]
    assert len(lines) < 1_000


def test_a_client_that_goes_away_stops_the_reading(redis_url: str, seeder: Seeder) -> None:
    seeder.failed("mail", 1_000)
    client = create_app(Settings(sources=(SourceSettings(name="main", url=redis_url),))).test_client()
    answer = client.get("/jobs.csv", buffered=False)
    next(iter(answer.response))
    answer.close()
    before = connect(redis_url).info("commandstats")
    assert connect(redis_url).info("commandstats").get("cmdstat_evalsha") == before.get("cmdstat_evalsha")


def test_a_real_server_sends_the_file_in_pieces(redis_url: str, seeder: Seeder) -> None:
    seeder.failed("mail", 450)
    server = make_web_server(
        "127.0.0.1", 0, create_app(Settings(sources=(SourceSettings(name="main", url=redis_url),)))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/jobs.csv", timeout=PATIENCE) as answer:
            assert answer.headers["Content-Length"] is None
            assert len(answer.read().decode().splitlines()) == 451
    finally:
        server.shutdown()


def test_pages_offer_the_downloads_of_what_they_show(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 2)
    seeder.failed("billing", 1, fingerprint="b" * 16)
    offered = {"/jobs?queue=mail": 2, "/queues/main/mail": 2, "/dead/" + "b" * 16: 1, "/dead?queue=mail": 1}
    for path, count in offered.items():
        page = client.get(path)
        assert "Export…" in words(page)
        menu = page.text.split("Export…")[1]
        link = unescape(re.search(r'href="([^"]*\.csv[^"]*)"', menu)[1])  # type: ignore[index]
        assert len(table(client.get(link))) == count, link
