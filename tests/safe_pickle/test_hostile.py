"""Whatever the bytes say, nothing is run, and nothing takes long."""

from __future__ import annotations

import json
import os
import pickle
import pickletools
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.safe_pickle import Opaque, UnsafePickle, append_items, decode, plain, render
from dashboard.safe_pickle.decoding import STEPS
from tests.safe_pickle.classes import Calls, shell
from tests.waiting import PATIENCE

REFUSED = {"PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4", "NEXT_BUFFER", "READONLY_BUFFER"}
PARTS = [*(opcode.code.encode("latin-1") for opcode in pickletools.opcodes), b"\x00", b"x\n"]
WATCHED = """
import sys
from dashboard.safe_pickle import UnsafePickle, as_json, decode, render
render(decode(b"Vtext\\n."))  # the codec of such text is loaded once
if sys.argv[1] == "pickle":
    from pickle import loads as decode
seen = []
own = ("object.", "sys.", "builtins.id")
sys.addaudithook(lambda event, args: seen.append(event) if not event.startswith(own) else None)
for line in sys.stdin:
    try:
        value = decode(bytes.fromhex(line))
        render(value), as_json(value)
    except Exception:
        continue
print(sorted(set(seen)))
"""


def test_every_opcode_there_is_is_followed_or_refused() -> None:
    assert {opcode.name for opcode in pickletools.opcodes} - {"STOP"} == STEPS.keys() | REFUSED
    assert not STEPS.keys() & REFUSED


@pytest.mark.parametrize(
    "raw",
    [
        b"Pabc\n.", b"Nq\x00Q.", b"\x82\x01.", b"\x83\x01\x00.", b"\x84\x01\x00\x00\x00.", b"\x97.", b"N\x98.",
        b"", b"\x80", b".", b"N", b"NN.", b"0.", b"N0.", b"2.", b"(.", b"(((((.", b"1.", b"a.", b"Na.", b"]a.",
        b"(a.", b"]NNe.", b"Ns.", b"}Ns.", b"}(Nu.", b"NNNs.", b"R.", b"NR.", b"NNR.", b"N]R.", b"o.", b"(o.",
        b"\x81.", b"N)\x92.", b"b.", b"Nb.", b"g7\n.", b"h\x07.", b"j\x07\x00\x00\x00.", b"\x93.", b"NN\x93.",
        b"\x94.", b"p1\n.", b"Irubbish\n.", b"I" + b"9" * 5_000 + b"\n.", b"L" + b"9" * 5_000 + b"L\n.",
        b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7fN", b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff.",
        b"\x8b\xff\xff\xff\x7f.", b"T\xff\xff\xff\xff.", b"cos\xff\nsystem\n.", b"S'unended\n.",
        b"X\x02\x00\x00\x00\xff\xff.",
        b"}(]Nu.", b"(]\x91.", b"\x8f(]\x90.", b"Fx\n.", b"G\x00.", b"\x00.", b"\xff.",
        b"cnewline.", b"iwithout\nmark\n.",
    ],
)  # fmt: skip
def test_damaged_and_refused_pickles_say_so(raw: bytes) -> None:
    with pytest.raises(UnsafePickle):
        decode(raw)


