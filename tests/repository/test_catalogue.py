"""The catalogue knows every word that is marked, and every language has a translation that fits."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from dashboard import script_words
from dashboard.appearance import LANGUAGES

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "dashboard" / "translations"
CODES = [code for code, _ in LANGUAGES if code not in ("", "en")]
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|(%%)")
_TAG = re.compile(r"<[^>]+>")


def template() -> Catalog:
    with (TRANSLATIONS / "messages.pot").open("rb") as text:
        return read_po(text)


def catalogue(code: str) -> Catalog:
    with (TRANSLATIONS / code / "LC_MESSAGES" / "messages.po").open("rb") as text:
        return read_po(text, locale=code)


def forms(message: Message) -> list[str]:
    """What a message is in its language: one text, or one for each plural."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def texts(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def known(catalog: Catalog) -> set[tuple[str, str]]:
    return {(message.context or "", texts(message)[0]) for message in catalog if message.id}


def test_every_language_that_can_be_chosen_has_a_catalogue() -> None:
    assert {path.name for path in TRANSLATIONS.iterdir() if path.is_dir()} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_message_is_translated(code: str) -> None:
    catalog = catalogue(code)
    assert known(catalog) == known(template())
    assert [message.id for message in catalog if message.id and not all(forms(message))] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


@pytest.mark.parametrize("code", CODES)
def test_a_translation_has_the_placeholders_and_the_tags_of_its_message(code: str) -> None:
    wrong = []
    for message in catalogue(code):
        if not message.id:
            continue
        allowed = [(set(_PLACEHOLDER.findall(text)), sorted(_TAG.findall(text))) for text in texts(message)]
        found = [(set(_PLACEHOLDER.findall(form)), sorted(_TAG.findall(form))) for form in forms(message)]
        if found[-1] != allowed[-1] or any(form not in allowed for form in found):
            wrong.append(message.id)
    assert wrong == []


@pytest.mark.parametrize("code", CODES)
def test_what_is_compiled_is_what_is_written(code: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    with (TRANSLATIONS / code / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        shipped = {(m.context, str(m.id)): m.string for m in read_mo(file) if m.id}
    assert shipped == {(m.context, str(m.id)): m.string for m in read_mo(compiled) if m.id}


def test_every_marked_text_is_in_the_catalogue(tmp_path: Path) -> None:
    found = tmp_path / "found.pot"
    keywords = ["-k", "counted:1,2", "-k", "marked_up", "-k", "N_"]
    config = str(TRANSLATIONS / "babel.cfg")
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", config, *keywords]
    subprocess.run([*command, "-o", str(found), "."], cwd=ROOT, check=True)
    with found.open("rb") as text:
        assert known(read_po(text)) - known(template()) == set()


def test_every_word_of_a_script_is_in_the_catalogue() -> None:
    said = script_words.said(ROOT / "static" / "js")
    first = {text if isinstance(text, str) else text[0] for text in said}
    assert first
    assert first - {text for _, text in known(template())} == set()
