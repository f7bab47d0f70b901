"""The section of clawdbot.yaml about mail: the server that takes it, and who it is from."""

from ipaddress import ip_address
from typing import Literal, Self

from pydantic import Field, model_validator

from apps.core.config_sections import Section


class Mail(Section):
    """The company's mail server, for reports and for what administrators must know."""

    host: str = Field("", description="Name or address of the mail server; empty: no mail is sent.")
    port: int = Field(
        587, ge=1, le=65535, description="Its port: usually 587, 465 with `tls`, 25 inside."
    )
    tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the connection is encrypted: after the greeting, from the first byte, or "
        "not at all. A password is never sent unencrypted to another machine.",
    )
    ca: str = Field(
        "",
        description="File with the certificate of the authority that signed the server's; empty: "
        "the usual authorities.",
    )
    user: str = Field("", description="Name to sign in with; empty: without signing in.")
    password: str = Field(
        "",
        repr=False,
        description="Its password, better in a file, named by CLAWDBOT_MAIL__PASSWORD_FILE.",
    )
    sender: str = Field(
        "",
        pattern=r"^([^@\s,;<>]+@[^@\s,;<>]+)?$",
        description="Address that mail comes from, like `clawdbot@company.lan`.",
    )
    timeout_s: int = Field(15, ge=1, le=120, description="Seconds the server has for each step.")

    @model_validator(mode="after")
    def _can_be_sent(self) -> Self:
        if self.host and not self.sender:
            raise ValueError("sender must be set where host is: the address that mail comes from")
        if self.user and self.tls == "none" and not _is_this_machine(self.host):
            raise ValueError("with `tls: none` the password would be sent unencrypted")
        return self


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
