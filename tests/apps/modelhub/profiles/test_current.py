"""Profiles: the shipped ones with what an administrator changed, in force at once."""

import pytest

from apps.core.errors import Invalid
from apps.knowledge.models.collections import Profile as CollectionProfile
from apps.modelhub.glossaries import GlossaryTerm
from apps.modelhub.models import Model, Profile
from apps.modelhub.profiles import NAMES, current, profile_for, profiles_forget
from apps.modelhub.profiles.own_terms import own_terms, profile_changed, terms_add, terms_replace
from apps.modelhub.profiles.shipped import shipped_profile

pytestmark = pytest.mark.django_db
NOTE = GlossaryTerm("delivery note", "送货单", ("DN",))


@pytest.fixture
def finance():
    return Profile.objects.get(name="finance")


@pytest.fixture
def at_once(monkeypatch):
    """A second has passed since the last look."""
    monkeypatch.setattr(current, "KEPT_S", 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_that_nobody_changed_is_as_shipped(name):
    assert profile_for(name) == shipped_profile(name)


def test_collections_can_have_any_of_them():
    assert set(CollectionProfile.values) == set(NAMES)


def test_trades_say_what_figures_and_doses_need_and_refuse_in_three_languages():
    for name in ("finance", "medical"):
        assert set(profile_for(name).prompt) == {"en", "zh"}
        assert set(profile_for(name).refusal) == {"en", "zh-hans", "zh-hant"}


def test_an_unknown_profile_is_refused_with_the_names_of_those_there_are(django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(Invalid, match="general, finance, medical"):
        profile_for("legal")


def test_single_fields_are_overridden_and_the_others_stay(finance):
    Profile.objects.filter(pk=finance.pk).update(temperature=0.0, prompt_en=" Be brief. ")
    profiles_forget()

    spec, shipped = profile_for("finance"), shipped_profile("finance")
    assert (spec.temperature, spec.prompt["en"]) == (0.0, "Be brief.")
    assert spec.prompt["zh"] == shipped.prompt["zh"]
    assert (spec.refusal, spec.max_tokens) == (shipped.refusal, shipped.max_tokens)


def test_engine_model_and_figures_come_from_the_row(finance):
    finance.engine, finance.max_tokens, finance.passages = "hybrid", 99, 4
    finance.model = Model.objects.create(name="small", path="small.gguf")
    finance.min_confidence = 0.0
    finance.save()

    spec = profile_for("finance")
    assert (spec.engine, spec.model, spec.max_tokens, spec.passages, spec.min_confidence) == (
        "hybrid", "small", 99, 4, 0.0,
    )  # fmt: skip


def test_a_chinese_refusal_of_the_company_holds_for_both_scripts(finance):
    finance.refusal_zh = "没有。"
    finance.save()

    refusal = profile_for("finance").refusal
    assert (refusal["zh-hans"], refusal["zh-hant"]) == ("没有。", "没有。")
    assert refusal["en"] == shipped_profile("finance").refusal["en"]


def test_a_change_is_in_force_within_a_second_without_a_restart(finance, at_once):
    assert profile_for("finance").max_tokens == 512

    Profile.objects.filter(pk=finance.pk).update(max_tokens=77)  # by another process

    assert profile_for("finance").max_tokens == 77


def test_a_process_looks_once_a_second_at_most(django_assert_num_queries):
    with django_assert_num_queries(5):  # the rows, and the terms of each
        for name in NAMES * 3:
            profile_for(name)


def test_terms_of_the_company_are_found_beside_the_shipped_ones(finance, at_once):
    profile_for("finance")
    terms_add(finance, [NOTE])

    expand = profile_for("finance").glossary.expansions
    assert expand("Where is the DN?").terms == (NOTE,)
    assert expand("earnings per share").terms != ()
    assert profile_for("general").glossary.expansions("Where is the DN?").terms == ()


def test_terms_are_read_again_only_when_they_changed(finance, at_once, django_assert_num_queries):
    terms_add(finance, [NOTE])
    before = profile_for("finance").glossary

    with django_assert_num_queries(1):
        assert profile_for("finance").glossary is before
    profile_changed(finance)
    assert profile_for("finance").glossary is not before


def test_a_name_that_the_company_gives_means_its_own_term_alone(finance):
    terms_add(finance, [GlossaryTerm("product owner", "产品负责人", ("PO",))])

    glossary = profile_for("finance").glossary
    assert [term.en for term in glossary.terms_in("the PO")] == ["product owner"]
    assert "PO" not in glossary.expansions("purchase order").added


def test_the_shipped_glossary_can_be_left_out(finance):
    finance.uses_glossary = False
    finance.save()

    assert profile_for("finance").glossary.terms == ()


def test_terms_with_the_same_two_names_are_replaced(finance):
    terms_add(finance, [NOTE, GlossaryTerm("pallet", "托盘")])
    changed = GlossaryTerm("delivery note", "送货单", ("D/N",), "paper", frozenset({"D/N"}))
    terms_add(finance, [changed])
    assert own_terms(finance) == [changed, GlossaryTerm("pallet", "托盘")]

    terms_replace(finance, [])
    assert own_terms(finance) == []
