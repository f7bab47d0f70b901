"""The gate before switches: measured first, refused with what is lost, allowed with a reason."""

import pytest

from apps.core.errors import Conflict, Forbidden, Invalid
from apps.core.gates import Switch, SwitchKind
from apps.evaluation import gate, running
from apps.evaluation.models import EvaluationResult, EvaluationRun, GateDecision
from apps.knowledge.services import collection_update
from apps.retrieval import embedding, generation_switching
from tests.apps.evaluation.worlds import golden_world
from tests.apps.generation.conftest import collection, knowledge, reader
from tests.apps.retrieval.generations import built
from tests.factories import UserFactory

__all__ = ["collection", "knowledge", "reader"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return UserFactory(is_superuser=True)


@pytest.fixture
def golden(collection, knowledge, configured):
    configured("evaluation", gate_questions=4)
    return golden_world(collection, knowledge)


def to_finance(collection, by):
    return collection_update(collection=collection, by=by, values={"profile": "finance"})


def worked_off():
    while running.work(60.0):
        pass


def lost(run):
    """As if the run had found nothing."""
    for result in run.results.all():
        scores = dict.fromkeys(result.scores, 0.0)
        EvaluationResult.objects.filter(pk=result.pk).update(scores=scores)


def refused_once(collection, root):
    """A switch that is measured, and then found to lose everything."""
    with pytest.raises(Conflict):
        to_finance(collection, root)
    worked_off()
    run = EvaluationRun.objects.exclude(candidate={}).get()
    lost(run)
    with pytest.raises(Conflict, match="would lose more than 3 points") as refusal:
        to_finance(collection, root)
    assert refusal.value.code == "gate_refused"
    return run


def test_a_switch_is_measured_before_it_is_made(golden, collection, root):
    with pytest.raises(Conflict, match="measured first") as refusal:
        to_finance(collection, root)
    worked_off()

    assert refusal.value.code == "gate_unmeasured"
    assert to_finance(collection, root).profile == "finance"


def test_a_switch_that_loses_is_refused_and_on_record(golden, collection, root):
    refused_once(collection, root)

    collection.refresh_from_db()
    assert collection.profile == ""
    assert "MRR -100.0 points" in GateDecision.objects.get().words


def test_what_is_refused_can_be_allowed_with_a_reason(golden, collection, root):
    run = refused_once(collection, root)
    with pytest.raises(Invalid):
        gate.switch_allow(run=run, reason=" ", by=root)

    gate.switch_allow(run=run, reason="The finance terms matter more.", by=root)

    assert to_finance(collection, root).profile == "finance"
    told = GateDecision.objects.get(is_allowed=True)
    assert (told.by, told.reason) == (root, "The finance terms matter more.")


def test_only_superusers_allow_what_concerns_every_collection(golden, reader):
    run = EvaluationRun.objects.create(golden_set=golden, candidate={"generation": 1})

    with pytest.raises(Forbidden):
        gate.switch_allow(run=run, reason="I say so.", by=reader)


def test_a_small_set_or_one_that_guards_nothing_is_not_in_the_way(
    golden, collection, root, configured
):
    configured("evaluation", gate_questions=5)

    assert to_finance(collection, root).profile == "finance"


def test_another_embedding_model_is_measured_with_its_own_index(golden, root):
    second = built()
    with pytest.raises(Conflict, match="measured first"):
        generation_switching.flip(second, by=root)
    worked_off()

    run = EvaluationRun.objects.get(candidate={"generation": second.pk})
    assert run.setup["embedder"].startswith("Clawdbot static embedder")
    generation_switching.flip(second, by=root)
    assert embedding.current_generation() == second


def test_the_way_back_has_no_gate(golden, root):
    first = embedding.current_generation()
    second = built()
    gate.measure_now(
        Switch(SwitchKind.GENERATION, {"generation": second.pk}),
        by=root,
        progress=lambda stage, done, total: None,
    )
    generation_switching.flip(second, by=root)

    assert generation_switching.rollback(by=root) == first


def test_runs_of_what_is_not_in_force_any_more_judge_nothing(golden, collection, root, configured):
    with pytest.raises(Conflict):
        to_finance(collection, root)
    worked_off()
    configured("retrieval", rrf_k=10)
    configured("evaluation", gate_questions=4)

    with pytest.raises(Conflict, match="measured first"):
        to_finance(collection, root)
