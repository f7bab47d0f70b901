"""The harness itself: who is signed in, what is noticed."""

import pytest
from playwright.sync_api import expect

from tests.installation import ROOT


@pytest.mark.parametrize("name", ["admin", "reader", "writer", "curator"])
def test_a_page_is_signed_in(page_as, name):
    page = page_as(name)
    page.goto("/")

    expect(page.locator(".account summary")).to_have_text(name)


def test_the_passwords_are_those_of_the_people(page_as, site):
    page = page_as(None)
    page.goto("/login/")
    page.get_by_label("User name").fill("reader")
    page.get_by_label("Password").fill(site.passwords["reader"])
    page.get_by_role("button", name="Sign in").click()

    expect(page.locator(".account summary")).to_have_text("reader")


def test_what_the_policy_forbids_is_noticed(page_as):
    page = page_as("reader")
    page.goto("/")
    with page.expect_console_message(lambda message: "evil.example" in message.text):
        page.evaluate("new Image().src = 'https://evil.example/'")

    assert any("Content Security Policy" in said for said in page_as.unexpected)
    page_as.allow("evil.example")


def test_an_error_of_a_script_is_noticed(page_as):
    page = page_as("reader")
    page.goto("/")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('on purpose') })")

    assert any("on purpose" in said for said in page_as.unexpected)
    page_as.allow("on purpose")


def test_the_samples_are_ready(site):
    answers = site.django(
        "from clawdbot_site.installation.samples import *;print(len(loaded_collections()))"
    )

    assert int(answers) == len(list((ROOT / "samples").glob("*/collection.yaml")))


def test_firefox_is_driven_too(firefox_as):
    page = firefox_as("reader", locale="zh-CN")
    page.goto("/")

    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


def test_what_is_hard_to_use_is_noticed(page_as, axe):
    page = page_as("reader")
    page.goto("/")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")

    with pytest.raises(AssertionError, match="label"):
        axe(page)
