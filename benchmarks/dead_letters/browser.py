"""A client that costs little: one kept connection, plain HTTP/1.1."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Sequence
from io import BufferedReader
from typing import Any


class Browser:
    """One viewer's connection to a server on this machine."""

    def __init__(self, port: int, timeout: float = 300) -> None:
        self._address = ("127.0.0.1", port)
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._file: BufferedReader | None = None

    def get(self, path: str) -> bytes:
        """The body of a page. Raises OSError when the answer is not 200."""
        return self._ask("GET", path, b"")

    def send(self, method: str, path: str, value: Any = None) -> bytes:
        """Send JSON. Raises OSError when the answer is not a success."""
        return self._ask(method, path, b"" if value is None else json.dumps(value).encode())

    def close(self) -> None:
        """Close the connection."""
        if self._socket:
            self._socket.close()
        self._socket = self._file = None

    def _ask(self, method: str, path: str, body: bytes) -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._address[1]}\r\nContent-Length: {len(body)}\r\n"
        kind = "Content-Type: application/json\r\n" if body else ""
        file, status = self._begun(f"{head}{kind}Accept: */*\r\n\r\n".encode() + body)
        headers = _headers(file)
        answer = _chunked(file) if headers.get(b"transfer-encoding") == b"chunked" else _sized(file, headers)
        if headers.get(b"connection", b"").lower() == b"close":
            self.close()
        if not status or not status[1].startswith(b"2"):
            raise OSError(f"{method} {path}: {b' '.join(status).decode()} {answer[:300].decode(errors='replace')}")
        return answer

    def _begun(self, request: bytes) -> tuple[BufferedReader, list[bytes]]:
        """Send, and read the first line; a kept connection that the server closed meanwhile is opened anew, once."""
        for _ in range(2):
            file = self._connected()
            with contextlib.suppress(ConnectionError):
                if self._socket:
                    self._socket.sendall(request)
                if status := file.readline().split():
                    return file, status
            self.close()
        raise OSError("the server closes the connection without an answer")

    def _connected(self) -> BufferedReader:
        if self._file is None:
            self._socket = socket.create_connection(self._address, self._timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._file = self._socket.makefile("rb")
        return self._file


def timed(browser: Browser, path: str) -> float:
    """Milliseconds that a page took."""
    started = time.perf_counter()
    browser.get(path)
    return (time.perf_counter() - started) * 1_000


def rate(port: int, paths: Sequence[str], clients: int, seconds: float) -> float:
    """Requests per second of several clients at once, each going round the addresses from a place of its own."""
    done = [0] * clients
    until = time.perf_counter() + seconds

    def view(number: int) -> None:
        browser = Browser(port)
        while time.perf_counter() < until:
            browser.get(paths[(number * 7 + done[number]) % len(paths)])
            done[number] += 1
        browser.close()

    threads = [threading.Thread(target=view, args=(number,)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - started)


def _headers(file: BufferedReader) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    while (line := file.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        found[name.lower()] = value.strip()
    return found


def _sized(file: BufferedReader, headers: dict[bytes, bytes]) -> bytes:
    return file.read(int(headers.get(b"content-length", b"0")))


def _chunked(file: BufferedReader) -> bytes:
    parts: list[bytes] = []
    while size := int(file.readline(), 16):
        parts.append(file.read(size))
        file.readline()
    file.readline()
    return b"".join(parts)
