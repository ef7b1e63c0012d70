"""Mail, by an SMTP server: over TLS, in plain text and HTML, the messages of an alert in one thread."""

from __future__ import annotations

import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from urllib.parse import urlsplit

from markupsafe import Markup

from dashboard.alerts.channels import wording
from dashboard.alerts.channels.contract import DeliveryError, Message
from dashboard.alerts.channels.event import Event
from dashboard.alerts.channels.mailing import SecureSession, Session
from dashboard.alerts.channels.reach import PrivateTarget, Reach
from dashboard.settings import ChannelSettings, SettingsError

KIND = "email"
GROUP_BY = "rule"
REPEAT_SECONDS = 4 * 3600.0
TARGET_CHECKED = True
OPTIONS = {"from", "to", "username", "starttls"}
PORTS = {"smtp": 587, "smtps": 465}


class EmailChannel:
    """Sends one mail for each message.

    Args:
        settings: `url` is `smtp://host:587` (STARTTLS) or `smtps://host:465`. Options: `from`, `to` (one address, or
            a list), `username` with the secret as password, and `starttls = false` for a relay that has none.
        reach: looks at the server's address.

    Raises:
        SettingsError: something of it is missing or not possible.
    """

    spacing = 1.0
    keeps_alive = False

    def __init__(self, settings: ChannelSettings, reach: Reach) -> None:
        self.name = settings.name
        self.timeout = settings.timeout
        self._reach = reach
        self._scheme, self._host, self._port = _server(settings)
        self._from, self._to = _addresses(settings)
        self._username, self._password = str(settings.options.get("username", "")), settings.secret
        self._starttls = settings.options.get("starttls", True) is not False
        if self._username and self._scheme == "smtp" and not self._starttls:
            raise SettingsError(f"channel {settings.name}: starttls must be on where a password is sent")

    def send(self, message: Message, now: float) -> int:  # noqa: ARG002 - a mail bears the time of its message
        """Send one mail; the server's last reply."""
        mail = _mail(message, self._from, self._to)
        try:
            with self._session() as session:
                refused = session.send_message(mail, self._from, self._to)
        except PrivateTarget as error:
            text = "its address is in a private network; only the file of settings may name such a server"
            raise DeliveryError(text, permanent=True) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refused(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPAuthenticationError as error:
            raise self._refused(error.smtp_code, error.smtp_error, permanent=False) from error
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, error.smtp_error) from error
        except ssl.SSLError as error:
            raise DeliveryError("no answer: its certificate was not accepted") from error
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(f"no answer: {type(error).__name__}") from error
        if refused:
            raise self._refused(*next(iter(refused.values())), permanent=True)
        return 250

    def _session(self) -> Session:
        address = self._reach.address(self._host, self._port)
        made = (SecureSession if self._scheme == "smtps" else Session)(self._host, self.timeout)
        made.connect(address, self._port)
        if self._scheme == "smtp" and self._starttls:
            made.starttls(context=ssl.create_default_context())
        if self._username:
            made.login(self._username, self._password)
        return made

    def _refused(self, code: int, said: bytes | str, *, permanent: bool | None = None) -> DeliveryError:
        text = " ".join((said.decode(errors="replace") if isinstance(said, bytes) else said).split())
        if len(self._password) > 5:
            text = text.replace(self._password, "…")
        final = code >= 500 if permanent is None else permanent
        return DeliveryError(f"answered {code}: {wording.cut(text, 160)}", status=code, permanent=final)


def create(settings: ChannelSettings, reach: Reach) -> EmailChannel:
    """Make a mail channel. Raises SettingsError."""
    return EmailChannel(settings, reach)


def _mail(message: Message, sender: str, to: list[str]) -> EmailMessage:
    mail = EmailMessage()
    domain = sender.rpartition("@")[2]
    mail["Subject"] = _one_line(wording.cut(wording.title(message), 200))
    mail["From"], mail["To"] = sender, ", ".join(to)
    mail["Date"] = format_datetime(datetime.fromtimestamp(message.created, UTC))
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    threads = list(dict.fromkeys(f"<redrive-{_word(event.fingerprint)}@{domain}>" for event in message.events))
    mail["In-Reply-To"], mail["References"] = threads[0], " ".join(threads[:10])
    mail["Auto-Submitted"] = "auto-generated"
    events, more = wording.shown(message)
    rest = f"… and {more} more" if more else ""
    mail.set_content("\n\n".join([*map(_text, events), rest]).strip() + "\n")
    page = Markup("<!DOCTYPE html><html><body>{}<p>{}</p></body></html>")
    mail.add_alternative(str(page.format(Markup("<hr>").join(map(_html, events)), rest)), subtype="html")
    return mail


def _text(event: Event) -> str:
    facts = [f"{name}: {value}" for name, value in wording.facts(event)]
    return "\n".join([wording.event_title(event), "", *wording.errors(event), *facts, event.url])


def _html(event: Event) -> Markup:
    lines = Markup("<br>").join([*wording.errors(event), *(f"{name}: {value}" for name, value in wording.facts(event))])
    title = Markup("<p><strong>{}</strong></p><p>{}</p>").format(wording.event_title(event), lines)
    if not event.url.startswith(("http://", "https://")):
        return title
    return title + Markup('<p><a href="{}">Open in Redrive</a></p>').format(event.url)


def _one_line(text: str) -> str:
    """What may stand in a header: nothing that ends it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _word(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c in "-_.") or "none"


def _server(settings: ChannelSettings) -> tuple[str, str, int]:
    try:
        parts = urlsplit(settings.url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        scheme, host, port = "", "", None
    if scheme not in PORTS or not host:
        raise SettingsError(f"channel {settings.name}: url must be smtp://host:587 or smtps://host:465")
    return scheme, host, port or PORTS[scheme]


def _addresses(settings: ChannelSettings) -> tuple[str, list[str]]:
    unknown = settings.options.keys() - OPTIONS
    if unknown:
        raise SettingsError(
            f"channel {settings.name}: unknown option {min(unknown)}; email has: {', '.join(sorted(OPTIONS))}"
        )
    to = settings.options.get("to", "")
    named = [str(settings.options.get("from", "")), *(to if isinstance(to, tuple) else (str(to),))]
    found = [address for _, address in getaddresses(named)]
    fine = all(each.isprintable() for each in named) and all(_is_address(each) for each in found)
    if len(found) < 2 or not fine:
        example = "addresses such as ops@example.com"
        raise SettingsError(f"channel {settings.name}: option from and option to must be {example}")
    return found[0], found[1:]


def _is_address(text: str) -> bool:
    return text.count("@") == 1 and text.isascii() and " " not in text
