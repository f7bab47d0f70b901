"""Every main page in four variants: usable by all, no wider than the screen, no error."""

import pytest

from tests.browser.browsers import too_wide
from tests.browser.places import ADMIN_PLACES, PLACES, names_of

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
# A page is opened once a language and then turned into the language's second variant.
VARIANTS = {
    "en-US": [("light", DESK), ("dark", PHONE)],
    "zh-CN": [("light", PHONE), ("dark", DESK)],
}


@pytest.fixture(scope="module")
def names(site):
    return names_of(site)


@pytest.mark.parametrize("locale", VARIANTS)
@pytest.mark.parametrize("place", PLACES)
def test_a_page_suits_everybody(page_as, axe, names, place, locale):
    user, address = PLACES[place]
    page = page_as(user, locale=locale)
    page_as.allow("status of 404")

    for is_shown, (scheme, size) in enumerate(VARIANTS[locale]):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        if not is_shown:
            page.goto(address.format(**names), wait_until="networkidle")
        axe(page)
        assert too_wide(page) == []


@pytest.mark.parametrize("place", ADMIN_PLACES)
def test_an_admin_page_opens_without_an_error(page_as, names, place):
    user, address = ADMIN_PLACES[place]
    page = page_as(user)

    assert page.goto(address.format(**names), wait_until="networkidle").status == 200
