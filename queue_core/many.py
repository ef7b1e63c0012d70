"""Reading scripts over many queues with few commands: a queue whose keys are damaged hides none of the others."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

import redis

from queue_core import keys, scripts
from queue_core.connection import Client, mapped_errors
from queue_core.engine import Engine

QUEUES_AT_ONCE = 32

Call: TypeAlias = tuple[str, Sequence[Any]]
"""A queue's name, and the arguments of the script for it."""

_AROUND = """local each, given, at, replies = KEYS, ARGV, 1, {{}}
for q = 1, #each do
  local KEYS, ARGV = {{ each[q] }}, {{}}
  for i = 1, tonumber(given[at]) do ARGV[i] = given[at + i] end
  at = at + 1 + #ARGV
  local done, reply = pcall(function()
{body}
  end)
  if not done then reply = {{ err = type(reply) == 'table' and reply.err or 'ERR ' .. tostring(reply) }} end
  replies[q] = reply
end
return replies
"""


@cache
def source(script: str) -> str:
    """Text of a script for several queues: KEYS their meta keys, ARGV per queue how many arguments follow, and these.

    The reply has one of the script's own replies per queue, or its error.
    """
    return _AROUND.format(body=scripts.source(script))


class Many:
    """Calls one reading script for several queues of one server.

    Args:
        client: a client that returns bytes.
        namespace: prefix before every key.
    """

    def __init__(self, client: Client, namespace: str = "") -> None:
        self.client = client
        self.namespace = namespace
        self._single = False

    def call(
        self, script: str, calls: Sequence[Call], *, costs: Sequence[int] = (), at_once: int = QUEUES_AT_ONCE
    ) -> list[Any]:
        """One reply per call in their order; the reply of a queue that cannot be read is its `redis.ResponseError`.

        Args:
            script: a script that changes nothing.
            calls: the queues with their arguments; one queue may be named several times.
            costs: what each call costs, 1 when left out.
            at_once: how much one script may cost, so that none holds the server for long.

        Raises:
            ServerUnavailable: Redis does not answer.
        """
        if not calls:
            return []
        with mapped_errors():
            if not self._single:
                try:
                    return self._together(script, _chunks(calls, costs or [1] * len(calls), at_once))
                except redis.ResponseError as error:
                    if "CROSSSLOT" not in str(error).upper() and "same slot" not in str(error):
                        raise
                    self._single = True  # a cluster: queues lie in slots of their own
            return self._one_by_one(script, calls)

    def _together(self, script: str, chunks: Sequence[Sequence[Call]]) -> list[Any]:
        text = source(script)
        digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        replies = self._sent(digest, chunks)
        if any(isinstance(reply, redis.exceptions.NoScriptError) for reply in replies):
            self.client.script_load(text)
            replies = self._sent(digest, chunks)
        found: list[Any] = []
        for reply in replies:
            if isinstance(reply, Exception):
                raise reply
            found += reply
        return found

    def _sent(self, digest: str, chunks: Sequence[Sequence[Call]]) -> list[Any]:
        pipeline = self.client.pipeline(transaction=False)
        for chunk in chunks:
            named = [keys.QueueKeys.of(queue, self.namespace).meta for queue, _ in chunk]
            arguments = [value for _, given in chunk for value in (len(given), *given)]
            pipeline.evalsha(digest, len(named), *named, *arguments)
        replies: list[Any] = pipeline.execute(raise_on_error=False)
        return replies

    def _one_by_one(self, script: str, calls: Sequence[Call]) -> list[Any]:
        pipeline = self.client.pipeline(transaction=False)
        for queue, given in calls:
            Engine(self.client, queue, self.namespace).call(script, *given, client=pipeline)
        replies: list[Any] = pipeline.execute(raise_on_error=False)
        for reply in replies:
            if isinstance(reply, redis.ConnectionError | redis.TimeoutError):
                raise reply
        return replies


def _chunks(calls: Sequence[Call], costs: Sequence[int], at_once: int) -> list[list[Call]]:
    """Neighbours together, as far as their cost allows; a call that costs more stands alone."""
    chunks: list[list[Call]] = []
    room = 0
    for call, cost in zip(calls, costs, strict=True):
        if not chunks or cost > room:
            chunks.append([])
            room = at_once
        chunks[-1].append(call)
        room -= cost
    return chunks
