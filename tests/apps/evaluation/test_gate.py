"""The gate before switches: measured first, refused with what is lost, allowed with a reason."""

import pytest
from django.db import connection

from apps.core.errors import Conflict, Forbidden, Invalid
from apps.core.gates import Switch, SwitchKind
from apps.evaluation import gate, run_queue, running
from apps.evaluation.models import EvaluationResult, EvaluationRun, GateDecision
from apps.evaluation.run_queue import Wanted
from apps.knowledge.services import collection_update
from apps.modelhub.models import Profile
from apps.retrieval import embedding, generation_switching
from tests.admin_pages import client_of, plain_static_files
from tests.apps.evaluation.worlds import golden, papers, place
from tests.apps.retrieval.generations import built
from tests.apps.retrieval.indexing import indexed
from tests.factories import UserFactory

__all__ = ["golden", "papers", "place", "plain_static_files"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return UserFactory(is_superuser=True)


@pytest.fixture(autouse=True)
def guarding(golden, configured):
    configured("evaluation", gate_questions=4)


def to_finance(place, by):
    return collection_update(collection=place, by=by, values={"profile": "finance"})


def worked_off():
    while running.work(60.0):
        pass


def lost(run):
    """As if the run had found nothing."""
    for result in run.results.all():
        scores = dict.fromkeys(result.scores, 0.0)
        EvaluationResult.objects.filter(pk=result.pk).update(scores=scores)


def refused_once(place, root):
    """A switch that is measured, and then found to lose everything."""
    with pytest.raises(Conflict):
        to_finance(place, root)
    worked_off()
    run = EvaluationRun.objects.exclude(candidate={}).get()
    lost(run)
    with pytest.raises(Conflict, match="would lose more than 3 points") as refusal:
        to_finance(place, root)
    assert refusal.value.code == "gate_refused"
    return run


def test_a_switch_is_measured_before_it_is_made(place, root):
    with pytest.raises(Conflict, match="measured first") as refusal:
        to_finance(place, root)
    worked_off()

    assert refusal.value.code == "gate_unmeasured"
    assert to_finance(place, root).profile == "finance"


def test_a_switch_that_loses_is_refused_and_on_record(place, root):
    refused_once(place, root)

    place.refresh_from_db()
    assert place.profile == ""
    assert "MRR -100.0 points" in GateDecision.objects.get().words


def test_what_is_refused_can_be_allowed_with_a_reason(place, root):
    run = refused_once(place, root)
    with pytest.raises(Invalid):
        gate.switch_allow(run=run, reason=" ", by=root)

    gate.switch_allow(run=run, reason="The finance terms matter more.", by=root)

    assert to_finance(place, root).profile == "finance"
    told = GateDecision.objects.get(is_allowed=True)
    assert (told.by, told.reason) == (root, "The finance terms matter more.")


def test_only_superusers_allow_what_concerns_every_collection(golden):
    run = EvaluationRun.objects.create(golden_set=golden, candidate={"generation": 1})

    with pytest.raises(Forbidden):
        gate.switch_allow(run=run, reason="I say so.", by=UserFactory())


def test_a_small_set_or_one_that_guards_nothing_is_not_in_the_way(place, root, configured):
    configured("evaluation", gate_questions=5)

    assert to_finance(place, root).profile == "finance"


def test_another_embedding_model_is_measured_and_the_way_back_is_open(place, root):
    indexed("The office opens at nine.", collection=place)
    first, second = embedding.current_generation(), built()
    with pytest.raises(Conflict, match="measured first"):
        generation_switching.flip(second, by=root)
    switch = Switch(SwitchKind.GENERATION, {"generation": second.pk})

    gate.measure_now(switch, by=root, progress=lambda stage, done, total: None)

    run = EvaluationRun.objects.get(candidate={"generation": second.pk})
    assert run.setup["embedder"].startswith("Clawdbot static embedder")
    generation_switching.flip(second, by=root)
    assert generation_switching.rollback(by=root) == first


def test_runs_of_what_is_not_in_force_any_more_judge_nothing(place, root, configured):
    with pytest.raises(Conflict):
        to_finance(place, root)
    worked_off()
    configured("retrieval", rrf_k=10)
    configured("evaluation", gate_questions=4)

    with pytest.raises(Conflict, match="measured first"):
        to_finance(place, root)


def test_a_form_that_is_refused_leaves_the_measurement_behind(place, root):
    page = f"/admin/modelhub/profile/{Profile.objects.get(name='general').pk}/change/"
    client = client_of(UserFactory(is_staff=True, is_superuser=True))
    values = {"engine": "builtin", "uses_glossary": "on"}

    told = client.post(page, values, follow=True).content.decode()

    assert "measured first" in told
    assert Profile.objects.get(name="general").engine == ""
    assert EvaluationRun.objects.count() == 2
    worked_off()
    assert "measured first" not in client.post(page, values, follow=True).content.decode()
    assert Profile.objects.get(name="general").engine == "builtin"


@pytest.mark.django_db(transaction=True)
def test_no_worker_sees_a_run_before_who_waits_for_it_has_taken_it(golden, monkeypatch):
    is_hidden = []
    monkeypatch.setattr(run_queue, "ring", lambda: is_hidden.append(connection.in_atomic_block))

    running.run_now(golden, Wanted(EvaluationRun.Cause.GATE), progress=lambda *_: None)

    assert is_hidden == [True]
