"""A real SMTP server gets mails: over TLS, after login, in one thread, and nothing in them breaks out of a header."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from dashboard.alerts.channels.contract import DeliveryError
from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.channels.reach import PUBLIC
from dashboard.settings import ChannelSettings, SettingsError
from tests.alerts.channels.events import NOW, URL, channel, event, message
from tests.conftest import free_port

OPTIONS = {"from": "redrive@example.com", "to": ("ops@example.com", "night@example.com"), "username": "redrive"}
PASSWORD = "correct horse battery"


class Mailbox:
    """Keeps what it gets; `reply` is what it says to a recipient or a mail instead of taking it."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.reply = {"RCPT": "", "DATA": ""}
        self.secure: list[bool] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if not self.reply["RCPT"]:
            envelope.rcpt_tos.append(address)
        return self.reply["RCPT"] or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if not self.reply["DATA"]:
            self.envelopes.append(envelope)
            self.secure.append(server.transport.get_extra_info("cipher") is not None)
        return self.reply["DATA"] or "250 OK"

    def mails(self) -> list[EmailMessage]:
        parsed = (email.message_from_bytes(each.content, policy=email.policy.default) for each in self.envelopes)
        return [each for each in parsed if isinstance(each, EmailMessage)]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost, in one folder."""
    folder: Path = tmp_path_factory.mktemp("certificate")
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"]  # fmt: skip
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


Start = Callable[..., str]


@pytest.fixture
def start(mailbox: Mailbox, certificate: Path) -> Iterator[Start]:
    """Starts the server; gives its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    running: list[Controller] = []

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"redrive", PASSWORD.encode()), handled=False)

    def begin(scheme: str = "smtp") -> str:
        port = free_port()
        more = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
        if scheme == "plain":
            more = {}
        made = Controller(mailbox, hostname="127.0.0.1", port=port, authenticator=authenticate,
                          auth_require_tls=scheme == "smtp", **more)  # type: ignore[arg-type]  # fmt: skip
        made.start()
        running.append(made)
        return f"{'smtp' if scheme == 'plain' else scheme}://localhost:{port}"

    yield begin
    for each in running:
        each.stop()


def send(url: str, *events: Any, id: str = "msg_1", **settings: Any) -> int | None:
    given = {"kind": "email", "url": url, "secret": PASSWORD, "options": OPTIONS, "timeout": 10} | settings
    return channel(**given).send(message(*events, id=id), NOW)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_arrives_over_tls_in_text_and_html(start: Start, mailbox: Mailbox, trusted: None, scheme: str) -> None:
    assert send(start(scheme)) == 250
    (mail,) = mailbox.mails()
    assert mailbox.secure == [True]
    assert mailbox.envelopes[0].rcpt_tos == ["ops@example.com", "night@example.com"]
    assert mail["Subject"] == "Firing: main/mail: 101 failed jobs, limit 100"
    assert (mail["From"], mail["To"]) == ("redrive@example.com", "ops@example.com, night@example.com")
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "90 × ValueError: no such user" in text.get_content()
    assert URL in text.get_content()
    assert f'<a href="{URL.replace("&", "&amp;")}">' in html.get_content()


def test_a_mail_has_one_id_over_all_tries_and_the_alerts_thread(start: Start, mailbox: Mailbox, trusted: None) -> None:
    url = start()
    for type, id in (("firing", "msg_1"), ("firing", "msg_1"), ("resolved", "msg_2")):
        send(url, event(type), id=id)
    first, again, over = mailbox.mails()
    assert first["Message-ID"] == again["Message-ID"] == "<msg_1@example.com>"
    assert over["Message-ID"] == "<msg_2@example.com>"
    assert {mail["References"] for mail in (first, again, over)} == {"<redrive-aaaa1111bbbb2222@example.com>"}
    assert first["Date"] == again["Date"]


def test_hostile_text_stays_where_it_is(start: Start, mailbox: Mailbox, trusted: None) -> None:
    bad = "x\r\nBcc: all@example.com\r\n\r\n<script>alert(1)</script>"
    send(start(), event(summary=bad, queue=bad, fingerprint=bad, url="javascript:alert(1)"))
    (mail,) = mailbox.mails()
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Firing: x Bcc: all@example.com <script>alert(1)</script>"
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "href" not in html.get_content()


def test_a_certificate_that_nobody_vouches_for_is_refused(start: Start, mailbox: Mailbox) -> None:
    for scheme in ("smtp", "smtps"):
        with pytest.raises(DeliveryError, match="certificate"):
            send(start(scheme))
    assert mailbox.envelopes == []


def test_a_server_without_tls_gets_no_password(start: Start, mailbox: Mailbox) -> None:
    with pytest.raises(DeliveryError, match="no answer"):
        send(start("plain"))
    assert mailbox.envelopes == []
    options = {name: value for name, value in OPTIONS.items() if name != "username"} | {"starttls": False}
    assert send(start("plain"), options=options, secret="") == 250
    with pytest.raises(SettingsError, match="where a password is sent"):
        channel(kind="email", url="smtp://localhost", options=OPTIONS | {"starttls": False})


def test_a_wrong_password_is_not_told(start: Start, trusted: None) -> None:
    with pytest.raises(DeliveryError, match="answered 535") as caught:
        send(start(), secret="wrong password")
    assert not caught.value.permanent
    assert "wrong password" not in str(caught.value)


@pytest.mark.parametrize(("command", "reply", "permanent"), [
    ("RCPT", "550 no such user", True), ("RCPT", "450 try later", False), ("DATA", "554 spam", True),
    ("DATA", "452 full", False),
])  # fmt: skip
def test_what_the_server_says_decides_on_another_try(
    start: Start, mailbox: Mailbox, trusted: None, command: str, reply: str, permanent: bool
) -> None:
    mailbox.reply[command] = reply
    with pytest.raises(DeliveryError, match=reply[4:]) as caught:
        send(start())
    assert (caught.value.status, caught.value.permanent) == (int(reply[:3]), permanent)


@pytest.mark.timeout(30)
def test_a_server_that_talks_too_slowly_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def talk() -> None:
            connection, _ = server.accept()
            with connection:
                while not over.wait(0.02):
                    try:
                        connection.sendall(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(DeliveryError, match="no answer"):
            send(f"smtp://127.0.0.1:{server.getsockname()[1]}", timeout=0.3)
        over.set()
        thread.join()


def test_a_server_entered_on_a_page_must_be_public(start: Start, mailbox: Mailbox) -> None:
    given = {"name": "ops", "kind": "email", "url": start(), "options": OPTIONS, "secret": PASSWORD}
    with pytest.raises(DeliveryError, match="private network") as caught:
        open_channels([ChannelSettings(**given)], PUBLIC)["ops"].send(message(), NOW)
    assert caught.value.permanent


@pytest.mark.parametrize(("settings", "words"), [
    ({"url": "https://mail.example/"}, "url must be smtp"), ({"options": {"to": "a@b.example"}}, "option from"),
    ({"options": {"from": "a@b.example"}}, "option to"), ({"options": OPTIONS | {"cc": "x"}}, "unknown option cc"),
    ({"options": OPTIONS | {"to": "a@b.example\nBcc: x@y.example"}}, "option to"),
])  # fmt: skip
def test_a_channel_that_could_not_work_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        channel(**({"kind": "email", "url": "smtp://mail.example", "options": OPTIONS} | settings))
