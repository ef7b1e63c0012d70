"""Reads pickles without unpickling: nothing is imported, looked up or called, and the work is bounded."""

from __future__ import annotations

from dashboard.safe_pickle.decoding import Limits, decode
from dashboard.safe_pickle.plain import Plain, as_json, plain
from dashboard.safe_pickle.rendering import render
from dashboard.safe_pickle.values import Global, Opaque, UnsafePickle, Zoned, zone_name
from dashboard.safe_pickle.writing import append_items

__all__ = [
    "Global",
    "Limits",
    "Opaque",
    "Plain",
    "UnsafePickle",
    "Zoned",
    "append_items",
    "as_json",
    "decode",
    "plain",
    "render",
    "zone_name",
]
