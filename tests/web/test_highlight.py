"""Arguments as HTML: whatever they hold, the text stays the same and no tag gets through."""

from __future__ import annotations

import html
import re
import time

from hypothesis import given
from hypothesis import strategies as st

from dashboard.highlight import highlighted, pretty

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r'</?span(?: class="[ksdx]")?>', "", markup))


@given(JSON)
def test_the_text_is_kept(data: object) -> None:
    text = pretty(data)
    if "[redacted]" not in text:
        assert text_of(highlighted(text)) == text


@given(st.text())
def test_text_cut_anywhere_is_kept_and_escaped(text: str) -> None:
    shown = highlighted(text)
    assert "<script" not in shown
    assert re.sub(r'</?span(?: class="[ksdx]")?>', "", shown).count("<") == 0
    if "[redacted]" not in text:
        assert text_of(shown) == text


def test_keys_strings_numbers_and_hidden_values_look_different() -> None:
    shown = str(highlighted(pretty({"id": 9, "email": "[redacted]", "name": "<b>"})))
    assert '<span class="k">&#34;id&#34;</span>: <span class="d">9</span>' in shown
    assert '<span class="x">[redacted]</span>' in shown
    assert "&lt;b&gt;" in shown


def test_64_kilobytes_of_quotes_take_no_noticeable_time() -> None:
    before = time.process_time()
    highlighted('"\\' * 32_768)
    highlighted('"' + "a" * 65_535)
    assert time.process_time() - before < 2
