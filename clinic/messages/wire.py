"""The wire: hand one message to the mail server, and say truly what is known of it afterwards."""

from __future__ import annotations

import smtplib
from contextlib import suppress

from django.conf import settings
from django.core.mail import EmailMessage, get_connection


class NotSent(Exception):
    """The mail server certainly did not take it. `for_good` when asking again is pointless."""

    def __init__(self, words: str, *, for_good: bool = False):
        super().__init__(words)
        self.for_good = for_good


class PossiblySent(Exception):
    """The line broke after the message may have been taken."""


def send(*, to: str, subject: str, body: str, message_id: str) -> None:
    """Hand over one message under its own Message-ID; return only when the server has it.

    Raises NotSent or PossiblySent, in words without the address.
    """
    mail = EmailMessage(
        subject=subject,
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"The mail server could not be reached ({type(error).__name__}).") from error
    try:
        connection.send_messages([mail])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        code = _code(error)
        raise NotSent(
            f"The mail server refused it ({code}).", for_good=500 <= code < 600
        ) from error
    except ValueError as error:  # an address or a subject no mail can carry
        raise NotSent("The address cannot be written to.", for_good=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise PossiblySent(
            f"The line to the mail server broke ({type(error).__name__})."
        ) from error
    finally:
        # The server has answered; whether it also hears us leave decides nothing.
        with suppress(OSError, smtplib.SMTPException):
            connection.close()


def _code(error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    return error.smtp_code
