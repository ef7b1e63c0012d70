"""Whatever lies in Redis: pages answer, show it as text, and stay of a bearable size."""

from __future__ import annotations

import json
import zlib
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, words
from tests.web.pages import FINGERPRINT, live_regions

ATTACK = "\"'></textarea></script><script>alert(1)</script><img src=x onerror=alert(1)><hx-partial>{{7*7}}"
MOST_BYTES = 600_000
JOB = "/jobs/main/mail/mail-1"
EVERYWHERE = (
    "/", "/queues", "/queues/main/mail", "/queues/main/mail?state=failed", "/queues/main/mail/jobs", "/jobs", JOB,
    f"{JOB}?traceback=raw", "/dead", f"/dead/{FINGERPRINT}", f"/dead/{FINGERPRINT}?traceback=raw",
    "/operations/new?action=purge&queue=mail", "/workers", "/operations",
)  # fmt: skip
PAYLOADS = {
    "large": b'j{"text":"' + b"<b>" * 1_000_000 + b'"}',
    "many": b"j[" + b"1," * 1_500_000 + b"1]",
    "bomb": b"J" + zlib.compress(b'{"x":"' + b"y" * 20_000_000 + b'"}'),
    "broken": b'j{"to": <script>alert(1)</script>',
    "pickle": b"\x80\x04\x95\x00<script>alert(1)</script>",
    "empty": b"",
    "zeros": b"\x00" * 1_000,
    "nul": b'j{"a":"x\\u0000y","b\\u0000":1}',
    "surrogate": b'j{"a":"\\ud800","\\udfff":"\\udc00\\ud800"}',
    "bytes": b"j\xff\xfe<script>",
    "deep": b"j" + b"[" * 50_000 + b"]" * 50_000,
    "deep-objects": b"j" + b'{"a":' * 300 + b"1" + b"}" * 300,
    "digits": b"j" + b"9" * 10_000,
    "not-a-number": b'j{"a":NaN,"b":-Infinity,"c":1e999}',
    "attack": b"j" + json.dumps({ATTACK: [ATTACK, {ATTACK: ATTACK}]}).encode(),
    "separators": 'j{"a":"\u2028\u2029\u202e\u200b\ufeff"}'.encode(),
}


