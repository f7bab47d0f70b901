"""Terms are found by their names, in both languages and scripts, and nowhere by chance."""

import pytest

from apps.modelhub.glossaries import Glossary, GlossaryTerm

INFARCTION = GlossaryTerm("myocardial infarction", "心肌梗死", ("MI", "心梗", "heart attack"))
STROKE = GlossaryTerm("stroke", "脑卒中", ("CVA", "中风"))
PRIME_RATE = GlossaryTerm("loan prime rate", "贷款市场报价利率", ("LPR",))
RATE = GlossaryTerm("interest rate", "利率")
EARNINGS = GlossaryTerm("P/E ratio", "市盈率", ("P/E", "本益比"))
EMBOLISM = GlossaryTerm("pulmonary embolism", "肺栓塞", ("PE",), ambiguous=frozenset({"PE"}))
GLUCOSE = GlossaryTerm("glycated haemoglobin", "糖化血红蛋白", ("HbA1c",))
A_SHARE = GlossaryTerm("A shares", "A股")
TERMS = (INFARCTION, STROKE, PRIME_RATE, RATE, EARNINGS, EMBOLISM, GLUCOSE, A_SHARE)


@pytest.fixture(scope="module")
def glossary():
    return Glossary(TERMS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How are heart attacks treated?", [INFARCTION]),
        ("HEART   ATTACK", [INFARCTION]),
        ("myocardial\ninfarction's cause", [INFARCTION]),
        ("MI in the elderly; MIs in men", [INFARCTION]),
        ("a family of mine, mi casa", []),
        ("the heart. Attack is the best defence", []),
        ("心梗后多久可以运动", [INFARCTION]),
        ("患者 mi 史", [INFARCTION]),
        ("中風患者", [STROKE]),
        ("其中风险最高的是", []),
        ("strokes", [STROKE]),
        ("breaststroke", []),
        ("贷款市场报价利率是多少", [PRIME_RATE]),
        ("貸款市場報價利率與利率", [PRIME_RATE, RATE]),
        ("The P/E ratio, or P/E", [EARNINGS]),
        ("WHAT DOES PE MEAN HERE, MI OR CVA?", []),
        ("PE was suspected", [EMBOLISM]),
        ("hba1c below 7 %", [GLUCOSE]),
        ("Ａ股市场", [A_SHARE]),
        ("Give me a share of it", []),
        ("", []),
        ("\x00 ?! 。", []),
    ],
)
def test_terms_are_whole_words_in_any_case_and_script(glossary, text, found):
    assert list(glossary.terms_in(text)) == found


def test_the_first_terms_come_first_and_no_more_than_asked_for(glossary):
    text = "利率, MI, stroke, MI and P/E"

    assert glossary.terms_in(text, limit=3) == (RATE, INFARCTION, STROKE)


def test_a_question_is_told_in_the_names_that_it_does_not_use(glossary):
    expansion = glossary.expansions("Aspirin after a heart attack")

    assert expansion.terms == (INFARCTION,)
    assert expansion.added == ("myocardial infarction", "心肌梗死", "MI", "心梗")
    (synonyms,) = expansion.synonyms
    assert synonyms.said == ("heart attack",)
    assert {"心肌梗死", "心梗", "MI"} <= {*synonyms.others}


def test_documents_in_the_other_script_are_looked_for_too(glossary):
    simplified = glossary.expansions("贷款市场报价利率")
    traditional = glossary.expansions("貸款市場報價利率")

    assert "貸款市場報價利率" in simplified.synonyms[0].others
    assert "贷款市场报价利率" in traditional.synonyms[0].others
    assert "贷款市场报价利率" not in simplified.synonyms[0].others


def test_people_see_other_names_in_the_script_that_they_write(glossary):
    assert "腦卒中" in glossary.expansions("中風的症狀").added
    assert "脑卒中" in glossary.expansions("中风的症状").added


def test_an_ambiguous_name_is_shown_but_not_guessed_at(glossary):
    assert glossary.terms_in("suspected PE") == (EMBOLISM,)
    assert glossary.expansions("suspected PE").terms == ()
    assert "PE" in glossary.expansions("pulmonary embolism").added


def test_a_name_that_two_terms_share_brings_both_and_adds_nothing():
    day, dose = GlossaryTerm("quaque die", "每日", ("qd",)), GlossaryTerm("quantity", "量", ("qd",))
    glossary = Glossary([day, dose])

    assert glossary.terms_in("take it qd") == (day, dose)
    assert glossary.expansions("take it qd").added == ()


def test_a_glossary_of_nothing_finds_nothing():
    assert Glossary().terms_in("heart attack") == ()
    assert Glossary().expansions("heart attack").synonyms == ()
