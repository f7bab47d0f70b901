"""The section of clawdbot.yaml about unusual requests: who is told of them, and how."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from apps.core.config_sections import Section

MailAddress = Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$")]


class Anomalies(Section):
    """What is unusual among requests: found each minute, told, acted on as the rules in the
    administration say."""

    enabled: bool = Field(True, description="Whether requests are looked at.")
    mail_to: list[MailAddress] = Field(
        [], description="Who is told by mail (see mail.host); empty: nobody."
    )
    webhook_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/?#@]+(/[^\s#]*)?)?$",
        description="Address that is told by POST, like `https://siem.company.lan/hooks/clawdbot`; "
        "empty: none. It is called as it stands here: redirects are not followed.",
    )
    webhook_secret: str = Field(
        "",
        repr=False,
        description="Signs what is sent there (HMAC-SHA256), 16 characters or more, better in a "
        "file, named by CLAWDBOT_ANOMALIES__WEBHOOK_SECRET_FILE.",
    )
    webhook_timeout_s: int = Field(10, ge=1, le=60, description="Seconds it has for an answer.")
    mute_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="What somebody called a false alarm is not told again for so long, unless it "
        "gets more severe.",
    )
    keep_days: int = Field(
        400, ge=1, le=3650, description="Days for which settled anomalies are kept."
    )

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.webhook_url and len(self.webhook_secret) < 16:
            raise ValueError("webhook_secret must have 16 characters where webhook_url is set")
        return self
