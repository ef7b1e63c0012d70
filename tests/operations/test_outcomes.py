"""What became of an operation's jobs, added up over its parts and read from the store."""

from __future__ import annotations

from dashboard.adapters.contract import Outcome
from dashboard.operations.codec import operation_from, outcome_to_json

FIELDS = {"action": b"requeue", "state": b"done", "matched": b"2", "done": b"2", "skipped": b"0", "part": b"1",
          "as_of": b"1.0", "created": b"1000"}  # fmt: skip


def test_outcomes_of_parts_add_up_with_equal_errors_counted_together() -> None:
    first = Outcome(1, 2, 3, 4, 5, 6, (("b", 2), ("a", 1)))
    total = first + Outcome(10, 20, 30, 40, 50, 60, (("a", 4), ("c", 1)))
    assert total == Outcome(11, 22, 33, 44, 55, 66, (("a", 5), ("b", 2), ("c", 1)))


def test_of_many_errors_the_twenty_most_frequent_are_kept() -> None:
    many = Outcome(new_errors=tuple((f"{number:02d}", number) for number in range(1, 31)))
    assert (Outcome() + many).new_errors == tuple((f"{number:02d}", number) for number in range(30, 10, -1))


def test_an_outcome_is_read_as_it_was_stored_and_one_of_before_has_no_errors() -> None:
    outcome = Outcome(1, refailed_new=3, new_errors=(("b" * 16, 3),))
    assert operation_from("op", {**FIELDS, "outcome": outcome_to_json(outcome).encode()}).outcome == outcome
    old = b'{"succeeded":1,"refailed_same":0,"refailed_new":0,"cancelled":0,"pending":0,"processing":0}'
    assert operation_from("op", {**FIELDS, "outcome": old}).outcome == Outcome(1)
