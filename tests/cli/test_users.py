"""`redrive users`: added, listed, changed and removed from a terminal, with passwords that are never arguments."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.auth.authentication import Authentication
from dashboard.auth.roles import Role
from dashboard.services import build_services
from dashboard.settings import AuthSettings, Settings, SourceSettings
from tests.accounts import PASSWORD
from tests.cli.commands import answers, environment, output, redrive, start, wait_for
from tests.conftest import free_port
from tests.waiting import PATIENCE

OTHER = "another good one"


@pytest.fixture
def auth(redis_url: str) -> Authentication:
    settings = Settings(sources=(SourceSettings(name="main", url=redis_url),), auth=AuthSettings(mode="users"))
    return build_services(settings).auth


def test_a_user_that_was_added_can_sign_in(home: Path, redis_url: str, auth: Authentication) -> None:
    words = ("users", "add", "Kim", "--role", "operator", "--password-stdin", "--redis", redis_url)
    result = redrive(home, *words, said=f"{PASSWORD}\n")
    assert (result.returncode, result.stdout) == (0, "Kim can sign in as operator.\n")
    assert 'auth.mode = "users"' in result.stderr
    assert PASSWORD not in result.stdout + result.stderr
    assert auth.sign_in("kim", PASSWORD, "192.0.2.1").session_id
    found = auth.users.find("kim")
    assert found
    assert found.role == Role.OPERATOR


def test_the_least_role_is_given_when_none_is_named(home: Path, redis_url: str, auth: Authentication) -> None:
    result = redrive(home, "users", "add", "vera", "--password-stdin", "--redis", redis_url, said=PASSWORD,
                     REDRIVE_AUTH__MODE="users")  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    found = auth.users.find("vera")
    assert found
    assert found.role == Role.VIEWER


def test_a_new_password_and_another_role_sign_the_user_out(home: Path, redis_url: str, auth: Authentication) -> None:
    auth.users.add("Kim", Role.VIEWER, PASSWORD)
    session = auth.sign_in("kim", PASSWORD, "192.0.2.1").session_id
    result = redrive(home, "users", "passwd", "kim", "--password-stdin", "--redis", redis_url, said=OTHER)
    assert result.returncode == 0, result.stderr
    auth.sessions.forget()
    assert auth.sessions.read(session) is None
    again = auth.sign_in("kim", OTHER, "192.0.2.1").session_id
    assert redrive(home, "users", "role", "kim", "admin", "--redis", redis_url).returncode == 0
    auth.sessions.forget()
    assert auth.sessions.read(again) is None
    found = auth.users.find("kim")
    assert found
    assert found.role == Role.ADMIN


def test_users_are_listed_for_people_and_for_programs(home: Path, redis_url: str, auth: Authentication) -> None:
    assert "No user yet" in redrive(home, "users", "list", "--redis", redis_url).stdout
    auth.users.add("vera", Role.VIEWER, PASSWORD)
    auth.users.add("Kim", Role.OPERATOR, PASSWORD)
    auth.sign_in("kim", PASSWORD, "192.0.2.1")
    told = redrive(home, "users", "list", "--redis", redis_url).stdout
    assert told.index("Kim") < told.index("vera")
    result = redrive(home, "users", "list", "--json", "--redis", redis_url)
    kim, vera = json.loads(result.stdout)["items"]
    assert (kim["name"], kim["role"], vera["name"], vera["role"]) == ("Kim", "operator", "vera", "viewer")
    assert kim["signed_in_at"].endswith("Z")
    assert vera["signed_in_at"] is None
    assert "hash" not in result.stdout
    assert "argon2" not in result.stdout


def test_removing_asks_first(home: Path, redis_url: str, auth: Authentication) -> None:
    auth.users.add("Kim", Role.VIEWER, PASSWORD)
    refused = redrive(home, "users", "remove", "kim", "--redis", redis_url, said="n\n")
    assert refused.returncode == 1
    assert auth.users.find("kim")
    assert redrive(home, "users", "remove", "kim", "--yes", "--redis", redis_url).returncode == 0
    assert auth.users.find("kim") is None


@pytest.mark.parametrize(
    ("words", "said", "code", "says"),
    [
        (["add", "a b", "--password-stdin"], PASSWORD, 2, "cannot be a user's name"),
        (["add", "lee", "--role", "root", "--password-stdin"], PASSWORD, 2, "Invalid value for '--role'"),
        (["add", "lee"], PASSWORD, 2, "say --password-stdin"),
        (["add", "lee", PASSWORD], "", 2, "unexpected extra argument"),
        (["add", "lee", "--password-stdin"], "short\n", 1, "too short"),
        (["add", "lee", "--password-stdin"], "", 1, "too short"),
        (["add", "KIM", "--password-stdin"], PASSWORD, 1, "is a user already"),
        (["passwd", "lee", "--password-stdin"], PASSWORD, 1, "there is no user lee"),
        (["role", "lee", "admin"], "", 1, "there is no user lee"),
        (["remove", "lee", "--yes"], "", 1, "there is no user lee"),
    ],
)
def test_what_is_not_possible_says_why_and_changes_nothing(
    home: Path, redis_url: str, auth: Authentication, words: list[str], said: str, code: int, says: str
) -> None:
    auth.users.add("Kim", Role.VIEWER, PASSWORD)
    result = redrive(home, "users", *words, "--redis", redis_url, said=said)
    assert (result.returncode, "Traceback" in result.stderr) == (code, False), result
    assert says in result.stderr
    assert [user.name for user in auth.users.all()] == ["Kim"]


def test_a_store_that_does_not_answer_ends_with_3(home: Path) -> None:
    for words in (["list"], ["remove", "kim", "--yes"]):
        result = redrive(home, "users", *words, "--redis", f"redis://127.0.0.1:{free_port()}/0")
        assert result.returncode == 3, result


def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(
    home: Path, redis_url: str, auth: Authentication
) -> None:
    primary, secondary = pty.openpty()
    words = [sys.executable, "-m", "dashboard", "users", "add", "kim", "--role", "admin", "--redis", redis_url]
    process = subprocess.Popen(
        words, cwd=home, env=environment(home, TERM="dumb"), stdin=secondary, stdout=secondary, stderr=secondary,
        start_new_session=True,
    )  # fmt: skip
    os.close(secondary)
    seen = ""
    for answer in ("tiny", PASSWORD, PASSWORD):
        seen += until_asked(primary)
        os.write(primary, f"{answer}\n".encode())
    seen += rest(primary)
    assert process.wait(PATIENCE) == 0, seen
    assert "too short" in seen
    assert PASSWORD not in seen
    assert auth.sign_in("kim", PASSWORD, "192.0.2.1").session_id


def until_asked(terminal: int) -> str:
    """What is written up to the next question."""
    seen, deadline = "", time.monotonic() + PATIENCE
    while not seen.rstrip("\r\n").endswith(": "):
        assert time.monotonic() < deadline, seen
        seen += os.read(terminal, 1_024).decode()
    return seen


def rest(terminal: int) -> str:
    """What is written until the command ends."""
    seen = ""
    try:
        while piece := os.read(terminal, 1_024):
            seen += piece.decode()
    except OSError:
        pass
    return seen


def test_with_users_it_listens_where_others_reach_it(home: Path) -> None:
    from dashboard.cli.serve import refuse_open_door  # noqa: PLC0415 - the check alone, without a server

    refuse_open_door(Settings(host="0.0.0.0", auth=AuthSettings(mode="users")), insecure_no_auth=False)


def test_it_says_when_nobody_can_sign_in_yet(home: Path, redis_url: str, auth: Authentication) -> None:
    port = str(free_port())
    process = start(home, "serve", "--port", port, "--redis", redis_url, "--no-collector", REDRIVE_AUTH__MODE="users")
    wait_for(process, home, f"http://127.0.0.1:{port}/healthz")
    assert "There is no user yet" in output(home)
    assert not answers(f"http://127.0.0.1:{port}/api/v1/stats")
    process.terminate()
    assert process.wait(PATIENCE) == 0, output(home)


def test_without_it_says_how_to_make_users(home: Path) -> None:
    result = redrive(home, "serve", "--host", "0.0.0.0", "--redis", "redis://127.0.0.1:1/0")
    assert result.returncode == 2
    assert "redrive users add NAME --role admin" in result.stderr
    assert "REDRIVE_AUTH__MODE=users" in result.stderr
