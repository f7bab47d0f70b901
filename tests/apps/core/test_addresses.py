"""Only what leads to a web page becomes a link."""

import pytest

from apps.core.addresses import web_address


@pytest.mark.parametrize("url", ["https://intranet/a", "http://10.0.0.1:8080/b?c=d", "HTTPS://kb/"])
def test_a_web_address_stays(url):
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
     "http://[broken", "//evil.example", "http:relative", "file:///etc/passwd"],
)  # fmt: skip
def test_anything_else_is_no_address(url):
    assert web_address(url) == ""
