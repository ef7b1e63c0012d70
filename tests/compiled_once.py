"""What every application and every connection of a test process would work out anew, worked out once.

Most tests make an application of their own, and each compiles its templates and addresses. What comes out depends on
the source alone, so it is kept for the next application.
"""

from __future__ import annotations

import functools
from importlib import metadata
from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class Templates(BytecodeCache):
    """The code of templates, by name and source."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


def keep() -> None:
    """Share what is compiled between the applications of this process."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Templates()}
    _keep_addresses()
    metadata.version = functools.cache(metadata.version)  # redis-py asks for its own with every connection


def _keep_addresses() -> None:
    """A rule's function that builds addresses is compiled from its parts alone, unless it has defaults."""
    compile_builder: Any = getattr(Rule, "_compile_builder", None)
    if compile_builder is None:  # a later Werkzeug compiles in another way
        return
    known: dict[Any, Any] = {}

    def kept(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    Rule._compile_builder = kept
