"""Silences and maintenance windows on their pages, without JavaScript and with htmx."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from dashboard.alerts.matchers import exactly
from dashboard.alerts.records import Alert, AlertState
from dashboard.alerts.silences import Silence, match
from dashboard.services import Services
from dashboard.views.silences import meant
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, form_to, words
from tests.web.test_alerts import evaluate


def fire(seeder: Seeder, bundle: Services) -> str:
    """Let the built-in rule fire; the alert's id."""
    seeder.failed("mail", 101)
    evaluate(bundle)
    return next(iter(bundle.alerts.firing())).fingerprint


def test_a_firing_alert_is_silenced_from_its_own_question_and_stays_visible(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    fingerprint = fire(seeder, bundle)
    assert f"/alerts/silences/new?alert={fingerprint}" in client.get("/alerts").text
    question = client.get(f"/alerts/silences/new?alert={fingerprint}")
    assert "Silence “too-many-failed” on main?" in words(question)
    form = form_to(question, "/alerts/silences")
    given = dict(form.fields) | {"for": "1h", "comment": "restore"}
    assert client.post(form.action, data=given).status_code == 303
    (silence,) = bundle.silences.active(bundle.clock())
    assert (silence.comment, round(silence.ends_at - silence.starts_at)) == ("restore", 3_600)
    page = words(client.get("/alerts"))
    assert "too-many-failed Silenced" in page
    assert re.search(r"Silenced by \w+ until [^:]+:\d\d UTC: restore", page)
    assert "59 min left" in page or "1 h left" in page
    ending = form_to(client.get("/alerts"), "/end")
    assert client.post(ending.action, data=dict(ending.fields)).status_code == 303
    assert "too-many-failed Silenced" not in words(client.get("/alerts"))
    assert "Ended in the last five days" in words(client.get("/alerts/silences"))


@pytest.mark.parametrize("queue", ["a\nb", " mail", "x" * 300, "a\u2028b"])
def test_an_alert_of_an_oddly_named_queue_is_silenced_from_its_own_question(queue: str) -> None:
    alert = Alert("wait", "page", "failed", AlertState.FIRING, "main", queue, 1.0, 0.0, 0.0, "a1", 0.0)
    asked = "\r\n".join(str(each) for each in exactly(alert))
    assert match([Silence("s", tuple(meant(alert, asked)), "kim", "", 0.0, 9.0, 0.0)], alert) == "s"
    changed = f"{asked}\r\nseverity=page"
    assert len(meant(replace(alert, queue="mail"), changed.replace(queue, "mail"))) == len(exactly(alert)) + 1


def test_a_silence_may_last_until_what_it_means_is_resolved_or_until_a_time(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    fingerprint = fire(seeder, bundle)
    client.post("/alerts/silences", data={"alert": fingerprint, "match": "rule=too-many-failed", "for": "resolved"})
    assert "until resolved" in words(client.get("/alerts"))
    client.post("/alerts/silences", data={"match": "queue=mail", "for": "until", "until": "2040-01-02T03:04"})
    refused = client.post("/alerts/silences", data={"match": "queue=mail", "for": "until", "until": "2020-01-02T03:04"})
    assert refused.status_code == 422
    assert "Nothing was silenced." in words(refused)
    assert len(bundle.silences.listed()) == 1, "a silence beyond a year is refused too"


def test_what_is_not_understood_is_told_and_what_was_typed_is_kept(client: FlaskClient, bundle: Services) -> None:
    reply = client.post("/alerts/silences", data={"match": "colour=red", "for": "4h", "comment": "why not"})
    assert reply.status_code == 422
    assert "nothing of an alert is called colour" in words(reply)
    assert "colour=red" in reply.text
    assert 'value="why not"' in reply.text
    assert bundle.silences.listed() == []


def test_a_new_silence_is_filled_in_for_the_queue_that_asks(client: FlaskClient) -> None:
    assert "queue=mail" in client.get("/alerts/silences/new?queue=mail&source=main").text


def test_htmx_gets_the_question_alone_and_the_dialog_closes(client: FlaskClient) -> None:
    assert "<html" not in client.get("/alerts/silences/new", headers=PARTIAL).text
    headers = PARTIAL | {"HX-Current-URL": "http://localhost/alerts"}
    reply = client.post("/alerts/silences", data={"match": "queue=mail", "for": "30m"}, headers=headers)
    assert "dialog:close" in reply.headers["HX-Trigger"]
    assert "Silenced All rules on mail." in words(reply)
    assert re.search(r'action="/alerts/silences/\w+/end"', reply.text), "the toast takes it back"


def test_a_window_is_made_listed_and_deleted_after_a_question(client: FlaskClient, bundle: Services) -> None:
    given = {"name": "restore", "match": "queue=mail", "day": ["0", "6"], "time": "02:30", "for": "90m",
             "zone": "Europe/Berlin", "comment": "weekly"}  # fmt: skip
    assert client.post("/alerts/windows", data=given).status_code == 303
    (window,) = bundle.windows.listed()
    assert (window.cron, window.seconds, window.zone) == ("30 2 * * 0,6", 5_400, "Europe/Berlin")
    page = words(client.get("/alerts/silences"))
    assert "restore" in page
    assert "weekly" in page
    question = client.get("/alerts/windows/restore/delete")
    assert "Delete window restore?" in words(question)
    assert client.post("/alerts/windows/restore/delete").status_code == 409, "what is deleted was not looked at"
    form = form_to(question, "/delete")
    assert client.post(form.action, data=dict(form.fields)).status_code == 303
    assert bundle.windows.listed() == []
    assert client.get("/alerts/windows/restore/delete").status_code == 404


def test_a_window_is_made_of_a_cron_expression_and_changed_to_days(client: FlaskClient, bundle: Services) -> None:
    given = {"name": "monthly", "match": "queue=mail", "by": "cron", "cron": " 0 2  1 * * ", "for": "2h", "zone": "UTC"}
    assert client.post("/alerts/windows", data=given).status_code == 303
    (window,) = bundle.windows.listed()
    assert window.cron == "0 2 1 * *"
    form = form_to(client.get("/alerts/windows/monthly/edit"), "/edit")
    shown = dict(form.fields)
    assert (shown["cron"], shown["for"], shown["revision"]) == ("0 2 1 * *", "2h", window.revision)
    days = shown | {"match": "queue=mail", "by": "days", "day": ["1"], "time": "03:30"}
    assert client.post(form.action, data=days).status_code == 303
    assert bundle.windows.one("monthly").cron == "30 3 * * 1"
    stale = client.post(form.action, data=days)
    assert stale.status_code == 422
    assert "changed meanwhile" in words(stale)


def test_the_form_shows_when_the_window_opens_next_before_it_is_kept(client: FlaskClient, bundle: Services) -> None:
    client.set_cookie("appearance", "clock=Asia%2FKolkata")
    given = {"by": "cron", "cron": "0 2 29 2 *", "for": "90m", "zone": "UTC"}
    page = words(client.post("/alerts/windows/preview", data=given))
    assert "New maintenance window" in page, "without JavaScript it is the form, as it was filled in"
    headers = PARTIAL | {"HX-Target": "div#window-next"}
    part = words(client.post("/alerts/windows/preview", data=given, headers=headers))
    assert part.startswith("Opens next, in Asia/Kolkata")
    assert part.count("29 Feb 07:30 – 09:00") == 3
    over_midnight = given | {"cron": "0 17 * * 1", "for": "2h"}
    part = words(client.post("/alerts/windows/preview", data=over_midnight, headers=headers))
    assert re.search(r"Mon \d+ \w+ 22:30 – Tue \d+ \w+ 00:30", part)
    always = client.post("/alerts/windows/preview", data=given | {"cron": "0 * * * *"}, headers=headers)
    assert "opens again before it has closed" in words(always)
    wrong = client.post("/alerts/windows/preview", data=given | {"cron": "0 0 30 2 *"}, headers=headers)
    assert "never opens" in words(wrong)
    assert bundle.windows.listed() == []


def test_a_silence_holds_longer_by_a_press_and_gets_another_end_in_its_form(
    client: FlaskClient, bundle: Services
) -> None:
    client.post("/alerts/silences", data={"match": "queue=mail", "for": "30m", "comment": "restore"})
    (made,) = bundle.silences.listed()
    more = form_to(client.get("/alerts/silences"), "/extend")
    assert client.post(more.action, data=dict(more.fields)).headers["Location"] == "/alerts/silences"
    assert bundle.silences.get(made.id).ends_at == made.ends_at + 3_600
    assert client.post(more.action, data=dict(more.fields)).status_code == 409, "somebody pressed it meanwhile"
    form = form_to(client.get(f"/alerts/silences/{made.id}/edit"), "/edit")
    kept = {"for": "until"} | {name: value for name, value in form.fields if name != "for"}
    assert client.post(form.action, data=kept | {"comment": "longer"}).status_code == 303
    changed = bundle.silences.get(made.id)
    assert (changed.comment, changed.ends_at) == ("longer", made.ends_at + 3_600), "the end stays to the second"
    again = client.post(form.action, data=kept | {"for": "4h"})
    assert again.status_code == 422
    assert "somebody else" in words(again)
    fresh = dict(form_to(client.get(f"/alerts/silences/{made.id}/edit"), "/edit").fields)
    assert client.post(form.action, data=fresh | {"for": "resolved"}).status_code == 303
    assert "until resolved" in words(client.get("/alerts/silences"))
    assert "/extend" not in client.get("/alerts/silences").text


def test_an_impossible_window_is_told_in_the_form(client: FlaskClient, bundle: Services) -> None:
    good = {"name": "restore", "match": "queue=mail", "day": ["0"], "time": "02:30", "for": "90m", "zone": "UTC"}
    for wrong in ({"name": "a b"}, {"day": []}, {"time": "25:00"}, {"for": "long"}, {"match": ""}, {"zone": "Nowhere"}):
        reply = client.post("/alerts/windows", data=good | wrong)
        assert reply.status_code == 422, wrong
        assert "Not added." in words(reply)
    assert bundle.windows.listed() == []


def test_an_open_window_silences_and_says_so(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    bundle.windows.add(bundle.windows.made("always", ["rule~*"], "0 0 * * *", 86_400, comment="moving house"))
    fire(seeder, bundle)
    page = words(client.get("/alerts"))
    assert "Maintenance window always until" in page
    assert "moving house" in page
