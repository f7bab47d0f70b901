"""The history and shared answers in a real browser."""

import re

import pytest
from playwright.sync_api import expect

WRITE = """
from apps.accounts.models import User
from apps.generation.models import Conversation, Share, Trace
from apps.knowledge.models import Collection, Document, Grant, Page, Permission
user, _ = User.objects.get_or_create(username={user!r})
Conversation.objects.filter(user=user).delete()
for title, questions in {talks!r}:
    made = Conversation.objects.create(user=user, title=title)
    for question in questions:
        Trace.objects.create(user=user, conversation=made, question=question)
"""
SHARE = """
document = Page.objects.filter(version__document__collection__name={collection!r}).first()
document = document.version.document if document else Document.objects.create(
    collection=Collection.objects.get_or_create(name={collection!r})[0], path="secret.txt",
    title="Secret")
ids = dict(chunk=str(document.uuid), document=str(document.uuid))
cited = dict(ids, n=1, version=str((document.current_version or document).uuid),
    title=document.title, path=document.path, page=1, heading="", quote="Five days.", start=0,
    end=10, url="", support="supported")
trace = Trace.objects.create(user=user, question="How many <i>days</i>?", is_answered=True,
    answer="**Five** days. [1] [7]\\n\\n<img src=x onerror=alert(1)>", citations=[cited])
print(Share.objects.create(trace=trace).uuid)
"""
FORGET = """
from apps.accounts.models import User
from apps.knowledge.models import Collection
User.objects.filter(username="historian").delete()
Collection.objects.filter(name="Of the board only").delete()
"""
HANDBOOK = "Employee handbook · 员工手册"
TALKS = [
    ("Hotels in Paris", ["What may a hotel in Paris cost?", "And in Rome?"]),
    ("差旅报销", ["报销单什么时候提交？"]),
    ("<b>Printers</b>", ["Who designed the printer?"]),
]


@pytest.fixture
def historian(site):
    """Somebody with three conversations."""
    site.django(WRITE.format(user="historian", talks=TALKS))
    yield "historian"
    site.django(FORGET)


@pytest.fixture
def shared(site, historian):
    """`shared(collection)`: the address of a shared answer drawn from it."""

    def address(collection):
        code = WRITE.format(user="historian", talks=[]) + SHARE.format(collection=collection)
        return f"/shared/{site.django(code).split()[-1]}/"

    return address


def titles(page):
    return page.locator(".talk-link")


def test_the_history_is_searched_while_typing(page_as, historian, axe):
    page = page_as(historian)
    page.goto("/conversations/")
    expect(titles(page)).to_have_count(3)
    axe(page)

    page.get_by_role("searchbox").press_sequentially("rome par")

    expect(titles(page)).to_have_text(["Hotels in Paris"])
    expect(page.locator(".talk-link mark")).to_have_text("Par")
    expect(page).to_have_url(re.compile(r"q=rome\+par|q=rome%20par"))
    page.get_by_role("searchbox").fill("没有这样的")
    expect(page.locator(".empty h2")).to_be_visible()


def test_a_conversation_is_renamed_in_its_place(page_as, historian):
    page = page_as(historian)
    page.goto("/conversations/")
    row = page.locator(".talk-row", has_text="Hotels in Paris")
    row.locator("[data-rename]").press("Enter")
    field = page.get_by_label("Title", exact=True)
    expect(field).to_be_focused()

    field.fill("Trips & <hotels>")
    field.press("Enter")

    expect(titles(page).last).to_have_text("Trips & <hotels>")
    expect(titles(page).last).to_be_focused()
    expect(page.locator("#recent")).to_contain_text("Trips & <hotels>")


def test_escape_leaves_the_title_as_it_was(page_as, historian):
    page = page_as(historian)
    page.goto("/conversations/")
    page.locator("[data-rename]").first.press("Enter")
    page.get_by_label("Title", exact=True).fill("Something else")
    page.get_by_label("Title", exact=True).press("Escape")

    expect(titles(page).first).to_have_text("<b>Printers</b>")


def test_several_are_selected_and_deleted_after_a_question(page_as, historian, axe):
    page = page_as(historian)
    page.goto("/conversations/")
    for number in (0, 2):
        page.locator("[name=conversation]").nth(number).check()
    expect(page.locator(".chosen-count")).to_have_text("2 selected")
    page.locator("#chosen .danger").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("3 questions")
    axe(page)

    dialog.get_by_role("button", name="Delete").click()

    expect(titles(page)).to_have_text(["差旅报销"])
    expect(page.get_by_role("status").first).to_be_visible()


def test_a_deletion_can_be_called_off(page_as, historian):
    page = page_as(historian)
    page.goto("/conversations/")
    page.locator(".talk-actions a").nth(1).press("Enter")
    dialog = page.locator("#deleting")
    expect(dialog).to_be_visible()

    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(titles(page)).to_have_count(3)


def test_the_history_fits_a_phone_in_chinese(page_as, historian, axe):
    page = page_as(
        historian, locale="zh-CN", color_scheme="dark", viewport={"width": 360, "height": 740}
    )
    page.goto("/conversations/")

    expect(titles(page)).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    axe(page)


def test_a_shared_answer_is_read_by_whoever_may_read_its_source(page_as, shared, axe):
    page = page_as("reader")
    page.goto(shared(HANDBOOK))

    expect(page.get_by_role("heading", level=1)).to_have_text("How many <i>days</i>?")
    expect(page.locator("#answer strong")).to_have_text("Five")
    expect(page.locator("#answer")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("#answer a.cite")).to_have_count(1)
    axe(page)
    page.locator(".source-name").click()
    expect(page).to_have_url(re.compile(r"/pages/1/\?version="))


def test_whoever_lacks_the_right_is_told_so_and_nothing_else(page_as, shared, axe):
    address = shared("Of the board only")
    page_as.allow("404")
    page = page_as("reader", locale="zh-CN")
    response = page.goto(address)

    assert response.status == 404
    expect(page.locator(".empty h1")).to_be_visible()
    assert not re.search("Five|&lt;i&gt;days", page.content())
    axe(page)


def test_its_owner_withdraws_the_link(page_as, shared):
    address = shared(HANDBOOK)
    page_as.allow("404")
    page = page_as("historian")
    page.goto(address)
    page.get_by_role("button", name="Withdraw the link").click()
    page.locator("#confirm [value=yes]").click()
    expect(page).to_have_url(re.compile("/conversations/$"))

    reader = page_as("reader")
    reader.goto(address)

    expect(reader.locator(".empty h1")).to_have_text("This link leads nowhere")
