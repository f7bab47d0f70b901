"""Every main page in four variants: usable by all, no wider than the screen, no error."""

import pytest

from tests.browser.browsers import too_wide
from tests.browser.places import ADMIN_PLACES, PLACES, names_of

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
VARIANTS = {
    "en-light-desk": {"locale": "en-US", "color_scheme": "light", "viewport": DESK},
    "zh-light-phone": {"locale": "zh-CN", "color_scheme": "light", "viewport": PHONE},
    "en-dark-phone": {"locale": "en-US", "color_scheme": "dark", "viewport": PHONE},
    "zh-dark-desk": {"locale": "zh-CN", "color_scheme": "dark", "viewport": DESK},
}


@pytest.fixture(scope="module")
def names(site):
    return names_of(site)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("place", PLACES)
def test_a_page_suits_everybody(page_as, axe, names, place, variant):
    user, address = PLACES[place]
    page = page_as(user, **VARIANTS[variant])
    page_as.allow("status of 404")
    page.goto(address.format(**names))
    page.wait_for_load_state("networkidle")

    axe(page)
    assert too_wide(page) == []


@pytest.mark.parametrize("place", ADMIN_PLACES)
def test_an_admin_page_opens_without_an_error(page_as, names, place):
    user, address = ADMIN_PLACES[place]
    page = page_as(user)

    assert page.goto(address.format(**names)).status == 200
    page.wait_for_load_state("networkidle")
