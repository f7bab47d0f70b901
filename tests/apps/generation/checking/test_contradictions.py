"""Sentences that say the opposite of their source in nearly the same words."""

import pytest

from apps.generation.checking.sentences import sentences_of
from apps.generation.engines.telling import Telling
from apps.generation.models import Trace
from apps.generation.trace_words import contradicted_words

LEAVE = "A deposit is refundable within 30 days. Employees must hand in the form before departure."
TERMS = "押金在30天内可以退还。员工必须在出差前提交申请表。2023年收入上升5%，成本下降3%。"
BANK = (
    "In 2023 income rose by 5%, while costs fell by 3%. Loans of $5 million or less are unsecured."
)


def told(said: str, source: str) -> tuple[str, str]:
    (one,) = sentences_of(f"{said} [1]", [source])
    return one.support, one.reason


@pytest.mark.parametrize(
    ("said", "source", "reason"),
    [
        ("A deposit is not refundable within 30 days.", LEAVE, "denial"),
        ("The deposit is nonrefundable.", LEAVE, "denial"),
        ("Employees need not hand in the form before departure.", LEAVE, "duty"),
        ("Employees may hand in the form before departure.", LEAVE, "duty"),
        ("Employees must hand in the form after departure.", LEAVE, "opposite"),
        ("The deposit is refundable within 30 months.", LEAVE, "number"),
        ("In 2023 income fell by 5%.", BANK, "opposite"),
        ("In 2023 income rose by 3%, while costs fell by 5%.", BANK, "number"),
        ("Loans of $5 billion or less are unsecured.", BANK, "number"),
        ("Loans of at least $5 million are unsecured.", BANK, "bound"),
        ("Loans of $9 million or less are unsecured.", BANK, "number"),
        ("押金在30天内不予退还。", TERMS, "denial"),
        ("押金在30天內不得退還。", TERMS, "duty"),
        ("员工无需在出差前提交申请表。", TERMS, "duty"),
        ("员工必须在出差后提交申请表。", TERMS, "opposite"),
        ("2023年收入下降5%。", TERMS, "opposite"),
        ("2023年收入上升3%，成本下降5%。", TERMS, "number"),
        ("押金在30个月内可以退还。", TERMS, "number"),
    ],
)
def test_what_says_the_opposite_in_the_same_words_is_not_supported(said, source, reason):
    assert told(said, source) == ("unsupported", reason)


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("Within 30 days, a deposit is refundable.", LEAVE),
        ("Employees have to hand in the form before departure.", LEAVE),
        ("A deposit is refundable within thirty days.", LEAVE),
        ("Income rose by 5 percent in 2023.", BANK),
        ("Costs fell by 3% in 2023.", BANK),
        ("Loans of at most $5,000,000 are unsecured.", BANK),
        ("Leave is not only for staff.", "Leave is not only for staff but also for guests."),
        ("No refunds are given.", "Refunds are not given, says rule 3."),
        ("A form is valid only with a stamp.", "A form is not valid without a stamp on it."),
        ("Staff may not smoke here.", "Smoke? Staff are not allowed to smoke here."),
        ("Smoking is prohibited in all offices.", "Smoking is not allowed in any of our offices."),
        ("The office closes at 6 pm.", "The office opens at 8 am and closes at 6 pm."),
        ("Sales fell in Europe but rose in Asia.", "Sales rose in Asia, in Europe sales fell."),
        ("未经批准，员工不得出差。", "员工出差必须经过批准。"),
        ("押金三十天内可以退还。", TERMS),
        ("員工在出差前應當提交申請表。", TERMS),
        ("2023年，收入上升百分之五。", TERMS),
        ("注册资本为50000元。", "公司的注册资本为5万元。"),
        ("不得转让本卡。", "本卡不可转让。"),
    ],
)
def test_the_same_in_other_words_is_not_taken_for_its_opposite(said, source):
    assert told(said, source)[0] != "unsupported"


def test_the_source_that_says_otherwise_is_named():
    text = "A deposit is not refundable within 30 days. [1][2]"

    (one,) = sentences_of(text, ["Ask the desk about deposits.", LEAVE])

    assert (one.reason, one.against) == ("denial", 2)


def test_a_sentence_that_another_source_confirms_is_supported():
    text = "The visitors' deposit is not refundable. [1][2]"
    sources = ["The staff deposit is refundable.", "The visitors' deposit is not refundable, ever."]

    (one,) = sentences_of(text, sources)

    assert one.support == "supported"


def test_an_answer_that_only_contradicts_its_source_is_never_shown():
    telling = Telling([LEAVE])

    shown = telling.add("A deposit is not refundable within 30 days. [1]") + telling.end()

    assert shown == ""


def test_the_trace_says_in_words_what_is_contradicted():
    sentences = [
        {"start": 0, "end": 10, "support": "supported", "citations": [1]},  # of an older version
        {"start": 11, "end": 19, "support": "unsupported", "reason": "denial", "against": 2},
        {"start": 20, "end": 29, "support": "unsupported", "reason": "number", "against": 0},
    ]

    words = contradicted_words(Trace(answer="Cats purr. No dogs. 90 foxes.", sentences=sentences))

    assert "“No dogs.”<br><small>Says the opposite of source 2" in words
    assert "90 foxes.”<br><small>Has a number that none of its sources has." in words
