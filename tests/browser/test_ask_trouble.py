"""The question page when something goes wrong, and when texts are hostile."""

import json

from playwright.sync_api import expect

from tests.browser.asking import E07, answered, ask

ASK = "**/api/v1/ask/"
HOSTILE = "<img src=x onerror=alert(1)> שלום 🦜 " + "W" * 300
CITATION = {
    "n": 1, "chunk": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "page": 1, "heading": HOSTILE,
    "document": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "title": HOSTILE, "path": "a.pdf",
    "version": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "quote": HOSTILE, "start": 0, "end": 5,
    "url": "javascript:alert(1)", "support": "weak", "is_current": False, "version_number": 2,
}  # fmt: skip
TABLE = f"| a | b |\n|---|---|\n| {HOSTILE} | [x](javascript:alert(1)) |"
ANSWER = {
    "answer": f"**{HOSTILE}** [1]\n\n{TABLE}",
    "answered": True, "short_answer": "", "confidence": 0.9, "citations": [CITATION],
    "nearest": [], "engine": "builtin", "degraded": [], "timings_ms": {"total": 12.0},
    "trace": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
}  # fmt: skip

QUEUED = {"stage": "queued", "position": 3, "wait_s": 3.4}
OPEN_STREAM = """
const asked = window.fetch;
const begun = new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode(told)) });
window.fetch = (address, options) =>
  address === "/api/v1/ask/" ? Promise.resolve(new Response(begun)) : asked(address, options);
"""


def events(*named):
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in named)


def test_an_answer_can_be_stopped_and_asked_for_again(page_as):
    page = page_as("reader")
    page.goto("/")
    page.route(ASK, lambda route: None)  # never answered
    ask(page, E07)
    page.locator("#stop").click()
    expect(page.locator(".trouble")).to_contain_text("You stopped this answer")
    page.unroute(ASK)

    page.get_by_role("button", name="Ask again").click()

    expect(page.locator(".actions")).to_be_visible()
    expect(page.locator(".trouble")).to_have_count(0)


def test_a_connection_lost_in_mid_answer_keeps_what_came(page_as):
    page = page_as("reader")
    page.goto("/")
    cut = events(("status", {"stage": "writing"}), ("token", {"text": "The first half"}))
    page.route(ASK, lambda route: route.fulfill(body=cut, content_type="text/event-stream"))

    ask(page, E07)

    expect(page.locator(".answer")).to_have_text("The first half")
    expect(page.locator(".trouble")).to_contain_text("The connection was lost")
    expect(page.get_by_role("button", name="Ask again")).to_be_enabled()


def test_an_overloaded_node_says_when_to_ask_again(page_as):
    page_as.allow("503")
    page = page_as("reader")
    page.goto("/")
    body = {"error": {"code": "overloaded", "message": "All seats are taken.", "details": {}}}
    headers = {"Retry-After": "2"}
    page.route(ASK, lambda route: route.fulfill(status=503, json=body, headers=headers))

    ask(page, E07)

    again = page.get_by_role("button", name="Ask again")
    expect(page.locator(".trouble")).to_contain_text("All seats are taken.")
    expect(again).to_be_disabled()
    expect(again).to_be_enabled()


def test_what_was_not_read_in_time_is_not_called_missing(page_as):
    page = page_as("reader")
    page.goto("/")
    note = "reader: only 2 of 20 passages were read in 1500 ms"
    text = "From: a\nTo: b\nDate: c\n\nLamp failure"
    near = CITATION | {"quote": None, "text": text, "spans": [[23, 27]], "score": 0.1}
    hurried = ANSWER | {"answered": False, "nearest": [near], "degraded": [note]}
    stream = events(("done", hurried))
    page.route(ASK, lambda route: route.fulfill(body=stream, content_type="text/event-stream"))

    turn = answered(page)

    expect(turn.locator(".missing")).to_contain_text("Not found in the time there was")
    expect(turn.locator(".source-quote")).to_have_text("… Lamp failure")
    expect(turn.get_by_role("button", name="Ask again")).to_be_visible()
    expect(turn.locator(".degraded")).to_be_hidden()


