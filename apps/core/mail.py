"""Sends mail through the company's mail server, as the section `mail` of clawdbot.yaml says."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from apps.core import clock, config
from apps.core.config_mail import Mail
from apps.core.errors import Conflict, Invalid, Retryable

PASSING = range(400, 500)  # replies of SMTP that ask to try again (RFC 5321, 4.2.1)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail: `media_type` like `application/pdf`."""

    name: str
    media_type: str
    content: bytes


def is_configured() -> bool:
    """Whether there is a mail server to send through."""
    return bool(config.load().mail.host)


def send(
    *, to: Sequence[str], subject: str, text: str, attachments: Sequence[Attachment] = ()
) -> list[str]:
    """Send one mail to each address of `to`, none of which sees the others.

    Returns the addresses that the server refused; it has taken the mail of the others. Raises
    Conflict when the configuration must change (`mail_off`: there is no mail server), Invalid for
    what is no address, Retryable when trying later may help.
    Blocks for `mail.timeout_s` a step: call it from tasks, not while a page waits.
    """
    settings = config.load().mail
    if not settings.host:
        raise Conflict("No mail server is configured: set mail.host.", code="mail_off")
    mails = [(one, _mail(settings, one, subject, text)) for one in to]
    for _one, mail in mails:
        _attach(mail, attachments)
    with _connection(settings) as server:
        return [one for one, mail in mails if not _is_taken(server, mail)]


def _mail(settings: Mail, to: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings.sender
    try:
        mail["To"] = to
        (address,) = mail["To"].addresses
        is_one = bool(address.username and address.domain) and not mail["To"].defects
    except (ValueError, IndexError):  # the parser of addresses raises both
        is_one = False
    if not is_one:
        raise Invalid(f"“{to}” is no address for mail.", code="mail_address")
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = make_msgid(domain=settings.sender.partition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    mail.set_content(text)
    return mail


def _attach(mail: EmailMessage, attachments: Sequence[Attachment]) -> None:
    for one in attachments:
        kind, _, subtype = one.media_type.partition("/")
        mail.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)


@contextmanager
def _connection(settings: Mail) -> Iterator[smtplib.SMTP]:
    """A server that knows us. What it or the network refuses becomes an error of ours."""
    try:
        with _opened(settings) as server:
            if settings.user:
                server.login(settings.user, settings.password)
            yield server
    except smtplib.SMTPAuthenticationError:
        raise Conflict(
            "The mail server refuses mail.user and mail.password.", code="mail_sign_in"
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise Conflict(
            f"The mail server's certificate is not trusted ({error.verify_message}): see mail.ca.",
            code="mail_certificate",
        ) from None
    except smtplib.SMTPNotSupportedError as error:
        raise Conflict(f"The mail server cannot do that: {error}", code="mail_server") from None
    except UnicodeError:  # no OSError: names that DNS, signs that AUTH cannot carry
        told = "Check mail.host, mail.user and mail.password: one cannot be sent as it stands."
        raise Conflict(told, code="mail_server") from None
    except (OSError, smtplib.SMTPException) as error:
        where = f"{settings.host}:{settings.port}"
        raise Retryable(
            f"The mail server {where} does not take it: {error}", code="mail_away"
        ) from None


def _opened(settings: Mail) -> smtplib.SMTP:
    host, port, wait_s = settings.host, settings.port, settings.timeout_s
    if settings.tls == "none":
        return smtplib.SMTP(host, port, timeout=wait_s)
    trusted = ssl.create_default_context(cafile=settings.ca or None)
    if settings.tls == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=wait_s, context=trusted)
    server = smtplib.SMTP(host, port, timeout=wait_s)
    try:
        server.starttls(context=trusted)
    except BaseException:
        server.close()
        raise
    return server


def _is_taken(server: smtplib.SMTP, mail: EmailMessage) -> bool:
    """Send one. False when this address or mail is refused for good; raises what may pass."""
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as refusal:
        if any(code in PASSING for code, _text in refusal.recipients.values()):
            raise
        return False
    except smtplib.SMTPDataError as refusal:
        if refusal.smtp_code in PASSING:
            raise
        return False
    return True
