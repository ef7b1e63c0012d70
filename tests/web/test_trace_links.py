"""A job's page leads to its trace, where the settings say how; a made-up id leads nowhere."""

from __future__ import annotations

import pytest

from dashboard.app import create_app
from dashboard.settings import Settings, SettingsError, SourceSettings, load
from dashboard.trace_links import link
from tests.contract.seeders.queue_core import Seeder

TEMPLATE = "https://jaeger.example.com/trace/{trace_id}?from=redrive"
TRACE = "0af7651916cd43dd8448eb211c80319c"


def page(redis_url: str, traceparent: str, template: str = "") -> str:
    (job_id,) = Seeder(redis_url).pending("mail", traceparent=traceparent)
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), trace_url=template)
    return create_app(settings).test_client().get(f"/jobs/main/mail/{job_id}").text


def test_the_trace_of_a_job_is_a_link(redis_url: str) -> None:
    shown = page(redis_url, f"00-{TRACE}-b7ad6b7169203331-01", TEMPLATE)
    assert f'href="https://jaeger.example.com/trace/{TRACE}?from=redrive"' in shown
    assert f'data-copy="{TRACE}"' in shown


def test_without_an_address_the_id_can_be_copied(redis_url: str) -> None:
    shown = page(redis_url, f"00-{TRACE}-b7ad6b7169203331-01")
    assert f'data-copy="{TRACE}"' in shown
    assert "example.com" not in shown


def test_an_id_that_is_none_is_shown_and_leads_nowhere(redis_url: str) -> None:
    shown = page(redis_url, '00-"><script>-x-01', TEMPLATE)
    assert "<script>-" not in shown
    assert "example.com" not in shown


@pytest.mark.parametrize("trace_id", ["", "../admin", TRACE + "\n", TRACE.upper(), "{trace_id}"])
def test_only_ids_of_w3c_are_put_into_an_address(trace_id: str) -> None:
    assert link(TEMPLATE, trace_id) == ""


@pytest.mark.parametrize(
    ("template", "hint"),
    [
        ("javascript:alert('{trace_id}')", "https://"),
        ("//jaeger/{trace_id}", "https://"),
        ("https://{trace_id}.example.com/", "https://"),
        ("https:///trace/{trace_id}", "host"),
        ("https://jaeger.example.com/trace/", "{trace_id}"),
    ],
)
def test_an_address_that_leads_to_no_trace_is_refused(template: str, hint: str) -> None:
    with pytest.raises(SettingsError, match="trace_url") as refused:
        load(trace_url=template)
    assert hint in str(refused.value)
