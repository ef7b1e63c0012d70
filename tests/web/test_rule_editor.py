"""The rule editor: rules made, changed, previewed and deleted on pages; built-in ones changed and turned off."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from dashboard.alerts.evaluator import Evaluator
from dashboard.alerts.problems import Problem
from dashboard.alerts.records import Origin, Rule
from dashboard.alerts.rulebook import InvalidRule
from dashboard.app import create_app
from dashboard.collector.lease import Lease
from dashboard.rule_form import entered, given, places, problems
from dashboard.services import Services, build_services
from dashboard.settings import Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, form_to, remember, words

RULE = {"name": "mail-waits", "metric": "oldest_pending_seconds", "above": "300", "for": "2m", "severity": "page",
        "source": "main", "queue": "mail", "tell": "all"}  # fmt: skip


def test_a_stored_rule_that_cannot_be_read_is_named_and_only_deleted(client: FlaskClient, bundle: Services) -> None:
    bundle.store.client.hset(bundle.store.page_rules, "many", "{")
    bundle.store.client.hset(bundle.store.channels, "team", '{"channel": {"name": "team", "kind": "fax"}}')
    lease = Lease(bundle.store)
    assert lease.renew()
    fence = lease.fence()
    assert fence is not None
    Evaluator(bundle.store, bundle.sources, bundle.settings, bundle.clock, book=bundle.alerts).evaluate(fence)
    page = words(client.get("/alerts"))
    assert "Rules that cannot be read 1 many what is stored is damaged" in page
    assert "many Error many cannot be evaluated the stored rule cannot be read" in page
    assert "team channel team: unknown kind" in page
    assert "Send a test to team" not in client.get("/alerts").text
    shown = client.get("/alerts/rules/many", follow_redirects=True)
    assert "Delete rule many?" in words(shown)
    assert "what is stored is damaged" in words(shown)
    (alert,) = (each for each in bundle.alerts.alerts() if each.rule == "many")
    assert "many" in words(client.get(f"/alerts/incidents/{alert.fingerprint}"))
    refused = client.get("/alerts/rules/many/edit")
    assert (refused.status_code, "go back to the version that wrote it" in words(refused)) == (409, True)
    assert client.post("/alerts/rules/many/edit", data=RULE).status_code == 409
    assert client.get("/alerts/channels/team/edit").status_code == 409
    assert "unknown kind" in words(client.get("/alerts/channels/team/remove"))
    for path in ("/", "/palette?q=many", "/alerts/rules/new", "/alerts/silences", "/metrics"):
        assert client.get(path).status_code == 200, path
    rules = {each["name"]: each for each in client.get("/api/v1/alerts/rules?limit=200").get_json()["items"]}
    assert (rules["many"]["metric"], rules["many"]["unreadable"]) == (None, "what is stored is damaged")
    assert (rules["many"]["enabled"], rules["many"].keys()) == (None, rules["too-many-failed"].keys())
    assert rules["too-many-failed"]["unreadable"] is None
    (listed,) = (each for each in client.get("/api/v1/alerts").get_json()["items"] if each["rule"] == "many")
    assert (listed["state"], "cannot be read" in listed["error"]) == ("error", True)
    channels = client.get("/api/v1/alerts/channels").get_json()["items"]
    assert ["unknown kind" in (each["unreadable"] or "") for each in channels if each["name"] == "team"] == [True]
    form = form_to(shown, "/delete")
    assert client.post(form.action, data=dict(form.fields)).status_code == 303
    assert "cannot be read" not in words(client.get("/alerts/rules/new"))
    assert bundle.alerts.unreadable() == []


def test_a_rule_that_cannot_be_evaluated_needs_attention(client: FlaskClient, bundle: Services, seeder: Seeder) -> None:
    seeder.failed("mail", 1)
    bundle.store.client.hset(bundle.store.page_rules, "many", "{")
    lease = Lease(bundle.store)
    assert lease.renew()
    fence = lease.fence()
    assert fence is not None
    Evaluator(bundle.store, bundle.sources, bundle.settings, bundle.clock, book=bundle.alerts).evaluate(fence)
    assert "many cannot be evaluated the stored rule cannot be read" in words(client.get("/"))


def test_who_may_not_delete_a_rule_that_cannot_be_read_is_led_to_why(redis_url: str) -> None:
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), read_only=True)
    bundle = build_services(settings)
    bundle.store.client.hset(bundle.store.page_rules, "many", "{")
    client = create_app(settings, bundle).test_client()
    reply = client.get("/alerts/rules/many")
    assert (reply.status_code, reply.location) == (303, "/alerts#u-many")
    assert 'id="u-many"' in client.get("/alerts").text


def test_a_change_made_while_the_form_was_read_is_not_overwritten(
    client: FlaskClient, bundle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, rule = bundle.rulebook, bundle.alerts.rule
    values = {"name": "many", "metric": "failed", "above": 5}
    book.add(values)

    def meanwhile(name: str) -> Rule:
        found = rule(name)
        book.change(name, values | {"above": 50}, book.one(name).revision)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(bundle.alerts, "rule", meanwhile)
        form = form_to(client.get("/alerts/rules/many/edit"), "/edit")
    reply = client.post(form.action, data=dict(form.fields) | {"for": "1m"})
    assert (reply.status_code, "changed meanwhile" in words(reply)) == (422, True)
    assert book.one("many").rule.above == 50


def test_a_rule_is_added_from_the_page_of_a_queue(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    seeder.failed("mail", 1)
    link = "/alerts/rules/new?metric=oldest_pending_seconds&amp;above=300&amp;source=main&amp;queue=mail"
    assert link in client.get("/queues/main/mail").text
    form = form_to(client.get(link.replace("&amp;", "&")), "/alerts/rules")
    values = dict(form.fields) | {"name": "mail-waits", "for": "2m", "tell": "all"}
    reply = client.post(form.action, data=values)
    assert (reply.status_code, reply.location) == (303, "/alerts/rules/mail-waits"), words(reply)
    made = bundle.rulebook.made()["mail-waits"].rule
    assert (made.queue, made.above, made.for_seconds, made.origin) == ("mail", 300, 120, Origin.PAGE)
    assert "mail-waits" in words(client.get("/alerts"))
    assert [each.action for each in bundle.audit.page().items] == ["add"]


@pytest.mark.parametrize(
    ("metric", "above"), [("failed", "100"), ("redis_memory", "85"), ("failure_rate", "10"), ("burn_rate", "14.4")]
)
def test_an_empty_form_begins_with_a_limit_that_makes_sense(client: FlaskClient, metric: str, above: str) -> None:
    page = client.get("/alerts/rules/new", query_string={"metric": metric})
    assert dict(form_to(page, "/alerts/rules").fields)["above"] == above


def test_a_window_that_is_left_out_is_that_of_the_metric(client: FlaskClient) -> None:
    for metric, window in (("burn_rate", "1h"), ("backlog_growth", "10m")):
        page = client.get("/alerts/rules/new", query_string={"metric": metric}).text
        assert f'placeholder="{window}"' in page.partition('id="window"')[2].partition(">")[0]


def test_a_wrong_value_is_told_at_its_field_and_nothing_is_saved(client: FlaskClient, bundle: Services) -> None:
    for wrong, field in (({"above": "many"}, "above"), ({"for": "soon"}, "for"), ({"name": "a b"}, "name")):
        reply = client.post("/alerts/rules", data=RULE | wrong)
        assert reply.status_code == 422, wrong
        assert "Not saved." in words(reply)
        at = reply.text.partition(f'id="{field}"')[2].partition(">")[0]
        assert 'aria-invalid="true"' in at, field
    all_at_once = client.post("/alerts/rules", data=RULE | {"above": "many", "for": "soon", "name": "a b"})
    assert all_at_once.text.count('aria-invalid="true"') == 3
    assert bundle.rulebook.made() == {}


def test_it_is_changed_unless_somebody_else_did_and_deleted_after_a_question(
    client: FlaskClient, bundle: Services
) -> None:
    client.post("/alerts/rules", data=RULE)
    form = form_to(client.get("/alerts/rules/mail-waits/edit"), "/edit")
    changed = dict(form.fields) | {"above": "60", "tell": "all", "severity": "info"}
    assert client.post(form.action, data=changed).status_code == 303
    assert bundle.rulebook.made()["mail-waits"].rule.above == 60
    stale = client.post(form.action, data=changed)
    assert stale.status_code == 422
    assert "changed meanwhile" in words(stale)
    question = form_to(client.get("/alerts/rules/mail-waits/delete"), "/delete")
    assert client.post(question.action, data=dict(question.fields)).status_code == 303
    assert bundle.rulebook.made() == {}


def test_a_built_in_rule_is_turned_off_and_changed_and_comes_back(client: FlaskClient, bundle: Services) -> None:
    assert client.post("/alerts/rules/too-many-failed/off").status_code == 303
    assert not bundle.rulebook.made()["too-many-failed"].rule.enabled
    form = form_to(client.get("/alerts/rules/too-many-failed/edit"), "/edit")
    turned_on = {"above": "5", "tell": "all", "severity": "page", "enabled": ["1", "0"]}
    client.post(form.action, data=dict(form.fields) | turned_on)
    made = bundle.rulebook.made()["too-many-failed"].rule
    assert (made.above, made.enabled) == (5, True)
    question = form_to(client.get("/alerts/rules/too-many-failed/delete"), "/delete")
    client.post(question.action, data=dict(question.fields))
    assert next(each for each in bundle.rulebook.rules() if each.name == "too-many-failed").above == 100


def test_a_rule_that_is_turned_off_stays_so_when_it_is_edited_until_it_is_turned_on(
    client: FlaskClient, bundle: Services
) -> None:
    client.post("/alerts/rules", data=RULE)
    for ticked, enabled in ((["0"], False), (["1", "0"], True)):
        form = form_to(client.get("/alerts/rules/mail-waits/edit"), "/alerts/rules/mail-waits/edit")
        client.post(form.action, data=dict(form.fields) | {"tell": "all", "severity": "info", "enabled": ticked})
        assert bundle.rulebook.one("mail-waits").rule.enabled is enabled
        page = client.get("/alerts/rules/mail-waits/edit").text
        assert ('name="enabled" value="1" checked' in page) is enabled


@pytest.mark.parametrize("text", ["inf", "nan", "1e999", "10,000", "1.2.3", "0x10", "1_000"])
def test_a_number_that_could_be_meant_otherwise_is_refused(client: FlaskClient, bundle: Services, text: str) -> None:
    page = client.post("/alerts/rules", data=RULE | {"above": text})
    assert page.status_code == 422
    assert "write a number, such as" in words(page)
    assert not bundle.rulebook.made()


@pytest.mark.parametrize(("text", "value"), [("10000", 10_000), ("2,5", 2.5), ("0.125", 0.125), ("1234567", 1_234_567)])
def test_a_number_is_kept_as_it_was_written(client: FlaskClient, bundle: Services, text: str, value: float) -> None:
    client.post("/alerts/rules", data=RULE | {"above": text})
    assert bundle.rulebook.made()["mail-waits"].rule.above == value
    form = form_to(client.get("/alerts/rules/mail-waits/edit"), "/alerts/rules/mail-waits/edit")
    assert dict(form.fields)["above"] == text.replace(",", ".")


def test_a_rule_of_the_file_is_changed_there(redis_url: str) -> None:
    given_rules = {"rules": [{"name": "mine", "metric": "failed", "above": 3}]}
    settings = Settings.model_validate({"sources": [{"name": "main", "url": redis_url}], "alerts": given_rules})
    client = create_app(settings).test_client()
    assert client.get("/alerts/rules/mine/edit").status_code == 409
    assert "in the file" in words(client.get("/alerts/rules/mine"))


def test_the_preview_says_what_it_would_have_done_and_saves_nothing(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    seeder.pending("mail", 2)
    remember(bundle, minutes=20)
    whole = client.post("/alerts/rules/preview", data=RULE | {"above": "-1", "for": "0s"})
    assert whole.status_code == 200
    assert "would have fired" in words(whole)
    assert 'value="mail-waits"' in whole.text
    headers = PARTIAL | {"HX-Target": "section#preview"}
    part = client.post("/alerts/rules/preview", data=RULE | {"above": "99999"}, headers=headers)
    assert "<form" not in part.text
    assert "would not have fired" in words(part)
    form = client.post("/alerts/rules/preview", data=RULE | {"metric": "failure_rate"},
                       headers=PARTIAL | {"HX-Target": "form#rule-form"})  # fmt: skip
    assert 'id="minimum"' in form.text
    assert 'id="objective"' not in form.text
    broken = client.post("/alerts/rules/preview", data=RULE | {"above": "x"}, headers=headers)
    assert "write a number, such as" in words(broken)
    assert bundle.rulebook.made() == {}


def test_the_preview_looks_at_the_queues_with_most_jobs_and_says_what_it_would_have_told(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    for number in range(8):
        seeder.failed(f"quiet-{number}", 1)
    seeder.failed("zebra", 20)
    remember(bundle, minutes=20)
    rule = RULE | {"metric": "failed", "queue": "", "above": "5", "for": "0s"}
    by_queue = words(client.post("/alerts/rules/preview", data=rule | {"metric": "oldest_pending_seconds"}))
    assert "zebra would not have fired" in by_queue
    assert "3 more are watched and not shown here." in by_queue
    of_source = words(client.post("/alerts/rules/preview", data=rule))
    assert "main would have fired once" in of_source
    assert "Highest: 28 One message to each channel, without repeats Recorded since" in of_source
    of_group = rule | {"metric": "failed_per_minute", "fingerprint": "f1"}
    unkept = "Past values of what this rule watches are not kept"
    assert unkept in words(client.post("/alerts/rules/preview", data=of_group))


def test_what_the_form_shows_of_a_rule_makes_the_same_rule_again() -> None:
    rule = Rule("r", "oldest_pending_seconds", 300.0, 120.0, "ticket", "main", "mail", clear=60.0,
                keep_firing_seconds=90.0)  # fmt: skip
    made = given(entered(rule), ())
    assert made == {
        "name": "r", "metric": "oldest_pending_seconds", "severity": "ticket", "source": "main", "queue": "mail",
        "for": "2m", "keep_firing_for": "90s", "no_data_for": "1m", "above": 300, "clear": 60,
    }  # fmt: skip


def test_what_is_wrong_is_listed_above_the_form_also_of_fields_that_have_no_place_in_it(client: FlaskClient) -> None:
    client.post("/alerts/rules", data=RULE)
    form = form_to(client.get("/alerts/rules/mail-waits/edit"), "/edit")
    wrong = {"source": "mian", "severity": "huge", "above": "1e9", "for": "soon"}
    page = client.post(form.action, data=dict(form.fields) | wrong | {"above": "10"})
    for line in ("Fires after : write a number and its unit", "Severity : must be one of"):
        assert line in words(page)
    assert '<a class="link" href="#for">' in page.text
    gone = client.post(form.action, data=dict(form.fields) | {"source": "mian"})
    assert "Source : no source is called mian; did you mean main?" in words(gone)
    assert '<option value="mian" selected>mian (not configured)</option>' in gone.text
    assert list(problems(InvalidRule([Problem("name", "taken")]))) == ["name"]
    assert "name" not in places("failed", new=False)


def test_problems_are_told_in_the_language_of_the_reader(client: FlaskClient) -> None:
    german = {"Accept-Language": "de"}
    page = client.post("/alerts/rules", data=RULE | {"for": "bald", "name": "zu viele"}, headers=german)
    assert "Input should" not in page.text
    assert "Leerzeichen" in words(page)
    client.post("/alerts/rules", data=RULE)
    assert "there is a rule" not in words(client.post("/alerts/rules", data=RULE, headers=german))


def test_a_source_and_a_channel_that_are_gone_stay_chosen_when_a_rule_names_them(
    client: FlaskClient, bundle: Services
) -> None:
    stored = {"rule": RULE | {"above": 300.0, "source": "old", "channels": ["night"]}, "author": "kim", "written_at": 1}
    del stored["rule"]["tell"]
    bundle.store.client.hset(bundle.store.page_rules, "mail-waits", json.dumps(stored))
    page = client.get("/alerts/rules/mail-waits/edit")
    assert "old (not configured)" in words(page)
    assert "night (not configured)" in words(page)
    form = form_to(page, "/edit")
    saved = client.post(form.action, data=dict(form.fields) | {"above": "60", "tell": "some", "severity": "info"})
    assert saved.status_code == 303, words(saved)
    made = bundle.rulebook.one("mail-waits").rule
    assert (made.above, made.source, made.channels) == (60, "old", ("night",))
