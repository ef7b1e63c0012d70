"""axe-core on a page that is open, in both themes and at both widths."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
OF_COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
"""What another theme can change; all else was looked at in the first."""
WIDTHS = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
THEMES = ("light", "dark")


def violations(page: Page, options: dict[str, Any] = RULES, within: str = "html") -> list[str]:
    """What axe-core finds on a page as it is now, or in the part that a selector finds; nothing, when all is well."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "([within, options]) => axe.run(within, options).then((all) => all.violations)", [within, options]
    )
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def violations_everywhere(page: Page) -> dict[str, list[str]]:
    """The same at both widths and in both themes, by both their names; those with nothing are left out."""
    found = {}
    for name, size in WIDTHS.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            found[f"{name} {theme}"] = violations(page, RULES if theme == THEMES[0] else OF_COLOURS)
    return {where: problems for where, problems in found.items() if problems}
