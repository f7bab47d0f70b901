"""The section of clawdbot.yaml about the monthly report."""

from typing import Annotated

from pydantic import AfterValidator, Field

from apps.core.config_sections import Section

LANGUAGES = ("en", "zh-hans", "zh-hant")


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(f"{text!r} is none of {', '.join(LANGUAGES)}")
    return text


def _address(text: str) -> str:
    name, _, domain = text.partition("@")
    if not name or not domain or any(one.isspace() or one in ",;<>" for one in text):
        raise ValueError(f"{text!r} is no address like admin@company.lan")
    return text


Language = Annotated[str, AfterValidator(_language)]
MailAddress = Annotated[str, AfterValidator(_address)]


class Reports(Section):
    """The monthly report: usage, quality, what is missing, what it costs."""

    monthly: bool = Field(True, description="One is made on the first of each month, by itself.")
    languages: list[Language] = Field(
        ["en", "zh-hans"],
        min_length=1,
        description="Of its files (`en`, `zh-hans`, `zh-hant`); the first is that of the mail.",
    )
    questions: bool = Field(
        True,
        description="Whether it tells what was asked: frequent questions and topics without an "
        "answer. Never who asked.",
    )
    min_people: int = Field(
        3,
        ge=1,
        le=100,
        description="Words of questions are shown when so many different people used them.",
    )
    mail_to: list[MailAddress] = Field(
        [], description="Who gets it by mail, with the PDF (section `mail`)."
    )
