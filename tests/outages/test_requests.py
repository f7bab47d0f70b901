"""What is asked while the database is away is to be asked again, and nobody sees a traceback."""

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from apps.accounts.api_keys import api_key_create
from apps.generation.answers import StatusEvent
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
FOR_PROGRAMS = ["/api/v1/collections/", "/v1/models", "/api/tags"]


@pytest.fixture
def headers():
    return {"Authorization": f"Bearer {api_key_create(user=UserFactory(), name='a')[1]}"}


@pytest.fixture
def browser():
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory())
    return client


@pytest.fixture
def failing():
    """The database fails each query with this error of the driver's."""
    made = []

    def fail(cause):
        def refuse(*asked):
            raise OperationalError(str(cause)) from cause

        made.append(connection.execute_wrapper(refuse))
        made[-1].__enter__()

    yield fail
    for wrapper in made:
        wrapper.__exit__(None, None, None)


@pytest.fixture
def away(failing):
    failing(psycopg.OperationalError("server closed the connection unexpectedly"))


def cut(question):
    """An answer in the midst of which the database goes."""
    yield StatusEvent("searching")
    cause = psycopg.OperationalError("server closed the connection unexpectedly")
    raise OperationalError(str(cause)) from cause


def test_an_answer_that_is_cut_short_says_why(headers, monkeypatch):
    monkeypatch.setattr("apps.api.views.ask.answer_stream", cut)
    asked = {"question": "Who?", "stream": True}

    answer = Client().post("/api/v1/ask/", asked, "application/json", headers=headers)

    last = b"".join(answer.streaming_content).decode().split("event: ")[-1]
    assert last.startswith("error")
    assert '"database_away"' in last


@pytest.mark.parametrize("address", FOR_PROGRAMS)
def test_programs_are_told_when_to_come_back(headers, away, address):
    answer = Client(raise_request_exception=False).get(address, headers=headers)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "server closed" not in answer.content.decode()
    assert "does not answer" in str(answer.json()["error"])


def test_people_are_shown_a_page_that_asks_again(browser, away):
    page = browser.get("/", headers={"Accept": "text/html"})

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert 'http-equiv="refresh"' in page.content.decode()


def test_what_a_page_fetches_is_told_as_programs_are(browser, away):
    answer = browser.get("/", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "database_away")


def test_a_bug_is_still_a_bug(browser):
    with connection.execute_wrapper(lambda *asked: 1 / 0):
        page = browser.get("/", headers={"Accept": "text/html"})

    assert (page.status_code, "Retry-After" in page.headers) == (500, False)
    assert "It has been logged" in page.content.decode()


def test_an_outage_is_one_line_in_the_log(headers, away, caplog):
    Client().get(FOR_PROGRAMS[0], headers=headers)

    [line] = [record for record in caplog.records if record.name == "apps.core.refusals"]
    assert "server closed" in line.getMessage()
    assert not line.exc_info


def test_what_the_server_refuses_is_logged_with_where_it_was_asked(headers, failing, caplog):
    failing(psycopg.errors.DeadlockDetected("deadlock detected"))
    Client().get(FOR_PROGRAMS[0], headers=headers)

    [line] = [record for record in caplog.records if record.name == "apps.core.refusals"]
    assert line.exc_info
