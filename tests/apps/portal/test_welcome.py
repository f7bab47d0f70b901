"""The administrator's first visit, and who never sees it."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from apps.accounts.models import User
from apps.core import config
from apps.knowledge.models import Collection, Grant, Permission
from apps.ops import first_visit
from apps.ops.first_visit import Step
from apps.ops.setup import notes
from tests.factories import CollectionFactory, DocumentFactory, GroupFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_settled")]
STEPS = [f"/welcome/{step}/" for step in Step]


@pytest.fixture
def root():
    return UserFactory(username="root", is_superuser=True, is_staff=True)


@pytest.fixture
def visit(root):
    client = Client()
    client.force_login(root)
    return client


def test_the_administrator_is_led_once_in_a_session(visit):
    assert visit.get("/").headers["Location"] == "/welcome/"

    visit.get("/welcome/")

    assert visit.get("/").status_code == 200


def test_an_address_that_names_something_is_left_alone(visit):
    assert visit.get("/?q=holiday").status_code == 200
    assert visit.get("/documents/").status_code == 200
    assert visit.get("/api/v1/collections/").status_code == 200


@pytest.mark.parametrize("address", ["/welcome/", *STEPS])
def test_others_never_see_it(browser, address):
    assert browser.get("/").status_code == 200
    assert browser.get(address).status_code == 404
    assert browser.post(address).status_code == 404


@pytest.mark.parametrize("address", ["/welcome/", *STEPS])
def test_strangers_are_sent_to_sign_in(address):
    assert Client().get(address).headers["Location"] == f"/login/?next={address}"


@pytest.mark.parametrize("address", STEPS)
def test_every_step_can_be_opened_at_any_time(visit, address):
    assert visit.get(address).status_code == 200


def test_after_the_end_nobody_is_led(visit, root):
    assert visit.post("/welcome/done/").headers["Location"] == "/"

    again = Client()
    again.force_login(root)
    assert again.get("/").status_code == 200
    assert not first_visit.is_first_visit_open(root)


def test_the_first_one_who_finished_is_remembered(root):
    first_visit.first_visit_finish(by=root)
    first_visit.first_visit_finish(by=UserFactory(is_superuser=True))

    assert first_visit.FirstVisit.objects.get().finished_by == root


def test_the_visit_goes_on_where_it_stands(visit, root):
    assert visit.get("/welcome/").headers["Location"] == "/welcome/language/"

    visit.post("/welcome/language/", {"language": "zh-hans"})
    assert visit.get("/welcome/").headers["Location"] == "/welcome/machine/"

    notes.settle(config.load(), ["machine", "engine", "limits"])
    assert visit.get("/welcome/").headers["Location"] == "/welcome/collection/"

    collection = CollectionFactory()
    visit.post("/welcome/collection/", {"collection": collection.uuid})
    assert visit.get("/welcome/").headers["Location"] == "/welcome/upload/"

    DocumentFactory(collection=collection)
    assert visit.get("/welcome/").headers["Location"] == "/welcome/question/"


def test_the_language_is_kept_with_the_user_and_in_the_browser(visit, root):
    visit.post("/welcome/language/", {"language": "zh-hant"})

    root.refresh_from_db()
    assert root.language == "zh-hant"
    assert '<html lang="zh-hant"' in visit.get("/welcome/collection/").text


@pytest.mark.parametrize("language", ["", "xx", "../en"])
def test_an_unknown_language_is_refused(visit, language):
    assert visit.post("/welcome/language/", {"language": language}).status_code == 404


@pytest.mark.parametrize("is_for_everyone", [True, False])
def test_a_collection_is_begun(visit, is_for_everyone):
    form = {"name": "Travel"} | ({"is_for_everyone": "on"} if is_for_everyone else {})

    assert visit.post("/welcome/collection/", form).headers["Location"] == "/welcome/upload/"

    collection = Collection.objects.get(name="Travel")
    assert collection.grants.filter(is_everyone=True).exists() is is_for_everyone
    assert "Travel" in visit.get("/welcome/upload/").text


def test_a_taken_name_is_told_and_stays_in_the_form(visit):
    CollectionFactory(name="Travel")

    page = visit.post("/welcome/collection/", {"name": "Travel"})

    assert page.status_code == 200
    assert "There is already a collection with this name." in page.text
    assert 'value="Travel"' in page.text


@pytest.mark.parametrize("uuid", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_collection_that_is_not_there_cannot_be_chosen(visit, uuid):
    assert visit.post("/welcome/collection/", {"collection": uuid}).status_code == 404


def test_a_person_may_sign_in_with_the_password_that_is_shown_once(visit):
    page = visit.post("/welcome/people/", {"name": "li.na", "permission": "10"})

    password = page.context["admitted"][0].password
    assert password in page.text
    assert Client().login(username="li.na", password=password)
    assert password not in visit.get("/welcome/people/").text


def test_several_people_are_let_in_at_once_or_nobody(visit):
    page = visit.post("/welcome/people/", {"name": "li, wang，zhao", "permission": "10"})
    told = {one.user.username: one.password for one in page.context["admitted"]}
    assert list(told) == ["li", "wang", "zhao"]
    assert all(password in page.text for password in told.values())

    refused = visit.post("/welcome/people/", {"name": "sun,li", "permission": "10"})
    assert refused.context["form"].errors
    assert not User.objects.filter(username="sun").exists()


def test_a_group_gets_the_right_and_never_less_than_it_has(root):
    group, collection = GroupFactory(name="staff"), CollectionFactory()
    Grant.objects.create(collection=collection, group=group, permission=Permission.MANAGE)
    asked = {"group": "staff", "collection": collection, "by": root}

    first_visit.person_admit(name="a", permission=Permission.READ, **asked)

    assert [grant.permission for grant in collection.grants.all()] == [Permission.MANAGE]
    assert Group.objects.get(name="staff").user_set.get() == User.objects.get(username="a")


@pytest.mark.parametrize("name", ["root", "no spaces allowed", ""])
def test_a_name_that_cannot_be_used_makes_nobody(visit, name):
    page = visit.post("/welcome/people/", {"name": name, "group": "new", "permission": "10"})

    assert page.status_code == 200
    assert page.context["form"].errors
    assert User.objects.count() == 1
    assert not Group.objects.exists()


def test_the_admin_home_asks_for_it_until_it_is_finished_and_the_menu_has_it_still(visit, root):
    button = 'class="cb-button" href="/welcome/"'
    assert button in visit.get("/admin/").text

    first_visit.first_visit_finish(by=root)

    page = visit.get("/admin/").text
    assert button not in page
    assert 'href="/welcome/"' in page
