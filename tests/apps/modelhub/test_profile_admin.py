"""The pages of profiles and terms: superusers change them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.modelhub.models import Profile, Term
from apps.modelhub.profiles import profile_for
from apps.modelhub.profiles.own_terms import own_terms
from tests.admin_pages import client_of

pytestmark = pytest.mark.django_db
PAGE = "/admin/modelhub/profile/"


@pytest.fixture
def finance():
    return Profile.objects.get(name="finance")


def brought_in(client, profile, **values):
    return client.post(f"{PAGE}{profile.pk}/terms/", values, follow=True).content.decode()


def test_the_list_says_what_differs_from_the_shipped_profiles(admin_client, finance):
    Profile.objects.filter(pk=finance.pk).update(temperature=0.5)

    page = admin_client.get(PAGE).content.decode()

    assert page.count("as shipped") == 3
    assert "temperature" in page


def test_the_form_shows_the_shipped_words_and_saves_what_is_changed(admin_client, finance):
    address = f"{PAGE}{finance.pk}/change/"
    assert "Figures in brackets are negative." in admin_client.get(address).content.decode()

    admin_client.post(address, {"refusal_en": "Ask accounting.", "uses_glossary": "on"})

    assert profile_for("finance").refusal["en"] == "Ask accounting."
    assert Profile.objects.get(pk=finance.pk).revision == 1


def test_profiles_are_neither_added_nor_deleted(admin_client, finance):
    assert admin_client.get(f"{PAGE}add/").status_code == 403
    assert admin_client.get(f"{PAGE}{finance.pk}/delete/").status_code == 403


def test_only_superusers_see_them(make_staff, finance):
    client = client_of(make_staff("view_profile", "change_profile", "change_term", "view_term"))

    for page in (PAGE, f"{PAGE}{finance.pk}/terms/", f"{PAGE}{finance.pk}/terms.tsv",
                 f"{PAGE}{finance.pk}/change/", "/admin/modelhub/term/"):  # fmt: skip
        assert client.get(page).status_code == 403, page


def test_a_pasted_table_comes_in_and_can_be_taken_out_again(admin_client, finance):
    page = brought_in(admin_client, finance, text="delivery note\t送货单\tDN | 隨貨單\tpaper")
    assert "1 term of your own" in page

    exported = admin_client.get(f"{PAGE}{finance.pk}/terms.tsv").content.decode()
    before = own_terms(finance)
    brought_in(admin_client, finance, text=exported, replace="on")

    assert own_terms(finance) == before
    assert profile_for("finance").glossary.expansions("DN").terms == tuple(before)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_file_comes_in_as_spreadsheets_write_it(admin_client, finance, encoding):
    file = SimpleUploadedFile("terms.csv", "delivery note,送货单,DN".encode(encoding))

    brought_in(admin_client, finance, file=file)

    assert [term.zh for term in own_terms(finance)] == ["送货单"]


def test_bad_lines_are_told_by_number_and_nothing_comes_in(admin_client, finance):
    page = brought_in(admin_client, finance, text="good\t好\n\t\tneither")

    assert "Line 2: there is neither an English nor a Chinese name." in page
    assert not Term.objects.exists()


def test_a_single_term_is_written_and_deleted(admin_client, finance):
    form = {"profile": finance.pk, "en": "delivery note", "synonyms": "DN | note?", "note": ""}
    admin_client.post("/admin/modelhub/term/add/", {**form, "zh": ""})
    term = Term.objects.get()
    assert term.synonyms == ["DN", "note?"]

    admin_client.post(f"/admin/modelhub/term/{term.pk}/delete/", {"post": "yes"})

    assert not Term.objects.exists()
    assert Profile.objects.get(pk=finance.pk).revision == 2


def test_a_term_without_a_name_is_refused_in_the_form(admin_client, finance):
    form = {"profile": finance.pk, "en": "", "zh": "", "synonyms": "DN", "note": ""}

    answer = admin_client.post("/admin/modelhub/term/add/", form)

    assert "neither an English nor a Chinese name" in answer.content.decode()


def test_a_name_that_is_too_long_is_refused_in_the_form(admin_client, finance):
    values = {"profile": finance.pk, "en": "own term", "zh": "", "synonyms": "a" * 201, "note": ""}

    page = admin_client.post("/admin/modelhub/term/add/", values, follow=True)

    assert "a name is too long" in page.content.decode()
    assert not Term.objects.exists()


def test_a_term_that_reads_as_a_heading_or_a_remark_is_refused_in_the_form(admin_client, finance):
    values = {"profile": finance.pk, "en": "# own", "zh": "", "synonyms": "", "note": ""}

    admin_client.post("/admin/modelhub/term/add/", values, follow=True)

    assert not Term.objects.exists()
