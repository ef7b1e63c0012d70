"""Error details, error groups, and what a failure means."""

from __future__ import annotations

import importlib
import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_core import Backoff, Cancelled, InvalidJob, PermanentError, Release, RetryLater
from queue_core.failure import MAX_BLOB, ErrorDetail, Frame, PastAttempt, append, decode, describe, from_import_path
from queue_core.fingerprint import declare_own, fingerprint, is_own, normalised
from queue_core.retry import classify


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause  # noqa: TRY301 - this place is what is tested
    except BaseException as caught:
        return caught


def elsewhere(error: BaseException) -> BaseException:
    try:
        raise error  # noqa: TRY301 - the same
    except BaseException as caught:
        return caught


def test_a_detail_survives_the_round_trip() -> None:
    detail = describe(raised(RuntimeError("outer"), raised(KeyError("inner"))), worker="w-1", host="h", number=2)
    assert decode(detail.encode()) == detail
    assert (detail.type, detail.causes[0].type, detail.causes[0].direct) == ("RuntimeError", "KeyError", True)
    assert (detail.frames[-1].function, detail.frames[-1].own) == ("raised", True)
    assert detail.frames[-1].source.startswith("raise error from cause")


def test_earlier_attempts_are_kept_in_order() -> None:
    blob = b""
    for number in (1, 2, 3):
        blob = append(blob, describe(ValueError(f"try {number}"), number=number))
    detail = decode(blob)
    assert detail is not None
    assert [past.message for past in detail.history] == ["try 1", "try 2"]


def test_a_detail_stays_small_whatever_it_holds() -> None:
    noise = "".join(chr(0x4E00 + (i * 7919) % 20000) for i in range(3000))
    huge = ErrorDetail(
        "E", noise, tuple(Frame(noise[i : i + 200], i, noise[i : i + 90], noise[i : i + 199]) for i in range(60)),
        history=tuple(PastAttempt(i, message=noise[i : i + 200]) for i in range(200)),
    )  # fmt: skip
    blob = huge.encode()
    assert len(blob) <= MAX_BLOB
    detail = decode(blob)
    assert detail is not None
    assert detail.frames
    assert detail.message


@given(st.binary(max_size=100) | st.binary(max_size=100).map(zlib.compress))
def test_decoding_garbage_gives_nothing(blob: bytes) -> None:
    decode(blob)


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"type": 3, "frames": "x", "history": [1, {"number": "a"}], "started": true}', "[" * 50_000]
)
def test_decoding_foreign_json_is_tolerated(text: str) -> None:
    detail = decode(zlib.compress(text.encode()))
    assert detail is None or detail.type == ""


def test_a_zip_bomb_is_not_unpacked() -> None:
    assert decode(zlib.compress(b" " * 20_000_000, 9)) is None


def test_a_message_that_cannot_be_told_does_not_hide_the_error() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert "no message" in describe(Mute()).message


def test_errors_at_one_place_that_differ_in_numbers_and_names_are_one_group() -> None:
    first = raised(ValueError("order 17 of 'ann' at 10.0.0.1:80 failed on 2026-01-02T03:04:05Z"))
    second = raised(ValueError("order 99 of 'bob' at 10.9.8.7:81 failed on 2025-12-31T23:59:59Z"))
    assert fingerprint("t", first) == fingerprint("t", second)


@pytest.mark.parametrize(
    "other", [ValueError("the card is gone"), KeyError("order 17 is bad"), TypeError("order 17 is bad")], ids=repr
)
def test_other_errors_are_other_groups(other: Exception) -> None:
    assert fingerprint("t", raised(ValueError("order 17 is bad"))) != fingerprint("t", raised(other))


def test_other_places_and_other_types_of_jobs_are_other_groups() -> None:
    error = ValueError("order 17 is bad")
    assert fingerprint("t", raised(error)) != fingerprint("t", elsewhere(ValueError("order 17 is bad")))
    assert fingerprint("t", error) != fingerprint("u", error)


def test_the_innermost_cause_decides() -> None:
    first = raised(RuntimeError("a"), raised(KeyError("user")))
    second = raised(RuntimeError("b"), raised(KeyError("user")))
    assert fingerprint("t", first) == fingerprint("t", second)


def test_an_exception_or_a_policy_may_choose_the_group() -> None:
    one, two = ValueError("a"), TypeError("b")
    one.queue_fingerprint = two.queue_fingerprint = "disk full"  # type: ignore[attr-defined]
    assert fingerprint("t", one) == fingerprint("t", two)
    assert fingerprint("t", one) != fingerprint("u", one)
    assert fingerprint("t", OSError("x"), policy=_same) == fingerprint("t", KeyError("y"), policy=_same)


def _same(_type: str, _error: BaseException) -> str:
    return "same"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("user 12345 has -3.5 left", "user <n> has <n> left"),
        ("id 123e4567-e89b-12d3-a456-426614174000 gone", "id <uuid> gone"),
        ("no file /srv/data/2024/a.csv here", "no file <path> here"),
        ("mail to ann.lee@example.com bounced", "mail to <email> bounced"),
        ("commit deadbeef01 failed", "commit <hex> failed"),
    ],
)
def test_a_normalised_message_keeps_only_what_is_common(message: str, expected: str) -> None:
    assert normalised(message) == expected


@pytest.mark.parametrize(
    ("error", "kind"),
    [(Cancelled(), "x"), (Release(), "r"), (RetryLater(9), "f"), (PermanentError(), "p"), (KeyError(), "p"),
     (ImportError(), "p"), (InvalidJob(), "p"), (OSError(), "f"), (SystemExit(1), "k"), (ModuleNotFoundError(), "f")],
)  # fmt: skip
def test_what_a_job_raises_decides_what_becomes_of_it(error: BaseException, kind: str) -> None:
    assert classify(error, permanent=(KeyError,), temporary=(ModuleNotFoundError,)).kind == kind


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_backoff_grows_to_its_cap_and_is_never_below_half(attempt: int, chance: float) -> None:
    delay = Backoff(2, cap=60).delay(attempt, chance=lambda: chance)
    whole = min(60, 2 * 2.0 ** min(attempt - 1, 60))
    assert whole / 2 <= delay <= whole


def test_a_backoff_that_shrinks_is_refused() -> None:
    with pytest.raises(InvalidJob):
        Backoff(10, cap=5)


def test_the_package_in_which_a_job_is_declared_is_own_code_even_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "shop_for_this_test"
    package.mkdir(parents=True)
    package.joinpath("__init__.py").write_text("def job(): ...\n", encoding="utf-8")
    monkeypatch.syspath_prepend(package.parent)
    assert not is_own(str(package / "orders.py"))
    declare_own(importlib.import_module("shop_for_this_test").job)
    assert is_own(str(package / "orders.py"))
    assert not is_own(str(package.parent / "requests" / "api.py"))


def test_a_frame_names_its_file_as_it_is_imported() -> None:
    with pytest.raises(ValueError, match="Expecting") as caught:
        json.loads("{")
    assert describe(caught.value).frames[-1].path == "json/decoder.py"
    assert from_import_path("/nowhere/at/all.py") == "/nowhere/at/all.py"
