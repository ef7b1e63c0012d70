"""Users for tests: one of each role, with a password that is hashed cheaply."""

from __future__ import annotations

import re
from html import unescape

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from dashboard.auth import passwords
from dashboard.auth.roles import Role
from dashboard.services import Services

PASSWORD = "correct horse battery"
USERS = {"Kim": Role.OPERATOR, "vera": Role.VIEWER, "ada": Role.ADMIN}
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_TOKEN = re.compile(r"hx-headers:inherited='([^']*)'")


def hash_cheaply(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing as it is takes a tenth of a second, by intention."""
    monkeypatch.setattr(passwords, "hasher", CHEAP)


def add_users(bundle: Services) -> None:
    """One user of each role."""
    for name, role in USERS.items():
        bundle.auth.users.add(name, role, PASSWORD)


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD) -> str:
    """Sign in as a browser does; the token that its forms send along."""
    answer = client.post("/login", data={"name": name, "password": password})
    assert answer.status_code == 303, answer.text
    return token_of(client)


def token_of(client: FlaskClient) -> str:
    """The token on a page of the session."""
    found = _TOKEN.search(client.get("/settings").text)
    assert found
    return re.sub(r".*:\s*\"(\w+)\".*", r"\1", unescape(found[1]))
