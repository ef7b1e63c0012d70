"""What a bulk form means: never more than it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from dashboard import selectors
from dashboard.adapters.contract import InvalidRequest, Selector, State
from dashboard.chosen import chosen, key

NOW = 1_764_000_000.0


def meant(*fields: tuple[str, str]) -> list[Selector]:
    return chosen(MultiDict(fields), NOW)


def test_ticked_groups_stay_within_their_queue_and_within_the_filter() -> None:
    (only,) = meant(("group", key("main", "billing", "fp1")), ("type", "capture"), ("since", "1h"))
    assert only == Selector(
        source="main", queue="billing", state=State.FAILED, type="capture", fingerprint="fp1", since=NOW - 3_600
    )


def test_ticked_jobs_are_only_these_jobs() -> None:
    found = meant(("job", key("main", "a", "1")), ("job", key("main", "a", "2")), ("job", key("main", "b", "3")))
    assert [(each.queue, each.ids) for each in found] == [("a", ("1", "2")), ("b", ("3",))]


def test_ticked_rows_win_over_a_filter_that_is_merely_set() -> None:
    (only,) = meant(("queue", "billing"), ("job", key("main", "billing", "1")))
    assert only.ids == ("1",)


def test_all_matching_means_the_filter_and_nothing_more() -> None:
    (only,) = meant(("scope", "filter"), ("queue", "billing"), ("error", "Timeout"), ("group", key("main", "x", "fp")))
    assert only == Selector(queue="billing", error="Timeout", state=State.FAILED)


@pytest.mark.parametrize(
    "field",
    [("quue", "billing"), ("since", "yesterday-ish"), ("state", "dead"), ("group", "main/fp"), ("job", "//"),
     ("until", "1e99"), ("q", 'an "open quote'), ("queue", "x" * 501)],
)  # fmt: skip
def test_what_is_not_understood_is_refused_even_beside_a_good_selection(field: tuple[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        meant(("job", key("main", "billing", "1")), field)


def test_two_values_for_one_filter_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="twice"):
        meant(("queue", "billing"), ("queue", "emails"), ("scope", "filter"))


def test_a_group_outside_the_filter_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="does not match"):
        meant(("group", key("main", "emails", "fp")), ("queue", "billing"))


def test_an_empty_selection_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="nothing is selected"):
        meant()
    with pytest.raises(InvalidRequest, match="nothing is selected"):
        meant(("state", "failed"))


def test_too_many_ticked_rows_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="1,000"):
        meant(*(("job", key("main", "a", str(number))) for number in range(1_001)))


@given(st.tuples(*[st.text(min_size=1, max_size=20)] * 3))
def test_any_name_survives_a_form_value(names: tuple[str, str, str]) -> None:
    (only,) = meant(("job", key(*names)))
    assert (only.source, only.queue, only.ids) == (names[0], names[1], (names[2],))


def test_words_of_the_search_narrow() -> None:
    found = selectors.parse({"q": 'queue:billing error:KeyError "tax region" state:failed'}, NOW)
    assert found == Selector(queue="billing", error="KeyError", q='"tax region"', state=State.FAILED)


def test_a_search_that_contradicts_the_filter_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="queue is given twice"):
        selectors.parse({"q": "queue:billing", "queue": "emails"}, NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("24h", NOW - 86_400), ("7d", NOW - 604_800), ("1764000000", NOW), ("2025-11-24T16:00:00Z", NOW),
     ("2025-11-24T16:00:00", NOW), ("2025-11-24T17:00:00+01:00", NOW), ("", None)],
)  # fmt: skip
def test_times_are_read_in_every_form(text: str, expected: float | None) -> None:
    assert selectors.moment(text, NOW, "since") == expected


@given(st.text(max_size=60), st.text(max_size=30))
def test_a_filter_keeps_its_meaning_through_a_query_string(q: str, error: str) -> None:
    try:
        first = selectors.parse({"q": q, "error": error, "since": "1h"}, NOW)
    except InvalidRequest:
        return
    again = selectors.parse(selectors.to_query(first), NOW + 500)
    assert again == first
