"""The sections of clawdbot.yaml about watching the installation at work."""

from importlib.util import find_spec
from typing import Self

from pydantic import Field, model_validator

from apps.core.config_sections import Section


class Ledger(Section):
    """The request ledger: a row for each request, without what was asked."""

    keep_days: int = Field(
        90,
        ge=1,
        le=3650,
        description="Days for which the rows of single requests are kept; figures by day for ever.",
    )
    networks: bool = Field(
        True,
        description="Rows tell from which network a request came: its address cut to /24, or /48 "
        "of IPv6.",
    )


class Telemetry(Section):
    """Traces of requests for a collector of OpenTelemetry; none are made without one."""

    otlp_endpoint: str = Field(
        "",
        pattern=r"^(https?://[^\s]+)?$",
        description="Address of a collector that takes OTLP over HTTP, like "
        "http://collector:4318; empty: no traces are sent.",
    )
    sample: float = Field(
        1.0, ge=0, le=1, description="Share of the requests of which traces are sent."
    )

    @model_validator(mode="after")
    def _can_send(self) -> Self:
        if self.otlp_endpoint and find_spec("opentelemetry.sdk") is None:
            raise ValueError(
                "opentelemetry, which `otlp_endpoint` needs, is not installed: "
                "pip install -r requirements.txt"
            )
        return self
