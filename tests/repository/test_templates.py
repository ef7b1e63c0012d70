"""Templates obey the Content-Security-Policy: no inline style, script or handler, and nothing is marked as safe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "inline style": r"\sstyle\s*=|<style",
    "inline script": r"<script(?![^>]*\ssrc=)",
    "inline handler": r"\son[a-z]+\s*=|\shx-on",
    "marked as safe": r"\|\s*safe\b|autoescape\s+false",
    "foreign address": r"(?:src|href)=\"https?://",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has_any(what: str) -> None:
    assert TEMPLATES
    pattern = re.compile(FORBIDDEN[what], re.IGNORECASE)
    assert [str(path.relative_to(ROOT)) for path in TEMPLATES if pattern.search(path.read_text())] == []
