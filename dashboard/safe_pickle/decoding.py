"""The machine that walks a pickle's opcodes on a stack of its own."""

from __future__ import annotations

import pickletools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.safe_pickle import building
from dashboard.safe_pickle.budget import Budget
from dashboard.safe_pickle.values import Global, Opaque, UnsafePickle


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a pickle may be: its bytes, and the opcodes in it."""

    bytes: int = 8 * 1024 * 1024
    opcodes: int = 200_000


USUAL = Limits()


def decode(raw: bytes, limits: Limits = USUAL) -> Any:
    """The value that a pickle describes.

    Values of builtin types, dates, times, Decimal, UUID, deque and OrderedDict come back as themselves, objects of
    other classes as `Opaque`, references to code as `Global`. It may be cyclic, and huge when it is written out: show
    it with `render` or `plain`.

    Raises:
        UnsafePickle: the bytes are no whole pickle, or over a limit.
    """
    if len(raw) > limits.bytes:
        raise UnsafePickle(f"larger than {limits.bytes} bytes")
    try:
        return _Machine(limits.opcodes).run(raw)
    except UnsafePickle:
        raise
    except Exception as error:  # the opcode reader raises whatever damaged bytes lead it to
        raise UnsafePickle(f"damaged: {error}"[:200]) from error


class _Mark:
    """Where the items of the next collection begin."""

    __slots__ = ()


_MARK = _Mark()


class _Machine:
    def __init__(self, opcodes: int) -> None:
        self.opcodes = opcodes
        self.budget = Budget()
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.places: dict[int, list[int]] = {}

    def run(self, raw: bytes) -> Any:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(raw), 1):
            if count > self.opcodes:
                raise UnsafePickle(f"more than {self.opcodes} opcodes")
            if opcode.name == "STOP":
                return self.result()
            step = STEPS.get(opcode.name)
            if step is None:
                raise UnsafePickle(f"opcode {opcode.name} is refused")
            step(self, argument)
        raise UnsafePickle("it has no end")

    def result(self) -> Any:
        value = self.pop()
        if self.stack:
            raise UnsafePickle("it leaves more than one value")
        return value

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        self.top()
        return self.stack.pop()

    def top(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise UnsafePickle("it takes a value that is not there")
        return self.stack[-1]

    def pop_marked(self) -> list[Any]:
        for index in range(len(self.stack) - 1, -1, -1):
            if self.stack[index] is _MARK:
                items = self.stack[index + 1 :]
                del self.stack[index:]
                return items
        raise UnsafePickle("a collection in it has no beginning")

    def drop(self) -> None:
        if not self.stack:
            raise UnsafePickle("it takes a value that is not there")
        self.stack.pop()

    def tuple_of(self, count: int) -> None:
        items = [self.pop() for _ in range(count)]
        self.push(tuple(reversed(items)))

    def add(self, items: list[Any]) -> None:
        target = self.top()
        if isinstance(target, (list, deque)):
            target.extend(items)
        elif isinstance(target, set):
            target.update(self.budget.keys(items))
        elif isinstance(target, Opaque):
            target.items.extend(items)
        else:
            raise UnsafePickle("it appends to what is no list")

    def set(self, flat: list[Any]) -> None:
        if len(flat) % 2:
            raise UnsafePickle("a key in it has no value")
        pairs = list(zip(self.budget.keys(flat[::2]), flat[1::2], strict=True))
        target = self.top()
        if isinstance(target, dict):
            target.update(pairs)
        elif isinstance(target, Opaque):
            target.pairs.extend(pairs)
        else:
            raise UnsafePickle("it sets an item of what is no dict")

    def remember(self, place: int) -> None:
        value = self.top()
        self.memo[place] = value
        if isinstance(value, Opaque):
            self.places.setdefault(id(value), []).append(place)

    def recall(self, place: int) -> None:
        if place not in self.memo:
            raise UnsafePickle("it refers to a value that it does not have")
        self.push(self.memo[place])

    def name(self, module: Any, name: Any) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise UnsafePickle("a name in it is no text")
        self.push(Global(module, name))

    def call(self, what: Any, args: Any, kwargs: Any = None) -> None:
        self.push(building.call(self.budget, what, args, kwargs))

    def state(self) -> None:
        state, made = self.pop(), self.top()
        after = building.with_state(made, state)
        if after is not made:
            self.stack[-1] = after
            for place in self.places.pop(id(made), ()):
                if self.memo.get(place) is made:
                    self.memo[place] = after


Step = Callable[[_Machine, Any], None]


def _constant(value: Any) -> Step:
    return lambda machine, _: machine.push(value)


def _dict(machine: _Machine, _: Any) -> None:
    flat = machine.pop_marked()
    machine.push({})
    machine.set(flat)


def _set_item(machine: _Machine, _: Any) -> None:
    value, key = machine.pop(), machine.pop()
    machine.set([key, value])


def _stack_global(machine: _Machine, _: Any) -> None:
    name, module = machine.pop(), machine.pop()
    machine.name(module, name)


def _reduce(machine: _Machine, _: Any) -> None:
    args, what = machine.pop(), machine.pop()
    machine.call(what, args)


def _new_object_named(machine: _Machine, _: Any) -> None:
    kwargs, args, what = machine.pop(), machine.pop(), machine.pop()
    machine.call(what, args, kwargs)


def _object(machine: _Machine, _: Any) -> None:
    items = machine.pop_marked()
    if not items:
        raise UnsafePickle("it takes a value that is not there")
    machine.call(items[0], tuple(items[1:]))


def _instance(machine: _Machine, argument: Any) -> None:
    module, _, name = argument.partition(" ")
    machine.call(Global(module, name), tuple(machine.pop_marked()))


def _nothing(_machine: _Machine, _: Any) -> None:
    """Protocol and frames say nothing about the value."""


_VALUES = (
    "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES",
    "SHORT_BINBYTES", "BINBYTES8", "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT",
)  # fmt: skip

STEPS: dict[str, Step] = {
    **{name: lambda machine, argument: machine.push(argument) for name in _VALUES},
    "PROTO": _nothing,
    "FRAME": _nothing,
    "NONE": _constant(None),
    "NEWTRUE": _constant(True),
    "NEWFALSE": _constant(False),
    "MARK": _constant(_MARK),
    "EMPTY_TUPLE": _constant(()),
    "EMPTY_LIST": lambda machine, _: machine.push([]),
    "EMPTY_DICT": lambda machine, _: machine.push({}),
    "EMPTY_SET": lambda machine, _: machine.push(set()),
    "BYTEARRAY8": lambda machine, argument: machine.push(bytearray(argument)),
    "POP": lambda machine, _: machine.drop(),
    "POP_MARK": lambda machine, _: machine.pop_marked().clear(),
    "DUP": lambda machine, _: machine.push(machine.top()),
    "LIST": lambda machine, _: machine.push(machine.pop_marked()),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.pop_marked())),
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "FROZENSET": lambda machine, _: machine.push(frozenset(machine.budget.keys(machine.pop_marked()))),
    "DICT": _dict,
    "APPEND": lambda machine, _: machine.add([machine.pop()]),
    "APPENDS": lambda machine, _: machine.add(machine.pop_marked()),
    "ADDITEMS": lambda machine, _: machine.add(machine.pop_marked()),
    "SETITEM": _set_item,
    "SETITEMS": lambda machine, _: machine.set(machine.pop_marked()),
    "PUT": lambda machine, argument: machine.remember(int(argument)),
    "BINPUT": lambda machine, argument: machine.remember(int(argument)),
    "LONG_BINPUT": lambda machine, argument: machine.remember(int(argument)),
    "MEMOIZE": lambda machine, _: machine.remember(len(machine.memo)),
    "GET": lambda machine, argument: machine.recall(int(argument)),
    "BINGET": lambda machine, argument: machine.recall(int(argument)),
    "LONG_BINGET": lambda machine, argument: machine.recall(int(argument)),
    "GLOBAL": lambda machine, argument: machine.name(*argument.split(" ", 1)),
    "STACK_GLOBAL": _stack_global,
    "REDUCE": _reduce,
    "NEWOBJ": _reduce,
    "NEWOBJ_EX": _new_object_named,
    "OBJ": _object,
    "INST": _instance,
    "BUILD": lambda machine, _: machine.state(),
}
"""Every opcode that is followed; persistent ids, extension codes and out-of-band buffers are refused."""
