"""The section of clawdbot.yaml about nginx before the nodes."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from apps.core.config_sections import Network, Section

NodeAddress = Annotated[str, Field(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$")]
ListenAddress = Annotated[str, Field(pattern=r"^([0-9.]+|\[[0-9A-Fa-f:.]+\])$")]
_PATH = r"^(/[^\s;{}\"'$%]+)?$"


class Front(Section):
    """nginx before the nodes, and the balancer beside it (`clawdbot front write`)."""

    nodes: list[NodeAddress] = Field(
        [],
        description="Web servers of the nodes, like `10.0.0.5:8000`; a name stands for every "
        "address it has. Empty: that of this machine.",
    )
    addresses: list[ListenAddress] = Field(
        ["0.0.0.0"],  # noqa: S104
        description="Addresses to listen on; `[::]` for IPv6, where the machine has it.",
    )
    http_port: int = Field(
        80, ge=0, le=65535, description="Port that leads to https, or serves without a certificate;"
        " 0: none.",
    )  # fmt: skip
    https_port: int = Field(443, ge=1, le=65535, description="Port for https.")
    certificate: str = Field(
        "",
        pattern=_PATH,
        description="PEM file with the certificate and those between it and its authority, on the "
        "machine of nginx; empty: no https.",
    )
    certificate_key: str = Field("", pattern=_PATH, description="PEM file with its key.")
    hsts_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="Days for which browsers come by https only once they did; 0: not told.",
    )
    trusted_proxies: list[Network] = Field(
        [],
        description="Balancers before nginx, whose X-Forwarded-For and X-Forwarded-Proto count.",
    )
    monitors: list[Network] = Field(
        ["127.0.0.1/32", "::1/128"],
        description="Who may ask /healthz, /readyz, /metrics and the state of the nodes, and gets "
        "through during maintenance.",
    )
    unlimited: list[Network] = Field(
        [], description="Whose requests are not limited, like the servers that use the API."
    )
    requests_per_second: int = Field(
        50,
        ge=1,
        le=100_000,
        description="Requests of one address; four seconds' worth may come at once, more get 429.",
    )
    connections: int = Field(
        200, ge=1, le=65_535, description="Requests of one address at one time."
    )
    access_log: str = Field(
        "",
        pattern=_PATH,
        description="File of the access log, one JSON object a line; `/dev/stdout` in a container; "
        "empty: `logs/access.log` in the folder of the front.",
    )

    @model_validator(mode="after")
    def _certificate_has_its_key(self) -> Self:
        if bool(self.certificate) != bool(self.certificate_key):
            raise ValueError("certificate and certificate_key go together")
        if not self.certificate and not self.http_port:
            raise ValueError("without a certificate http_port must not be 0")
        return self
