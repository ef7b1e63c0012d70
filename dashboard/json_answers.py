"""How answers are written as JSON: by orjson, and by the standard library what that refuses (numbers over 64 bits)."""

from __future__ import annotations

import json
from typing import Any

import orjson
from flask.json.provider import DefaultJSONProvider


class JSONAnswers(DefaultJSONProvider):
    """The application's JSON provider; fields keep the order in which they are given."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Text of a value; `kwargs` are those of `json.dumps`, which then writes it.

        Raises:
            TypeError: it holds what JSON does not know.
        """
        return super().dumps(obj, **kwargs) if kwargs else self._encoded(obj).decode()

    def response(self, *args: Any, **kwargs: Any) -> Any:
        """The answer that `jsonify` gives."""
        body = self._encoded(self._prepare_response_obj(args, kwargs))
        return self._app.response_class(body + b"\n", mimetype=self.mimetype)  # type: ignore[arg-type]

    def _encoded(self, obj: Any) -> bytes:
        try:
            return orjson.dumps(obj, default=self.default)
        except TypeError:
            return json.dumps(obj, default=self.default, ensure_ascii=False).encode("utf-8", "replace")
