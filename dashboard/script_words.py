"""The words of scripts: one small script for each language with what their English is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel.support import Translations

_TEXT = r'"(?:[^"\\\n]|\\.)*"'
_CALL = re.compile(rf"\b(?:_\(({_TEXT})|counted\(({_TEXT}), ({_TEXT}))")


def name(language: str) -> str:
    """The file of a language; empty for English, which scripts are written in."""
    return "" if language == "en" else f"js/words-{language}.js"


def written(scripts: Path, translations: Path) -> dict[str, bytes]:
    """The file of every language.

    Args:
        scripts: the folder of scripts.
        translations: the folder with a folder for each language.
    """
    every = list(said(scripts))
    return {
        name(folder.name): f"var WORDS = {json.dumps(_in(folder.name, translations, every))};\n".encode()
        for folder in sorted(translations.iterdir())
        if folder.is_dir()
    }


def said(scripts: Path) -> Iterator[str | tuple[str, str]]:
    """What scripts say: texts, and pairs of one and many."""
    for path in sorted(scripts.glob("*.js")):
        for found in _CALL.finditer(path.read_text(encoding="utf-8")):
            alone, one, many = (json.loads(text or '""') for text in found.groups())
            yield (one, many) if many else alone


def _in(language: str, translations: Path, said: list[str | tuple[str, str]]) -> dict[str, str | list[str]]:
    """What scripts say in a language, as far as that is another text."""
    known = Translations.load(str(translations), [language])
    words: dict[str, str | list[str]] = {}
    for each in said:
        if isinstance(each, str):
            words[each] = known.gettext(each)
        else:
            words["\n".join(each)] = [known.ngettext(*each, count) for count in (1, 2)]
    return {text: other for text, other in words.items() if other not in (text, text.split("\n"))}
