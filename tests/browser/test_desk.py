"""The curator's desk in a browser: a question is not found, told, answered, and found."""

import pytest
from playwright.sync_api import expect

from tests.browser.seed import HANDBOOK

QUESTION = "Where do I hand in a lost parrot?"
AGAIN = "Could you tell me where I hand in the lost parrot"
ANSWER = "Bring the parrot to the front desk."


def asked(page, question):
    page.goto("/")
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").last
    expect(turn.locator(".actions")).to_be_visible()
    return turn


@pytest.fixture
def _no_parrots(site):
    """Nothing of this question is left for the other tests."""
    yield
    site.django(
        "from apps.generation.models import *\n"
        "CuratedAnswer.objects.filter(questions__text__contains='parrot').delete()\n"
        "OpenQuestion.objects.filter(text__contains='parrot').delete()"
    )


@pytest.mark.usefixtures("_no_parrots")
def test_an_unanswered_question_is_told_answered_by_the_curator_and_found(page_as, site):
    reader, curator = page_as("reader"), page_as("curator")
    reader.goto("/")
    turn = asked_in_handbook(reader, site, QUESTION)
    turn.get_by_role("button", name="Tell the curator").click()
    turn.locator(".report textarea").fill("It is green.")
    turn.get_by_role("button", name="Send to the curator").click()
    expect(turn.get_by_text("The curator has your question")).to_be_visible()

    curator.goto("/desk/")
    row = curator.locator(".question", has_text=QUESTION)
    expect(row).to_contain_text("Sent to the curator")
    expect(row).to_contain_text("It is green.")
    row.get_by_role("link", name="Answer it").click()
    answer_with_a_source(curator)
    expect(curator.get_by_text("From now on this answer is served first")).to_be_visible()

    turn = asked(reader, AGAIN)
    expect(turn.locator(".answer")).to_contain_text(ANSWER)
    expect(turn.get_by_text("Answered by a curator")).to_be_visible()
    expect(turn.locator(".source")).to_have_count(1)
    curator.goto("/desk/answers/")
    expect(curator.locator(".answer-row", has_text=QUESTION)).to_contain_text("served once")


def asked_in_handbook(page, site, question):
    uuid = site.django(
        "from apps.knowledge.models import Collection\n"
        f"print(Collection.objects.get(name={HANDBOOK!r}).uuid)"
    )
    page.goto(f"/?collection={uuid}")
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").last
    expect(turn.get_by_role("button", name="Tell the curator")).to_be_visible()
    return turn


def answer_with_a_source(page):
    """In the editor: words, a passage, the sentence that is offered, saved."""
    page.get_by_label("Answer", exact=True).fill(ANSWER)
    page.get_by_label("Search for passages").fill("lost laptop or badge")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name="Use as a source").first.click()
    expect(page.locator(".source textarea")).not_to_have_value("")
    expect(page.locator(".preview-text")).to_contain_text("[1]")
    page.get_by_role("button", name="Save and serve it first").click()


@pytest.mark.usefixtures("_no_parrots")
def test_a_wrong_quote_is_told_and_nothing_is_lost(page_as, axe):
    page = page_as("curator")
    page.goto("/desk/answers/new/")
    page.get_by_label("Question", exact=True).fill(QUESTION)
    page.get_by_label("Answer", exact=True).fill(ANSWER)
    page.get_by_label("Search for passages").fill("annual leave")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name="Use as a source").first.click()
    page.locator(".source textarea").fill("the parrot is an employee")
    page.get_by_role("button", name="Save and serve it first").click()

    expect(page.get_by_role("alert")).to_contain_text("does not stand in its document")
    expect(page.get_by_label("Answer", exact=True)).to_have_value(ANSWER)
    expect(page.locator("#editor")).to_have_count(1)
    axe(page)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_question_is_dismissed_and_reopened(page_as, site, locale):
    site.django(
        "from apps.generation.models import *\n"
        "from apps.generation.open_questions import asking_note\n"
        "from apps.accounts.models import User\n"
        "from apps.knowledge.models import Document\n"
        f"document = Document.objects.filter(collection__name={HANDBOOK!r}).first()\n"
        "trace = Trace.objects.create(user=User.objects.get(username='reader'),"
        f" question='Is there a {locale} parrot?',"
        " candidates=[{'document': str(document.uuid),"
        " 'version': str(document.current_version.uuid)}])\n"
        "asking_note(trace=trace, kind='unanswered')"
    )
    page = page_as("curator", locale=locale, viewport={"width": 390, "height": 800})
    page.goto("/desk/")
    row = page.locator(".question", has_text=f"{locale} parrot")
    row.locator("summary").click()
    row.locator("[name=why][value=other]").click()
    expect(row).to_have_count(0)

    page.goto("/desk/?state=dismissed")
    row.locator("button").click()
    expect(row).to_have_count(0)
    page.goto("/desk/")

    expect(row).to_be_visible()
