"""A mail server that refuses what a real one refuses."""

from __future__ import annotations

import smtplib

from dashboard.demo import outages
from dashboard.demo.pace import work


class MailServer:
    """The part of `smtplib.SMTP` the jobs use."""

    def __init__(self, host: str = "smtp.mail.example", port: int = 587) -> None:
        self.host = host
        self.port = port

    def send(self, recipient: str, subject: str) -> None:
        """Deliver one message, or raise what smtplib raises."""
        self._connect()
        self._check_recipient(recipient)
        work(0.03 + len(subject) / 2000)

    def _connect(self) -> None:
        work(0.02)
        if outages.lasts("mail"):
            raise smtplib.SMTPServerDisconnected(f"Connection unexpectedly closed by {self.host}:{self.port}")

    def _check_recipient(self, recipient: str) -> None:
        domain = recipient.rpartition("@")[2]
        if domain == "full.example":
            answer = (452, b"4.2.2 The email account that you tried to reach is over quota")
            raise smtplib.SMTPRecipientsRefused({recipient: answer})
        if domain == "greylisted.example" and not self._seen_before(recipient):
            raise smtplib.SMTPResponseException(451, b"4.7.1 Greylisted, please try again in a moment")

    @staticmethod
    def _seen_before(recipient: str) -> bool:
        """A greylisting server accepts the second try."""
        return not outages.first_time(f"greylist:{recipient}")
