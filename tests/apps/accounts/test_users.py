"""Users as people see them."""

import pytest

from tests.factories import UserFactory


@pytest.mark.parametrize(
    ("first", "last", "written"), [("娜", "李", "李娜"), ("Na", "Li", "Na Li"), ("", "", "")]
)
def test_a_name_is_written_as_in_its_language(first, last, written):
    user = UserFactory.build(first_name=first, last_name=last)

    assert user.get_full_name() == written
