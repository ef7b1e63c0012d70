"""The envelope and the codecs."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_core import InvalidJob, Job, PayloadTooLarge
from queue_core.message import Message, decode, encode

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_survives_the_round_trip(data: Any) -> None:
    body = decode(encode(data))
    assert (body.data, body.reason) == (data, "")


@given(st.binary(max_size=3000))
def test_bytes_survive_the_round_trip(data: bytes) -> None:
    assert decode(encode(data)).data == data


@given(JSON, st.dictionaries(st.text(min_size=1), JSON, min_size=1, max_size=3))
def test_unknown_fields_of_an_envelope_survive_the_round_trip(data: Any, unknown: dict[str, Any]) -> None:
    extra = {f"x-{name}": value for name, value in unknown.items()}
    message = Message.from_dict({"type": "t", "data": data, **extra})
    body = decode(message.payload())
    assert (body.data, body.extra) == (data, extra)
    assert message.to_dict() | extra == message.to_dict()


@given(st.binary(max_size=200))
def test_decoding_never_raises(stored: bytes) -> None:
    body = decode(stored)
    assert isinstance(body.extra, dict)
    assert body.data is None or not body.reason


def test_large_data_is_compressed_when_that_saves_something() -> None:
    assert encode({"text": "a" * 5000})[:1] == b"J"
    assert encode({"text": "a" * 500})[:1] == b"j"
    assert encode(bytes(range(256)) * 4 + b"!")[:1] == b"B"


def test_data_beyond_256_kib_is_refused_with_advice() -> None:
    with pytest.raises(PayloadTooLarge, match="enqueue a reference"):
        encode("".join(chr(0x4E00 + (i * 7919) % 20000) for i in range(200_000)))


@pytest.mark.parametrize("data", [object(), {"when": {1, 2}}, float("nan"), b"nested".__class__])
def test_data_that_is_no_json_is_refused(data: Any) -> None:
    with pytest.raises(InvalidJob, match="must be JSON"):
        encode(data)


def test_a_small_payload_cannot_fill_the_memory() -> None:
    bomb = b"J" + zlib.compress(b"0" * 10_000_000, 9)
    body = decode(bomb, limit=1_000_000)
    assert "more than 1,000,000 bytes" in body.reason
    assert len(body.raw) == 1_000_000


@pytest.mark.parametrize("stored", [b"", b"J\x00", b"j{", b"e[]", b"z123", b"j" + b"[" * 100_000])
def test_what_cannot_be_read_says_why(stored: bytes) -> None:
    body = decode(stored)
    assert body.reason
    with pytest.raises(InvalidJob, match="cannot be read"):
        body.required()


@pytest.mark.parametrize(
    "envelope",
    [{}, {"type": ""}, {"type": "a b"}, {"type": "t", "priority": 101}, {"type": "t", "max_retries": -1},
     {"type": "t", "id": "no spaces"}, {"type": "t", "version": "1"}, {"type": "t", "priority": True},
     {"type": "x" * 65}],
)  # fmt: skip
def test_a_wrong_envelope_is_refused(envelope: dict[str, Any]) -> None:
    with pytest.raises(InvalidJob):
        Message.from_dict(envelope)


def test_a_job_reads_as_its_message() -> None:
    job = Job.from_message({"type": "t", "data": {"a": 1}, "colour": "red"})
    assert job["data"] == {"a": 1}
    assert set(job) == {"id", "type", "version", "data", "priority", "max_retries", "created_at", "colour"}
    assert Job.from_message(dict(job)).to_message() == job.to_message()
