"""Signing in leads to an address of this dashboard and to no other place."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.loopback import is_loopback
from dashboard.own_address import is_own

AWAY = (
    "", "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example", "\t//evil.example", "javascript:alert(1)", "evil.example", "dead", "?q=1", "/" + "x" * 2_001,
    "/\u2028/evil", "/..//evil.example", "/../", "http:/evil", "https:evil.example",
)  # fmt: skip


def as_browsers_read(address: str) -> str:
    """Browsers drop tabs and line ends, strip, and take a backslash for a slash."""
    return re.sub(r"[\t\r\n]", "", address).strip("".join(map(chr, range(33)))).replace("\\", "/")


@pytest.mark.parametrize("address", AWAY)
def test_what_could_lead_away_is_not_ours(address: str) -> None:
    assert not is_own(address, "")


@pytest.mark.parametrize(
    "address", ["/", "/dead", "/dead?q=a%20b&since=24h", "/jobs/main/a%2Fb/1", "/dead?next=//x", "/a//b"]
)
def test_our_own_addresses_are(address: str) -> None:
    assert is_own(address, "")


@pytest.mark.parametrize("address", ["/", "/other", "/opsx", "/ops/../other", "//ops/"])
def test_with_a_prefix_what_lies_beside_it_is_not_ours(address: str) -> None:
    assert is_own("/ops/dead", "/ops")
    assert is_own("/ops", "/ops")
    assert not is_own(address, "/ops")


@given(
    st.text(alphabet=st.sampled_from("/\\.:?#@ \t\n\r\x00\x1fhtpsevil.com%2Fops[]"), max_size=12),
    st.sampled_from(["", "/ops"]),
)
def test_no_text_that_is_ours_leads_away(text: str, root: str) -> None:
    if is_own(root + text, root):
        there = urlsplit(urljoin("https://dash.example/login", as_browsers_read(root + text)))
        assert (there.scheme, there.netloc) == ("https", "dash.example")
        assert there.path == root or there.path.startswith(f"{root}/")


@pytest.mark.parametrize(
    ("host", "only_here"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("192.0.2.1", False), ("example.com", False)],
)  # fmt: skip
def test_loopback_is_what_only_this_machine_reaches(host: str, only_here: bool) -> None:
    assert is_loopback(host) is only_here