class Tags(HTMLParser):
    """What a browser would make of a page: its tags with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def assert_harmless(page: str) -> None:
    """The content brings no tag or attribute of its own: scripts are those of the frame, and none is inline."""
    for tag, given in Tags(page).found:
        assert tag not in {"img", "iframe", "object", "embed", "base"}
        assert tag != "script" or given.get("src", "").startswith("/static/")
        assert tag != "hx-partial" or given["hx-target"] in {"#toasts", "#banners", "#held"}
        assert not [name for name in given if name.startswith(("on", "hx-on"))]
        assert not given.get("href", "").lstrip().lower().startswith(("javascript:", "data:"))
    assert "<b>" * 3 not in page
    assert "hx-partial&gt;49" not in page


@pytest.mark.parametrize("stored", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_any_bytes_as_arguments_are_shown_or_said_not_to_be_readable(
    client: FlaskClient, seeder: Seeder, stored: bytes
) -> None:
    seeder.failed("mail", fingerprint=FINGERPRINT)
    seeder.store("mail", "mail-1", stored)
    for path in EVERYWHERE:
        page = client.get(path)
        assert page.status_code == 200, path
        assert len(page.data) < MOST_BYTES, path
        assert_harmless(page.text)
    for path in ("/edit", "/arguments", "/call", "/job.json"):
        answer = client.get(JOB + path)
        assert answer.status_code in (200, 409), path
        assert len(answer.data) < MOST_BYTES, path
        if answer.mimetype == "text/html":
            assert_harmless(answer.text)
        else:
            assert answer.mimetype in ("text/plain", "application/json")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("field", ["type", "error", "message", "data"])
def test_markup_in_any_field_is_shown_as_text(client: FlaskClient, seeder: Seeder, field: str) -> None:
    fields: dict[str, dict[str, Any]] = {
        "type": {"type": ATTACK[:90]},
        "error": {"error": ATTACK},
        "message": {"error": f"ValueError: {ATTACK}"},
        "data": {"data": {ATTACK: ATTACK}},
    }
    seeder.failed("mail", 2, fingerprint=FINGERPRINT, **fields[field])
    seeder.pending("mail", 1, type=ATTACK[:90])
    for path in (*EVERYWHERE, "/jobs?state=pending", f"{JOB}/edit"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert_harmless(page.text)
        for region, address in live_regions(page.text).items():
            part = client.get(address, headers={**PARTIAL, "HX-Target": f"div#{region}"})
            assert part.status_code == 200, (path, region)
            assert_harmless(part.text)


def test_markup_in_what_an_action_answers_is_text(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", type=ATTACK[:90])
    answer = client.post(f"{JOB}/purge", headers={**PARTIAL, "HX-Current-URL": f"http://localhost{JOB}"})
    assert "&lt;script&gt;" in answer.text
    assert_harmless(answer.text)
    assert_harmless(client.get(client.post(f"{JOB}/restore").location).text)


def test_markup_in_a_filter_is_text(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail")
    for name in ("q", "type", "error", "fingerprint", "queue"):
        for path in ("/dead", "/jobs", "/queues"):
            page = client.get(path, query_string={name: ATTACK.replace('"', "")})
            assert page.status_code in (200, 400, 404), (path, name)
            assert_harmless(page.text)


def test_a_very_long_error_is_cut(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 50, error="E" * 200 + ": " + "long " * 100_000, type="t" * 200, fingerprint=FINGERPRINT)
    for path in EVERYWHERE:
        page = client.get(path)
        assert page.status_code == 200, path
        assert len(page.data) < MOST_BYTES, path


@pytest.mark.parametrize(
    "fields",
    [{"at": b"many", "mr": b"-1", "ca": b"\xff"}, {"ea": b"9" * 400, "fa": b"NaN"}, {"st": b"?"},
     {"ty": b"\x00\xff<b>"},
     {"ea": b"-99999999999999999", "ca": b"99999999999999999999"}],
    ids=["words", "far", "state", "type", "range"],
)  # fmt: skip
def test_damaged_records_break_no_page(client: FlaskClient, seeder: Seeder, fields: dict[str, bytes]) -> None:
    seeder.failed("mail", 2, fingerprint=FINGERPRINT)
    seeder.client.hset(seeder.engine("mail").keys.job("mail-1"), mapping=fields)  # type: ignore[arg-type]
    for path in EVERYWHERE:
        page = client.get(path)
        assert page.status_code == 200, path
        assert_harmless(page.text)


@pytest.mark.parametrize(
    "blob", [b"", b"not json", b"\x00\xff", b"[" * 50_000, b"{}", b"[]", b'{"frames": 1}', b"9" * 9_000]
)
def test_a_damaged_error_breaks_no_page(client: FlaskClient, seeder: Seeder, blob: bytes) -> None:
    seeder.failed("mail", 2, fingerprint=FINGERPRINT)
    seeder.client.set(seeder.engine("mail").keys.error("mail-1"), blob)
    for path in EVERYWHERE:
        assert client.get(path).status_code == 200, path


def test_names_in_redis_that_are_no_queues_are_left_out(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", fingerprint=FINGERPRINT)
    seeder.client.sadd("queues", ATTACK, "a{b}", "", b"\xff\xfe", "x" * 5_000)
    for path in EVERYWHERE:
        page = client.get(path)
        assert page.status_code == 200, path
        assert len(page.data) < MOST_BYTES, path
        assert_harmless(page.text)
    assert "mail" in words(client.get("/queues"))
