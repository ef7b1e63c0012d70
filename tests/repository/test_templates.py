"""What pages are made of obeys the Content-Security-Policy: nothing inline, evaluated or marked as safe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
PYTHON = sorted((ROOT / "dashboard").rglob("*.py"))
PICTURES = sorted((ROOT / "static").rglob("*.svg"))
TAG = r"<[a-zA-Z][^<>]*"
FORBIDDEN = {
    "inline style": r"\sstyle\s*=|<style",
    "inline script": r"<script(?![^>]*\ssrc=)",
    "inline handler": r"\son[a-z]+\s*=|\shx-on",
    "address that is a script": r"javascript:|\bjs:",
    "trigger with a filter, which needs eval": r"hx-trigger\s*=\s*[\"'][^\"']*\[",
    "value that is evaluated": r"hx-(?:vals|headers|vars|config)[a-z:]*\s*=\s*[\"']\s*(?:js|javascript):",
    "marked as safe": r"\|\s*safe\b|autoescape\s+false",
    "foreign address": r"(?:src|href)=\"https?://",
}
EVALUATED = r"\beval\s*\(|new Function|setTimeout\(\s*[\"'`]|setAttribute\(\s*[\"'](?:style|on[a-z]+)|document\.write"


def with_any(pattern: str, paths: list[Path]) -> list[str]:
    assert paths
    found = re.compile(pattern, re.IGNORECASE)
    return [str(path.relative_to(ROOT)) for path in paths if found.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has_any(what: str) -> None:
    assert with_any(FORBIDDEN[what], TEMPLATES) == []


@pytest.mark.parametrize("what", ["inline style", "inline script", "inline handler"])
def test_no_markup_made_in_python_and_no_picture_has_any(what: str) -> None:
    assert with_any(rf"{TAG}(?:{FORBIDDEN[what]})|<(?:style|script)\b", PYTHON) == []
    assert with_any(FORBIDDEN[what], PICTURES) == []


def test_no_script_evaluates_text_or_writes_an_inline_style() -> None:
    assert with_any(EVALUATED, SCRIPTS) == []


@pytest.mark.parametrize(
    ("what", "example"),
    [
        ("inline style", '<p style="color: red">'),
        ("inline style", "<style>p { color: red }</style>"),
        ("inline script", "<script>alert(1)</script>"),
        ("inline script", '<script type="module">alert(1)</script>'),
        ("inline handler", '<p onclick="act()">'),
        ("inline handler", "<p\n  onload = act()>"),
        ("inline handler", '<p hx-on:click="act()">'),
        ("address that is a script", '<a href="javascript:act()">'),
        ("trigger with a filter, which needs eval", "<p hx-trigger=\"keyup[key=='x'] from:body\">"),
        ("value that is evaluated", "<p hx-vals='js:{a: act()}'>"),
        ("marked as safe", "{{ name | safe }}"),
        ("foreign address", '<img src="https://example.com/a.png">'),
    ],
)
def test_each_of_them_would_be_found(what: str, example: str) -> None:
    assert re.search(FORBIDDEN[what], example, re.IGNORECASE)


def test_every_form_that_posts_carries_the_token_of_its_session() -> None:
    forms = [
        (path.relative_to(ROOT), form)
        for path in TEMPLATES
        for form in re.findall(r"<form\b.*?(?:</form>|\Z)", path.read_text(), re.DOTALL)
        if 'method="post"' in form.partition("{%")[0]
    ]
    assert len(forms) > 5
    without = [str(path) for path, form in forms if "{{ csrf() }}" not in form and "sign_in/page.html" not in str(path)]
    assert without == []


def test_the_token_is_written_by_its_macros_alone() -> None:
    written = [path for path in TEMPLATES if re.search(r"csrf_token|X-CSRF", path.read_text())]
    assert [str(path.relative_to(ROOT)) for path in written] == ["templates/macros/session.html"]
