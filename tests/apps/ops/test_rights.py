"""Who may open the admin's pages about no single model: a matrix of pages and roles."""

import pytest

from apps.accounts.models import User
from apps.knowledge.models import Permission
from tests.admin_pages import client_of
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db

TO_SIGN_IN = 302
MATRIX = [
    # page, superuser, manager, staff that may view collections, staff without rights, reader
    ("/admin/", 200, 200, 200, 200, TO_SIGN_IN),
    ("/admin/try-retrieval/", 200, 200, 403, 403, TO_SIGN_IN),
    ("/admin/sources/", 200, 200, 200, 403, TO_SIGN_IN),
    ("/admin/nodes/", 200, 403, 403, 403, TO_SIGN_IN),
    ("/admin/dashboard/", 200, 403, 403, 403, TO_SIGN_IN),
    ("/admin/dashboard/figures/", 200, 403, 403, 403, TO_SIGN_IN),
    ("/admin/dashboard/figures.csv", 200, 403, 403, 403, TO_SIGN_IN),
    ("/admin/dashboard/machines.csv", 200, 403, 403, 403, TO_SIGN_IN),
    ("/admin/dashboard/requests/", 200, 403, 403, 403, TO_SIGN_IN),
    ("/admin/dashboard/requests.csv", 200, 403, 403, 403, TO_SIGN_IN),
]


@pytest.fixture
def roles(make_staff) -> list[User]:
    manager, viewer = make_staff("view_collection"), make_staff("view_collection")
    CollectionFactory(readers=[viewer]).grants.create(user=manager, permission=Permission.MANAGE)
    return [
        UserFactory(is_staff=True, is_superuser=True),
        manager,
        viewer,
        make_staff(),
        UserFactory(),
    ]


@pytest.mark.parametrize(("page", "expected"), [(page, codes) for page, *codes in MATRIX])
def test_a_page_opens_for_those_who_may(roles, page, expected):
    assert [client_of(user).get(page).status_code for user in roles] == expected


def test_strangers_are_sent_to_sign_in(client):
    assert [client.get(page).status_code for page, *_ in MATRIX] == [TO_SIGN_IN] * len(MATRIX)


def test_the_navigation_offers_only_what_opens(roles):
    pages = [client_of(user).get("/admin/").content.decode() for user in roles[:4]]

    assert ["/admin/try-retrieval/" in page for page in pages] == [True, True, False, False]
    assert ["/admin/sources/" in page for page in pages] == [True, True, True, False]
    assert ["/admin/nodes/" in page for page in pages] == [True, False, False, False]
