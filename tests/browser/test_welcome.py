"""The administrator's first visit, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.browsers import too_wide

FRESH = """
from apps.accounts.models import User
from apps.knowledge.models import Pin
from apps.ops.models import FirstVisit
FirstVisit.objects.all().delete()
User.objects.filter(username="admin").update(language="")
Pin.objects.filter(user__username="admin").delete()
"""
AFTERWARDS = """
from apps.accounts.models import User
from apps.accounts.users import user_get
from apps.knowledge.models import Collection, Pin
from apps.knowledge.deletion import collection_delete
from apps.ops.first_visit import first_visit_finish
first_visit_finish(by=user_get("admin"))
User.objects.filter(username="admin").update(language="")
User.objects.filter(username="nora").delete()
Pin.objects.filter(user__username="admin").delete()
for one in Collection.objects.filter(name="Kitchen", deleted_at=None):
    collection_delete(collection=one, by=user_get("admin"))
"""
RECIPE = "# Coffee machine\n\nThe coffee machine is cleaned on every second Friday by the team.\n"


@pytest.fixture(autouse=True)
def _as_after_the_installation(site):
    site.django(FRESH)
    (site.home / "data" / "setup.json").unlink(missing_ok=True)
    yield
    (site.home / "data" / "setup.json").unlink(missing_ok=True)
    site.django(AFTERWARDS)


def test_the_administrator_is_led_from_the_language_to_the_first_person(page_as, axe):
    page = page_as("admin")
    page.goto("/")
    axe(page)
    page.get_by_role("button", name="English").click()

    for heading in ("What this machine is for", "Who writes the answers?", "How much may it take?"):
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        axe(page)
        page.get_by_role("button", name="Continue").click()

    page.get_by_label("Name of a new collection").fill("Kitchen")
    axe(page)
    page.get_by_role("button", name="Create").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("first documents")
    recipe = {"name": "machine.md", "mimeType": "text/markdown", "buffer": RECIPE.encode()}
    page.locator("#upload.has-script").wait_for()
    page.locator("#files").set_input_files([recipe])
    expect(page.locator("p[data-summary]")).to_contain_text("Sent 1 of 1 · ready 1")
    axe(page)
    page.get_by_role("link", name="Continue").click()

    page.get_by_label("Question").fill("When is the coffee machine cleaned?")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("every second Friday").first).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Continue").click()

    page.get_by_label("User name").fill("nora")
    page.get_by_role("button", name="Add").click()
    password = page.locator("#password").inner_text()
    axe(page)
    page.get_by_role("link", name="Continue").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("All set")
    page.get_by_role("button", name="Finish").click()
    expect(page).to_have_url(re.compile(r"/$"))
    _signs_in(page_as, "nora", password)


def test_it_can_be_left_and_is_not_forced_again(page_as):
    page = page_as("admin", locale="zh-CN", viewport={"width": 360, "height": 740})
    page.goto("/")
    expect(page).to_have_url(re.compile("/welcome/language/"))
    page.locator(".welcome-top a").click()

    expect(page).to_have_url(re.compile(r":\d+/$"))
    page.goto("/welcome/")
    expect(page).to_have_url(re.compile("/welcome/language/"))


def test_what_an_engine_needs_is_asked_for_and_what_changes_is_shown(page_as, axe):
    page = page_as("admin", viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.goto("/welcome/engine/")
    expect(page.locator("#id_url")).to_be_hidden()
    page.get_by_label("A model server in the building").check()
    expect(page.locator("#id_key")).to_be_hidden()
    page.locator("#id_url").fill("http://127.0.0.1:9/v1")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Nothing answers at")).to_be_visible()
    page.get_by_label("Use it all the same").check()
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("row").filter(has_text="serving.servers")).to_be_visible()
    axe(page)
    assert too_wide(page) == []
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile("/welcome/collection/"))


def _signs_in(page_as, name, password):
    page = page_as(None)
    page.goto("/login/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".account summary")).to_contain_text(name)
