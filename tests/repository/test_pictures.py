"""The pictures of the documentation: of pages that there are, in both themes and widths, and small."""

from __future__ import annotations

import re
from pathlib import Path

from tests.browser.screenshots import FOLDER, MOST_BYTES, PAGES, SIZES, THEMES

ROOT = Path(__file__).parents[2]
PICTURES = sorted(FOLDER.glob("*.png"))


def test_every_picture_is_of_a_page_that_can_be_taken_again() -> None:
    known = {f"{page}{size}-{theme}.png" for page in PAGES for size in SIZES for theme in THEMES}
    assert PICTURES
    assert {path.name for path in PICTURES} <= known


def test_a_pictured_page_is_pictured_in_both_themes_and_widths() -> None:
    shown = {page for page in PAGES if (FOLDER / f"{page}-light.png").exists()}
    assert {"overview", "dead-letters", "job"} <= shown
    wanted = {f"{page}{size}-{theme}.png" for page in shown for size in SIZES for theme in THEMES}
    assert wanted == {path.name for path in PICTURES}


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in PICTURES) < MOST_BYTES


def test_every_picture_that_a_text_names_is_there() -> None:
    for text in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for named in re.findall(r"(?:docs/)?images/[\w-]+\.png", text.read_text(encoding="utf-8")):
            assert (FOLDER / Path(named).name).exists(), f"{text.name}: {named}"
