"""Pages speak the viewer's language and tell times in the viewer's zone; what machines read does not change."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import words
from tests.web.pages import PAGES, furnish

SAYS = {
    "de": ("de", "Übersicht", "vor "),
    "fr": ("fr", "Aperçu", "il y a "),
    "es": ("es", "Resumen", "hace "),
    "ja": ("ja", "概要", "秒前"),
    "zh_Hans": ("zh-Hans", "概览", "秒前"),
}


def choose(client: FlaskClient, **chosen: str) -> None:
    """Keep a choice in the cookie, as the settings do."""
    assert client.post("/settings", data=chosen).status_code == 303


@pytest.mark.parametrize("language", SAYS)
def test_every_page_speaks_the_chosen_language(client: FlaskClient, seeder: Seeder, language: str) -> None:
    operation = furnish(client, seeder)
    choose(client, language=language)
    tag, overview, _ = SAYS[language]
    for path in PAGES:
        page = client.get(path.format(operation=operation))
        assert page.status_code == 200, path
        assert f'<html lang="{tag}" dir="ltr"' in page.text
        assert overview in words(page)


@pytest.mark.parametrize(
    ("asked", "tag"),
    [
        ("de-AT,en;q=0.5", "de"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW,fr;q=0.5", "fr"),
        ("pt-BR", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)  # fmt: skip
def test_without_a_choice_the_browser_is_asked(client: FlaskClient, asked: str, tag: str) -> None:
    assert f'<html lang="{tag}"' in client.get("/settings", headers={"Accept-Language": asked}).text


def test_numbers_and_ages_are_written_as_the_language_does(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 1)
    for language, (_, _, ago) in SAYS.items():
        choose(client, language=language)
        assert ago in words(client.get("/jobs?state=failed"))
    choose(client, language="de")
    assert re.search(r"höchstens \d+\.000 Jobs", words(client.get("/settings")))


def test_what_machines_read_is_english(client: FlaskClient) -> None:
    choose(client, language="de")
    answer = client.get("/api/v1/jobs/main/mail/nobody", headers={"Accept-Language": "de"})
    assert answer.get_json()["detail"] == "source main has no queue mail; a queue appears with its first job or worker"


def test_exact_times_are_told_in_the_chosen_zone(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 1)
    choose(client, clock="Asia/Tokyo")
    page = client.get("/jobs?state=failed").text
    (title,) = set(re.findall(r'<time data-ago datetime="[^"]*Z" title="([^"]*)"', page))
    assert title.endswith(" JST")
    choose(client, clock="Nowhere/Land")
    assert ' UTC"' in client.get("/jobs?state=failed").text


def test_the_device_s_zone_is_what_its_browser_said(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 1)
    client.set_cookie("appearance", "clock=device&device=Asia%2FTokyo")
    assert ' JST"' in client.get("/jobs?state=failed").text
    client.set_cookie("appearance", "clock=device&device=../etc/passwd")
    assert ' UTC"' in client.get("/jobs?state=failed").text


def test_scripts_get_their_words_in_every_language_but_english(client: FlaskClient) -> None:
    assert "js/words-" not in client.get("/settings").text
    choose(client, language="fr")
    found = re.search(r'src="([^"]*js/words-fr\.js)"', client.get("/settings").text)
    assert found
    assert "Copi\\u00e9." in client.get(found[1]).text


def test_why_arguments_cannot_be_shown_is_said_in_the_chosen_language(client: FlaskClient, seeder: Seeder) -> None:
    damaged, large = seeder.failed("mail", 2)
    seeder.store("mail", damaged, b"j{broken")
    seeder.store("mail", large, b'j{"x": "' + b"y" * 100_000 + b'"}')
    choose(client, language="de")
    assert "kein JSON: Expecting property name" in words(client.get(f"/jobs/main/mail/{damaged}"))
    assert "größer als 64 kB; nur der Anfang wird gezeigt" in words(client.get(f"/jobs/main/mail/{large}"))


def test_a_cursor_of_another_list_is_refused_in_the_chosen_language(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 1)
    assert "cursor is not" in words(client.get("/jobs?cursor=x"))
    choose(client, language="de")
    assert "cursor is not" not in words(client.get("/jobs?cursor=x"))
