"""Opening pages one after the other, and what they load."""

from clawdbot_site.airgap.pages import tour
from clawdbot_site.airgap.visitor import Answer

ID = "0b0e6f6e-0000-4000-8000-00000000000"


class Site:
    """Answers from a dictionary; keeps what was asked for."""

    def __init__(self, **pages):
        self.pages = {f"/{name}": text for name, text in pages.items()}
        self.asked = []

    def get(self, path):
        self.asked.append(path)
        kind = "text/css" if path.endswith("css") else "text/html"
        policy = "default-src 'self'" if path == "/guarded" else ""
        return Answer(200, kind, self.pages[path], policy) if path in self.pages else Answer(404)


def test_every_page_and_file_is_opened_once():
    site = Site(a='<a href="/b#x"><a href="b?q=1"><script src="/s.js">', b='<a href="/a">')
    site.pages |= {"/s.js": ""}

    made = tour(site, ["/a"])

    assert (made.pages, made.files, made.broken, made.foreign) == (2, 1, [], [])
    assert site.asked == ["/a", "/s.js", "/b"]


def test_what_would_come_from_elsewhere_is_told_with_its_page():
    site = Site(a='<link rel="stylesheet" href="/a.css"><img src="//cdn.example/x.png">')
    site.pages["/a.css"] = "@import 'https://fonts.example/f.css'; a { b: url(data:x) }"

    made = tour(site, ["/a"])

    assert made.foreign == [
        "/a.css loads https://fonts.example/f.css",
        "/a loads //cdn.example/x.png",
    ]


def test_links_that_people_follow_may_lead_out():
    assert tour(Site(a='<a href="https://example.com/">'), ["/a"]).foreign == []


def test_of_pages_that_are_alike_two_are_opened_and_none_that_deletes():
    links = "".join(f'<a href="/d/{ID}{number}/">' for number in range(5))
    site = Site(a=f'{links}<a href="/d/{ID}0/delete/"><a href="/logout/">')

    made = tour(site, ["/a"])

    assert made.pages == 3
    assert not any("delete" in path or "logout" in path for path in site.asked)


def test_a_missing_file_is_told_with_the_page_that_wants_it():
    assert tour(Site(a='<script src="/gone.js">'), ["/a"]).broken == ["/gone.js (of /a): 404"]


def test_pages_that_let_their_scripts_out_are_counted():
    assert tour(Site(a='<a href="/guarded">', guarded=""), ["/a"]).unguarded == 1
