"""The sections of clawdbot.yaml about running an installation: backups, logs, figures, traces."""

from importlib.util import find_spec
from typing import Literal, Self

from pydantic import Field, model_validator

from apps.core.config_sections import Section


class Backup(Section):
    """Copies of everything that cannot be made anew, kept elsewhere."""

    to: str = Field(
        "",
        description="Folder of the backups, best on another machine; nodes that name none do not "
        "make the scheduled ones. Empty: none are made by themselves.",
    )
    at: str = Field(
        "01:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="When one is made every day, as `HH:MM` in service.time_zone; empty: never.",
    )
    passphrase_file: str = Field(
        "", description="File whose text encrypts and opens the backups in `to`."
    )
    with_keys: bool = Field(
        False, description="Scheduled backups hold the signing key and the operator's key, too."
    )
    keep_daily: int = Field(7, ge=0, le=1000, description="Days of which the last one is kept.")
    keep_weekly: int = Field(5, ge=0, le=1000, description="Weeks of which the last one is kept.")
    keep_monthly: int = Field(
        12, ge=0, le=1000, description="Months of which the last one is kept."
    )


class Log(Section):
    """What is written to data_dir/logs."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level.")
    format: Literal["text", "json"] = Field(
        "text",
        description="Lines for people, or one JSON object a line for programs that collect logs.",
    )


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
                "opentelemetry, which `otlp_endpoint` needs, is not installed; run: make server"
            )
        return self
