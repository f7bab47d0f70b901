"""Origins of pages, as people type them."""

import pytest

from apps.core.errors import Invalid
from apps.knowledge.origins import MOST, origin_from, origins_from


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://intranet.example", "https://intranet.example"),
        (" HTTPS://Intranet.Example/ ", "https://intranet.example"),
        ("https://intranet.example:443", "https://intranet.example"),
        ("http://intranet:80", "http://intranet"),
        ("http://10.0.0.7:8080", "http://10.0.0.7:8080"),
        ("https://[2001:DB8::7]:8443", "https://[2001:db8::7]:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_written_as_browsers_send_it(typed, origin):
    assert origin_from(typed) == origin


@pytest.mark.parametrize(
    "typed",
    ["intranet.example", "ftp://intranet.example", "https://", "null", "*", "https://*",
     "https://*.company.example", "https://user@intranet.example", "https://a.example; img-src *",
     "https://a.example 'self'", "https://a..example", "https://a.example:99999",
     "https://a.example:x", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(typed):
    with pytest.raises(Invalid):
        origin_from(typed)


@pytest.mark.parametrize("page", ["/wiki/", "/?q=1", "?q", "#top"])
def test_a_pages_address_is_answered_with_its_origin(page):
    with pytest.raises(Invalid, match=r"only its origin: https://a\.example$"):
        origin_from(f"https://a.example{page}")


def test_each_origin_counts_once_in_the_order_typed():
    typed = ["https://b.example", "", "https://a.example", "https://b.example/"]

    assert origins_from(typed) == ["https://b.example", "https://a.example"]


@pytest.mark.parametrize(
    "typed", [[], ["", " "], [f"https://a{n}.example" for n in range(MOST + 1)]]
)
def test_none_and_too_many_are_refused(typed):
    with pytest.raises(Invalid):
        origins_from(typed)
