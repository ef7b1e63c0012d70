"""Pages, fragments, JSON and downloads travel compressed; events, small answers and what other sites ask for do not."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator

import brotli
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL

UNPACK: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@pytest.fixture(autouse=True)
def jobs(seeder: Seeder) -> None:
    seeder.failed("mail", 60, fingerprint="f" * 16)


@pytest.mark.parametrize("encoding", UNPACK)
@pytest.mark.parametrize(
    "path", ["/settings", "/api/v1/jobs?state=failed&limit=50", "/jobs.csv", "/jobs.jsonl", "/metrics"]
)
def test_an_answer_is_compressed_as_asked(client: FlaskClient, path: str, encoding: str) -> None:
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": encoding})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed.headers["Vary"]
    text = UNPACK[encoding](packed.data)
    assert abs(len(text) - len(plain.data)) <= len(plain.data) // 10, "the same, but for times"
    assert len(packed.data) < len(text) / 2


def test_zstandard_is_spoken_too(client: FlaskClient) -> None:
    packed = client.get("/dead", headers={"Accept-Encoding": "zstd"})
    assert packed.headers["Content-Encoding"] == "zstd"
    assert packed.data.startswith(b"\x28\xb5\x2f\xfd")


def test_a_fragment_is_compressed_and_still_varies_by_what_htmx_asks(client: FlaskClient) -> None:
    answer = client.get("/dead", headers={**PARTIAL, **BROWSER, "HX-Target": "section#groups"})
    assert answer.headers["Content-Encoding"] == "br"
    assert {"HX-Request", "HX-Target", "Accept-Encoding"} <= {
        each.strip() for each in answer.headers["Vary"].split(",")
    }
    assert b'id="groups"' in brotli.decompress(answer.data)


def test_a_fragment_that_did_not_change_is_an_empty_304(client: FlaskClient) -> None:
    asking = {**PARTIAL, **BROWSER, "HX-Target": "section#groups", "HX-Source": "section#groups"}
    tag = client.get("/dead", headers=asking).headers["HX-PTag"]
    again = client.get("/dead", headers={**asking, "HX-PTag": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Encoding" not in again.headers


@pytest.mark.parametrize("path", ["/healthz", "/static/x/favicon.svg"])
def test_an_answer_of_a_few_bytes_is_sent_as_it_is(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "zstd"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_a_stream_of_events_is_never_held_back_to_be_compressed(app: Flask) -> None:
    def events() -> Iterator[bytes]:
        for _ in range(100):
            yield b"event: changed\ndata: dead queues\n\n"

    app.add_url_rule("/stream", "stream", lambda: Response(events(), mimetype="text/event-stream"))
    answer = app.test_client().get("/stream", headers=BROWSER)
    assert "Content-Encoding" not in answer.headers
    assert answer.data.startswith(b"event: changed")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_makes_the_browser_ask_has_its_full_length(client: FlaskClient, site: str) -> None:
    theirs = client.get("/dead?q=guess", headers={**BROWSER, "Sec-Fetch-Site": site})
    assert theirs.status_code == 200
    assert "Content-Encoding" not in theirs.headers
    for own in ("same-origin", "none"):
        ours = client.get("/dead?q=guess", headers={**BROWSER, "Sec-Fetch-Site": own})
        assert ours.headers["Content-Encoding"] == "br"
