"""`redrive serve`: the dashboard, its collector, and an embedded Valkey when no Redis is named."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dashboard import webserver
from dashboard.adapters.contract import AdapterError
from dashboard.adapters.discovery import factories
from dashboard.adapters.snapshot import mask_url
from dashboard.adapters.sources import Sources
from dashboard.cli.options import connection_options, embedded_folders, read_settings
from dashboard.embedded import Embedded
from dashboard.finding import Watch
from dashboard.loopback import is_loopback
from dashboard.processes import Child, Processes
from dashboard.settings import Settings


@click.command("serve")
@connection_options
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on.  [default: 8080]")
@click.option("--threads", type=click.IntRange(1, 1024), default=64, show_default=True, help="Requests served at once.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Web processes.")
@click.option("--prefix", metavar="/PATH", help="Path in front of every address, behind a proxy.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Directory of the embedded Valkey.")
@click.option("--read-only", is_flag=True, default=None, help="Show everything, change nothing.")
@click.option("--no-collector", is_flag=True, help="Leave sampling, alerts and operations to `redrive collector`.")
@click.option("--insecure-no-auth", is_flag=True, help="Listen on other addresses although nobody has to sign in.")
def command(
    *, config: Path | None, sources: tuple[dict[str, str], ...], redis_url: str | None, threads: int, workers: int,
    data: Path | None, no_collector: bool, insecure_no_auth: bool, **overrides: Any,
) -> int:  # fmt: skip
    """Run the dashboard.

    Without --redis, --source, REDIS_URL or [[sources]] in redrive.toml it starts a Valkey of its own, whose data
    stays in your data directory.
    """
    settings = read_settings(config, sources, redis_url, **overrides)
    Sources.from_settings(settings)
    refuse_open_door(settings, insecure_no_auth)
    refuse_taken_port(settings.host, settings.port)
    with contextlib.ExitStack() as stack:
        if not settings.sources:
            url = stack.enter_context(embedded(data or embedded_folders()[0]))
            settings = read_settings(config, sources, url, **overrides)
        watch = Watch(settings)
        settings = watch.look()
        tell_what_was_found(watch)
        if settings.auth.mode == "users":
            tell_when_nobody_can_sign_in(settings)

        def children(settings: Settings) -> list[Child]:
            web = web_child(settings, threads, workers)
            return [web] if no_collector else [web, collector_child(settings)]

        def meanwhile() -> list[Child] | None:
            new = watch.again()
            if new is not None:
                tell_what_was_found(watch)
            return None if new is None else children(new)

        processes = Processes(say, meanwhile=meanwhile)
        processes.children = children(settings)
        return processes.run()


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    click.echo(text, err=True)


def tell_what_was_found(watch: Watch) -> None:
    """Name the sources that nobody configured, and products that no adapter shows yet."""
    for source in watch.read.sources:
        shown = [each for each in watch.settings.sources if each.url == source.url]
        if source.find and (len(shown) > 1 or shown[0].kind != source.kind):
            listed = ", ".join(f"{each.name} ({each.kind})" for each in shown)
            say(f"Found at {mask_url(source.url)}: {listed}")
        unknown = sorted({each.title for each in watch.found(source.url) if each.kind not in factories()})
        if source.find and unknown:
            say(f"Seen at {mask_url(source.url)}, but not shown, since there is no adapter yet: {', '.join(unknown)}")


def web_child(settings: Settings, threads: int = 64, workers: int = 1) -> Child:
    """The web server as a child; when it ends, so does the command."""
    arguments = (settings, threads, workers, lambda url: click.echo(f"Redrive is at {url}"))
    return Child("dashboard", webserver.serve, arguments, vital=True)


def collector_child(settings: Settings) -> Child:
    """The collector as a child, started again when it dies."""
    return Child("collector", _collect, (settings,))


def _collect(settings: Settings) -> None:
    from dashboard.collector import Collector  # noqa: PLC0415 - in the child, after the fork
    from dashboard.logs import to_stderr  # noqa: PLC0415 - the same
    from dashboard.services import build_services  # noqa: PLC0415 - the same

    to_stderr()
    Collector(build_services(settings)).run()


@contextlib.contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """The embedded Valkey of a data directory while the command runs; gives its address."""
    server = Embedded(folder)
    running = server.start()
    say(f"Embedded Valkey: {running.url} (data in {folder})")
    try:
        yield running.url
    finally:
        server.stop()


def refuse_open_door(settings: Settings, insecure_no_auth: bool) -> None:
    """Raises UsageError for an address that others can reach without sign-in, unless that was asked for in words."""
    host = settings.host
    if is_loopback(host):
        return
    if settings.auth.mode != "none":
        if not settings.alerts.base_url.startswith("https://"):
            say(
                f"Note: passwords and jobs cross the network in the clear unless a proxy in front of {host} speaks TLS."
            )
        return
    if not insecure_no_auth:
        raise click.UsageError(
            f"--host {host} would let everyone who reaches this machine see and change your jobs, because nobody has"
            " to sign in. Make a user with `redrive users add NAME --role admin` and set REDRIVE_AUTH__MODE=users (or"
            ' mode = "users" under [auth] in redrive.toml); or listen on 127.0.0.1 behind a proxy that asks for a'
            " password; or say --insecure-no-auth if the network itself is closed."
        )
    say(f"Warning: listening on {host} without sign-in; everyone who reaches this address can change your jobs.")


def tell_when_nobody_can_sign_in(settings: Settings) -> None:
    """Say how to make the first user; a store that does not answer now is told by the pages."""
    from dashboard.services import build_services  # noqa: PLC0415 - only where people sign in

    services = build_services(settings)
    with contextlib.suppress(AdapterError):
        if not services.auth.users.count():
            say("There is no user yet, so nobody can sign in: add one with `redrive users add NAME --role admin`.")
    services.store.client.close()  # the children open connections of their own


def refuse_taken_port(host: str, port: int) -> None:
    """Raises ClickException, naming the next free port, when somebody else listens on this one."""
    if not port_is_free(host, port):
        other = next_free_port(host, port)
        raise click.ClickException(f"port {port} on {host} is in use; stop what listens there or say --port {other}")


def next_free_port(host: str, port: int) -> int:
    """The first free port above one that is taken; 0 (any) when the next hundred are taken too."""
    return next((other for other in range(port + 1, min(port + 100, 65_536)) if port_is_free(host, other)), 0)


def port_is_free(host: str, port: int) -> bool:
    """Whether this process could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise click.ClickException(f"you may not listen on port {port}; choose one above 1023") from None
        except socket.gaierror:
            raise click.ClickException(f"--host {host} is not an address of this machine") from None
        except OSError:
            return False
        return True
