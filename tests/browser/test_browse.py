"""Collections and documents in a browser: uploading, finding, deleting."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.papers import pdf_of

LONG_MS = 120_000  # 50 files are read and embedded on a busy machine
HOSTILE = "<img src=x onerror=alert(1)> תקציב 📄 " + "W" * 120
SETUP = """
from apps.accounts.users import user_get
from apps.knowledge.models import Permission
from apps.knowledge.services import access_grant, collection_create
from ingest.services import text_submit
from ingest.submissions import TextUpload
admin = user_get("admin")
made = collection_create(name={name!r}, by=admin)
for name, may in (("reader", Permission.READ), ("writer", Permission.WRITE)):
    access_grant(collection=made, permission=may, to=user_get(name), by=admin)
for path, text in {texts!r}.items():
    text_submit(collection=made, text=TextUpload(path=path, text=text), by=admin)
print(made.uuid)
"""
REMOVE = """
from apps.accounts.users import user_get
from apps.knowledge.models import Collection
from apps.knowledge.deletion import collection_delete
collection_delete(collection=Collection.objects.get(uuid={uuid!r}), by=user_get("admin"))
"""
TEXTS = {
    "trips/rules.txt": "Everybody who travels by the zeppelin gets 31 crowns a day.",
    "trips/old/rules.txt": "Nobody travels by the zeppelin on Sundays.",
    "canteen.txt": "The canteen serves soup at noon.",
    f"{HOSTILE}/{HOSTILE}.txt": f"{HOSTILE} is a text, not a program. The zeppelin.",
}
DROP = """() => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["The harbour opens at six."], "harbour.txt"));
  return transfer;
}"""


@pytest.fixture(autouse=True)
def _given_up_requests_are_no_errors(page_as):
    """htmx tells the console of a request that the next letter, or leaving the page, ends."""
    page_as.allow("htmx:sendAbort", "htmx:afterRequest")


@pytest.fixture
def make_collection(site):
    """Makes collections that the reader may read and the writer may add to; gives the address."""
    made = []

    def make(texts=None):
        name = f"Browse {uuid4()}"
        made.append(site.django(SETUP.format(name=name, texts=texts or {})))
        return f"/collections/{made[-1]}/"

    yield make
    for uuid in made:
        site.django(REMOVE.format(uuid=uuid))


def file(name, content):
    content = content if isinstance(content, bytes) else content.encode()
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def locked_pdf():
    """A PDF that asks for a password nobody knows."""
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <%s> /U <%s> >> /ID [<00><00>]" % (
        b"11" * 32,
        b"22" * 32,
    )
    return pdf_of(["secret"]).replace(b"/Root 1 0 R", b"/Root 1 0 R " + lock)


def row_of(page, path):
    return page.locator(".upload-row").filter(has=page.get_by_text(path, exact=True))


def has_no_sideways_scroll(page):
    width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return page.evaluate(width)


def test_of_fifty_files_the_three_bad_ones_fail_with_their_reason(page_as, make_collection):
    page = page_as("writer")
    page.goto(make_collection())
    good = [file(f"note-{n}.txt", f"Note {n}: office {n} opens at nine.") for n in range(47)]
    bad = [file("locked.pdf", locked_pdf()), file("torn.pdf", b"%PDF-1.4\n?"), file("no.txt", "")]

    page.locator("#files").set_input_files([*good, *bad])

    summary = page.get_by_text("Sent 49 of 50 · ready 47 · failed 3").first
    expect(summary).to_be_visible(timeout=LONG_MS)
    expect(row_of(page, "locked.pdf")).to_contain_text("password")
    expect(row_of(page, "torn.pdf")).to_contain_text("damaged")
    expect(row_of(page, "no.txt")).to_contain_text("The file is empty.")
    page.get_by_role("button", name="Only failed").click()
    expect(page.locator(".upload-row:visible")).to_have_count(3)
    row_of(page, "torn.pdf").get_by_role("button", name="Retry").click()
    expect(row_of(page, "torn.pdf").locator("[data-pill]")).to_have_text("Failed", timeout=LONG_MS)
    expect(page.locator("#counts")).to_contain_text("49 documents")
    expect(page.locator("#counts")).to_contain_text("2 failed")


def test_a_folder_keeps_its_paths_and_can_be_walked(page_as, make_collection, tmp_path):
    (tmp_path / "team" / "plans").mkdir(parents=True)
    (tmp_path / "team" / "plans" / "spring.txt").write_text("In spring the roof is mended.")
    page = page_as("writer")
    page.goto(make_collection())

    page.locator("#folder").set_input_files(tmp_path / "team")
    expect(row_of(page, "team/plans/spring.txt")).to_contain_text("Ready", timeout=LONG_MS)

    page.reload()
    page.locator("#documents").get_by_role("link", name="team").click()
    page.locator("#documents").get_by_role("link", name="plans").click()
    expect(page.locator("#documents tbody")).to_contain_text("spring.txt")


def test_a_file_dropped_on_a_folder_goes_into_it(page_as, make_collection):
    page = page_as("writer")
    page.goto(f"{make_collection(TEXTS)}?folder=trips")
    transfer = page.evaluate_handle(DROP)

    page.dispatch_event("body", "dragenter", {"dataTransfer": transfer})
    expect(page.locator("#overlay")).to_be_visible()
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})

    expect(page.locator("#overlay")).to_be_hidden()
    expect(row_of(page, "trips/harbour.txt")).to_contain_text("Ready", timeout=LONG_MS)


def test_sending_goes_on_when_the_connection_is_back(page_as, make_collection):
    page_as.allow("ERR_INTERNET_DISCONNECTED")
    page = page_as("writer")
    page.goto(make_collection())
    page.context.set_offline(True)

    page.locator("#files").set_input_files([file("a.txt", "The pool opens at ten.")])
    expect(page.locator("[data-pause]")).to_contain_text("The connection was lost")
    page.context.set_offline(False)

    expect(page.locator("[data-pause]")).to_be_hidden()
    expect(row_of(page, "a.txt")).to_contain_text("Ready", timeout=LONG_MS)


def test_sending_goes_on_after_signing_in_again(page_as, make_collection, site):
    page_as.allow("401")
    page = page_as("writer")
    page.goto(make_collection())
    page.context.clear_cookies()

    page.locator("#files").set_input_files([file("a.txt", "The pool opens at ten.")])
    expect(page.locator("[data-pause]")).to_contain_text("You are signed out")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in").click()
    opened.value.fill("[name=username]", "writer")
    opened.value.fill("[name=password]", site.passwords["writer"])
    opened.value.get_by_role("button", name="Sign in").click()
    expect(opened.value.locator("#sidebar")).to_be_visible()
    page.get_by_role("button", name="Go on now").click()

    expect(row_of(page, "a.txt")).to_contain_text("Ready", timeout=LONG_MS)


def test_documents_are_found_by_name_as_one_types_and_by_their_text(
    page_as, make_collection, site, axe
):
    address = make_collection(TEXTS)
    site.wait_ready()
    page = page_as("reader")
    page.goto(address)

    page.locator("#q").press_sequentially("canteen")
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    axe(page)
    page.locator("#q").fill("zeppelin")
    expect(page.get_by_role("heading", name="Nothing here fits")).to_be_visible()
    page.get_by_role("radio", name="Text").check()
    expect(page.locator("#documents mark").first).to_have_text("zeppelin")
    axe(page)
    page.locator("#documents a.hit").first.click()
    expect(page).to_have_url(re.compile(r"/documents/.*/pages/1/\?version="))


def test_several_documents_are_deleted_with_a_receipt(page_as, make_collection, site, axe):
    address = make_collection(TEXTS)
    site.wait_ready()
    page = page_as("writer")
    page.goto(f"{address}?folder=trips&q=rules")
    page.get_by_label("Choose all on this page").check()
    expect(page.locator("[data-chosen]")).to_have_text("2 chosen")

    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("heading", name="Delete 2 documents?")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Delete 2 documents for good").click()

    expect(page.get_by_text("2 documents are deleted")).to_be_visible()
    site.django("from apps.ops.erasure import purge; purge()")
    receipt = page.locator("#receipts li").first
    expect(receipt).to_contain_text("Versions: 1")
    receipt.get_by_role("link").click()
    expect(page.locator("#receipt")).to_contain_text("Deleted: no answer contains it any more")
    page.goto(address)
    expect(page.locator("#documents")).not_to_contain_text("trips")


@pytest.mark.parametrize(("locale", "scheme"), [("en-US", "light"), ("zh-CN", "dark")])
def test_the_pages_fit_a_small_screen_whatever_the_names(
    page_as, make_collection, site, axe, locale, scheme
):
    address = make_collection(TEXTS)
    site.wait_ready()
    viewport = {"width": 360, "height": 740}
    page = page_as("writer", locale=locale, color_scheme=scheme, viewport=viewport)

    for path in ("/documents/", f"{address}?q=img", f"{address}?where=text&q=zeppelin"):
        page.goto(path)
        assert has_no_sideways_scroll(page), path
        axe(page)
    page.goto(f"{address}?q=img")
    page.locator("#documents a.entry").first.click()
    expect(page.locator("main h1")).to_contain_text("<img")
    assert has_no_sideways_scroll(page)
    axe(page)


def test_a_pinned_collection_stands_in_the_side_bar(page_as, make_collection):
    page = page_as("reader")
    page.goto(make_collection(TEXTS))

    page.locator("main .pin button").click()
    expect(page.locator("#pinned a")).to_have_count(1)
    expect(page.locator("main .pin button")).to_have_attribute("aria-pressed", "true")
    page.locator("main .pin button").click()
    expect(page.locator("#pinned a")).to_have_count(0)
