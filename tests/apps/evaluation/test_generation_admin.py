"""The page “Embedding models”: superusers look, are told what a step does, and take it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.evaluation import generation_work
from apps.retrieval import embedding, generation_jobs
from apps.retrieval.generation_records import GenerationJob
from apps.retrieval.generation_records import JobKind as Kind
from apps.retrieval.models import EmbeddingGeneration
from tests.admin_pages import client_of
from tests.apps.retrieval.generations import STATIC, built, switched
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/retrieval/embeddinggeneration/"


@pytest.fixture(autouse=True)
def first():
    indexed("The office opens at nine.", collection=CollectionFactory())
    return embedding.current_generation()


def read(client, address=PAGE):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def posted(client, generation, step, **values):
    answer = client.post(f"{PAGE}{generation.pk}/{step}/", values, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_another_model_is_estimated_before_it_is_built(admin_client, admin_user):
    admin_client.post(f"{PAGE}plan/", {"location": str(STATIC)})
    generation_work.work(0.0)

    page = read(admin_client)

    assert "1 text to embed" in page
    assert "Build it" in page
    assert GenerationJob.objects.get().requested_by == admin_user


def test_a_folder_without_a_model_is_refused_with_the_reason(admin_client, tmp_path):
    answer = admin_client.post(f"{PAGE}plan/", {"location": str(tmp_path)}, follow=True)

    assert "There is no embedding model in" in answer.content.decode()
    assert EmbeddingGeneration.objects.count() == 1


def test_what_a_step_does_is_told_before_it_is_taken(admin_client):
    second = built()

    page = read(admin_client, f"{PAGE}{second.pk}/switch/")

    assert "so that you can go back at once" in page
    assert embedding.current_generation() != second


def test_switching_and_going_back_are_one_button_each(admin_client, first):
    second = built()

    assert "It is in use now." in posted(admin_client, second, "switch")
    assert embedding.current_generation() == second
    assert "It is in use again." in posted(admin_client, first, "back")
    assert embedding.current_generation() == first


def test_the_comparison_is_shown_with_the_difference_in_words(admin_client):
    second = built()
    posted(admin_client, second, "measure")
    generation_work.work(0.0)

    page = read(admin_client)

    assert "50 % smaller" in page
    assert "times and sizes only" in page


def test_progress_is_told_while_it_is_built(admin_client):
    second = built()
    generation_jobs.ask(Kind.MEASURE, second, by=None)
    job = generation_jobs.claim()
    generation_jobs.keep(job, step="measure", done=3, total=9)

    told = admin_client.get(f"{PAGE}progress/").json()

    assert told["bars"] == [
        {
            "bar": second.pk,
            "done": 3,
            "total": 9,
            "words": "Questions are asked in both models: 3 / 9",
        }
    ]


def test_discarding_leaves_the_list_without_its_steps(admin_client):
    second = built()

    posted(admin_client, second, "discard")
    generation_work.work(10.0)

    assert second.vectors.count() == 0
    assert f"{PAGE}{second.pk}/switch/" not in read(admin_client)


def test_a_step_that_cannot_be_taken_any_more_says_so(admin_client, first):
    second = switched()

    assert "look what changed" in posted(admin_client, second, "discard")
    assert embedding.current_generation() == second


@pytest.mark.parametrize("address", ["", "progress/", "1/measure/"])
def test_staff_who_are_no_superusers_see_nothing(make_staff, address):
    client = client_of(make_staff("view_embeddinggeneration"))

    assert client.get(PAGE + address).status_code == 403


def test_many_models_cost_no_more_queries(admin_client, django_assert_num_queries, first):
    with CaptureQueriesContext(connection) as alone:
        read(admin_client)
    for number in range(5):
        other = EmbeddingGeneration.objects.create(
            model_name=f"m{number}", model_sha256=str(number) * 64, dimension=8, state="discarded"
        )
        GenerationJob.objects.create(generation=other, kind=Kind.MEASURE, state="done")

    with django_assert_num_queries(len(alone)):
        read(admin_client)