def test_a_question_that_waits_says_how_many_are_before_it(page_as):
    page = page_as("reader")
    page.add_init_script(f"window.told = {json.dumps(events(('status', QUEUED)))};" + OPEN_STREAM)
    page.goto("/")

    ask(page, E07)

    expect(page.locator(".status")).to_have_text("3 questions are before yours, about 4 s.")
    page.locator("#stop").click()


def test_who_reached_a_limit_is_told_which_and_counts_down_to_it(page_as):
    page_as.allow("429")
    page = page_as("reader")
    page.goto("/")
    limit = {"reason": "You may ask 1 question a minute.", "retry_after_s": 9}
    error = {"code": "rate_limited", "message": f"{limit['reason']} Later!", "details": limit}
    refusal = {"status": 429, "json": {"error": error}, "headers": {"Retry-After": "9"}}
    page.route(ASK, lambda route: route.fulfill(**refusal))

    ask(page, E07)

    expect(page.locator(".trouble")).to_contain_text(limit["reason"])
    expect(page.locator(".trouble")).not_to_contain_text("Later!")
    expect(page.locator("[data-when]")).to_contain_text("Ask again in")


def test_a_question_outlives_an_expired_session(page_as, site):
    page_as.allow("401")
    page = page_as("reader")
    page.goto("/")
    page.context.clear_cookies()
    ask(page, E07)

    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("User name").fill("reader")
    page.get_by_label("Password").fill(site.passwords["reader"])
    page.get_by_role("button", name="Sign in").click()

    expect(page.locator("#question")).to_have_value(E07)


def test_what_documents_say_is_text(page_as):
    page = page_as("reader", viewport={"width": 360, "height": 740})
    page.goto("/")
    stream = events(("token", {"text": ANSWER["answer"]}), ("done", ANSWER))
    page.route(ASK, lambda route: route.fulfill(body=stream, content_type="text/event-stream"))

    turn = answered(page, f"<b>{HOSTILE}")

    expect(turn.locator(".answer")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(turn.locator("img, b, a[href^=javascript]")).to_have_count(0)
    expect(turn.locator(".answer a")).to_have_count(0)
    expect(turn.locator(".source")).to_contain_text("Old version (2)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_question_asked_without_a_connection_is_kept(page_as):
    page_as.allow("ERR_INTERNET_DISCONNECTED")
    page = page_as("reader")
    page.goto("/")
    page.context.set_offline(True)
    ask(page, E07)
    expect(page.locator(".trouble")).to_contain_text("Your question is kept")
    page.context.set_offline(False)

    page.get_by_role("button", name="Ask again").click()

    expect(page.locator(".actions")).to_be_visible()


def test_sentences_that_nothing_holds_up_are_marked_and_explained(page_as, axe):
    text = "🦜 Leave is **25 days**. [1]\n- Dogs get *90* days. [1]\n- Cats sleep."
    dogs, cats = text.index("- Dogs"), text.index("- Cats")
    judged = [
        (0, dogs - 1, "supported", 0),
        (dogs, cats - 1, "unsupported", 1),
        (cats, len(text), "weak", 0),
    ]
    sentences = [
        {"start": start, "end": end, "support": support, "citations": [], "against": against}
        for start, end, support, against in judged
    ]
    done = ANSWER | {"answer": text, "sentences": sentences, "degraded": ["engine: cut"]}
    page = page_as("reader")
    page.goto("/")
    page.route(ASK, lambda route: route.fulfill(body=events(("done", done))))

    ask(page, E07)

    claims = page.locator(".claim")
    expect(page.locator(".answer li .claim")).to_have_text(
        ["Dogs get ", "90", " days.", "Cats sleep."]
    )
    assert [one.get_attribute("data-support") for one in claims.all()][2:] == [
        "unsupported",
        "weak",
    ]
    claims.first.focus()
    expect(page.locator("#cite-card")).to_contain_text("A source says otherwise")
    claims.last.focus()
    expect(page.locator("#cite-card")).to_contain_text("Check it against them")
    expect(page.locator(".degraded")).to_contain_text("language model did not answer")
    axe(page)
