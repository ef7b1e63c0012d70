"""The text of a traceback as frames and causes, and the group of the error it tells of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.adapters.mirrored import stacks
from queue_core.failure import MAX_FRAMES, Cause, Frame
from queue_core.fingerprint import is_own, of_text

LONGEST = 200_000
"""Characters of a traceback that are looked at: its end, where the error is."""

_FRAME = re.compile(r'^  File "(?P<path>[^"\n]{1,1000})", line (?P<line>\d{1,9}), in (?P<function>[^\n]{1,200})$')
_CHAINED = re.compile(
    r"\n\n(?:During handling of the above exception, another exception occurred:"
    r"|(?P<direct>The above exception was the direct cause of the following exception:))\n\n"
)
_LAST = re.compile(r"^(?P<type>[A-Za-z_][\w.]{0,200})(?:: (?P<message>.*))?\Z", re.DOTALL)
_FOREIGN = ("rq/", "celery/", "billiard/", "kombu/", "dramatiq/", "arq/", "huey/", "saq/", "taskiq/")


@dataclass(frozen=True, slots=True)
class Told:
    """What a traceback tells: the error that was raised last, where, and what it came from, outermost first."""

    type: str = ""
    message: str = ""
    frames: tuple[Frame, ...] = ()
    causes: tuple[Cause, ...] = ()


def parse(text: str) -> Told:
    """Read a traceback as Python, JavaScript or Ruby prints it; what is not one gives no frames. Never raises."""
    text = text[-LONGEST:].rstrip().replace("\r\n", "\n")
    if '  File "' not in text and (foreign := stacks.parse(text)):
        return Told(*foreign)
    parts = _split(text)
    *earlier, (last, _) = parts
    type_, message, frames = _block(last)
    causes = []
    for (block, _), (_, direct) in zip(reversed(earlier), reversed(parts), strict=False):
        cause, told, _frames = _block(block)
        causes.append(Cause(cause, told[:500], direct))
    return Told(type_, message, frames, tuple(causes[:10]))


def fingerprint(job_type: str, error_type: str, message: str, frames: Sequence[Frame], apart: str = "") -> str:
    """The group of an error that is known from text alone; like `queue_core.fingerprint`, by type, error and place.

    apart: jobs for which this is another text are in another group, such as those that cannot be put back.
    """
    own = [frame for frame in frames if frame.own] or list(frames)
    places = [f"{frame.path}:{frame.function}" for frame in own]
    return of_text(job_type, error_type, message, [*places, apart] if apart else places)


def _split(text: str) -> list[tuple[str, bool]]:
    """The blocks of a chain in the order in which they are printed, and whether the one before caused each directly."""
    blocks: list[tuple[str, bool]] = []
    at, direct = 0, False
    for found in _CHAINED.finditer(text):
        blocks.append((text[at : found.start()], direct))
        at, direct = found.end(), found["direct"] is not None
    return [*blocks, (text[at:], direct)]


def _block(block: str) -> tuple[str, str, tuple[Frame, ...]]:
    lines = block.split("\n")
    frames: list[Frame] = []
    end = 0
    for number, line in enumerate(lines):
        found = _FRAME.match(line)
        if found:
            source = lines[number + 1].strip() if number + 1 < len(lines) else ""
            known = "" if _FRAME.match(lines[number + 1] if number + 1 < len(lines) else "") else source
            path = found["path"]
            frames.append(Frame(_short(path), int(found["line"]), found["function"][:100], known[:200], _own(path)))
        if line.startswith((" ", "Traceback ")):
            end = number + 1
    told = "\n".join(lines[end:]).strip() if frames or end else block.strip()
    last = _LAST.match(told)
    if not last:
        return "", told, tuple(frames[-MAX_FRAMES:])
    return last["type"], last["message"] or "", tuple(frames[-MAX_FRAMES:])


def _own(path: str) -> bool:
    return is_own(path) and not path.startswith(_FOREIGN)


def _short(path: str) -> str:
    """A path as it is imported, as far as the text shows it: what follows the folder of packages, else as it stands."""
    for folder in ("/site-packages/", "/dist-packages/"):
        if folder in path:
            return path.rpartition(folder)[2][-300:]
    return path[-300:]
