"""A mail server on a free port of this machine, which keeps what it takes."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.services import free_port

USER, PASSWORD = "clawdbot", "a-Password-of-mail"


@dataclass
class Letters:
    """What came; `refused`: addresses that it refuses for good, `busy`: for the moment."""

    port: int
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        if address in self.refused:
            return "550 no such box"
        if address in self.busy:
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.taken += [(address, mail) for address in envelope.rcpt_tos]
        return "250 OK"


def _may_sign_in(server, session, envelope, mechanism, given):
    known = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=given == known, handled=False)  # the server answers


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, from_first_byte: bool = False, closed: bool = False
) -> Iterator[Letters]:
    """`tls`: its certificate, used after STARTTLS or at once; `closed`: only who signs in."""
    letters = Letters(free_port())
    options = {"authenticator": _may_sign_in, "auth_required": closed}
    if from_first_byte:
        options |= {"ssl_context": tls, "auth_require_tls": False}
    elif tls:
        options |= {"tls_context": tls, "require_starttls": True}
    else:
        options |= {"auth_require_tls": False}
    controller = Controller(letters, hostname="127.0.0.1", port=letters.port, **options)
    controller.start()
    try:
        yield letters
    finally:
        controller.stop()
