"""The administrator's page of a trace."""

import pytest

from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.models import Trace
from tests.admin_pages import admin_client, admin_user, plain_static_files  # noqa: F401
from tests.factories import CollectionFactory


@pytest.fixture
def page(scope, reader, admin_client):  # noqa: F811
    """Of an answer from the printer manual, asked by who may not read a second collection."""
    CollectionFactory(name="Board minutes")
    given = answer(Question(text="Who designed the printer?", scope=scope, user=reader))
    trace = Trace.objects.get(uuid=given.trace)
    shown = admin_client.get(f"/admin/generation/trace/{trace.pk}/change/")
    assert shown.status_code == 200
    return shown.content.decode()


def test_the_page_tells_ranks_scores_and_what_was_left_out_by_number(page):
    assert "by words: place 1" in page
    assert "reader&#x27;s score +" in page
    assert "collection that the asker may not read was not searched." in page
    assert "Board minutes" not in page


def test_the_page_leads_to_the_same_search_as_its_asker(page, reader):
    assert f"?q=Who+designed+the+printer%3F&amp;user={reader.username}" in page