def hostile() -> list[bytes]:
    found = [pickle.dumps(shell("echo caught"), protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    found += [pickle.dumps(Calls(what, "1 + 1"), 4) for what in (eval, exec, __import__, open, print, compile)]
    found += [
        b"cos\nsystem\n(S'echo caught'\ntR.", b"(S'echo caught'\nios\nsystem\n.", b"(cos\nsystem\nS'echo caught'\no.",
        b"cos\nsystem\nS'echo caught'\n\x85\x81.", b"cos\nsystem\nS'echo caught'\n\x85}\x92.",
        b"cbuiltins\ngetattr\ncos\nsystem\nS'__call__'\n\x86RS'echo caught'\n\x85R.",
        b"cnot.a.module\nthing\n)R.", b"cdatetime\ndatetime\n(S'echo'\nS'x'\ntR.", b"c__main__\nx\n}(S'a'\nNub.",
        b"cuuid\nUUID\n)\x81}S'int'\nS'x'\nsb.", b"cdecimal\nDecimal\n(S'nonsense'\ntR.",
        b"ccollections\nOrderedDict\n(((((]]]]ttttR.", b"cdatetime\ntimezone\n(NtR.",
    ]  # fmt: skip
    return found


def events(decoder: str) -> list[str]:
    """What the interpreter did while hostile pickles were decoded."""
    lines = "\n".join(raw.hex() for raw in hostile())
    command = [sys.executable, "-c", WATCHED, decoder]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=PATIENCE)
    found: list[str] = json.loads(done.stdout.splitlines()[-1].replace("'", '"'))
    return found


def test_nothing_is_imported_opened_or_run() -> None:
    assert events("ours") == []


def test_unpickling_the_same_would_run_it() -> None:
    assert {"import", "pickle.find_class", "os.system"} <= set(events("pickle"))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_what_would_have_been_called_is_told(protocol: int) -> None:
    found = decode(pickle.dumps(shell("echo caught"), protocol))
    assert isinstance(found, Opaque)
    assert render(found) == f"<{os.system.__module__}.system('echo caught')>"


@given(st.binary(max_size=200))
def test_any_bytes_are_described_or_refused(raw: bytes) -> None:
    try:
        value = decode(raw + b".")
    except UnsafePickle:
        return
    assert len(render(value)) <= 2_001
    plain(value)


@given(st.lists(st.sampled_from(PARTS), max_size=60))
def test_any_opcodes_are_described_or_refused(parts: list[bytes]) -> None:
    try:
        value = decode(b"(N" + b"".join(parts) + b".")
    except UnsafePickle:
        return
    render(value)
    plain(value)


def doubled(times: int) -> bytes:
    fork: Any = []
    for _ in range(times):
        fork = [fork, fork]
    return pickle.dumps(fork, 2)


def test_a_small_pickle_of_a_huge_text_is_cut() -> None:
    value = decode(doubled(60))
    assert len(render(value)) < 2_100
    assert len(repr(plain(value))) < 100_000


@pytest.mark.parametrize("kind", ["tuple", "frozenset"])
def test_a_key_whose_hash_or_comparison_takes_for_ever_is_refused(kind: str) -> None:
    def deep() -> Any:
        key: Any = ()
        for _ in range(60):
            key = (key, key) if kind == "tuple" else frozenset([key, (key,)])
        return key

    first, second = (pickle.dumps(deep(), 4)[2:-1] for _ in range(2)) if kind == "frozenset" else (b"", b"")
    raw = first + second if first else b""
    if kind == "tuple":  # made by hand, since pickling it takes for ever too
        raw = b")" + b"2\x86" * 60
    with pytest.raises(UnsafePickle):
        decode(b"\x80\x04}" + raw + b"Ns.")


def test_keys_with_the_same_hash_are_bounded() -> None:
    same = [number * (2**61 - 1) for number in range(1, 20_000)]
    with pytest.raises(UnsafePickle, match="nested too much"):
        decode(pickle.dumps(dict.fromkeys(same)))
    assert len(decode(pickle.dumps({(number, "x"): 1 for number in range(1_000)}))) == 1_000


@pytest.mark.parametrize(
    ("start", "repeated"),
    [
        (pickle.dumps([0] * 50_000, 2)[:-1] + b"q\xff0", b"ccollections\ndeque\nh\xff\x85R"),
        (pickle.dumps([0] * 50_000, 2)[:-1] + b"q\xff0", b"c__builtin__\nset\nh\xff\x85R"),
        (b"X\x00\x00\x10\x00" + b"x" * 2**20 + b"q\xff0", b"c_codecs\nencode\nh\xffX\x06\x00\x00\x00latin1\x86R"),
        (b"B\x00\x00\x10\x00" + b"x" * 2**20 + b"q\xff0", b"c__builtin__\nbytearray\nh\xff\x85R"),
    ],
)
def test_copying_the_same_value_many_times_is_refused(start: bytes, repeated: bytes) -> None:
    assert len(decode(start + b"(" + repeated * 2 + b"t.")) == 2
    with pytest.raises(UnsafePickle, match="copies too much"):
        decode(start + b"(" + repeated * 5_000 + b"t.")


def test_a_name_that_grows_for_ever_is_refused() -> None:
    long = b"X\x00\x00\x10\x00" + b"x" * 2**20 + b"q\xff0"
    step = b"q\x010c__builtin__\ngetattr\nh\x01h\xff\x86R"
    with pytest.raises(UnsafePickle, match="copies too much"):
        decode(long + b"cos\nsystem\n" + step * 5_000 + b".")


def test_a_very_deep_pickle_is_decoded_and_shown_in_part() -> None:
    value = decode(b"N" + b"\x85" * 100_000 + b".")
    assert len(render(value)) < 100
    assert plain(value)
    with pytest.raises(UnsafePickle):
        decode(b"}N" + b"\x85" * 100_000 + b"Ns.")


def test_bytes_after_the_end_are_not_kept_when_a_key_is_changed() -> None:
    with pytest.raises(UnsafePickle, match="follow"):
        append_items(pickle.dumps({}) + b"more", {"a": 1})
